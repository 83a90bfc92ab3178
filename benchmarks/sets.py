"""Sets of pictures for measuring, each of one hand and none of them seen by a shipped base.

All come out of packages, so that anyone can measure again: DiceBear styles by pip (the `dev` extra), Fluent's animals
by npm. Pictures are 128 pixels wide RGBA, in a fixed order.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from pathlib import Path

from PIL import Image

from gan.contract import TrainingRequest, Work
from gan.rundir import RunConfig, RunDir

SIDE = 128
MOST = 200
DEMO = Path(__file__).parents[1] / "playground" / "demo"
DEMO_EMOJI = DEMO / "emoji"


def _dicebear(style: str, count: int = 150) -> list[Image.Image]:
    from dicebear import Style

    from playground.demo.make import draw

    definition = Style(json.loads(files("dicebear_styles").joinpath(f"{style}.json").read_text("utf-8")))
    return [draw(definition, SIDE, {"seed": f"bench-{n}", "animationVariant": ["none"]})[0] for n in range(count)]


def _folder(path: Path) -> list[Image.Image]:
    return [Image.open(file).convert("RGBA").resize((SIDE, SIDE)) for file in sorted(path.glob("*.png"))]


def _animals() -> list[Image.Image]:
    from gan.bases import build

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        assets = build._npm_package("@lobehub/fluent-emoji-3d@1.1.0", home) / "assets"
        names = build._npm_package("emojibase-data@17.0.0", home) / "en" / "data.json"
        codes = [
            entry["hexcode"].lower().replace("-fe0f", "")
            for entry in sorted(json.loads(names.read_text()), key=lambda entry: entry.get("order", 0))
            if entry.get("group") == 3
        ]
        paths = {path.stem.replace("-fe0f", ""): path for path in assets.glob("*.webp")}
        return [Image.open(paths[c]).convert("RGBA").resize((SIDE, SIDE)) for c in codes if c in paths]


SETS: Mapping[str, tuple[Callable[[], list[Image.Image]], str]] = {
    "critters": (lambda: _folder(DEMO_EMOJI), "the demo server's emoji: DiceBear Critters and Sprouts, CC0 1.0"),
    "planets": (lambda: _folder(DEMO / "art" / "planets"), "the demo server's planets: DiceBear Planets, CC0 1.0"),
    "pixels": (lambda: _dicebear("pixel-art-neutral"), "DiceBear Pixel Art Neutral, CC0 1.0"),
    "lines": (lambda: _dicebear("croodles"), "DiceBear Croodles by vijay verma, CC BY 4.0"),
    "avatars": (lambda: _dicebear("adventurer"), "DiceBear Adventurer by Lisa Wischofsky, CC BY 4.0"),
    "animals": (_animals, "Fluent Emoji 3D, animals and plants, MIT (by npm)"),
}
"""Name → how it is made, what it is."""


def pictures_of(name: str, count: int = MOST, folder: Path | None = None) -> list[Image.Image]:
    """The first `count` pictures of a set after a fixed shuffle; of a folder, where one is given, its own."""
    if folder is not None:
        found = [Image.open(path).convert("RGBA") for path in sorted(folder.glob("*.png"))]
    else:
        found = SETS[name][0]()
    ordered = sorted(range(len(found)), key=lambda n: sha256(f"{name} {n}".encode()).digest())
    return [found[n] for n in islice(ordered, count)]


def run_folder(
    path: Path,
    pictures: list[Image.Image],
    seconds: float,
    base: Path | None,
    seed: int = 0,
    threads: int = 0,
    device: str = "cpu",
    options: Mapping[str, float | int | str | bool] | None = None,
    artists: Sequence[tuple[str, str]] = (),
) -> RunDir:
    """A run folder as the worker would make one, ready for `python -m gan train`. `artists` says of each picture who
    made it and a tag for what it is."""
    run = RunDir(path)
    run.pictures.mkdir(parents=True)
    works = []
    for number, picture in enumerate(pictures):
        file = run.pictures / f"{number:05d}.png"
        picture.save(file, compress_level=1)
        artist, tag = artists[number] if artists else ("", "")
        digest = sha256(file.read_bytes()).hexdigest()
        works.append(Work(sha256=digest, title=f"{number}", artist=artist, tags=(tag,) if tag else ()))
    request = TrainingRequest(
        title=path.name,
        works=tuple(works),
        base=base.stem if base else None,
        seconds=seconds,
        seed=seed,
        options=dict(options or {}),
    )
    run.create(
        RunConfig(
            id=path.name,
            request=request,
            base_path=str(base.resolve()) if base else None,
            threads=threads,
            device=device,
        )
    )
    return run
