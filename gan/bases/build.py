"""Prepare the run folder of a shipped base model: fetch its free pictures, draw them small, write the run's config.

    python -m gan.bases.build base-64 RUN_DIR --seconds 5400
    python -m gan train RUN_DIR

Sources (see `README.md` beside this file for licences): emoji (Fluent Emoji 3D and flat, MIT; Noto Emoji, Apache-2.0)
by their npm packages, Open Clip Art by Debian's package (public domain), and DiceBear styles that are CC0, from their
PyPI packages. Needs `npm`, `apt-get`, `dpkg` and the `dev` extra; the product itself never runs this.

Kept out on purpose, so that they can be learned from as a server's own art would be: Fluent's 3D animals, clipart of
fruit and desserts, DiceBear's pixel art, and the styles of the playground's demo server.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import imagehash
from PIL import Image

from gan.contract import TrainingRequest, Work
from gan.rundir import RunConfig, RunDir

SIDE = 128
"""Stored larger than the smallest base learns at, so the same run folder serves a larger base."""
LEAST_INK = 0.02
"""Pictures with less opacity than this on average show nothing at 64 pixels."""

FLUENT_3D, NAMES = "@lobehub/fluent-emoji-3d@1.1.0", "emojibase-data@17.0.0"
LEFT_OUT_GROUPS = {None, 2, 3, 8, 9}
"""emojibase groups: components, symbols and flags teach little that members want to see mixed; animals are held out."""
ICON_SETS = {
    "@iconify-json/fluent-emoji-flat@1.2.6": ("Microsoft", "MIT"),
    "@iconify-json/noto@1.2.9": ("Google", "Apache-2.0"),
}
LEFT_OUT_CATEGORIES = {"Flags", "Symbols"}
SKIN_TONES = ("-light", "-medium-light", "-medium", "-medium-dark", "-dark")

CLIPART_PACKAGE = "openclipart-svg"
LEFT_OUT_CLIPART = (
    *("computer/icons", "computer/buttons", "computer/folders", "computer/diagrams", "shapes", "signs_and_symbols"),
    *("special", "recreation/games", "transportation/aiga-symbols", "transportation/roadsigns", "unsorted/duplicates"),
    *("food/fruit", "food/desserts"),  # held out
)  # fmt: skip

CHARACTERS = {
    **dict.fromkeys(
        ("open-peeps", "voxel-art", "voxel-bot", "cutouts", "clay", "cameo", "lorelei", "notionists"), 1150
    ),
    **dict.fromkeys(("gaze", "moods", "line-face", "thumbs", "stack", "pixelbot", "squircles", "shadows"), 500),
}
TEXTURES = dict.fromkeys(
    ("landscape", "shapes", "marbles", "glass", "rings", "waves", "patchwork", "blobs", "disco", "weave", "slice"), 150
)
"""DiceBear style (all CC0) and how many of its pictures: characters on nothing, textures that fill the picture."""

SKETCHED = {"draw-64": ("Emoji from sketches", "pix2pix")}
"""Bases that draw from sketches: their title and family. They learn from emoji alone, so that there is one look."""


@dataclass(frozen=True)
class Source:
    picture: Image.Image
    title: str
    artist: str
    licence: str
    tags: tuple[str, ...] = ()


Tags = dict[str, tuple[str, ...]]
"""What each emoji shows, in words, by its name without signs."""
MOST_TAGS, LONGEST_TAG = 10, 60


def bare(name: str) -> str:
    """`family: woman, girl` and `family-woman-girl` are one name."""
    return " ".join(re.findall(r"[^\W_]+", name.lower()))


def emoji_tags(entries: list[dict[str, Any]]) -> Tags:
    """From emojibase's data."""
    return {
        bare(entry["label"]): tuple(tag[:LONGEST_TAG] for tag in entry.get("tags", ())[:MOST_TAGS]) for entry in entries
    }


def _npm_package(name: str, folder: Path) -> Path:
    done = subprocess.run(["npm", "pack", name, "--silent"], cwd=folder, check=True, capture_output=True, text=True)
    archive = folder / done.stdout.strip().splitlines()[-1]
    target = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def _drawn(svg: str) -> Image.Image | None:
    """An SVG at `SIDE` pixels, its longer side filled; none where the renderer cannot read it."""
    import resvg_py

    try:
        data = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, dpi=96))
        picture = Image.open(io.BytesIO(data)).convert("RGBA")
    except (ValueError, OSError):
        return None
    return picture if max(picture.size) < 16 * SIDE else None


def fluent_3d(folder: Path, entries: list[dict[str, Any]], tags: Tags) -> Iterator[Source]:
    """Fluent Emoji 3D without skin tones, in emoji order."""
    assets = _npm_package(FLUENT_3D, folder) / "assets"
    files = {path.stem.replace("-fe0f", ""): path for path in assets.glob("*.webp")}
    for entry in sorted(entries, key=lambda entry: entry.get("order", 0)):
        path = files.get(entry["hexcode"].lower().replace("-fe0f", ""))
        if path is not None and entry.get("group") not in LEFT_OUT_GROUPS:
            words = tags.get(bare(entry["label"]), ())
            yield Source(Image.open(path).convert("RGBA"), entry["label"], "Microsoft, LobeHub", "MIT", words)


