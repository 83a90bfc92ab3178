"""The demo server's pictures: that they are what the README says, and come from the script."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from playground.seed import DEMO

make = pytest.importorskip("playground.demo.make", reason="needs dicebear and resvg, which are development packages")


def test_the_emoji_fit_discord() -> None:
    paths = list((DEMO / "emoji").glob("*.png"))
    assert len(paths) == 200
    for path in paths:
        assert re.fullmatch(r"[a-z0-9_]{2,32}", path.stem)
        assert path.stat().st_size <= 256 * 1024
        with Image.open(path) as picture:
            assert (picture.size, picture.mode) == ((128, 128), "RGBA")
            assert picture.getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_the_planets_are_opaque_and_the_whole_is_small() -> None:
    paths = list((DEMO / "art" / "planets").glob("*.png"))
    assert len(paths) == 120
    for path in paths:
        with Image.open(path) as picture:
            assert picture.size == (256, 256)
            assert "transparency" not in picture.info
    assert sum(path.stat().st_size for path in DEMO.rglob("*.png")) < 2.5 * 2**20


@pytest.mark.parametrize(("folder", "pictures"), [("emoji", make.emojis), ("art/planets", make.planets)])
def test_the_script_draws_the_same_pictures(folder: str, pictures: object) -> None:
    for name, picture in islice(pictures(), 3):  # type: ignore[operator]
        with Image.open(Path(DEMO) / folder / f"{name}.png") as kept:
            assert ImageChops.difference(kept.convert("RGBA"), picture.convert("RGBA")).getbbox() is None


def test_only_free_styles_are_drawn() -> None:
    with pytest.raises(ValueError, match="not CC0"):
        make.load_style("adventurer")
