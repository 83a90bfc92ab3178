"""A family tree as a picture: forebears at the left, the picture itself at the right, makers' names below each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

from bot.chat.sheets import CHOSEN, INK, font, png, put
from bot.stories import Kin

TILE, LARGE = 96, 144
GAP_X, GAP_Y = 144, 52
MARGIN = 16
LINE = (122, 111, 240, 160)
LONGEST = 14
"""Characters of a name below a picture of 96 pixels."""

Place = tuple[int, int, int]
"""Left, top and side of a picture."""


def draw(kin: Sequence[Kin], relations: Mapping[str, str]) -> bytes:
    """A PNG of the family; `relations` are the words for how a child came about. Slow: not on the event loop."""
    places = _places(kin)
    width = max(left + side for left, _, side in places.values()) + MARGIN
    height = max(top + side for _, top, side in places.values()) + GAP_Y
    sheet = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    for child in kin:
        for parent, how in child.parents:
            _branch(pen, places[parent], places[child.output_id], relations.get(how, how))
    for one in kin:
        _portrait(sheet, pen, one, places[one.output_id])
    return png(sheet)


def _places(kin: Sequence[Kin]) -> dict[int, Place]:
    """A column a generation, the oldest at the left; each column is centred."""
    oldest = max(one.generation for one in kin)
    columns = [[one for one in kin if one.generation == oldest - n] for n in range(oldest + 1)]
    tallest = max(len(column) * (TILE + GAP_Y) for column in columns)
    tallest = max(tallest, LARGE + GAP_Y)
    places: dict[int, Place] = {}
    for n, column in enumerate(columns):
        side = LARGE if n == oldest else TILE
        top = MARGIN + (tallest - len(column) * (side + GAP_Y)) // 2
        for place, one in enumerate(column):
            places[one.output_id] = (MARGIN + n * (TILE + GAP_X), top + place * (side + GAP_Y), side)
    return places


def _branch(pen: ImageDraw.ImageDraw, parent: Place, child: Place, words: str) -> None:
    start = (parent[0] + parent[2], parent[1] + parent[2] // 2)
    end = (child[0], child[1] + child[2] // 2)
    bend = end[0] - 18
    pen.line([start, (bend, start[1]), (bend, end[1]), end], fill=LINE, width=3, joint="curve")
    pen.text(((start[0] + bend) // 2, start[1] - 7), words, fill=INK, font=font(14), anchor="ms")


def _portrait(sheet: Image.Image, pen: ImageDraw.ImageDraw, one: Kin, place: Place) -> None:
    left, top, side = place
    if one.thumbnail:
        put(sheet, bytes(one.thumbnail), (left, top), side)
    frame = (left - 1, top - 1, left + side, top + side)
    pen.rounded_rectangle(frame, radius=9, outline=CHOSEN if one.generation == 0 else INK, width=2)
    middle = left + side // 2
    pen.text((middle, top + side + 15), f"#{one.output_id}", fill=CHOSEN, font=font(16), anchor="mm")
    pen.text((middle, top + side + 34), drawable(one.maker), fill=INK, font=font(15), anchor="mm")


def drawable(name: str) -> str:
    """As much of a name as the font can write, cut to fit; empty where that is less than half of it."""
    known = "".join(letter for letter in " ".join(name.split()) if _has(letter)).strip()
    if 2 * len(known) < len(name):
        return ""
    return known if len(known) <= LONGEST else known[: LONGEST - 1] + "…"


@lru_cache(maxsize=4096)
def _has(letter: str) -> bool:
    """Whether the font has this letter rather than its box for what is missing."""
    face = font(16)
    return letter == " " or (face.getmask(letter).getbbox() is not None and bytes(face.getmask(letter)) != _missing())


@lru_cache(maxsize=1)
def _missing() -> bytes:
    return bytes(font(16).getmask("\U0010fffe"))
