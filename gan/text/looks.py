"""How pictures look, in numbers that words can be carried to: what the frozen net sees, and named colours.

All at one size on white paper, so that pictures of any model can be compared. Shapes: N pictures, C = `DIM`.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from gan.blocks.features import FrozenFeatures

SIDE = 64
"""Pixels at which pictures are looked at: the smallest at which models draw."""
TAPS = (10, 15)
CHANNELS = 112 + 320
COLOURS = ("black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
"""The eleven basic colour terms (Berlin & Kay 1969)."""
DIM = CHANNELS + len(COLOURS)
BATCH = 64
HUES = ((15, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (258, "blue"), (295, "purple"), (340, "pink"))
"""Where each colour ends, in degrees of hue; after the last it is red again."""


class Looks:
    """The frozen net that looks; made once and used for many pictures."""

    def __init__(self) -> None:
        self._net = FrozenFeatures(TAPS).eval()

    @torch.inference_mode()
    def of(self, pictures: Tensor) -> NDArray[np.float32]:
        """[N, C] of premultiplied pictures [N, 4, H, W] in 0 to 1."""
        parts = [self._some(part.float().cpu()) for part in pictures.split(BATCH)]
        return torch.cat(parts).numpy()

    def _some(self, pictures: Tensor) -> Tensor:
        small = pictures
        if pictures.shape[-2:] != (SIDE, SIDE):
            small = F.interpolate(pictures, (SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False)
        on_white = small[:, :3] + 1 - small[:, 3:]
        maps = self._net(on_white.clamp(0, 1) * 2 - 1)
        seen = [F.normalize(one.mean((2, 3)), dim=1) for one in maps]
        return torch.cat([*seen, colours(small)], 1)


def colours(pictures: Tensor) -> Tensor:
    """Share of each named colour in what is not clear: [N, 11] of premultiplied pictures [N, 4, H, W]."""
    alpha = pictures[:, 3].clamp(0, 1)
    rgb = (pictures[:, :3] / alpha[:, None].clamp_min(1e-3)).clamp(0, 1)
    names = _named(rgb)
    weights = alpha.flatten(1)
    out = torch.zeros(len(pictures), len(COLOURS)).scatter_add_(1, names.flatten(1), weights)
    return out / weights.sum(1, keepdim=True).clamp_min(1e-6)


def _named(rgb: Tensor) -> Tensor:
    """The place in `COLOURS` of each pixel of [N, 3, H, W] → [N, H, W]."""
    high, low = rgb.max(1).values, rgb.min(1).values
    chroma = high - low
    red, green, blue = rgb.unbind(1)
    safe = chroma.clamp_min(1e-6)
    hue = torch.where(
        high == red,
        (green - blue) / safe % 6,
        torch.where(high == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    hue = 60 * hue
    place = {name: number for number, name in enumerate(COLOURS)}
    names = torch.full_like(hue, place["red"], dtype=torch.long)
    for end, name in reversed(HUES):
        names[hue < end] = place[name]
    names[hue < 15] = place["red"]
    brownish = (hue >= 10) & (hue < 50) & (high < 0.65)
    names[brownish] = place["brown"]
    rosy = ((hue < 15) | (hue >= 340)) & (high > 0.8) & (low > 0.45)
    names[rosy] = place["pink"]
    grey = chroma < 0.12 + 0.08 * (1 - high)
    names[grey] = place["grey"]
    names[grey & (high > 0.86)] = place["white"]
    names[high < 0.18] = place["black"]
    return names
