"""What can be set of a progressive GAN."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from gan.training.options import AdversaryOptions

FIRST = 4
"""Side of the first pictures."""


class Loss(StrEnum):
    logistic = "logistic"
    """Non-saturating, held by R1 (Mescheder, Geiger & Nowozin 2018)."""
    wgan_gp = "wgan-gp"
    """The paper's: Wasserstein with a gradient penalty (Gulrajani et al. 2017)."""


class Config(AdversaryOptions):
    """Options of one run; stored in the model's header. Defaults are the paper's where nothing else is said."""

    size: int = Field(64, ge=8, le=128, description="side of the finished pictures in pixels, a power of two")
    code: int = Field(64, ge=2, description="numbers in a code")
    width: int = Field(256, ge=8, description="channels at a side are about 4 x width / side")
    widest: int = Field(128, ge=4, description="most channels")
    batch: int = Field(16, ge=4, multiple_of=4, description="pictures in a step, in groups of 4 for their deviation")
    grow: bool = Field(True, description="grow from 4 x 4; off learns at full size from the start, to compare")
    loss: Loss = Field(Loss.logistic, description="logistic or wgan-gp")
    r1: float = Field(1.0, ge=0, description="weight of R1 for the logistic loss")
    lr: float = Field(1e-3, gt=0, description="learning rate of both networks, as in the paper")
    ema_half_life: float = Field(5_000, description="half-life of the served average in pictures seen")

    @field_validator("size")
    @classmethod
    def _power_of_two(cls, size: int) -> int:
        if size & (size - 1):
            raise ValueError(f"size {size} is not a power of two; take 16, 32 or 64")
        return size


def levels_of(config: Config) -> int:
    """Sides from 4 up to the size."""
    return int(config.size // FIRST).bit_length()


def channels_at(config: Config, level: int) -> int:
    """Channels of the maps at a level; level 0 has 4 x 4."""
    return min(config.widest, max(4, 4 * config.width // (FIRST << level)))
