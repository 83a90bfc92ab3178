"""The marks that are put on a picture before it becomes a file: the visible one, and the invisible one over it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from gan.contract import ErrorCode, Mark, Recipe
from gan.errors import WorkerError
from gan.sampling.watermark import LEAST_SHORT_SIDE, LEAST_SIDE, Reading, Watermark, number_of

BADGE_SHARE = 0.075
"""Height of the visible mark, of the picture's shorter side: 19 pixels of 256."""
WORDS = "AI"
INK, GROUND = (255, 255, 255, 235), (20, 22, 28, 150)
"""Readable on white and on black, and no more than that."""


def marked(
    picture: Image.Image, marks: Sequence[Mark], secret: str, model_sha256: str, recipe: Recipe
) -> tuple[Image.Image, int | None]:
    """The picture with its marks, and the number of the invisible one; none where there is none.

    Smaller pictures stay as they are: emoji and thumbnails have no room for either.
    """
    if max(picture.size) < LEAST_SIDE or min(picture.size) < LEAST_SHORT_SIDE:
        return picture, None
    for mark in marks:
        if mark is not Mark.hidden:
            picture = badged(picture, mark)
    if Mark.hidden not in marks:
        return picture, None
    number = number_of(secret, model_sha256, recipe.model_dump_json())
    return watermark(secret).put(picture, number)[0], number


def read_mark(data: bytes, secret: str) -> Reading:
    """The mark on a picture in a file that we vouch for (PNG). Raises `WorkerError(bad_picture)`."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            picture.load()
            return watermark(secret).read(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise WorkerError(ErrorCode.bad_picture, "That is no PNG whose mark could be read.") from error


@cache
def watermark(secret: str) -> Watermark:
    """Made once a process: its patterns take some milliseconds."""
    return Watermark(secret)


def badged(picture: Image.Image, corner: Mark) -> Image.Image:
    """A small badge that says what it is, in that corner."""
    height = max(14, round(min(picture.size) * BADGE_SHARE))
    badge = _badge(height)
    inset = height // 3
    left = inset if corner in (Mark.top_left, Mark.bottom_left) else picture.width - badge.width - inset
    top = inset if corner in (Mark.top_left, Mark.top_right) else picture.height - badge.height - inset
    layer = Image.new("RGBA", picture.size)
    layer.paste(badge, (left, top))
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert(picture.mode)


@cache
def _badge(height: int) -> Image.Image:
    scale = 4  # drawn large and made small, for soft edges
    font = ImageFont.load_default(round(height * scale * 0.66))
    star, gap = height * scale * 0.52, height * scale * 0.18
    width = round(star + gap + font.getlength(WORDS) + height * scale * 0.7)
    large = Image.new("RGBA", (width, height * scale))
    pen = ImageDraw.Draw(large)
    pen.rounded_rectangle((0, 0, width - 1, height * scale - 1), radius=height * scale // 2, fill=GROUND)
    middle, centre = height * scale / 2, height * scale * 0.32 + star / 2
    pen.polygon(_star(centre, middle, star / 2), fill=INK)
    pen.text((centre + star / 2 + gap, middle), WORDS, fill=INK, font=font, anchor="lm")
    return large.resize((max(1, width // scale), height), Image.Resampling.LANCZOS)


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """A star of four points."""
    near = radius * 0.3
    return [
        (x, y - radius),
        (x + near, y - near),
        (x + radius, y),
        (x + near, y + near),
        (x, y + radius),
        (x - near, y + near),
        (x - radius, y),
        (x - near, y - near),
    ]