def icons(package: str, folder: Path, tags: Tags) -> Iterator[Source]:
    """A set of drawn emoji by its iconify package, without skin tones, flags and symbols."""
    home = _npm_package(package, folder)
    found = json.loads((home / "icons.json").read_text())
    categories = json.loads((home / "metadata.json").read_text())["categories"]
    left_out = {name for category in LEFT_OUT_CATEGORIES for name in categories.get(category, ())}
    artist, licence = ICON_SETS[package]
    for name, icon in found["icons"].items():
        toned = "skin-tone" in name or any(
            name.endswith(tone) and name.removesuffix(tone) in found["icons"] for tone in SKIN_TONES
        )
        if name in left_out or toned or "currentColor" in icon["body"]:
            continue
        width, height = (icon.get(edge, found.get(edge, 16)) for edge in ("width", "height"))
        view = f"{icon.get('left', 0)} {icon.get('top', 0)} {width} {height}"
        picture = _drawn(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">{icon["body"]}</svg>')
        if picture is not None:
            yield Source(picture, name.replace("-", " "), artist, licence, tags.get(bare(name), ()))


def clipart(folder: Path) -> Iterator[Source]:
    """Open Clip Art without icon themes, stars, cards, signs and what is held out."""
    subprocess.run(["apt-get", "download", "-qq", CLIPART_PACKAGE], cwd=folder, check=True)
    (archive,) = folder.glob(f"{CLIPART_PACKAGE}_*.deb")
    subprocess.run(["dpkg", "-x", archive.name, "clipart"], cwd=folder, check=True)
    home = folder / "clipart" / "usr" / "share" / "openclipart" / "svg"
    for path in sorted(home.rglob("*.svg")):
        if str(path.relative_to(home)).startswith(LEFT_OUT_CLIPART):
            continue
        picture = _drawn(path.read_text("utf-8", "replace"))
        if picture is not None:
            yield Source(picture, path.stem.replace("_", " "), "Open Clip Art contributors", "Public domain")


def dicebear(style_name: str, count: int, clear: bool) -> Iterator[Source]:
    """Pictures of one CC0 style, seeded by their number; on nothing if `clear`."""
    import dicebear_styles
    from dicebear import Avatar, Style

    definition = json.loads((Path(next(iter(dicebear_styles.__path__))) / f"{style_name}.json").read_text())
    artist = definition["meta"].get("creator", {}).get("name", "DiceBear")
    style = Style(definition)
    for number in range(count):
        options = {"seed": f"artel-{number}", "size": SIDE} | ({"backgroundColor": ["00000000"]} if clear else {})
        picture = _drawn(str(Avatar(style, options)))
        if picture is not None:
            yield Source(picture, f"{style_name} {number}", artist, "CC0 1.0")


def _small(picture: Image.Image) -> Image.Image:
    """Fitted into the square with premultiplied alpha (no dark fringes)."""
    scale = SIDE / max(picture.size)
    edges = [max(1, round(edge * scale)) for edge in picture.size]
    small = picture.convert("RGBa").resize((edges[0], edges[1]), Image.Resampling.LANCZOS).convert("RGBA")
    canvas = Image.new("RGBA", (SIDE, SIDE))
    canvas.paste(small, ((SIDE - edges[0]) // 2, (SIDE - edges[1]) // 2))
    return canvas


def _fingerprint(picture: Image.Image) -> str:
    """Equal for pictures that look the same."""
    paper = Image.new("RGBA", picture.size, "grey")
    paper.alpha_composite(picture)
    colour = paper.convert("RGB").resize((4, 4), Image.Resampling.BOX).quantize(64)
    return f"{imagehash.dhash(paper, 12)}{sha256(colour.convert('RGB').tobytes()).hexdigest()[:8]}"


def _ink(picture: Image.Image) -> float:
    return sum(level * count for level, count in enumerate(picture.getchannel("A").histogram())) / (255 * SIDE * SIDE)


def emoji(folder: Path) -> Iterator[Source]:
    entries = json.loads((_npm_package(NAMES, folder) / "en" / "data.json").read_text())
    tags = emoji_tags(entries)
    yield from fluent_3d(folder, entries, tags)
    for package in ICON_SETS:
        yield from icons(package, folder, tags)


def sources(folder: Path) -> Iterator[Source]:
    yield from emoji(folder)
    yield from clipart(folder)
    for styles, clear in ((CHARACTERS, True), (TEXTURES, False)):
        for style_name, count in styles.items():
            yield from dicebear(style_name, count, clear)


def build(base_id: str, run: RunDir, seconds: float, options: dict[str, float | int | str | bool]) -> int:
    """Write the run folder; returns how many pictures it holds. Pictures that look the same come once."""
    run.pictures.mkdir(parents=True, exist_ok=True)
    works: list[Work] = []
    seen: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        for source in (emoji if base_id in SKETCHED else sources)(Path(folder)):
            picture = _small(source.picture)
            fingerprint = _fingerprint(picture)
            if fingerprint in seen or _ink(picture) < LEAST_INK:
                continue
            seen.add(fingerprint)
            path = run.pictures / f"{len(works):05d}.png"
            picture.save(path, "PNG")
            digest = sha256(path.read_bytes()).hexdigest()
            title, artist = source.title[:100], source.artist[:100]
            works.append(Work(sha256=digest, title=title, artist=artist, licence=source.licence, tags=source.tags))
    title, family = SKETCHED.get(base_id, (f"Artel {base_id.replace('-', ' ')}", "anchored"))
    request = TrainingRequest(title=title, family=family, works=tuple(works), seconds=seconds, options=options)
    run.create(RunConfig(id=base_id, request=request))
    return len(works)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base_id")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--seconds", type=float, default=5400.0, help="training time, default 5400")
    parser.add_argument("--option", action="append", default=[], help="name=value of the family's config, repeatable")
    arguments = parser.parse_args()
    options = {name: json.loads(value) for name, value in (text.split("=", 1) for text in arguments.option)}
    print(f"{build(arguments.base_id, RunDir(arguments.run_dir), arguments.seconds, options)} pictures")


if __name__ == "__main__":
    main()
