"""The painter: from a picture's features in the artwork's statistics to the picture, in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan.blocks.features import STAGES
from gan.blocks.layers import ModulatedConv2d
from gan.families.style.statistics import TAPS, Seen, moments, normalised

STRIDE = 16
CHANNELS = tuple(STAGES[tap] for tap in TAPS)
COLOURS = 12


@dataclass(frozen=True)
class Look:
    """What the painter is told of artworks: per tap the mean and deviation of its features, and its colours."""

    means: list[Tensor]
    deviations: list[Tensor]
    colours: Tensor

    @staticmethod
    def of(seen: Seen, colours: Tensor) -> Look:
        pairs = [moments(x) for x in seen.taps]
        return Look([mean for mean, _ in pairs], [deviation for _, deviation in pairs], colours)

    def toward(self, other: Look, share: float) -> Look:
        """Between this look (0) and another (1)."""
        if share == 1.0:
            return other
        means = [a.lerp(b, share) for a, b in zip(self.means, other.means, strict=True)]
        deviations = [a.lerp(b, share) for a, b in zip(self.deviations, other.deviations, strict=True)]
        return Look(means, deviations, self.colours.lerp(other.colours, share))


class Painter(nn.Module):
    """Adaptive instance normalisation (Huang & Belongie 2017, equation 8) of the frozen features at four scales; a
    decoder, told of the whole look by modulation, draws from them what is to be added to the recoloured picture."""

    def __init__(self, code: int, width: int) -> None:
        super().__init__()
        told = 2 * sum(CHANNELS) + COLOURS
        self.tell = nn.Sequential(nn.Linear(told, 2 * code), nn.SiLU(), nn.Linear(2 * code, code), nn.SiLU())
        fine, small, coarse = width * 3 // 2, width * 5 // 2, width * 4
        self.deep = ModulatedConv2d(CHANNELS[3], coarse, code)
        self.to_8 = ModulatedConv2d(coarse, coarse, code, doubles=True)
        self.at_8 = ModulatedConv2d(coarse + CHANNELS[2] + 1, coarse, code)
        self.to_4 = ModulatedConv2d(coarse, small, code, doubles=True)
        self.at_4 = ModulatedConv2d(small + CHANNELS[1] + 1, small, code)
        self.to_2 = ModulatedConv2d(small, fine, code, doubles=True)
        self.at_2 = ModulatedConv2d(fine + CHANNELS[0] + 1, fine, code)
        self.to_1 = ModulatedConv2d(fine, width, code, doubles=True)
        self.at_1 = ModulatedConv2d(width + 4, width, code)
        self.out = nn.Conv2d(width, 3, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        assert self.out.bias is not None
        nn.init.zeros_(self.out.bias)
        for number, channels in enumerate(CHANNELS):
            self.register_buffer(f"size_{number}", torch.ones(channels))

    @torch.no_grad()
    def calibrate(self, look: Look) -> None:
        """Take the usual size of each feature from some looks, so that all reach the decoder about as large."""
        for number, (mean, deviation) in enumerate(zip(look.means, look.deviations, strict=True)):
            self.get_buffer(f"size_{number}").copy_((mean.square() + deviation.square()).mean(0).sqrt())

    def forward(self, seen: Seen, recoloured: Tensor, look: Look, noise: Tensor) -> Tensor:
        """What is seen in pictures, recoloured [B, 3, H, W], look, noise [B, 1, H, W] → RGB [B, 3, H, W], about
        [0, 1]."""
        sizes = [self.get_buffer(f"size_{number}") for number in range(len(TAPS))]
        told = [x / size for kind in (look.means, look.deviations) for x, size in zip(kind, sizes, strict=True)]
        w = self.tell(torch.cat([*told, look.colours], 1))
        maps = [
            (normalised(x) * deviation[:, :, None, None] + mean[:, :, None, None]) / size[:, None, None]
            for x, mean, deviation, size in zip(seen.taps, look.means, look.deviations, sizes, strict=True)
        ]
        grain = [noise if scale == 1 else F.avg_pool2d(noise, scale) * scale for scale in (1, 2, 4, 8)]
        x = self.to_8(self.deep(maps[3], w), w)
        x = self.to_4(self.at_8(torch.cat([x, maps[2].to(x.dtype), grain[3].to(x.dtype)], 1), w), w)
        x = self.to_2(self.at_4(torch.cat([x, maps[1].to(x.dtype), grain[2].to(x.dtype)], 1), w), w)
        x = self.to_1(self.at_2(torch.cat([x, maps[0].to(x.dtype), grain[1].to(x.dtype)], 1), w), w)
        x = self.at_1(torch.cat([x, recoloured.to(x.dtype), grain[0].to(x.dtype)], 1), w)
        correction: Tensor = self.out(x)
        return recoloured + correction.float()
