"""The U-Net of pix2pix (Isola et al. 2017, section 3.2.1). The discriminator is `gan.blocks.patches`.

Shapes: B pictures, S side.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from gan.blocks.patches import norm, start_small

NARROWEST = 2
"""Side of the deepest map. The paper goes down to 1, where instance normalisation would leave nothing."""
CHANNELS = 4


class UNet(nn.Module):
    """Down to a small map and up again; every layer up also sees the layer down of its side, so lines stay in place.

    Gives premultiplied RGBA in [0, 1], so that a drawing can be an emoji: the paper's pictures have no holes.
    """

    def __init__(self, size: int, width: int, widest: int) -> None:
        super().__init__()
        depth = int(math.log2(size // NARROWEST))
        channels = [min(width * 2**level, widest) for level in range(depth)]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        before = 3
        for level, after in enumerate(channels):
            layers: list[nn.Module] = [] if level == 0 else [nn.LeakyReLU(0.2)]
            layers.append(nn.Conv2d(before, after, 4, 2, 1))
            if 0 < level < depth - 1:
                layers.append(norm(after))
            self.down.append(nn.Sequential(*layers))
            before = after
        for level in reversed(range(1, depth)):
            inputs = channels[level] if level == depth - 1 else 2 * channels[level]
            conv = nn.ConvTranspose2d(inputs, channels[level - 1], 4, 2, 1)
            self.up.append(nn.Sequential(nn.ReLU(), conv, norm(channels[level - 1])))
        self.last = nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(2 * channels[0], CHANNELS, 4, 2, 1))
        start_small(self)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, 3, S, S] in [−1, 1] → [B, 4, S, S]."""
        seen: list[Tensor] = []
        for layer in self.down:
            x = layer(x)
            seen.append(x)
        seen.pop()
        for layer in self.up:
            x = torch.cat([layer(x), seen.pop()], 1)
        drawn: Tensor = self.last(x)
        return torch.tanh(drawn.float()) / 2 + 0.5
