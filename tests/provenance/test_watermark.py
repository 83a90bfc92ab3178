"""The invisible mark: read again after what pictures go through, flat and cut-out art too, never where it is not."""

from __future__ import annotations

import io
from collections.abc import Iterator

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageDraw

from gan.contract import Mark, Seed, Vary
from gan.sampling.fingerprint import looks_of, pixels_of
from gan.sampling.marking import marked
from gan.sampling.watermark import Watermark, number_of

MARK = Watermark("our secret")


def drawings() -> Iterator[tuple[str, Image.Image]]:
    """What is hard, each in its way: flat colour, white, a small figure on nothing, fine texture."""
    flat = Image.new("RGB", (256, 256), (250, 200, 60))
    pen = ImageDraw.Draw(flat)
    pen.ellipse((40, 40, 216, 216), fill=(200, 40, 60), outline=(20, 20, 30), width=8)
    yield "flat", flat
    line = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(line).arc((60, 60, 200, 200), 20, 300, fill="black", width=3)
    yield "white", line
    small = Image.new("RGBA", (256, 256))
    ImageDraw.Draw(small).rounded_rectangle((110, 90, 160, 170), 12, fill=(80, 140, 220, 255))
    yield "small figure", small
    random = np.random.RandomState(3)
    busy = Image.fromarray(random.randint(100, 150, (64, 64, 3), np.uint8)).resize((320, 256), Image.Resampling.BICUBIC)
    yield "busy and wide", busy


DRAWINGS = dict(drawings())


def worn(picture: Image.Image, side: float = 0.5, quality: int = 75, paper: str = "white") -> Image.Image:
    full = picture.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", full.size, paper), full).convert("RGB")
    size = (round(flat.width * side), round(flat.height * side))
    file = io.BytesIO()
    flat.resize(size, Image.Resampling.LANCZOS).save(file, "JPEG", quality=quality)
    return Image.open(file)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_mark_outlives_half_the_size_and_jpeg_on_any_paper_and_is_not_seen(name: str) -> None:
    picture, number = DRAWINGS[name], 123_456_789
    put, sure = MARK.put(picture, number)
    assert sure
    assert (put.size, put.mode) == (picture.size, picture.mode)
    for paper in ("white", "black", "#313338"):
        assert MARK.read(worn(put, paper=paper)).number == number
    assert MARK.read(put).number == number
    assert MARK.read(worn(put, side=1.6, quality=60)).number == number
    ground = Image.new("RGBA", picture.size, "white")
    before, after = (
        np.asarray(Image.alpha_composite(ground, one.convert("RGBA")).convert("RGB"), np.float64)
        for one in (picture, put)
    )
    assert 10 * np.log10(255**2 / np.mean((before - after) ** 2)) > 34


def test_no_mark_is_read_where_there_is_none_or_another_houses() -> None:
    other = Watermark("their secret")
    for picture in DRAWINGS.values():
        assert MARK.read(picture).number is None
        assert MARK.read(worn(picture)).number is None
        assert MARK.read(other.put(picture, 77)[0]).number is None


def test_the_number_is_of_model_and_recipe_and_of_the_secret() -> None:
    recipe = Seed(seed=7)
    told = recipe.model_dump_json()
    assert number_of("s", "a" * 64, told) == number_of("s", "a" * 64, told)
    others = {
        number_of("s", "b" * 64, told),
        number_of("t", "a" * 64, told),
        number_of("s", "a" * 64, Vary(of=recipe, seed=1).model_dump_json()),
    }
    assert len(others | {number_of("s", "a" * 64, told)}) == 4


def test_marks_are_put_as_asked_and_the_same_every_time() -> None:
    picture, recipe = DRAWINGS["flat"], Seed(seed=7)
    plain, none = marked(picture, (), "s", "a" * 64, recipe)
    assert (plain, none) == (picture, None)
    first, number = marked(picture, (Mark.hidden, Mark.bottom_right), "s", "a" * 64, recipe)
    second, _ = marked(picture, (Mark.hidden, Mark.bottom_right), "s", "a" * 64, recipe)
    assert first.tobytes() == second.tobytes()
    assert Watermark("s").read(worn(first)).number == number
    corner = np.asarray(first)[-24:-6, -60:-6].astype(int) - np.asarray(picture)[-24:-6, -60:-6]
    assert np.abs(corner).max() > 60  # the badge is to be seen
    small = picture.resize((128, 128))
    assert marked(small, (Mark.hidden, Mark.top_left), "s", "a" * 64, recipe) == (small, None)


def test_a_picture_is_known_again_by_pixels_and_by_looks() -> None:
    for picture in DRAWINGS.values():
        file = io.BytesIO()
        picture.save(file, "PNG")
        assert pixels_of(Image.open(file)) == pixels_of(picture)
        ground = Image.new("RGBA", picture.size, (128, 128, 128, 255))
        grey = Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")
        assert looks_of(picture) == str(imagehash.phash(grey))
    assert len({pixels_of(one) for one in DRAWINGS.values()}) == len(DRAWINGS)
