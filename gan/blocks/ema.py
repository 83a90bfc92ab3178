"""Exponential moving averages that count pictures, not steps, so they mean the same for every batch size."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


def ema_decay(batch: int, pictures_seen: int, half_life: float, ramp: float = 0.1) -> float:
    """Decay of one step: `half_life` in pictures, shortened to `ramp` x pictures seen at the start so that early
    averages follow quickly (Karras et al. 2021, "ema_rampup")."""
    return float(0.5 ** (batch / max(1.0, min(half_life, ramp * pictures_seen))))


@torch.no_grad()
def ema_update(averages: Iterable[Tensor], values: Iterable[Tensor], decay: float) -> None:
    """averages ← decay · averages + (1 − decay) · values, in place."""
    torch._foreach_lerp_(list(averages), list(values), 1 - decay)
