"""Generator and discriminators of pix2pixHD (Wang et al. 2018, sections 3.2 and 3.3).

Shapes: B pictures, S side, C channels.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan.blocks.patches import PatchDiscriminator, ResidualBlock, doubling, first_layers, halving, start_small

GIVEN, CHANNELS = 3, 4
LEAST_SIDE = 16


def _painter(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(channels, CHANNELS, 7))


def _painted(x: Tensor) -> Tensor:
    return torch.tanh(x.float()) / 2 + 0.5


class CoarseGenerator(nn.Module):
    """G1, the global generator: it draws at half of the side. `look` gives its last maps, for the enhancer."""

    def __init__(self, width: int, halvings: int, blocks: int) -> None:
        super().__init__()
        wide = [width * min(2**level, 8) for level in range(halvings + 1)]
        layers = first_layers(GIVEN, wide[0])
        for before, after in pairwise(wide):
            layers += halving(before, after)
        layers += [ResidualBlock(wide[-1]) for _ in range(blocks)]
        for before, after in pairwise(reversed(wide)):
            layers += doubling(before, after)
        self.net = nn.Sequential(*layers)
        self.paint = _painter(width)
        start_small(self)

    def look(self, given: Tensor) -> Tensor:
        """given [B, 3, S / 2, S / 2] → maps [B, width, S / 2, S / 2]."""
        maps: Tensor = self.net(given)
        return maps

    def forward(self, given: Tensor) -> Tensor:
        """→ premultiplied RGBA [B, 4, S / 2, S / 2] in [0, 1]."""
        return _painted(self.paint(self.look(given)))


class Enhancer(nn.Module):
    """G2, the local enhancer: looks at the full side, meets the coarse maps at half of it, and draws in full."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        narrow = width // 2
        self.front = nn.Sequential(*first_layers(GIVEN, narrow), *halving(narrow, width))
        self.back = nn.Sequential(*(ResidualBlock(width) for _ in range(blocks)), *doubling(width, narrow))
        self.paint = _painter(narrow)
        start_small(self)

    def forward(self, given: Tensor, coarse: Tensor) -> Tensor:
        """given [B, 3, S, S], coarse maps [B, width, S / 2, S / 2] → premultiplied RGBA [B, 4, S, S] in [0, 1]."""
        return _painted(self.paint(self.back(self.front(given) + coarse)))


class Generator(nn.Module):
    """Coarse generator and enhancer as one; `fine` says whether the enhancer is there yet."""

    def __init__(self, width: int, halvings: int, blocks: int, fine_blocks: int) -> None:
        super().__init__()
        self.coarse = CoarseGenerator(width, halvings, blocks)
        self.enhancer = Enhancer(width, fine_blocks)
        self.register_buffer("fine", torch.tensor(False))

    def forward(self, given: Tensor) -> Tensor:
        """given [B, 3, S, S] in [−1, 1] → premultiplied RGBA [B, 4, S, S] in [0, 1]."""
        if self.get_buffer("fine"):
            return self.enhanced(given)
        return F.interpolate(self.coarse(halved(given)), scale_factor=2, mode="bilinear", align_corners=False)

    def enhanced(self, given: Tensor) -> Tensor:
        drawn: Tensor = self.enhancer(given, self.coarse.look(halved(given)))
        return drawn


def halved(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 2)


class Judges(nn.Module):
    """Discriminators of patches, each looking at half of the side of the one before (section 3.2.1), down to a side
    of 16 pixels, below which there are no patches to tell apart."""

    def __init__(self, count: int, width: int, layers: int) -> None:
        super().__init__()
        self.judges = nn.ModuleList(PatchDiscriminator(GIVEN + CHANNELS, width, layers) for _ in range(count))

    def look(self, x: Tensor) -> list[list[Tensor]]:
        """The maps of all layers of each judge, the logits last. x [B, 7, S, S]."""
        seen: list[list[Tensor]] = []
        for judge in self.judges:
            if seen and x.shape[-1] < LEAST_SIDE:
                break
            assert isinstance(judge, PatchDiscriminator)
            seen.append(judge.look(x))
            x = halved(x)
        return seen
