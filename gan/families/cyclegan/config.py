"""What can be set of a CycleGAN model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """Options of one run; stored in the model's header. Values are the paper's where nothing else is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(64, ge=16, le=256, description="side of the pictures it learns from in pixels, a multiple of 4")
    width: int = Field(16, description="channels of a generator's first layer; the paper has 64")
    blocks: int = Field(4, description="residual blocks of a generator; the paper has 6 at 128 px and 9 at 256")
    judge_width: int = Field(16, description="channels of a discriminator's first layer; the paper has 64")
    judge_layers: int = Field(2, description="strided layers of a discriminator: patches of 34 px; the paper has 3")

    batch: int = Field(2, description="pictures of each set in a step; the paper has 1")
    cycle_weight: float = Field(10.0, description="weight of coming back to the picture that one set out from")
    identity_weight: float = Field(5.0, description="weight of leaving a picture of the other set as it is")
    pool: int = Field(50, description="earlier pictures of a generator that its discriminator is also shown")
    lr: float = Field(4e-4, description="learning rate; twice the paper's for twice its batch")
    beta1: float = Field(0.5, description="Adam's first moment")
    decay_share: float = Field(0.5, description="last share of the run, in which the rate falls to a fiftieth")
    ema_half_life: float = Field(1000, description="half-life of the served average in pictures seen")
    others: int = Field(
        600, ge=8, description="pictures of a shipped base that stand for the first set if none is sent"
    )
    pictures: int = Field(0, description="end after so many pictures seen instead of a time; 0 goes by time")
    threads: int = Field(0, description="CPU threads; 0 chooses by load")
