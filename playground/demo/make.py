"""`python -m playground.demo.make`: draw the demo server's pictures again, the same ones each time.

Needs the development packages dicebear-core, dicebear-styles and resvg-py. The pictures are committed; run this only to
change them. What is drawn and under which licence: README.md beside this file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import resvg_py
from dicebear import Avatar, Style
from PIL import Image

HERE = Path(__file__).parent
EMOJI_SIDE, ART_SIDE, PORTRAIT_SIDE = 128, 256, 256
CRITTERS, SPROUTS, PLANETS = 150, 50, 120
_CLEAR = {"backgroundColor": ["#00000000"], "animationVariant": ["none"]}

_COLORS = {
    "#7dd3fc": "sky",
    "#a5b4fc": "iris",
    "#c4b5fd": "violet",
    "#f0abfc": "orchid",
    "#fda4af": "rose",
    "#fca5a5": "coral",
    "#fdba74": "peach",
    "#fcd34d": "sunny",
    "#bef264": "lime",
    "#6ee7b9": "mint",
    "#5eead4": "aqua",
    "#e2e8f0": "cloud",
}
_FEATURES = {
    "hornsIn": "horns",
    "hornsSmall": "hornlet",
    "spike": "narwhal",
    "antennae": "snail",
    "earsRound": "bear",
    "earsPointy": "cat",
    "earsDroop": "bunny",
    "spikes": "punk",
    "sprout": "leafy",
    "nub": "pear",
    "wedgeInv": "vase",
}
_FEELINGS = {
    "round": "chipper",
    "dots": "calm",
    "bigPupils": "dreamy",
    "sideeye": "sly",
    "happy": "happy",
    "closedLine": "resting",
    "wink": "winking",
    "sleepy": "sleepy",
    "wide": "amazed",
    "close": "giggly",
    "angry": "grumpy",
}
_CLOSE_UP = {"scale": [1.2], "translateY": [10], "beardProbability": 0, "animationVariant": ["none"]}
_PORTRAITS: dict[str, tuple[str, dict[str, Any]]] = {
    "juno": (
        "voxel-art",
        {"seed": "juno", "topVariant": ["animalEars"], "backgroundColor": ["#b6e3f4"], **_CLOSE_UP},
    ),
    "ada": (
        "voxel-art",
        {"seed": "ada", "topVariant": ["buns"], "hairColor": ["#d6455d"], "backgroundColor": ["#ffd5dc"], **_CLOSE_UP},
    ),
    "moss": (
        "voxel-art",
        {"seed": "moss", "topVariant": ["beanie"], "backgroundColor": ["#ffdfbf"], **_CLOSE_UP},
    ),
    "artel": (
        "voxel-bot",
        {
            "seed": "artel",
            "bodyColor": ["#b6a6f5"],
            "eyesVariant": ["happy"],
            "backgroundColor": ["#d1d4f9"],
            **_CLOSE_UP,
        },
    ),
    "guild": ("patchwork", {"seed": "artel-2", "animationVariant": ["none"]}),
}


def load_style(name: str) -> Style:
    """A style of dicebear-styles. Raises ValueError if its licence is not CC0: only such pictures may be committed."""
    definition = json.loads(files("dicebear_styles").joinpath(f"{name}.json").read_text("utf-8"))
    licence = definition["meta"]["license"]["name"]
    if not licence.startswith("CC0"):
        raise ValueError(f"style {name} is under {licence}, not CC0")
    return Style(definition)


def draw(style: Style, side: int, options: dict[str, Any]) -> tuple[Image.Image, dict[str, Any]]:
    """One picture of `side` pixels, and the options that the style settled on."""
    drawn = Avatar(style, {"size": side, **options}).to_json()
    png = bytes(resvg_py.svg_to_bytes(svg_string=drawn["svg"]))
    return Image.open(io.BytesIO(png)).convert("RGBA"), drawn["options"]


def _settle_name(stem: str, extra: str, taken: set[str]) -> str:
    """`stem`, else with `extra`, else numbered: names of emoji need not differ on Discord, but it helps."""
    candidates = [stem, f"{stem}_{extra}", *(f"{stem}_{extra}_{n}" for n in range(2, 99))]
    name = next(c for c in candidates if c not in taken)
    taken.add(name)
    return name


def emojis() -> Iterator[tuple[str, Image.Image]]:
    """The server's emoji: a crowd of critters, and their house plants."""
    taken: set[str] = set()
    critters, sprouts = load_style("critters"), load_style("sprouts")
    for n in range(CRITTERS):
        picture, found = draw(critters, EMOJI_SIDE, {"seed": f"critter-{n}", **_CLEAR})
        top = found.get("topVariant") or found["bodyVariant"]
        stem = f"{_COLORS[found['bodyColor'][0]]}_{_FEATURES.get(top, top)}".lower()
        yield _settle_name(stem, found["mouthVariant"].lower(), taken), picture
    for n in range(SPROUTS):
        picture, found = draw(sprouts, EMOJI_SIDE, {"seed": f"sprout-{n}", **_CLEAR})
        stem = f"{_FEELINGS[found['eyesVariant']]}_{found['plantVariant']}".lower()
        yield _settle_name(stem, _COLORS[found["potColor"][0]], taken), picture


def planets() -> Iterator[tuple[str, Image.Image]]:
    """The operator's folder of art. 96 colours keep a file at a few kilobytes; the shading stays smooth enough."""
    style = load_style("planets")
    for n in range(PLANETS):
        picture, _ = draw(style, ART_SIDE, {"seed": f"planet-{n}", "animationVariant": ["none"]})
        yield f"planet-{n:03}", picture.convert("RGB").quantize(96, dither=Image.Dither.NONE)


def portraits() -> Iterator[tuple[str, Image.Image]]:
    for name, (style, options) in _PORTRAITS.items():
        yield name, draw(load_style(style), PORTRAIT_SIDE, options)[0].convert("RGB")


def main() -> None:
    for folder, pictures in (("emoji", emojis()), ("art/planets", planets()), ("portraits", portraits())):
        into = HERE / folder
        into.mkdir(parents=True, exist_ok=True)
        for old in into.glob("*.png"):
            old.unlink()
        sizes = []
        for name, picture in pictures:
            path = into / f"{name}.png"
            picture.save(path, optimize=True)
            sizes.append(path.stat().st_size)
        print(f"{folder}: {len(sizes)} pictures, {sum(sizes) / 1024:.0f} KiB, largest {max(sizes) / 1024:.1f} KiB")


if __name__ == "__main__":
    main()
