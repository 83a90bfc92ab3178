"""Prepare the run folder of a shipped base model: fetch its free pictures, draw them small, write the run's config.

    python -m gan.bases.build base-64 RUN_DIR --seconds 5400
    python -m gan train RUN_DIR

Sources (see `README.md` beside this file for licences): Fluent Emoji 3D (MIT) by its npm package, titles from
emojibase (MIT), and characters of DiceBear styles that are CC0, from their PyPI packages. Needs `npm` and the `dev`
extra; the product itself never runs this.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from PIL import Image

from gan.contract import TrainingRequest, Work
from gan.rundir import RunConfig, RunDir

SIDE = 128
"""Stored larger than the model learns at, so the same run folder serves a larger base."""

EMOJI_PACKAGE = "@lobehub/fluent-emoji-3d@1.1.0"
NAMES_PACKAGE = "emojibase-data@17.0.0"
LEFT_OUT_GROUPS = {None, 2, 8, 9}
"""emojibase groups: components, symbols and flags teach a model nothing that members want to see mixed."""

DICEBEAR_CHARACTERS = {
    "open-peeps": 140,
    "pixel-art": 140,
    "voxel-art": 120,
    "voxel-bot": 80,
    "cutouts": 110,
    "clay": 110,
    "cameo": 60,
}
"""Style (all CC0) and how many of its characters; the demo server's own styles are kept out on purpose."""


@dataclass(frozen=True)
class Source:
    picture: Image.Image
    title: str
    artist: str
    licence: str


def _npm_package(name: str, folder: Path) -> Path:
    done = subprocess.run(["npm", "pack", name, "--silent"], cwd=folder, check=True, capture_output=True, text=True)
    archive = folder / done.stdout.strip().splitlines()[-1]
    target = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def fluent_emoji(folder: Path) -> Iterator[Source]:
    """Fluent Emoji 3D without skin tones, in emoji order."""
    assets = _npm_package(EMOJI_PACKAGE, folder) / "assets"
    entries = json.loads((_npm_package(NAMES_PACKAGE, folder) / "en" / "data.json").read_text())
    files = {path.stem.replace("-fe0f", ""): path for path in assets.glob("*.webp")}
    for entry in sorted(entries, key=lambda entry: entry.get("order", 0)):
        path = files.get(entry["hexcode"].lower().replace("-fe0f", ""))
        if path is not None and entry.get("group") not in LEFT_OUT_GROUPS:
            yield Source(Image.open(path).convert("RGBA"), entry["label"], "Microsoft, LobeHub", "MIT")


def dicebear(style_name: str, count: int) -> Iterator[Source]:
    """Characters of one CC0 style, drawn on nothing, seeded by their number."""
    import dicebear_styles
    import resvg_py
    from dicebear import Avatar, Style

    definition = json.loads((Path(next(iter(dicebear_styles.__path__))) / f"{style_name}.json").read_text())
    artist = definition["meta"].get("creator", {}).get("name", "DiceBear")
    style = Style(definition)
    for number in range(count):
        svg = str(Avatar(style, {"seed": f"artel-{number}", "size": SIDE, "backgroundColor": ["00000000"]}))
        drawn = resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, height=SIDE)
        yield Source(Image.open(io.BytesIO(bytes(drawn))).convert("RGBA"), f"{style_name} {number}", artist, "CC0 1.0")


def _small(picture: Image.Image) -> bytes:
    """Resized with premultiplied alpha (no dark fringes), as PNG."""
    small = picture.convert("RGBa").resize((SIDE, SIDE), Image.Resampling.LANCZOS).convert("RGBA")
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def sources(folder: Path) -> Iterator[Source]:
    yield from fluent_emoji(folder)
    for style_name, count in DICEBEAR_CHARACTERS.items():
        yield from dicebear(style_name, count)


def build(base_id: str, run: RunDir, seconds: float, options: dict[str, float | int | str | bool]) -> int:
    """Write the run folder; returns how many pictures it holds. Pictures that are equal to the byte come once."""
    run.pictures.mkdir(parents=True, exist_ok=True)
    works: dict[str, Work] = {}
    with tempfile.TemporaryDirectory() as folder:
        for source in sources(Path(folder)):
            data = _small(source.picture)
            digest = sha256(data).hexdigest()
            if digest in works:
                continue
            (run.pictures / f"{len(works):05d}.png").write_bytes(data)
            works[digest] = Work(
                sha256=digest, title=source.title[:100], artist=source.artist[:100], licence=source.licence
            )
    request = TrainingRequest(title="Artel base 64", works=tuple(works.values()), seconds=seconds, options=options)
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
