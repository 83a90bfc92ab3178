"""Where the frames of a walk stand: from stop to stop on the sphere around the model's mean, slow at the stops.

Between codes a and b, both relative to the mean, at the angle θ, spherical interpolation (Shoemake 1985) is
    α a + β b,    α = sin((1 − t) θ) / sin θ,    β = sin(t θ) / sin θ.
α + β is above 1: a straight blend cuts through the inside of the sphere, where pictures are averages and go soft. So a
frame is the blend at β / (α + β), drawn away from the mean by α + β: a recipe like any other.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gan.contract import WalkStep

MOST_ANGLE = 0.6 * math.pi
"""Codes at a wider angle go as if at this one: near 180° the way round is arbitrary, and α + β must stay below 2."""


def walk_steps(codes: NDArray[np.float32] | None, stops: int, frames: int, loop: bool) -> tuple[WalkStep, ...]:
    """One step a frame. `codes` [stops, …] are relative to the mean; without them blends are straight.

    A loop's last frame is as far from its first as from the one before; else the last frame is the last stop.
    """
    legs = stops if loop else stops - 1
    steps = []
    for frame in range(frames):
        at = frame * legs / (frames if loop else frames - 1)
        leg = min(int(at), legs - 1)
        a, b = leg, (leg + 1) % stops
        steps.append(_step(a, b, _eased(at - leg), _angle(codes[a], codes[b]) if codes is not None else 0.0))
    return tuple(steps)


def _step(a: int, b: int, t: float, angle: float) -> WalkStep:
    if angle < 1e-3:
        return WalkStep(a=a, b=b, t=t)
    from_a, from_b = math.sin((1 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)
    whole = from_a + from_b
    return WalkStep(a=a, b=b, t=min(1.0, max(0.0, from_b / whole)), psi=1.0 if t in (0.0, 1.0) else whole)


def _eased(t: float) -> float:
    """Half of a smooth step: it lingers at the stops, yet never stands still."""
    return 0.5 * t + 0.5 * (3 * t * t - 2 * t**3)


def _angle(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    x, y = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    lengths = float(np.linalg.norm(x) * np.linalg.norm(y))
    if lengths < 1e-9:
        return 0.0
    return min(MOST_ANGLE, math.acos(max(-1.0, min(1.0, float(x @ y) / lengths))))
