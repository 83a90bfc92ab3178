"""Changes to what a discriminator sees, real and drawn alike, so that few works last longer.

DiffAugment (Zhao et al. 2020): the changes are differentiable, so the generator learns through them and does not learn
them. Adaptive strength (Karras et al. 2020, "ADA", section 3): the share `p` of changed pictures goes up while the
discriminator over-fits, told by r = E[sign D(x)] over real pictures, and down when it does not.

Random numbers are drawn on the CPU from the run's generator, so a run means the same on every device. Shapes: B, C, S.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

SHIFT, CUT = 0.125, 0.5
"""Of the side, as in DiffAugment."""
TIMID, BOLD = 0.75, 1.25
"""Colours are scaled by a factor between."""
FULL_AFTER = 20_000
"""Pictures seen in which the share may go from none to all; ADA's 500,000 suit runs of 25 million."""


class Augment:
    """What a discriminator's pictures go through. `share` is part of a checkpoint."""

    def __init__(self, share: float, target: float, kinds: Sequence[str], random: torch.Generator) -> None:
        """`target` is the r to hold; 0 leaves the share as it is. Raises `ValueError` for a kind that is unknown."""
        unknown = set(kinds) - set(_KINDS)
        if unknown:
            raise ValueError(f"no such augments: {', '.join(sorted(unknown))}; there are {', '.join(_KINDS)}")
        self.share, self._target, self._kinds, self._random = share, target, tuple(kinds), random

    def __call__(self, x: Tensor) -> Tensor:
        """[B, C, S, S] → the same, each change done to a random share of the batch."""
        if self.share <= 0:
            return x
        for kind in self._kinds:
            changed = torch.rand(len(x), generator=self._random) < self.share
            strength = torch.rand(len(x), 2, generator=self._random)
            mask = changed.to(x.device)[:, None, None, None]
            x = torch.where(mask, _KINDS[kind](x, strength.to(x.device)), x)
        return x

    def adapt(self, real_logits: Tensor) -> None:
        """Move the share by what the discriminator says of real pictures."""
        if self._target:
            overfitting = float(real_logits.detach().float().sign().mean())
            step = len(real_logits) / FULL_AFTER
            self.share = min(1.0, max(0.0, self.share + (step if overfitting > self._target else -step)))


def _shift(x: Tensor, strength: Tensor) -> Tensor:
    reach = max(1, round(x.shape[-1] * SHIFT))
    moved = F.pad(x, (reach,) * 4, mode="replicate")
    offsets = (strength * (2 * reach + 1)).long().clamp(0, 2 * reach)
    index = torch.arange(x.shape[-1], device=x.device)
    rows, columns = offsets[:, :1] + index, offsets[:, 1:] + index
    batch = torch.arange(len(x), device=x.device)[:, None, None]
    return moved.permute(0, 2, 3, 1)[batch, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _cutout(x: Tensor, strength: Tensor) -> Tensor:
    """A square of half of the side turns to the picture's own mean: grey or black would be a mark of its own."""
    side = x.shape[-1]
    index = torch.arange(side, device=x.device) / side
    away = (index[None, None] - strength[:, :, None]).abs() < CUT / 2  # [B, 2, S]
    hole = (away[:, 0, :, None] & away[:, 1, None, :])[:, None]
    return torch.where(hole, x.mean((2, 3), keepdim=True), x)


def _flip(x: Tensor, strength: Tensor) -> Tensor:
    return torch.where((strength[:, 0] < 0.5)[:, None, None, None], x.flip(-1), x)


def _colour(x: Tensor, strength: Tensor) -> Tensor:
    """Contrast and brightness of the colours; holes stay as they are."""
    factor = TIMID + (BOLD - TIMID) * strength[:, :1, None, None]
    added = (strength[:, 1:, None, None] - 0.5) * 0.5
    colours = x[:, :3]
    mean = colours.mean((1, 2, 3), keepdim=True)
    changed = (colours - mean) * factor + mean + added
    return torch.cat([changed, x[:, 3:]], 1)


_KINDS = {"shift": _shift, "cutout": _cutout, "flip": _flip, "colour": _colour}
