"""Which side is learned when, as a function of progress: each new one first fades in and then stays as long again."""

from __future__ import annotations

from dataclasses import dataclass

from gan.families.progressive.config import FIRST

LAST = 24.0
"""How much longer the last side stays than the others: details take longest, and it is what is served. With 6 a
short run ends at 1.7 times the KID (README.md)."""


@dataclass(frozen=True)
class Stage:
    """`alpha` is how far the newest level has faded in: 0 not at all, 1 altogether."""

    level: int
    alpha: float

    @property
    def side(self) -> int:
        return FIRST << self.level


def stage_at(progress: float, levels: int, *, grow: bool = True) -> Stage:
    """The stage at this share of the run."""
    if not grow or levels == 1:
        return Stage(levels - 1, 1.0)
    parts = [(0, 0.0, 1.0)]
    for level in range(1, levels):
        parts += [(level, 1.0, 0.0), (level, 0.0, LAST if level == levels - 1 else 1.0)]
    at = progress * sum(fade + stay for _, fade, stay in parts)
    for level, fade, stay in parts:
        if at < fade + stay:
            return Stage(level, at / fade if fade else 1.0)
        at -= fade + stay
    return Stage(levels - 1, 1.0)
