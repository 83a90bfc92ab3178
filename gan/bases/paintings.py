"""Artworks from numbers: paintings, prints and mosaics that the shipped style model learns looks from. CC0, as our own.

A style model must meet many looks, and no package ships paintings; so these are painted: a ground of soft colour
fields in a random palette, worked over in one of the techniques below. The same seed gives the same picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Array = NDArray[Any]
"""Of single or double precision: numpy's dice draw doubles."""
Technique = Callable[[Array, np.random.Generator], Array]


def painting(seed: int, side: int = 256) -> Image.Image:
    """RGB, `side` pixels square. Techniques take turns by the seed."""
    dice = np.random.default_rng(seed)
    name = list(TECHNIQUES)[seed % len(TECHNIQUES)]
    worked = TECHNIQUES[name](_ground(side, dice), dice)
    return Image.fromarray((worked.clip(0, 1) * 255).round().astype(np.uint8))


def _field(side: int, cells: int, dice: np.random.Generator) -> Array:
    """A smooth random field in [0, 1], about `cells` bumps across."""
    small = Image.fromarray(dice.random((cells + 2, cells + 2), np.float32))
    field = np.asarray(small.resize((side, side), Image.Resampling.BICUBIC), np.float32)
    low, high = field.min(), field.max()
    return np.asarray((field - low) / max(high - low, 1e-6))


def _palette(dice: np.random.Generator) -> Array:
    """Four to seven colours that go together: hues near one or two poles, from dark to light."""
    count = int(dice.integers(4, 8))
    pole, apart = dice.random(), dice.choice([0.08, 0.33, 0.5])
    hue = (pole + apart * dice.integers(0, 2, count) + dice.normal(0, 0.04, count)) % 1
    light = np.sort(dice.uniform(0.08, 0.95, count))
    dull = dice.uniform(0.3, 1.0) * (1 - np.abs(2 * light - 1) * 0.6)
    wave = np.stack([np.cos(2 * np.pi * (hue - third)) for third in (0, 1 / 3, 2 / 3)], 1)
    return np.asarray((light[:, None] + 0.45 * dull[:, None] * wave).clip(0, 1), np.float32)


def _ground(side: int, dice: np.random.Generator) -> Array:
    """Colour fields [side, side, 3]: a palette laid over a warped random field."""
    colours = _palette(dice)
    field = _field(side, int(dice.integers(2, 7)), dice) * 0.75 + _field(side, int(dice.integers(6, 14)), dice) * 0.25
    place = (field - field.min()) / max(float(np.ptp(field)), 1e-6) * (len(colours) - 1)
    if dice.random() < 0.4:
        place = place.round()
    low = np.floor(place).astype(int).clip(0, len(colours) - 2)
    share = (place - low)[..., None].astype(np.float32)
    return np.asarray(colours[low] * (1 - share) + colours[low + 1] * share)


def _angles(side: int, dice: np.random.Generator) -> Array:
    return _field(side, int(dice.integers(2, 5)), dice) * (2 * np.pi * dice.uniform(0.6, 1.6))


