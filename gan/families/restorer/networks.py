"""The cascade: each stage is a small denoising autoencoder that mends what the stage before has left."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDE = 8
"""Sides must be multiples of it: pixels are folded once and halved twice."""


class Block(nn.Module):
    """Two convolutions, the second beside a shortcut."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.silu(self.first(x))
        return x + F.silu(self.second(x))


class Stage(nn.Module):
    """A U-shaped autoencoder (Ronneberger et al. 2015) on folded pixels (Shi et al. 2016); it gives a correction.

    The last convolution begins at zero, so an untrained stage changes nothing and a cascade can only gain by it.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        middle, deep = width * 3 // 2, width * 2
        self.fine = Block(4 * 7, width)
        self.down = nn.Conv2d(width, middle, 2, 2)
        self.coarse = Block(middle, middle)
        self.down_again = nn.Conv2d(middle, deep, 2, 2)
        self.deep = nn.Sequential(Block(deep, deep), Block(deep, deep))
        self.up = nn.ConvTranspose2d(deep, middle, 2, 2)
        self.coarse_again = Block(middle, middle)
        self.up_again = nn.ConvTranspose2d(middle, width, 2, 2)
        self.fine_again = Block(width, width)
        self.out = nn.Conv2d(width, 4 * 3, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        assert self.out.bias is not None
        nn.init.zeros_(self.out.bias)

    def forward(self, estimate: Tensor, damaged: Tensor, known: Tensor) -> Tensor:
        """Estimate and damaged picture [B, 3, H, W], known [B, 1, H, W] (0 in holes) → correction [B, 3, H, W]."""
        x = F.pixel_unshuffle(torch.cat([estimate, damaged, known], 1), 2)
        fine = self.fine(x)
        coarse = self.coarse(self.down(fine))
        y = self.deep(self.down_again(coarse))
        y = self.coarse_again(coarse + self.up(y))
        y = self.fine_again(fine + self.up_again(y))
        return F.pixel_shuffle(self.out(y), 2)


class Cascade(nn.Module):
    """x_k = x_{k−1} + f_k(x_{k−1}, y, m): stages f_k over damaged pictures y with a mask m of what is known."""

    def __init__(self, stages: int, width: int) -> None:
        super().__init__()
        self.stages = nn.ModuleList(Stage(width) for _ in range(stages))

    def forward(self, damaged: Tensor, known: Tensor) -> list[Tensor]:
        """Pictures in [0, 1], sides multiples of `STRIDE` → each stage's estimate, the last one the best."""
        damaged = damaged * known
        estimate = damaged + fill(damaged, known) * (1 - known)
        estimates = []
        for stage in self.stages:
            estimate = estimate + stage(estimate, damaged, known)
            estimates.append(estimate)
        return estimates


def fill(damaged: Tensor, known: Tensor) -> Tensor:
    """A first guess for holes: the mean of what is known around them, from near to far."""
    size = damaged.shape[2:]
    out, found = torch.zeros_like(damaged), torch.zeros_like(known)
    for cell in (4, 16):
        share = F.avg_pool2d(known, cell, ceil_mode=True)
        mean = F.avg_pool2d(damaged, cell, ceil_mode=True) / share.clamp_min(1e-4)
        seen = (share > 1e-3).to(out.dtype)
        # weighted by what was seen, so that cells without anything known do not darken their neighbours
        weight = F.interpolate(seen, size, mode="bilinear", align_corners=False)
        near = F.interpolate(mean * seen, size, mode="bilinear", align_corners=False) / weight.clamp_min(1e-4)
        fresh = (weight > 1e-3).to(out.dtype) * (1 - found)
        out, found = out + near * fresh, found + fresh
    whole = damaged.mean((2, 3), keepdim=True) / known.mean((2, 3), keepdim=True).clamp_min(1e-4)
    return out + whole * (1 - found)
