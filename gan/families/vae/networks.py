"""Encoder and decoder (Kingma & Welling 2014), convolutional; given labels, both see them (Sohn, Lee & Yan 2015).

Shapes: B pictures, C channels, S side, D code, L labels.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from gan.blocks.sides import doublings, first_side
from gan.families.vae.config import Config

SUREST = -8.0
"""Least log variance of a code: below, its gradients would drown all others."""


def _block(inputs: int, outputs: int, conv: nn.Module) -> list[nn.Module]:
    return [conv, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)]


class VAENets(nn.Module):
    """Both networks, since both are served: the encoder answers uploads."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        labels, side = len(config.labels), first_side(config.size)
        widths = [min(config.width * 2**level, config.widest) for level in range(doublings(config.size))]
        down: list[nn.Module] = []
        for inputs, outputs in pairwise([config.channels, *widths]):
            down += _block(inputs, outputs, nn.Conv2d(inputs, outputs, 4, 2, 1))
        flat = widths[-1] * side * side
        self.down = nn.Sequential(*down, nn.Flatten())
        self.to_code = nn.Sequential(
            nn.Linear(flat + labels, config.hidden), nn.LeakyReLU(0.2), nn.Linear(config.hidden, 2 * config.code)
        )
        up: list[nn.Module] = [
            *(nn.Linear(config.code + labels, config.hidden), nn.LeakyReLU(0.2), nn.Linear(config.hidden, flat)),
            *(nn.LeakyReLU(0.2), nn.Unflatten(1, (widths[-1], side, side))),
        ]
        for inputs, outputs in pairwise(widths[::-1]):
            up += _block(inputs, outputs, nn.ConvTranspose2d(inputs, outputs, 4, 2, 1))
        self.up = nn.Sequential(*up, nn.ConvTranspose2d(widths[0], config.channels, 4, 2, 1))

    def encode(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """x [B, C, S, S] in [−1, 1], labels [B, L] → mean and log variance of the code, [B, D] each."""
        mean, log_variance = self.to_code(torch.cat([self.down(x), labels], 1)).chunk(2, 1)
        return mean, log_variance.clamp(SUREST, -SUREST)

    def logits(self, code: Tensor) -> Tensor:
        """Codes with their labels [B, D + L] → logits of brightness [B, C, S, S]."""
        drawn: Tensor = self.up(code)
        return drawn

    def draw(self, code: Tensor) -> Tensor:
        """The same as a picture in [−1, 1]: the mean of what the model believes."""
        return self.logits(code).float().sigmoid() * 2 - 1
