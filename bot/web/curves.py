"""The curves of a training as lines of an SVG: coordinates only, the template draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.language import said
from bot.web.catalogue import Course
from bot.web.words import LOSSES, duration, loss, phase_name

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 12, 26
LABEL = 190
"""Room for the name of a phase, in the most wordy language."""
SMOOTH = 0.2
"""Weight of the newest point in the running mean."""
SPIKE = 0.98
"""Quantile above which points are cut off, so that the first wild steps do not flatten the rest."""
SUMMARY = "{name}: from {first} at the start to {last} after {time}."
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


@dataclass(frozen=True)
class Line:
    """One of several trainings in a picture of theirs together."""

    name: str
    smooth: str
    end: tuple[float, float]
    first: str
    last: str


@dataclass(frozen=True)
class Comparison:
    """One loss of several trainings on the same scales."""

    name: str
    about: str
    lines: Sequence[Line]
    across: Sequence[Tick]
    up: Sequence[Tick]
    summary: str


@dataclass(frozen=True)
class Scale:
    """From seconds and losses to places in the picture."""

    span: float
    low: float
    high: float

    @staticmethod
    def of(points: Sequence[tuple[float, float]], span: float) -> Scale:
        ordered = sorted(y for _, y in points)
        low, high = ordered[0], ordered[min(len(ordered) - 1, int(len(ordered) * SPIKE))]
        return Scale(max(span, 1e-6), low, max(high, low + 1e-6))

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        x = LEFT + point[0] / self.span * (WIDTH - LEFT - RIGHT)
        share = (self.high - min(max(point[1], self.low), self.high)) / (self.high - self.low)
        return round(x, 1), round(TOP + share * (HEIGHT - TOP - BOTTOM), 1)

    def across(self) -> list[Tick]:
        return [Tick(self.at((s, self.low))[0], duration(s)) for s in _steps(self.span, 4)]

    def up(self) -> list[Tick]:
        return [Tick(self.at((0, y))[1], f"{y:.2g}") for y in (self.low, (self.low + self.high) / 2, self.high)]


def compared(courses: Sequence[tuple[str, Course]]) -> list[Comparison]:
    """One picture for each loss that at least two of these trainings (title, course) told."""
    known = list(LOSSES)
    names = dict.fromkeys(name for _, course in courses for name in course.curves)
    ordered = sorted(names, key=lambda name: known.index(name) if name in known else len(known))
    told = [(name, [(title, _finite(course.curves.get(name, ()))) for title, course in courses]) for name in ordered]
    drawn = [(name, [(title, points) for title, points in each if len(points) >= 2]) for name, each in told]
    return [_comparison(name, each) for name, each in drawn if len(each) >= 2]


def _comparison(name: str, each: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> Comparison:
    title, about = loss(name)
    means = [(which, _running_mean(points)) for which, points in each]
    everything = [point for _, mean in means for point in mean]
    scale = Scale.of(everything, max(x for x, _ in everything))
    lines = [
        Line(
            which, _path([scale.at(one) for one in mean]), scale.at(mean[-1]), f"{mean[0][1]:.3f}", f"{mean[-1][1]:.3f}"
        )
        for which, mean in means
    ]
    ends = [said("{name} from {first} to {last}", name=one.name, first=one.first, last=one.last) for one in lines]
    return Comparison(title, about, lines, scale.across(), scale.up(), f"{title}: {'; '.join(ends)}.")


def _finite(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if math.isfinite(y)]


def curves(course: Course) -> list[Curve]:
    """One curve for each loss that was told at least twice."""
    known = list(LOSSES)
    ordered = sorted(course.curves.items(), key=lambda one: known.index(one[0]) if one[0] in known else len(known))
    finite = [(name, _finite(points)) for name, points in ordered]
    return [_curve(name, points, course) for name, points in finite if len(points) >= 2]


def _curve(name: str, points: Sequence[tuple[float, float]], course: Course) -> Curve:
    title, about = loss(name)
    mean = _running_mean(points)
    scale = Scale.of(points, course.seconds)
    at, low = scale.at, scale.low
    first, last = mean[0][1], mean[-1][1]
    return Curve(
        name=title,
        about=about,
        raw=_path([at(one) for one in points]),
        smooth=_path([at(one) for one in mean]),
        end=at(mean[-1]),
        across=scale.across(),
        up=scale.up(),
        phases=_apart([Tick(at((s, low))[0], phase_name(phase)) for s, phase in course.phases]),
        rows=[(duration(x), f"{y:.3f}") for x, y in mean[:: max(1, len(mean) // ROWS)]],
        summary=said(SUMMARY, name=title, first=f"{first:.2f}", last=f"{last:.2f}", time=duration(scale.span)),
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
