"""What happens to pictures: blur, low resolution, noise, JPEG and holes, drawn at random for each."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from gan.families.restorer.config import Config, Damage

SHARE = 0.45
"""Of examples that each kind happens to, so that most suffer from two or three."""
BLUR = (0.4, 2.2)
"""Deviation in pixels."""
QUALITY = (8, 60)
"""Of the JPEG."""
LOW = (2, 3, 4)
"""How many times fewer pixels on a side."""
HOLES, HOLE_SHARE = (1, 5), 0.35
"""How many, and the longest edge of one as a share of the picture's side."""


def damage(clean: Tensor, config: Config, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """RGB [B, 3, S, S] in [0, 1] → what is left of it, and the mask of what is known [B, 1, S, S].

    Blur comes before few pixels, noise after them and JPEG after that, as it happens to pictures in life.
    """
    ways: dict[Damage, Callable[[Tensor], Tensor]] = {
        "blur": lambda x: _blurred(x, random),
        "low": lambda x: _low(x, random),
        "noise": lambda x: _noisy(x, config, random),
        "jpeg": lambda x: _compressed(x, random),
    }
    x, known = clean.clone(), clean.new_ones(len(clean), 1, *clean.shape[2:])
    for kind, way in ways.items():
        hit = _hit(kind, len(x), config, random)
        if len(hit):
            x[hit] = way(x[hit])
    for index in _hit("holes", len(x), config, random).tolist():
        _pierce(known[index, 0], random)
    return x, known


def _hit(kind: Damage, count: int, config: Config, random: torch.Generator) -> Tensor:
    """Which examples it happens to. The numbers are drawn in any case, so that kinds do not disturb each other."""
    drawn = torch.rand(count, generator=random)
    return (drawn < (1.0 if config.always else SHARE)).nonzero()[:, 0] if kind in config.kinds else drawn.long()[:0]


def _blurred(x: Tensor, random: torch.Generator) -> Tensor:
    deviations = BLUR[0] + torch.rand(len(x), generator=random) * (BLUR[1] - BLUR[0])
    reach = torch.arange(-6, 7, dtype=torch.float32)
    kernels = torch.exp(-reach.square() / (2 * deviations[:, None].square()))
    kernels = (kernels / kernels.sum(1, keepdim=True)).repeat_interleave(3, 0)
    flat = F.pad(x.reshape(1, -1, *x.shape[2:]), (6, 6, 6, 6), mode="replicate")
    flat = F.conv2d(flat, kernels[:, None, :, None], groups=flat.shape[1])
    return F.conv2d(flat, kernels[:, None, None, :], groups=flat.shape[1]).reshape(x.shape)


def _low(x: Tensor, random: torch.Generator) -> Tensor:
    out, times = x.clone(), torch.randint(len(LOW), (len(x),), generator=random)
    for number, factor in enumerate(LOW):
        hit = (times == number).nonzero()[:, 0]
        if len(hit):
            small = F.interpolate(x[hit], scale_factor=1 / factor, mode="bilinear", antialias=True)
            out[hit] = F.interpolate(small, x.shape[2:], mode="bicubic").clamp(0, 1)
    return out


def _noisy(x: Tensor, config: Config, random: torch.Generator) -> Tensor:
    span = torch.rand(len(x), 1, 1, 1, generator=random).square()  # weak noise is the usual kind
    deviation = config.noise_least + span * (config.noise_most - config.noise_least)
    noise = torch.randn(x.shape, generator=random)
    grey = torch.rand(len(x), 1, 1, 1, generator=random) < config.grey_share
    return x + deviation * torch.where(grey, noise[:, :1], noise)


def _compressed(x: Tensor, random: torch.Generator) -> Tensor:
    qualities = torch.randint(QUALITY[0], QUALITY[1], (len(x),), generator=random).tolist()
    return torch.stack([_jpeg(picture, quality) for picture, quality in zip(x, qualities, strict=True)])


def _jpeg(picture: Tensor, quality: int) -> Tensor:
    buffer = io.BytesIO()
    pixels = picture.clamp(0, 1).mul(255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return torch.from_numpy(np.array(Image.open(buffer))).permute(2, 0, 1).float() / 255


def _pierce(known: Tensor, random: torch.Generator) -> None:
    side = known.shape[-1]
    for _ in range(int(torch.randint(HOLES[0], HOLES[1], (), generator=random))):
        height, width = (2 + torch.rand(2, generator=random) * (HOLE_SHARE * side)).long().tolist()
        top, left = (torch.rand(2, generator=random) * (side - 2)).long().tolist()
        known[top : top + height, left : left + width] = 0
