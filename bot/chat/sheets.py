"""Contact sheets: small pictures side by side with numbers, as one picture. Drawn off the event loop."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont, ImageOps

TILE = 96
GAP = 8
HEAD = 30
INK = (150, 154, 164, 255)
"""Readable on Discord's dark and light grounds alike; the sheet itself is transparent."""
CHOSEN = (122, 111, 240, 255)


@dataclass(frozen=True)
class Column:
    """Small pictures one above the other, with a word on top."""

    head: str
    pictures: Sequence[bytes]
    chosen: bool = False


def columns(shown: Sequence[Column], tile: int = TILE, across: int = 4, *, square: bool = True) -> bytes:
    """A sheet of columns in bands of `across`, as PNG, in the middle of a square if wished; the chosen ones are framed.

    Raises `OSError` for what is no picture.
    """
    rows = max(len(column.pictures) for column in shown)
    band = HEAD + rows * (tile + GAP) + GAP // 2
    wide, tall = min(across, len(shown)) * (tile + GAP) + GAP, -(-len(shown) // across) * band
    width, height = (max(wide, tall),) * 2 if square else (wide, tall)
    sheet = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    for place, column in enumerate(shown):
        left = (width - wide) // 2 + GAP + place % across * (tile + GAP)
        top = (height - tall) // 2 + place // across * band
        if column.chosen:
            frame = (left - GAP // 2, top + 2, left + tile + GAP // 2, top + band - GAP)
            pen.rounded_rectangle(frame, radius=10, fill=(*CHOSEN[:3], 60), outline=CHOSEN, width=3)
        ink = CHOSEN if column.chosen else INK
        pen.text((left + tile // 2, top + HEAD // 2 + 1), column.head, fill=ink, font=font(20), anchor="mm")
        for row, data in enumerate(column.pictures):
            put(sheet, data, (left, top + HEAD + row * (tile + GAP)), tile)
    return png(sheet)


def rows_of(
    pictures: Sequence[bytes], across: int, heads: Sequence[str], tops: Sequence[str], tile: int = TILE
) -> bytes:
    """A sheet of rows, each with a word at its left (`heads`) and the columns with one on top (`tops`)."""
    left_margin = max((int(font(18).getlength(head)) for head in heads), default=0) + 2 * GAP
    count = -(-len(pictures) // across)
    width = left_margin + across * (tile + GAP)
    sheet = Image.new("RGBA", (width, HEAD + count * (tile + GAP)), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    for column, top in enumerate(tops):
        middle = left_margin + column * (tile + GAP) + tile // 2
        pen.text((middle, HEAD // 2), top, fill=INK, font=font(18), anchor="mm")
    for place, data in enumerate(pictures):
        row, column = divmod(place, across)
        put(sheet, data, (left_margin + column * (tile + GAP), HEAD + row * (tile + GAP)), tile)
    for row, head in enumerate(heads):
        pen.text((left_margin - GAP, HEAD + row * (tile + GAP) + tile // 2), head, fill=INK, font=font(18), anchor="rm")
    return png(sheet)


def put(sheet: Image.Image, data: bytes, at: tuple[int, int], tile: int) -> None:
    """One small picture in the middle of its tile, whose corners are rounded."""
    with Image.open(io.BytesIO(data)) as opened:
        small = ImageOps.contain(opened.convert("RGBA"), (tile, tile), Image.Resampling.LANCZOS)
    mask = Image.new("L", (tile, tile), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, tile - 1, tile - 1), radius=8, fill=255)
    ground = Image.new("RGBA", (tile, tile), (128, 132, 142, 36))
    ground.alpha_composite(small, ((tile - small.width) // 2, (tile - small.height) // 2))
    sheet.paste(ground, at, mask)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=4)
    return out.getvalue()
