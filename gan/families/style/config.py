"""What can be set of a style model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """Options of one run; stored in the model's header."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(256, ge=64, le=512, description="longer side of the works as they are kept for training")
    crop: int = Field(96, ge=64, description="side of the crops it learns from; a multiple of 16")
    code: int = Field(128, description="numbers that the painter is told of an artwork")
    width: int = Field(24, description="channels of the painter at full size; more further down")

    batch: int = Field(4, description="pairs of a picture and an artwork in a step")
    content_weight: float = Field(1.0, description="weight of keeping what is seen in the picture")
    style_weight: float = Field(5.0, description="weight of the artwork's statistics")
    same_weight: float = Field(1.0, description="weight of leaving a picture alone in its own style")
    lr: float = Field(2e-3, description="Adam's learning rate")
    decay_share: float = Field(0.5, description="last share of the run, in which the rate falls to a twentieth")
    ema_half_life: float = Field(3000, description="half-life of the served average in pairs seen")
    held_out: int = Field(16, description="most pictures and artworks kept out to measure by; none of fewer than 24")
    pictures: int = Field(0, description="end after so many pairs seen instead of a time; 0 goes by time")
    threads: int = Field(0, description="CPU threads; 0 chooses by load")
