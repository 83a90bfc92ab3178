"""What can be set of a dense model."""

from __future__ import annotations

from pydantic import Field

from gan.training.options import AdversaryOptions


class Config(AdversaryOptions):
    """Options of one run; stored in the model's header."""

    size: int = Field(32, ge=8, le=64, description="side of the square pictures; weights grow with its square")
    code: int = Field(64, ge=2, description="numbers in a code")
    width: int = Field(256, ge=8, description="features of the generator's first layer; each further has twice as many")
    judge_width: int = Field(512, ge=8, description="features of the discriminator's last layer, twice in its first")
    dropout: float = Field(0.3, ge=0, lt=1, description="share of the discriminator's features dropped")
    lr: float = Field(2e-4, gt=0, description="learning rate of both networks")
    beta1: float = Field(0.5, description="Adam's first moment")
