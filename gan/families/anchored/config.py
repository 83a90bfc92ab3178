"""What can be set of an anchored model. Every default was measured; the pages in docs/decisions say how."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """Options of one run; stored in the model's header, so a model can be rebuilt from its file alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(64, description="side of the square pictures in pixels, a power of two from 32 on")
    code: int = Field(128, description="numbers in the latent code of a work")
    width: int = Field(384, description="channels of a layer are about 4 x width / its side")
    widest: int = Field(192, description="most channels of a layer")
    convs: int = Field(1, description="modulated convolutions at each resolution")
    encoder: int = Field(0, description="hidden numbers of an encoder trained along, for large sets; 0 for none")
    anchors: int = Field(
        4096, description="most works that a model mixes and names: the best drawn of all it learned from"
    )

    batch: int = Field(
        16, description="pictures in a step; half are rebuilt and half invented once the adversary plays"
    )
    rebuild_share: float = Field(0.25, description="share of the run in which works are only rebuilt, from scratch")
    rebuild_share_from_base: float = Field(0.12, description="the same when starting from a base")
    decay_share: float = Field(0.3, description="last share of the run, in which learning rates fall to a tenth")
    lr: float = Field(1e-3, description="generator's learning rate while rebuilding")
    lr_adversarial: float = Field(1e-3, description="the same once the adversary plays")
    lr_kernels: float = Field(0.04, description="Muon's rate for the generator's 3 x 3 kernels; falls as `lr` falls")
    lr_codes: float = Field(5.0, description="the codes' learning rate, in generator's rates")
    lr_discriminator: float = 2e-4
    beta1: float = Field(0.9, description="Adam's first moment for generator and codes; 0 rebuilds three times worse")
    pixel_weight: float = Field(5.0, description="weight of the pixel distance against the feature distance")
    edge_weight: float = Field(2.0, description="weight of differences between neighbouring pixels, in pixels' weight")
    adversary: float = Field(0.3, description="weight of the adversary")
    silhouette: float = Field(
        20.0, description="weight of keeping an invention's outline between its parents' outlines"
    )
    heritage: float = Field(
        2.0,
        description="weight of keeping what an invention shows between what its parents show",
    )
    ema_half_life: float = Field(2000, description="half-life of the served average in pictures seen")
    noise: float = Field(0.1, description="deviation of the noise added to codes of invented pictures")
    shift: int = Field(4, description="augmentation: shifts up to so many pixels; colour changes would leak into art")
    taps: tuple[int, ...] = Field((2, 4, 10, 15), description="blocks of the frozen net that losses look at")
    pictures: int = Field(0, description="end after so many pictures seen instead of a time; 0 goes by time")
    threads: int = Field(0, description="CPU threads; 0 chooses by load")


ARCHITECTURE = frozenset({"size", "code", "width", "widest", "convs", "encoder", "taps"})
"""What a model that starts from a base takes over from it; everything else is the newcomer's own."""
