"""A small U-Net that tells picture and noise apart (Ho, Jain & Abbeel 2020, appendix B), with scales and shifts by the
level of noise (Nichol & Dhariwal 2021, section 3). Shapes: B pictures, C channels, S side, E embedding, L numbers of a
prompt."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan.families.diffusion.config import Config, patch_of
from gan.sampling.labels import Labels, Words
from gan.text.meaning import Meanings

GROUPS = 8


def words_of(config: Config) -> Words:
    """What it is told of a work: the meaning of its words, or the tags that it shares."""
    return Meanings(config.known) if config.known else Labels(config.labels)


class Block(nn.Module):
    """Two convolutions beside a straight way; the embedding scales and shifts between them."""

    def __init__(self, inputs: int, outputs: int, embedding: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.GroupNorm(GROUPS, inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, 1, 1))
        self.turn = nn.Linear(embedding, 2 * outputs)
        self.norm = nn.GroupNorm(GROUPS, outputs)
        self.last = nn.Conv2d(outputs, outputs, 3, 1, 1)
        nn.init.zeros_(self.last.weight)
        self.straight = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        scale, shift = self.turn(embedding)[:, :, None, None].chunk(2, 1)
        y = self.norm(self.first(x)) * (1 + scale) + shift
        out: Tensor = self.straight(x) + self.last(F.silu(y))
        return out


class Attention(nn.Module):
    """Every place of the smallest map looks at all others."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.ask = nn.Conv2d(channels, 3 * channels, 1)
        self.last = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.last.weight)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.ask(self.norm(x)).flatten(2).transpose(1, 2).contiguous().chunk(3, 2)
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(x.shape)
        out: Tensor = x + self.last(seen)
        return out


class UNet(nn.Module):
    """Three sides, one block down and one up at each, attention between."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self._patch, self._width = patch_of(config.size), config.width
        width, embedding = config.width, 4 * config.width
        pixels = config.channels * self._patch**2
        self.embed = nn.Sequential(nn.Linear(width, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        told = words_of(config).width
        self.labels = nn.Linear(told, embedding, bias=False) if told else None
        self.first = nn.Conv2d(pixels, width, 3, 1, 1)
        self.down = nn.ModuleList(Block(i, o, embedding) for i, o in ((width, width), (width, 2 * width)))
        self.middle = nn.ModuleList([Block(2 * width, 2 * width, embedding), Block(2 * width, 2 * width, embedding)])
        self.attention = Attention(2 * width)
        self.up = nn.ModuleList(Block(i, o, embedding) for i, o in ((4 * width, 2 * width), (3 * width, width)))
        self.last = nn.Sequential(nn.GroupNorm(GROUPS, width), nn.SiLU(), nn.Conv2d(width, pixels, 3, 1, 1))
        nn.init.zeros_(self.last[2].weight)  # type: ignore[arg-type]

    def forward(self, x: Tensor, level: Tensor, told: Tensor) -> Tensor:
        """x [B, C, S, S], level [B] from 0 to T − 1, told [B, L] → [B, C, S, S]."""
        embedding = self.embed(waves(level, self._width))
        if self.labels is not None:
            embedding = embedding + self.labels(told)
        embedding = F.silu(embedding)
        x = self.first(F.pixel_unshuffle(x, self._patch))
        seen = []
        for block in self.down:
            x = block(x, embedding)
            seen.append(x)
            x = F.avg_pool2d(x, 2)
        x = self.middle[1](self.attention(self.middle[0](x, embedding)), embedding)
        for block in self.up:
            x = block(torch.cat([F.interpolate(x, scale_factor=2, mode="nearest"), seen.pop()], 1), embedding)
        out: Tensor = F.pixel_shuffle(self.last(x), self._patch)
        return out


def waves(level: Tensor, count: int) -> Tensor:
    """Sines and cosines of the level at `count` / 2 wavelengths [B, count] (Vaswani et al. 2017, section 3.5)."""
    half = count // 2
    rates = torch.exp(-math.log(10_000) * torch.arange(half, device=level.device) / half)
    angles = level.float()[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)
