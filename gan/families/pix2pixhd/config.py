"""What can be set of a pix2pixHD model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from gan.data.pairs import Pairing


class Config(BaseModel):
    """Options of one run; stored in the model's header. Values are the paper's where nothing else is said.

    The defaults are for a GPU. On a CPU `size=128 width=16 blocks=4 judges=2 judge_width=24` learns in minutes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: Pairing = Field(
        Pairing.edges, description="what it starts from: edges, contours (by HED), greys, low or mask"
    )
    size: int = Field(256, ge=32, le=512, description="side of the square pictures in pixels, a power of two")
    width: int = Field(32, description="channels of the coarse generator's first layer; the paper's 64 are for 2048 px")
    halvings: int = Field(3, description="how often the coarse generator halves its side before its blocks")
    blocks: int = Field(6, description="residual blocks of the coarse generator; the paper has 9")
    fine_blocks: int = Field(3, description="residual blocks of the enhancer")
    judges: int = Field(2, description="discriminators, each on half of the side of the one before; the paper has 3")
    judge_width: int = Field(48, description="channels of a discriminator's first layer")

    batch: int = Field(4, description="pictures in a step; the paper has 1")
    coarse_share: float = Field(0.35, description="share of the run in which the coarse generator learns alone")
    frozen_share: float = Field(0.2, description="next share, in which the enhancer learns and the coarse one is held")
    feature_weight: float = Field(10.0, description="weight of feature matching")
    pixel_weight: float = Field(
        20.0,
        description="weight of the pixel distance, which the paper has not: small sets need to be told the colours",
    )
    adversary: float = Field(1.0, description="weight of the adversary; 0 learns by the pixel distance alone")
    lr: float = Field(4e-4, description="learning rate; twice the paper's for four times its batch")
    beta1: float = Field(0.5, description="Adam's first moment")
    decay_share: float = Field(0.4, description="last share of the run, in which the rate falls to a twentieth")
    ema_half_life: float = Field(1500, description="half-life of the served average in pictures seen")
    held_out: int = Field(150, description="most works kept out to measure by; a tenth of the works, none below 40")
    pictures: int = Field(0, description="end after so many pictures seen instead of a time; 0 goes by time")
    threads: int = Field(0, description="CPU threads; 0 chooses by load")
