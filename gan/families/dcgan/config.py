"""What can be set of a DCGAN."""

from __future__ import annotations

from pydantic import Field, field_validator

from gan.training.options import AdversaryOptions

SMALLEST = (4, 5, 6, 7)
"""Sides that the first map may have."""


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


def first_side(size: int) -> int:
    """The side of the first map. Raises `ValueError` for a side that no doubling reaches."""
    side = size
    while side > SMALLEST[-1] and side % 2 == 0:
        side //= 2
    if side not in SMALLEST:
        raise ValueError(f"size {size} is not 4, 5, 6 or 7 doubled some times; take 28, 32, 48, 64 or 96")
    return side
