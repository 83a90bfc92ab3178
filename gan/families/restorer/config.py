"""What can be set of a restorer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Damage = Literal["noise", "blur", "jpeg", "holes", "low"]


class Config(BaseModel):
    """Options of one run; stored in the model's header."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(128, ge=28, le=512, description="longer side of the works as they are kept for training")
    crop: int = Field(64, ge=16, description="side of the crops it learns from; a multiple of 8")
    stages: int = Field(3, ge=1, le=6, description="denoising autoencoders in the cascade")
    width: int = Field(32, description="channels of a stage at half the side; more further down")
    kinds: tuple[Damage, ...] = Field(
        ("noise", "blur", "jpeg", "holes", "low"), description="what it learns to mend, in the order it happens"
    )
    noise_least: float = Field(0.02, description="deviation of the weakest noise, of a range of colours from 0 to 1")
    noise_most: float = Field(0.5, description="deviation of the strongest")
    grey_share: float = Field(0.3, description="of examples with noise that is the same in all three colours")
    always: bool = Field(False, description="each kind in every example, else each in nearly half of them")

    batch: int = Field(16, description="crops in a step")
    lr: float = Field(2e-3, description="Adam's learning rate")
    decay_share: float = Field(0.4, description="last share of the run, in which the rate falls to a fiftieth")
    early_weight: float = Field(0.25, description="weight of each earlier stage's own error against the last one's")
    ema_half_life: float = Field(4000, description="half-life of the served average in crops seen")
    held_out: int = Field(64, description="most works kept out to measure by; none of fewer than 24")
    pictures: int = Field(0, description="end after so many crops seen instead of a time; 0 goes by time")
    threads: int = Field(0, description="CPU threads; 0 chooses by load")
