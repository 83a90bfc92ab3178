"""How noise is added and taken away: x_t = √ᾱ_t x + √(1 − ᾱ_t) ε (Ho, Jain & Abbeel 2020, equation 4).

Shapes: B pictures, C channels, S side, T levels of noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gan.families.diffusion.config import NOISE_STEPS, Predicts, Schedule

MOST_BETA = 0.999

Answers = Callable[[Tensor, Tensor], Tensor]
"""Pictures [B, C, S, S] and their levels [B] → what the network predicts."""


def kept(schedule: Schedule) -> Tensor:
    """ᾱ for every level [T], double precision, falling."""
    if schedule is Schedule.linear:
        betas = torch.linspace(1e-4, 0.02, NOISE_STEPS, dtype=torch.float64)
    else:
        at = (torch.arange(NOISE_STEPS + 1, dtype=torch.float64) / NOISE_STEPS + 0.008) / 1.008
        curve = (at * math.pi / 2).cos().square()
        betas = (1 - curve[1:] / curve[:-1]).clamp_max(MOST_BETA)
    return (1 - betas).cumprod(0)


def noised(x: Tensor, noise: Tensor, level: Tensor) -> Tensor:
    """`level` is ᾱ of each picture [B]."""
    a = level.to(x.dtype)[:, None, None, None]
    return a.sqrt() * x + (1 - a).sqrt() * noise


def wanted(x: Tensor, noise: Tensor, level: Tensor, predicts: Predicts) -> Tensor:
    """What the network should answer: ε, or v = √ᾱ ε − √(1 − ᾱ) x."""
    if predicts is Predicts.noise:
        return noise
    a = level.to(x.dtype)[:, None, None, None]
    return a.sqrt() * noise - (1 - a).sqrt() * x


def parts(x_t: Tensor, answer: Tensor, level: float, predicts: Predicts) -> tuple[Tensor, Tensor]:
    """What an answer says of picture and noise, (x, ε); the picture clipped to [−1, 1] and the noise made to fit."""
    root, rest = math.sqrt(level), math.sqrt(max(1 - level, 1e-12))
    x = (x_t - rest * answer) / root if predicts is Predicts.noise else root * x_t - rest * answer
    x = x.clamp(-1, 1)
    return x, (x_t - root * x) / rest


def denoised(
    x_t: Tensor, answers: Answers, table: Tensor, steps: int, predicts: Predicts, start: float = 1.0
) -> Tensor:
    """DDIM without new noise (Song, Meng & Ermon 2021, equation 12 with σ = 0): a picture is a function of the noise.

    `start` is the share of the way from the picture to noise at which `x_t` stands; 1 is noise alone.
    """
    top = max(0, round(start * len(table)) - 1)
    path = torch.linspace(top, 0, min(steps, top + 1), dtype=torch.float64).round().long().tolist()
    for number, step in enumerate(path):
        answer = answers(x_t, torch.full((len(x_t),), step, device=x_t.device))
        x, noise = parts(x_t, answer, float(table[step]), predicts)
        if number + 1 == len(path):
            return x
        after = float(table[path[number + 1]])
        x_t = math.sqrt(after) * x + math.sqrt(1 - after) * noise
    return x_t
