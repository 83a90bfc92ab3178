"""An invisible mark in the picture itself, which outlives its metadata: a number of 28 bits, read without the original.

A spread-spectrum watermark for drawn and cut-out art, where those made for photographs fail (docs/decisions/0081):

- The picture is seen at 128 x 128 whatever its size, so that resizing changes nothing, and divided into 32 x 32 chips.
  A number chooses a pattern of plus and minus over all of them: two halves of 512 chips, spread over the picture by the
  secret, each one of 2^14 patterns (a row of a Hadamard matrix, its sign, one of 16 scramblings).
- It is put on as a layer of faint white (plus) or black (minus) above the picture. So it is as strong on white as on
  black, on any colour, and on a transparent ground, whatever that is laid on later.
- A chip is read against its surroundings, but only where these are nearly of its own colour (as a sigma filter does,
  Lee 1983): outlines, which would drown the mark in drawn art, take no part.
- After it is put on, the picture is put through what it has to survive and read; where that fails it gets stronger.

Without the secret nobody can read the mark, nor make one.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]

SIDE, CHIP = 128, 4
GRID = SIDE // CHIP
LENGTH = GRID * GRID // 2
SCRAMBLINGS = 16
HALF_BITS = 14
"""One for the sign, nine for the row, four for the scrambling."""
NUMBERS = 1 << (2 * HALF_BITS)
LEAST_SIDE, LEAST_SHORT_SIDE = 256, 128
"""Smaller pictures are not marked: at half size nothing of it would be left."""

OFFSETS = ((0, 4), (4, 0), (0, 6), (6, 0), (0, 8), (8, 0), (5, 5), (5, -5))
"""Where the surroundings of a pixel are looked at, in both directions: beyond its own chip, whose sign is its own."""
ALIKE = 10.0
"""Levels (of 255) within which two pixels are of one surface."""
MOST_OF_A_CHIP = 4.0
"""Levels that one chip may count for."""
KNOWN = 10.5
"""Sum of both halves' correlations from which a mark is taken for read; pictures without one reach 7.8 on the average
and 9.5 at most of ten thousand (docs/measured.md)."""
SURE = 12.5
"""What a mark must reach in our own trial, so that it is read with something to spare."""
PLENTY = 15.0
"""From here on one trial is enough."""
LADDER = ((1.5, 0.0), (2.2, 0.0), (3.0, 0.0), (2.0, 0.5), (2.5, 0.6), (3.0, 0.8), (4.5, 1.0), (7.0, 1.0))
"""Strengths in levels, tried in turn, and the share of it that a transparent ground gets: the figure alone may be too
small, but on a dark page a ground shows even half of what a figure hides."""
SMALL_FIGURE = 0.3
"""Share of the picture below which the figure alone need not be tried."""
BUSY = 1.5
"""How much stronger the mark is where the picture is busy and hides it."""
TRIAL_QUALITY = 75


@dataclass(frozen=True)
class Reading:
    number: int | None
    """None: no mark of this secret."""
    confidence: float
    """Around 8 without a mark; the `KNOWN` and more with one."""


def number_of(secret: str, model_sha256: str, recipe_json: str) -> int:
    """The number of a picture: what makes it, in 28 bits. The same picture has the same one at every size."""
    told = f"{model_sha256} {recipe_json}".encode()
    digest = hmac.new(secret.encode(), told, hashlib.sha256).digest()
    return int.from_bytes(digest[:4], "big") % NUMBERS


class Watermark:
    """Puts marks of one secret on pictures, and reads them. Safe to use from several threads."""

    def __init__(self, secret: str) -> None:
        seed = hmac.new(secret.encode(), b"artel watermark 1", hashlib.sha256).digest()
        random = np.random.RandomState(np.frombuffer(seed, np.uint32))
        places = random.permutation(GRID * GRID)
        self._halves = (places[:LENGTH], places[LENGTH:])
        self._scramblings = np.where(random.randint(0, 2, (2, SCRAMBLINGS, LENGTH)), 1, -1).astype(np.float32)

    @cached_property
    def _rows(self) -> Floats:
        rows = np.ones((1, 1), np.float32)
        while len(rows) < LENGTH:
            rows = np.block([[rows, rows], [rows, -rows]]).astype(np.float32)
        return rows

    def put(self, picture: Image.Image, number: int) -> tuple[Image.Image, bool]:
        """The picture with its mark, RGB or RGBA as it was; and whether the mark was read again after our trial."""
        clear = picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255)
        seen = _seen(picture)
        spread = seen.reshape(GRID, CHIP, GRID, CHIP).std((1, 3))
        pattern = self._pattern(number) * (1 + BUSY * np.clip(spread / 12, 0, 1))
        layer = Image.fromarray(pattern.astype(np.float32)).resize(picture.size, Image.Resampling.BICUBIC)
        figure = np.asarray(picture.getchannel("A")) >= 128 if clear else None
        small = figure is not None and float(figure.mean()) < SMALL_FIGURE
        marked, read = picture, False
        for strength, ground in LADDER:
            if not ground and small:
                continue
            # faint white or black of alpha 2s lies s levels above or below faint grey, on any colour
            veil = np.asarray(layer, np.float32) * np.float32(2 * strength)
            marked = _veiled(picture, veil if figure is None else veil * np.where(figure, 1, np.float32(ground)))
            read = self._survives(marked, number, clear=clear)
            if read:
                break
        return marked, read

    def read(self, picture: Image.Image) -> Reading:
        """The number on a picture of any size, cropped by nothing or little."""
        number, confidence = self._decoded(_chips(_seen(picture)))
        return Reading(number if confidence >= KNOWN else None, confidence)

    def _survives(self, marked: Image.Image, number: int, *, clear: bool) -> bool:
        for paper in ((255, 255, 255), (0, 0, 0)):
            found, confidence = self._decoded(_chips(_seen(_worn(marked, paper))))
            if found != number or confidence < SURE:
                return False
            if not clear or confidence > PLENTY:
                break  # the other paper would not change that
        return True

    def _pattern(self, number: int) -> Floats:
        """Plus or minus one for each chip, [GRID, GRID]."""
        chips = np.empty(GRID * GRID, np.float32)
        for half, places in enumerate(self._halves):
            part = (number >> (HALF_BITS * half)) & ((1 << HALF_BITS) - 1)
            sign, row, scrambling = 1 - 2 * (part & 1), (part >> 1) % LENGTH, part >> 10
            chips[places] = sign * self._rows[row] * self._scramblings[half, scrambling]
        return chips.reshape(GRID, GRID)

    def _decoded(self, chips: Floats) -> tuple[int, float]:
        """The likeliest number, and the sum of its two correlations, each in deviations of chance."""
        number, confidence = 0, 0.0
        for half, places in enumerate(self._halves):
            found = chips[places]
            match = (self._scramblings[half] * found) @ self._rows / max(float(np.linalg.norm(found)), 1e-6)
            scrambling, row = divmod(int(np.argmax(np.abs(match))), LENGTH)
            value = float(match[scrambling, row])
            number |= ((scrambling << 10) | (row << 1) | (value < 0)) << (HALF_BITS * half)
            confidence += abs(value)
        return number, confidence


def _seen(picture: Image.Image) -> Floats:
    """Luminance at SIDE x SIDE, on middle grey where it is transparent."""
    box = Image.Resampling.BOX
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB").resize((SIDE, SIDE), box).convert("L"), np.float32)
    small = np.asarray(picture.convert("RGBA").convert("RGBa").resize((SIDE, SIDE), box), np.float32)
    luminance = small[..., :3] @ np.array((0.299, 0.587, 0.114), np.float32)
    on_grey: Floats = (luminance + 128 * (1 - small[..., 3] / 255)).astype(np.float32)
    return on_grey


def _chips(seen: Floats) -> Floats:
    """How much lighter each chip is than what surrounds it and is of the same surface, in levels: [GRID * GRID]."""
    total, count = np.zeros((2, SIDE, SIDE), np.float32)
    for down, right in OFFSETS:
        here = (slice(None, SIDE - down), slice(max(0, -right), SIDE - max(0, right)))
        there = (slice(down, None), slice(max(0, right), SIDE - max(0, -right)))
        difference = seen[here] - seen[there]
        alike = np.abs(difference) <= ALIKE
        difference *= alike
        total[here] += difference
        total[there] -= difference
        count[here] += alike
        count[there] += alike
    lighter = np.where(count >= 2, total / np.maximum(count, 1), 0)
    chips = lighter.reshape(GRID, CHIP, GRID, CHIP).mean((1, 3)).ravel()
    return np.asarray(np.clip(chips, -MOST_OF_A_CHIP, MOST_OF_A_CHIP), np.float32)


def _veiled(picture: Image.Image, veil: Floats) -> Image.Image:
    """A layer of faint white (where `veil` is positive) or black above the picture; |veil| is its alpha, of 255."""
    ink = np.zeros((*veil.shape, 4), np.uint8)
    ink[..., :3] = np.where(veil > 0, 255, 0)[..., None]
    ink[..., 3] = np.rint(np.abs(veil))
    return Image.alpha_composite(picture.convert("RGBA"), Image.fromarray(ink, "RGBA")).convert(picture.mode)


def _worn(picture: Image.Image, paper: tuple[int, int, int]) -> Image.Image:
    """What a mark has to survive: laid on paper, half its size, JPEG of quality 75."""
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, (*paper, 255))
        picture = Image.alpha_composite(ground, picture).convert("RGB")
    small = picture.reduce(2)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=TRIAL_QUALITY)
    return Image.open(file, formats=("JPEG",))
