"""What kind of art a model learned from, as far as enlarging its pictures goes: pixel art must stay crisp squares."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan.contract import Upscaler

MOST_LOOKED_AT = 64
MOST = 0.6
"""Share of the works that must be pixel art for the model to be."""
MOST_LINES = 0.2
"""Share of lines that hold nine tenths of the change between neighbouring pixels. Pixel art: 0.03 to 0.08; drawn art,
emoji and even voxels: 0.26 to 0.7."""
MOST_SLANTED = 0.06
"""Share of change that goes both ways at once, as slanted edges do. Pixel art: 0.01 to 0.03; others from 0.1."""
SMALL_SIDE, FEW_COLOURS = 48, 40
"""A picture that small with so few colours is pixel art at one pixel a square."""


def upscaler_for(folder: Path) -> Upscaler:
    """What enlarges pictures of a model of the PNG works in `folder` best, for its card: `nearest` for pixel art, else
    `learned`. Looks at 64 works at most, as they were sent."""
    paths = sorted(folder.glob("*.png"))
    looked = paths[:: max(1, len(paths) // MOST_LOOKED_AT)][:MOST_LOOKED_AT]
    found = [_is_pixel_art(path) for path in looked]
    return Upscaler.nearest if found and sum(found) >= MOST * len(found) else Upscaler.learned


def _is_pixel_art(path: Path) -> bool:
    with Image.open(path) as picture:
        if max(picture.size) <= SMALL_SIDE:
            return picture.convert("RGBA").getcolors(FEW_COLOURS) is not None
        pixels = np.asarray(picture.convert("RGBA").convert("RGBa"), np.float32)
    across = np.abs(np.diff(pixels, axis=1)).sum(2)[:-1]
    down = np.abs(np.diff(pixels, axis=0)).sum(2)[:, :-1]
    if not across.any() or not down.any():
        return False
    slanted = float(np.minimum(across, down).sum() / np.maximum(across, down).sum())
    return slanted <= MOST_SLANTED and max(_busy_lines(across.sum(0)), _busy_lines(down.sum(1))) <= MOST_LINES


def _busy_lines(change: NDArray[np.float32]) -> float:
    """Share of lines that it takes to hold nine tenths of all change."""
    held = np.sort(change)[::-1].cumsum() / change.sum()
    return float((held < 0.9).mean())
