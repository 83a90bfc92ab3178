"""Networks that grow (Karras et al. 2018): pixel norm, equalised learning rates, minibatch standard deviation, fade-in.

Shapes: B pictures, C channels, S side of the stage, D code.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan.blocks.layers import unit_length
from gan.families.progressive.config import FIRST, Config, channels_at, levels_of
from gan.families.progressive.growth import Stage

LEAK = 0.2
QUIET = 0.3
"""Deviation of the weights of sides to come, beside one for what goes straight through."""
GROUP = 4
"""Pictures of which one deviation is taken."""


class Equal(nn.Module):
    """A convolution whose weights are normal and scaled as it runs, so that all learn at one speed (section 4.1)."""

    def __init__(self, inputs: int, outputs: int, kernel: int, padding: int = 0, gain: float = math.sqrt(2)) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self._scale, self._padding = gain / math.sqrt(inputs * kernel * kernel), padding

    @torch.no_grad()
    def let_through(self) -> None:
        """Begin as something that changes little. Here we leave the paper, whose runs are a thousand times longer: in a
        short one a new side of random weights loses most of what the sides before have learned."""
        outputs, inputs, kernel, _ = self.weight.shape
        which = torch.arange(min(outputs, inputs))
        self.weight.mul_(QUIET)
        self.weight[which, which, kernel // 2, kernel // 2] += 1 / self._scale

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self._scale, self.bias, padding=self._padding)


def let_through(blocks: nn.ModuleList) -> None:
    """`Equal.let_through` of all levels but the first."""
    for block in blocks[1:]:
        for conv in block:  # type: ignore[attr-defined]
            conv.let_through()


@torch.no_grad()
def take_over(pictures: nn.ModuleList, level: int) -> None:
    """The way to or from pictures of a new side begins as that of the side before, where both are as wide."""
    new, old = pictures[level], pictures[level - 1]
    for mine, theirs in zip(new.parameters(), old.parameters(), strict=True):
        if mine.shape == theirs.shape:
            mine.copy_(theirs)


def pixel_norm(x: Tensor) -> Tensor:
    """Every place's features to unit mean square (section 4.2)."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)


def doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


def halved(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 2)


class Generator(nn.Module):
    """One block a level, each with a way to a picture of its own side."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths = [channels_at(config, level) for level in range(levels_of(config))]
        self.first = Equal(config.code, widths[0] * FIRST * FIRST, 1, gain=math.sqrt(2) / FIRST)
        self.blocks = nn.ModuleList()
        for level, width in enumerate(widths):
            before = widths[max(0, level - 1)]
            self.blocks.append(nn.ModuleList([Equal(before, width, 3, 1), Equal(width, width, 3, 1)]))
        let_through(self.blocks)
        self.pictures = nn.ModuleList(Equal(width, config.channels, 1, gain=1.0) for width in widths)

    def forward(self, z: Tensor, stage: Stage) -> Tensor:
        """z [B, D] → [B, C, S, S], about in [−1, 1]."""
        x = self.first(unit_length(z)[:, :, None, None]).view(len(z), -1, FIRST, FIRST)
        x = before = pixel_norm(F.leaky_relu(x, LEAK))
        for level, block in enumerate(self.blocks[: stage.level + 1]):
            before = x
            x = doubled(x) if level else x
            for conv in block:  # type: ignore[attr-defined]
                x = pixel_norm(F.leaky_relu(conv(x), LEAK))
        picture: Tensor = self.pictures[stage.level](x)
        if stage.alpha < 1 and stage.level:
            old = doubled(self.pictures[stage.level - 1](before))
            picture = torch.lerp(old, picture, stage.alpha)
        return picture


class Discriminator(nn.Module):
    """The generator's mirror: logits, or scores for the Wasserstein loss, [B]."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths = [channels_at(config, level) for level in range(levels_of(config))]
        self.pictures = nn.ModuleList(Equal(config.channels, width, 1) for width in widths)
        self.blocks = nn.ModuleList()
        for level, width in enumerate(widths):
            after = widths[max(0, level - 1)]
            extra = 1 if level == 0 else 0
            self.blocks.append(nn.ModuleList([Equal(width + extra, width, 3, 1), Equal(width, after, 3, 1)]))
        let_through(self.blocks)
        self.drop = nn.Dropout(config.dropout)
        self.last = nn.ModuleList([Equal(widths[0], widths[0], FIRST), Equal(widths[0], 1, 1, gain=1.0)])

    def forward(self, picture: Tensor, stage: Stage) -> Tensor:
        """picture [B, C, S, S] → [B]."""
        x = F.leaky_relu(self.pictures[stage.level](picture), LEAK)
        for level in range(stage.level, 0, -1):
            for conv in self.blocks[level]:  # type: ignore[attr-defined]
                x = F.leaky_relu(conv(x), LEAK)
            x = halved(x)
            if level == stage.level and stage.alpha < 1:
                old = F.leaky_relu(self.pictures[level - 1](halved(picture)), LEAK)
                x = torch.lerp(old, x, stage.alpha)
        x = with_deviation(x)
        for conv in self.blocks[0]:  # type: ignore[attr-defined]
            x = F.leaky_relu(conv(x), LEAK)
        x = self.drop(F.leaky_relu(self.last[0](x), LEAK))
        logits: Tensor = self.last[1](x)
        return logits[:, 0, 0, 0]


def with_deviation(x: Tensor) -> Tensor:
    """One more channel: the mean deviation among a few pictures, by which sameness is seen (section 3)."""
    group = GROUP if len(x) % GROUP == 0 else len(x)
    grouped = x.view(group, -1, *x.shape[1:])
    deviation = (grouped.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3), keepdim=True)
    return torch.cat([x, deviation.repeat(group, 1, *x.shape[2:])], 1)
