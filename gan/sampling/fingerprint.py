"""What a picture is known again by when its metadata are gone: its exact pixels, and how it looks."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE, KEPT = 32, 8
GROUND = (128, 128, 128, 255)


def pixels_of(picture: Image.Image) -> str:
    """SHA-256 of size and RGBA values: the same for every lossless file of the picture, whatever else is in it."""
    head = f"{picture.width}x{picture.height} ".encode()
    return sha256(head + picture.convert("RGBA").tobytes()).hexdigest()


def looks_of(picture: Image.Image) -> str:
    """A perceptual hash of 64 bits in hexadecimal, of the picture on grey: `imagehash.phash`, without its imports."""
    full = picture.convert("RGBA")
    grey = Image.alpha_composite(Image.new("RGBA", full.size, GROUND), full).convert("RGB").convert("L")
    small = np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float64)
    low = (_cosines() @ small @ _cosines().T)[:KEPT, :KEPT]
    bits = (low > np.median(low)).flatten()
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


@cache
def _cosines() -> NDArray[np.float64]:
    """The discrete cosine transform of type II as a matrix, unscaled."""
    n = np.arange(SIDE)
    return np.asarray(np.cos(np.pi * n[:KEPT, None] * (2 * n[None, :] + 1) / (2 * SIDE)), np.float64)
