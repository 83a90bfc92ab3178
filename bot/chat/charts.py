"""The learning curve as a picture: transparent, crisp on dense screens, readable on dark and light."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from bot.chat import texts
from bot.chat.parts import duration
from bot.language import said

Point = tuple[float, float]

WIDTH, HEIGHT = 1040, 300
"""Pixels; Discord shows about half of that, so it is crisp at 2x."""
_OVERSAMPLE = 2
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 32, 62, 58
_INK = (128, 132, 142, 255)
_GRID = (128, 132, 142, 72)
_LINE = (122, 111, 240, 255)
_RAW = (122, 111, 240, 96)


def draw(history: Sequence[Point]) -> bytes | None:
    """A PNG of (seconds, loss) points: the points faintly, their running mean boldly. None below two finite points."""
    points = sorted((x, y) for x, y in history if math.isfinite(x) and math.isfinite(y))
    if len(points) < 2:
        return None
    scale = _OVERSAMPLE
    image = Image.new("RGBA", (WIDTH * scale, HEIGHT * scale), (122, 111, 240, 0))
    pen = ImageDraw.Draw(image)
    points = _without_spikes(points)
    smooth = running_mean(points)
    low, high = _range([y for _, y in points])
    first, last = points[0][0], points[-1][0]
    span = (last - first) or 1.0

    def at(point: Point) -> Point:
        x = _LEFT + (point[0] - first) / span * (WIDTH - _LEFT - _RIGHT)
        y = _TOP + (high - point[1]) / (high - low) * (HEIGHT - _TOP - _BOTTOM)
        return (x * scale, min(HEIGHT - _BOTTOM, max(_TOP, y)) * scale)

    for level in _levels(low, high):
        _grid_line(pen, at((first, level))[1], _number(level, high - low), scale)
    _line(pen, [at(point) for point in points], _RAW, 2 * scale)
    _line(pen, [at(point) for point in smooth], _LINE, 5 * scale)
    x, y = at(smooth[-1])
    pen.ellipse((x - 8 * scale, y - 8 * scale, x + 8 * scale, y + 8 * scale), fill=_LINE)
    _words(pen, first, last, scale)
    return _png(image)


def running_mean(points: Sequence[Point], weight: float = 0.25) -> list[Point]:
    """Exponential running mean of the values; `weight` is the newest point's share."""
    mean = points[0][1]
    smooth: list[Point] = []
    for x, y in points:
        mean += weight * (y - mean)
        smooth.append((x, mean))
    return smooth


def _without_spikes(points: Sequence[Point]) -> list[Point]:
    """A few values far above all others are drawn at the top of those: one wild step must not flatten the rest."""
    ordered = sorted(y for _, y in points)
    most = ordered[int(0.97 * (len(ordered) - 1))]
    top = most + (most - ordered[0])
    return [(x, min(y, top)) for x, y in points]


def _range(values: Sequence[float]) -> Point:
    """Bottom and top of the scale, with a little air."""
    low, high = min(values), max(values)
    if high - low < 1e-6 * max(1.0, abs(high)):
        pad = max(1e-3, abs(high) * 0.1)
        return low - pad, high + pad
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def _levels(low: float, high: float) -> list[float]:
    """Two to six round values within the scale."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough)
    first = math.ceil(low / step)
    return [step * index for index in range(first, math.floor(high / step) + 1)]


def _number(value: float, span: float) -> str:
    decimals = max(0, min(6, 1 - math.floor(math.log10(span)))) if span > 0 else 2
    return f"{value:.{decimals}f}" if abs(value) < 1e6 else f"{value:.1e}"


def _grid_line(pen: ImageDraw.ImageDraw, y: float, label: str, scale: int) -> None:
    pen.line((_LEFT * scale, y, (WIDTH - _RIGHT) * scale, y), fill=_GRID, width=2 * scale)
    pen.text(((_LEFT - 14) * scale, y), label, fill=_INK, font=_font(24 * scale), anchor="rm")


def _line(pen: ImageDraw.ImageDraw, points: Sequence[Point], colour: tuple[int, int, int, int], width: int) -> None:
    if any(a != b for a, b in pairwise(points)):
        pen.line(list(points), fill=colour, width=width, joint="curve")


def drawable(sentence: str) -> str:
    """The sentence in the reader's language, where the font has its letters."""
    words = said(sentence)
    return words if words.isascii() or words.encode("latin-1", "ignore").decode("latin-1") == words else sentence


def _words(pen: ImageDraw.ImageDraw, first: float, last: float, scale: int) -> None:
    font = _font(24 * scale)
    base = (HEIGHT - 20) * scale
    pen.text((_LEFT * scale, 18 * scale), drawable(texts.CHART_TITLE), fill=_INK, font=font, anchor="lt")
    pen.text((_LEFT * scale, base), duration(first), fill=_INK, font=font, anchor="ls")
    pen.text(((WIDTH - _RIGHT) * scale, base), duration(last), fill=_INK, font=font, anchor="rs")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
