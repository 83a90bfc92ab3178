"""The shape of a set's pictures. Networks draw squares; art that is wide or tall fills a frame in the square's middle,
and only the frame is ever shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Frame = tuple[int, int]
"""Width and height in pixels."""
SHAPES = ((1, 1), (4, 3), (3, 4), (3, 2), (2, 3), (16, 9), (9, 16), (2, 1), (1, 2))
"""Width to height: what cameras, cards and screens have."""
NEAR = math.log(1.13)
"""How far from a shape a picture may be to count for it: half of the way between neighbouring shapes."""
SHARE = 0.75
"""Share of the works that must have a shape for the model to take it; else squares, into which all are fitted."""
STEP = 4
"""Sides are multiples of it, so that they stay even when they are halved; video needs that."""


def common_frame(sizes: Iterable[tuple[int, int]], side: int) -> Frame | None:
    """The frame inside of a square of `side` pixels that suits pictures of these sizes (width, height); none where
    that is the square itself."""
    found = Counter(_shape(width / height) for width, height in sizes)
    shape, count = found.most_common(1)[0]
    if shape is None or shape == SHAPES[0] or count < SHARE * found.total():
        return None
    longer = max(shape)
    width, height = (max(STEP, round(side * edge / longer / STEP) * STEP) for edge in shape)
    return width, height


def _shape(aspect: float) -> tuple[int, int] | None:
    away, shape = min((abs(math.log(aspect * high / wide)), (wide, high)) for wide, high in SHAPES)
    return shape if away <= NEAR else None


def framed(pixels: NDArray[np.uint8], frame: Frame | None) -> NDArray[np.uint8]:
    """What lies in the frame in the middle of [..., H, W, C]."""
    if frame is None:
        return pixels
    width, height = frame
    top, left = (pixels.shape[-3] - height) // 2, (pixels.shape[-2] - width) // 2
    return np.ascontiguousarray(pixels[..., top : top + height, left : left + width, :])


def square_frame(width: int, height: int, side: int) -> Frame | None:
    """Where a picture lies that was fitted into a square; none where it fills it."""
    frame = scaled(width, height, side)
    return None if frame == (side, side) else frame


def scaled(width: int, height: int, size: int) -> tuple[int, int]:
    """Width and height with `size` as the longer side."""
    longer = max(width, height)
    return max(1, round(width * size / longer)), max(1, round(height * size / longer))
