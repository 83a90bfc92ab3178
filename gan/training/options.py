"""Options that all samplers but the anchored share: what is drawn, how long, and what is done against over-fitting."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class SamplerOptions(BaseModel):
    """Base of a sampler's config; stored in the model's header. Families say their own defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(64, ge=8, le=256, description="side of the square pictures in pixels")
    channels: int = Field(
        0, ge=0, le=4, description="1 greys, 3 colours, 4 colours with holes; 0 goes by the works. Decided at the start"
    )
    batch: int = Field(64, ge=2, description="pictures in a step")
    ema_half_life: float = Field(10_000, description="half-life of the served average in pictures seen")
    held_out: int = Field(0, ge=0, description="most works kept out to measure by: a tenth of them, none below 40")
    early_stop: int = Field(
        0, ge=0, description="end after so many looks (16 a run) without a better KID and keep the best; 0 never"
    )
    judged: int = Field(256, ge=0, description="pictures drawn for the figures")
    pictures: int = Field(0, ge=0, description="end after so many pictures seen instead of a time; 0 goes by time")
    threads: int = Field(0, ge=0, description="CPU threads; 0 chooses by load")


class LabelledOptions(SamplerOptions):
    """Of samplers that learn what tags look like."""

    labels: tuple[str, ...] = Field((), description="tags and titles that prompts can name. Decided at the start")
    most_labels: int = Field(32, ge=0, description="most labels taken from the works; 0 for none")
    forget: float = Field(0.2, ge=0, le=1, description="share of works whose labels are left out, to learn without")


class AdversaryOptions(SamplerOptions):
    """What keeps a discriminator from learning its few works by heart. Off unless a family turns it on."""

    augment: float = Field(
        0.0, ge=0, le=1, description="DiffAugment: share of the pictures the discriminator sees changed, real and drawn"
    )
    adaptive: float = Field(
        0.0, ge=0, le=1, description="ADA: the share goes up and down by itself to hold this over-fitting; 0 for fixed"
    )
    augments: tuple[str, ...] = Field(
        ("shift", "cutout"), description="of shift, cutout, flip, colour; flips and colours only where art allows"
    )
    r1: float = Field(0.0, ge=0, description="weight of R1, the gradient penalty on real pictures")
    r1_every: int = Field(4, ge=1, description="steps from one R1 penalty to the next, which then weighs as many times")
    spectral: bool = Field(False, description="spectral normalisation of the discriminator")
    dropout: float = Field(0.0, ge=0, lt=1, description="share of the discriminator's features dropped")
