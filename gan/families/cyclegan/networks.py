"""The generator of CycleGAN (Zhu et al. 2017, section 4). The discriminator is `gan.blocks.patches`.

Shapes: B pictures, H and W sides, both multiples of 4.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gan.blocks.patches import ResidualBlock, doubling, first_layers, halving, start_small


class Generator(nn.Module):
    """From a picture to the same picture in the other set's look; works at any size."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        layers = [*first_layers(3, width), *halving(width, 2 * width), *halving(2 * width, 4 * width)]
        layers += [ResidualBlock(4 * width) for _ in range(blocks)]
        layers += [*doubling(4 * width, 2 * width), *doubling(2 * width, width)]
        self.net = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7))
        start_small(self)

    def forward(self, x: Tensor) -> Tensor:
        """RGB [B, 3, H, W] in [−1, 1] → the same."""
        return torch.tanh(self.net(x).float())
