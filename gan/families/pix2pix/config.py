"""What can be set of a pix2pix model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from gan.data.pairs import Pairing


class Config(BaseModel):
    """Options of one run; stored in the model's header. Values are the paper's where nothing else is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: Pairing = Field(
        Pairing.edges, description="what it starts from: edges, contours (by HED), greys, low or mask"
    )
    size: int = Field(64, ge=16, le=512, description="side of the square pictures in pixels, a power of two")
    width: int = Field(32, description="channels of the first layer; each further one has twice as many")
    widest: int = Field(256, description="most channels of a layer: a model of 64 px is then 8 MB")
    judge_width: int = Field(32, description="channels of the discriminator's first layer")

    batch: int = Field(8, description="pictures in a step; the paper's 1 wastes a CPU's time")
    pixel_weight: float = Field(100.0, description="weight of the pixel distance against the adversary")
    adversary: float = Field(1.0, description="weight of the adversary; 0 learns by the pixel distance alone")
    lr: float = Field(4e-4, description="learning rate; twice the paper's for eight times its batch")
    beta1: float = Field(0.5, description="Adam's first moment")
    decay_share: float = Field(0.4, description="last share of the run, in which the rate falls to a twentieth")
    ema_half_life: float = Field(2000, description="half-life of the served average in pictures seen")
    held_out: int = Field(150, description="most works kept out to measure by; a tenth of the works, none below 40")
    pictures: int = Field(0, description="end after so many pictures seen instead of a time; 0 goes by time")
    threads: int = Field(0, description="CPU threads; 0 chooses by load")


ARCHITECTURE = frozenset({"pairs", "size", "width", "widest"})
"""What a model that starts from a base takes over from it."""
