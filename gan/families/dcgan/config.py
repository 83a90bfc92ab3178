"""What can be set of a DCGAN."""

from __future__ import annotations

from pydantic import Field, field_validator

from gan.blocks.sides import first_side
from gan.training.options import AdversaryOptions


class Config(AdversaryOptions):
    """Options of one run; stored in the model's header. Defaults are the paper's where nothing else is said."""

    size: int = Field(64, ge=16, le=128, description="side of the pictures: 4 to 7 doubled some times, as 28, 32, 64")
    code: int = Field(100, ge=2, description="numbers in a code")
    width: int = Field(32, ge=4, description="channels at the largest side; each smaller one has twice as many")
    widest: int = Field(256, ge=4, description="most channels; the paper's 1,024 are for millions of pictures")
    batch_norm: bool = Field(True, description="batch normalisation of the discriminator; off where it is spectral")
    augment: float = Field(0.5, ge=0, le=1, description="DiffAugment: share of pictures that the discriminator sees so")
    lr: float = Field(2e-4, gt=0, description="learning rate of both networks")
    beta1: float = Field(0.5, description="Adam's first moment")

    @field_validator("size")
    @classmethod
    def _doubles(cls, size: int) -> int:
        first_side(size)
        return size
