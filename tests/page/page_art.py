"""Pictures for the fake chat: small CC0 drawings, the same for the same seed, made when first asked for."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import resvg_py
from dicebear import Avatar, Style

EMOJI_STYLES = ("fun-emoji", "critters", "bottts", "thumbs")


@cache
def _style(name: str) -> Style:
    return Style(json.loads(files("dicebear_styles").joinpath(f"{name}.json").read_text("utf-8")))


@cache
def picture(style: str, seed: str, pixels: int) -> bytes:
    """A square PNG of `pixels` × `pixels`."""
    svg = Avatar(_style(style), {"seed": seed, "size": pixels}).to_string()
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=pixels, height=pixels, skip_system_fonts=True))


def available(name: str) -> str:
    """`name` if that style is installed, else one that always is."""
    return name if files("dicebear_styles").joinpath(f"{name}.json").is_file() else "adventurer"
