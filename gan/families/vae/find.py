"""Finding an upload in a VAE: its encoder's answer, in one pass of some milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gan.blocks.features import FrozenFeatures
from gan.data.frames import framed
from gan.data.pictures import fitted, over, premultiplied, straight
from gan.families.vae.serve import read
from gan.sampling.latent import channels_of, premultiplied_of
from gan.sampling.points import write_point
from gan.spec import FoundPoint, Seen

LEAST_SIDE = 64
"""Side below which the frozen net has nothing left to look at in its deepest maps."""


@torch.inference_mode()
def find(path: Path, sha256: str, picture: Image.Image, seen: Callable[[Seen], None]) -> FoundPoint:
    """The code that the encoder gives the picture, and how far what it draws is from it."""
    began = time.monotonic()
    torch.set_num_threads(1)
    file, network = read(path, "cpu")
    config, card = file.config, file.card
    wanted = torch.from_numpy(premultiplied(np.asarray(fitted(picture, config.size, card.frame))))
    target = wanted.permute(2, 0, 1)[None].contiguous()
    nothing = torch.zeros(1, len(config.labels))
    code = network.encode(channels_of(target, config.channels), nothing)[0]
    drawn, usual = (
        premultiplied_of(network.draw(torch.cat([one, nothing], 1))) for one in (code, torch.zeros_like(code))
    )
    distance, mean_distance = _distances(target, [drawn, usual])
    pixels = framed(straight(drawn)[0], card.frame)
    if not card.alpha:
        pixels[..., 3] = 255
    seen(Seen(1.0, distance, pixels))
    return FoundPoint(write_point(code.numpy(), sha256), distance, mean_distance, 1, time.monotonic() - began)


def _distances(target: Tensor, others: list[Tensor]) -> list[float]:
    """Perceptual: mean over the frozen net's taps of the L1 between maps, each scaled by the target's deviation."""
    features = FrozenFeatures()
    seen = over(torch.cat([target, *others]), torch.ones(1 + len(others), 3)).clamp(-1, 1)
    if seen.shape[-1] < LEAST_SIDE:
        seen = torch.nn.functional.interpolate(seen, (LEAST_SIDE, LEAST_SIDE), mode="bilinear")
    maps = features(seen)
    return [
        float(torch.stack([(m[n] - m[0]).abs().mean() / m[0].std().clamp_min(1e-3) for m in maps]).mean())
        for n in range(1, 1 + len(others))
    ]
