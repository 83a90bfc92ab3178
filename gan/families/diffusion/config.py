"""What can be set of a diffusion model."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator

from gan.training.options import LabelledOptions

NOISE_STEPS = 1000
"""Levels of noise while learning (Ho, Jain & Abbeel 2020)."""
LARGE = 48
"""Side from which pictures are taken as patches of 2 x 2: a fourth of the work."""


class Schedule(StrEnum):
    linear = "linear"
    """Ho, Jain & Abbeel 2020, section 4."""
    cosine = "cosine"
    """Nichol & Dhariwal 2021, equation 17; keeps more of small pictures."""


class Predicts(StrEnum):
    noise = "noise"
    """ε (Ho, Jain & Abbeel 2020, equation 14)."""
    velocity = "velocity"
    """v (Salimans & Ho 2022, appendix D); steadier with few steps."""


class Config(LabelledOptions):
    """Options of one run; stored in the model's header."""

    size: int = Field(64, ge=16, le=128, description="side of the pictures; a multiple of 4, of 8 from 48 on")
    width: int = Field(48, ge=8, multiple_of=8, description="channels at the largest side, twice as many at the others")
    batch: int = Field(32, ge=2, description="pictures in a step")
    schedule: Schedule = Field(Schedule.cosine, description="how noise rises")
    predicts: Predicts = Field(Predicts.velocity, description="what the network answers")
    steps: int = Field(20, ge=1, le=NOISE_STEPS, description="DDIM steps of a picture; more are finer and slower")
    guidance: float = Field(1.5, ge=0, description="how much further prompts are followed than learned; 0 as learned")
    words: bool = Field(
        True, description="learn what titles and tags mean, by the text encoder; off goes by tags that works share"
    )
    known: tuple[str, ...] = Field((), description="words of titles and tags that it heard. Decided at the start")
    forget: float = Field(0.1, ge=0, le=1, description="share of works that it is told nothing of, for guidance")
    lr: float = Field(5e-4, gt=0, description="learning rate, after 500 steps of warming up")
    decay_share: float = Field(0.3, description="last share of the run, in which the rate falls to a twentieth")
    ema_half_life: float = Field(10_000, description="half-life of the served average in pictures seen")
    judged: int = Field(64, ge=0, description="pictures drawn for the figures; each takes a tenth of a second")

    @field_validator("size")
    @classmethod
    def _halves(cls, size: int) -> int:
        if size % (4 * patch_of(size)):
            raise ValueError(f"size {size} cannot be halved twice; take 28, 32, 48 or 64")
        return size


def patch_of(size: int) -> int:
    """Side of the patches of which a picture is made."""
    return 2 if size >= LARGE else 1
