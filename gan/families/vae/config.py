"""What can be set of a VAE."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from gan.blocks.sides import first_side
from gan.training.options import LabelledOptions


class Pixels(StrEnum):
    """What a pixel is taken for."""

    measured = "measured"
    """A number with normal errors, their deviation that which fits best (Rybkin, Daniilidis & Levine 2021)."""
    binary = "binary"
    """Light or dark, as digits are: a Bernoulli probability (Kingma & Welling 2014, appendix C.1)."""


class Config(LabelledOptions):
    """Options of one run; stored in the model's header."""

    size: int = Field(64, ge=16, le=128, description="side of the pictures: 4 to 7 doubled some times, as 28, 32, 64")
    code: int = Field(64, ge=2, description="numbers in a code")
    width: int = Field(32, ge=4, description="channels at the largest side; each smaller one has twice as many")
    widest: int = Field(128, ge=4, description="most channels")
    hidden: int = Field(256, ge=8, description="features between the smallest map and the code")
    pixels: Pixels = Field(Pixels.measured, description="binary for digits and other two-coloured works")
    beta: float = Field(1.0, ge=0, description="weight of the code's cost; above 1 smoother and blurrier")
    lr: float = Field(1e-3, gt=0, description="learning rate")
    decay_share: float = Field(0.3, description="last share of the run, in which the rate falls to a twentieth")
    ema_half_life: float = Field(5_000, description="half-life of the served average in pictures seen")

    @field_validator("size")
    @classmethod
    def _doubles(cls, size: int) -> int:
        first_side(size)
        return size