def _strokes(ground: Array, dice: np.random.Generator, length: float, width: float, count: int, dab: float) -> Array:
    """Short strokes of the ground's colours along a flowing field, each a little off in colour, with a lit edge."""
    side = len(ground)
    canvas = Image.fromarray((ground * 255).astype(np.uint8))
    draw, angles = ImageDraw.Draw(canvas), _angles(side, dice)
    for x, y in dice.integers(0, side, (count, 2)):
        colour = ground[y, x] + dice.normal(0, dab, 3) + dice.normal(0, dab)
        angle, long = angles[y, x] + dice.normal(0, 0.25), length * dice.uniform(0.5, 1.3)
        dx, dy = np.cos(angle) * long / 2, np.sin(angle) * long / 2
        wide = max(1, round(width * dice.uniform(0.6, 1.3)))
        for shift, glow in ((0.0, 0.0), (wide * 0.35, 0.08), (-wide * 0.35, -0.08)):
            ox, oy = -np.sin(angle) * shift, np.cos(angle) * shift
            ink = tuple(int(v) for v in ((colour + glow).clip(0, 1) * 255))
            line = (x - dx + ox, y - dy + oy, x + dx + ox, y + dy + oy)
            draw.line(line, ink, wide if shift == 0 else max(1, wide // 3))
    return np.asarray(canvas, np.float32) / 255


def _oil(ground: Array, dice: np.random.Generator) -> Array:
    rough = _strokes(ground, dice, dice.uniform(24, 40), dice.uniform(6, 10), 500, 0.06)
    return _strokes(rough, dice, dice.uniform(10, 22), dice.uniform(3, 5), 900, 0.06)


def _swirls(ground: Array, dice: np.random.Generator) -> Array:
    return _strokes(ground, dice, dice.uniform(14, 26), dice.uniform(2, 4), 2600, 0.12)


def _dots(ground: Array, dice: np.random.Generator) -> Array:
    side = len(ground)
    canvas = Image.fromarray((ground * 0.3 * 255 + 255 * 0.7).astype(np.uint8))
    draw, reach = ImageDraw.Draw(canvas), dice.uniform(2.0, 4.5)
    for x, y in dice.integers(0, side, (int(side * side / reach**2 / 2.5), 2)):
        ink = tuple(int(v) for v in ((ground[y, x] + dice.normal(0, 0.14, 3)).clip(0, 1) * 255))
        r = reach * dice.uniform(0.6, 1.1)
        draw.ellipse((x - r, y - r, x + r, y + r), ink)
    return np.asarray(canvas, np.float32) / 255


def _hatching(ground: Array, dice: np.random.Generator) -> Array:
    """Ink or crayon lines, crossed where it is dark, on paper."""
    side = len(ground)
    paper, ink = dice.uniform(0.82, 1.0, 3), ground * dice.choice([0.0, 0.8]) * 0.7
    grey = ground.mean(2)
    yy, xx = np.mgrid[:side, :side].astype(np.float32)
    out: Array = np.ones_like(grey)
    wave = dice.uniform(3.5, 7.0)
    wobble = _field(side, 8, dice) * dice.uniform(2, 9)
    for level, turn in ((0.85, 0.7), (0.6, 2.3), (0.35, 1.4)):
        lines = np.sin((xx * np.cos(turn) + yy * np.sin(turn) + wobble) * 2 * np.pi / wave)
        out *= 1 - (grey < level) * (lines > dice.uniform(0.2, 0.6))
    out = out * (1 - 0.15 * dice.random((side, side), np.float32))
    return np.asarray((paper * out[..., None] + ink * (1 - out[..., None])), np.float32)


def _watercolour(ground: Array, dice: np.random.Generator) -> Array:
    wet = Image.fromarray((ground * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(dice.uniform(2, 5)))
    soft = np.asarray(wet, np.float32) / 255 * 0.55 + 0.45
    steps = np.floor(_field(len(ground), 9, dice) * 7)
    edges = np.abs(np.gradient(steps)[0]) + np.abs(np.gradient(steps)[1])
    grain = dice.normal(0, 0.035, ground.shape[:2]) + 0.04 * steps / 7
    return np.asarray((soft - (0.22 * edges + grain)[..., None]), np.float32)


def _cells(ground: Array, dice: np.random.Generator, count: int) -> tuple[NDArray[np.intp], Array]:
    """The nearest of `count` points to each pixel, and how much nearer than the second."""
    side = len(ground)
    points = dice.uniform(0, side, (count, 2)).astype(np.float32)
    yy, xx = np.mgrid[:side, :side].astype(np.float32)
    far = (yy[..., None] - points[:, 0]) ** 2 + (xx[..., None] - points[:, 1]) ** 2
    two = np.sqrt(np.partition(far, 1, -1)[..., :2])
    return far.argmin(-1), np.asarray(two[..., 1] - two[..., 0], np.float32)


def _glass(ground: Array, dice: np.random.Generator) -> Array:
    cell, gap = _cells(ground, dice, int(dice.integers(40, 110)))
    flat = np.zeros_like(ground)
    for channel in range(3):
        sums = np.bincount(cell.ravel(), ground[..., channel].ravel())
        flat[..., channel] = (sums / np.bincount(cell.ravel()).clip(1))[cell]
    bright = 0.5 + (flat - 0.5) * 1.5 + 0.1 * (_field(len(ground), 30, dice)[..., None] - 0.5)
    lead = (gap < dice.uniform(1.5, 4.0))[..., None]
    return np.asarray(np.where(lead, np.float32(dice.choice([0.05, 0.92])), bright), np.float32)


def _facets(ground: Array, dice: np.random.Generator) -> Array:
    cell, gap = _cells(ground, dice, int(dice.integers(15, 50)))
    tone = dice.uniform(-0.25, 0.25, cell.max() + 1)[cell] + (gap / 60 - 0.2) * dice.choice([-1, 1])
    return np.asarray((ground + tone[..., None]), np.float32)


def _halftone(ground: Array, dice: np.random.Generator) -> Array:
    side, pitch = len(ground), dice.uniform(5, 10)
    yy, xx = np.mgrid[:side, :side].astype(np.float32)
    u, v = (xx + yy) / pitch, (xx - yy) / pitch
    dots = (np.cos(np.pi * u) * np.cos(np.pi * v) + 1) / 2
    mask = (dots > ground.mean(2) * 0.8 + 0.1)[..., None]
    paper, ink = dice.uniform(0.75, 1, 3), ground * 0.6
    return np.asarray(np.where(mask, ink, paper), np.float32)


def _woodcut(ground: Array, dice: np.random.Generator) -> Array:
    side = len(ground)
    yy, xx = np.mgrid[:side, :side].astype(np.float32)
    bend = _field(side, 5, dice) * dice.uniform(20, 50)
    lines = np.sin((xx * dice.uniform(-1, 1) + yy + bend) * 2 * np.pi / dice.uniform(5, 10))
    carved = (lines > 1.6 * ground.mean(2) - 0.8)[..., None]
    dark, light = dice.uniform(0, 0.25, 3), dice.uniform(0.75, 1, 3)
    return np.asarray((np.where(carved, dark, light * 0.7 + ground * 0.3)), np.float32)


def _marbling(ground: Array, dice: np.random.Generator) -> Array:
    side = len(ground)
    yy, xx = np.mgrid[:side, :side].astype(np.float32)
    reach = dice.uniform(15, 50)
    x = (xx + reach * np.sin(yy / dice.uniform(9, 25) + 6 * _field(side, 4, dice))).round().astype(int) % side
    y = (yy + reach * np.sin(xx / dice.uniform(9, 25) + 6 * _field(side, 4, dice))).round().astype(int) % side
    return np.asarray(ground[y, x])


TECHNIQUES: Mapping[str, Technique] = {
    "oil": _oil,
    "swirls": _swirls,
    "dots": _dots,
    "hatching": _hatching,
    "watercolour": _watercolour,
    "glass": _glass,
    "facets": _facets,
    "halftone": _halftone,
    "woodcut": _woodcut,
    "marbling": _marbling,
}
