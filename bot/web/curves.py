"""The curves of a training as lines of an SVG: coordinates only, the template draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.web.catalogue import Course
from bot.web.words import LOSSES, PHASES, duration

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 12, 26
LABEL = 170
"""Room for the name of a phase."""
SMOOTH = 0.2
"""Weight of the newest point in the running mean."""
SPIKE = 0.98
"""Quantile above which points are cut off, so that the first wild steps do not flatten the rest."""
ROWS = 12
"""Rows of the table that says the same in numbers."""


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Curve:
    name: str
    about: str
    raw: str
    """Path of the points themselves."""
    smooth: str
    """Path of their running mean."""
    end: tuple[float, float]
    across: Sequence[Tick]
    up: Sequence[Tick]
    phases: Sequence[Tick]
    """Where something else began, by its name."""
    rows: Sequence[tuple[str, str]]
    """(time, value), for those who cannot see the curve."""
    summary: str


def curves(course: Course) -> list[Curve]:
    """One curve for each loss that was told at least twice."""
    known = list(LOSSES)
    ordered = sorted(course.curves.items(), key=lambda one: known.index(one[0]) if one[0] in known else len(known))
    finite = [(name, [(x, y) for x, y in points if math.isfinite(y)]) for name, points in ordered]
    return [_curve(name, points, course) for name, points in finite if len(points) >= 2]


def _curve(name: str, points: Sequence[tuple[float, float]], course: Course) -> Curve:
    title, about = LOSSES.get(name, (name.capitalize(), ""))
    mean = _running_mean(points)
    ordered = sorted(y for _, y in points)
    low, high = ordered[0], ordered[min(len(ordered) - 1, int(len(ordered) * SPIKE))]
    high = max(high, low + 1e-6)
    span = max(course.seconds, 1e-6)

    def at(point: tuple[float, float]) -> tuple[float, float]:
        x = LEFT + point[0] / span * (WIDTH - LEFT - RIGHT)
        y = TOP + (high - min(max(point[1], low), high)) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return round(x, 1), round(y, 1)

    first, last = mean[0][1], mean[-1][1]
    return Curve(
        name=title,
        about=about,
        raw=_path([at(one) for one in points]),
        smooth=_path([at(one) for one in mean]),
        end=at(mean[-1]),
        across=[Tick(at((s, low))[0], duration(s)) for s in _steps(span, 4)],
        up=[Tick(at((0, y))[1], f"{y:.2g}") for y in (low, (low + high) / 2, high)],
        phases=_apart([Tick(at((s, low))[0], PHASES.get(phase, phase)) for s, phase in course.phases]),
        rows=[(duration(x), f"{y:.3f}") for x, y in mean[:: max(1, len(mean) // ROWS)]],
        summary=f"{title}: from {first:.2f} at the start to {last:.2f} after {duration(span)}.",
    )


def _apart(ticks: Sequence[Tick]) -> list[Tick]:
    """Those whose words have room before the next one's: of phases that follow at once the last one stays."""
    ends = [*(tick.at for tick in ticks[1:]), WIDTH + LABEL]
    return [tick for tick, end in zip(ticks, ends, strict=True) if end - tick.at > LABEL]


def _running_mean(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    mean, smooth = points[0][1], []
    for x, y in points:
        mean += SMOOTH * (y - mean)
        smooth.append((x, mean))
    return smooth


def _steps(span: float, most: int) -> list[float]:
    """Round times within `span`, at most so many."""
    for step in (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200):
        if span / step <= most:
            return [float(step * n) for n in range(1, int(span / step) + 1)]
    return [span]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)
