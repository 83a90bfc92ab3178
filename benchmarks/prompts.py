"""`python -m benchmarks prompts`: whether words find and make what they ask for, against shuffled words.

*Finding*: pictures that the bridge was never taught with (`--held-out`), each among all others by its own words,
against the words of another. *Making*: four pictures for each of some prompts from the shipped base; how alike they are
to their prompt and to others', by the bridge, which had a part in choosing the works, and by colour. *Time* of loading,
of a prompt, of a picture.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from gan import bases
from gan.contract import Prompt
from gan.data.pictures import load_pictures, premultiplied
from gan.families.anchored.serve import AnchoredModel
from gan.text import index
from gan.text.language import NAMED, content, plain
from gan.text.looks import CHANNELS, COLOURS, SIDE, Looks
from gan.text.teach import Match, match

MODEL = Path(bases.__path__[0]) / "base-64.safetensors"
THINGS = (
    "cat",
    "dragon",
    "rocket",
    "castle",
    "pizza",
    "umbrella",
    "skull",
    "fish",
    "robot",
    "heart",
    "cactus",
    "whale",
)
SHADES = ("blue", "red", "green", "purple", "yellow", "pink")
SEEDS = 4


def of_prompts(path: Path, looks: Looks) -> tuple[Match, float, float]:
    """How well pictures answer their prompts; the share of the colour asked for, and of those that others ask for."""
    model = AnchoredModel.read(path)
    prompts = [f"{SHADES[number % len(SHADES)]} {thing}" for number, thing in enumerate(THINGS)]
    recipes = [Prompt(text=prompt, seed=seed) for prompt in prompts for seed in range(SEEDS)]
    drawn = np.stack([picture.pixels for picture in model.render(recipes)])
    seen = looks.of(torch.from_numpy(premultiplied(drawn)).permute(0, 3, 1, 2))
    codes = index.bridge().of_looks(seen).reshape(len(prompts), SEEDS, -1).mean(1)
    words = index.bridge().of_text(index.encoder().encode(prompts))
    shares = seen[:, CHANNELS:].reshape(len(prompts), SEEDS, -1).mean(1)
    asked = [COLOURS.index(NAMED[next(word for word in content(prompt) if word in NAMED)]) for prompt in prompts]
    own = float(np.mean([shares[n, place] for n, place in enumerate(asked)]))
    return match(words @ codes.T), own, float(shares[:, asked].mean())


def of_folder(folder: Path, looks: Looks) -> Match:
    """Pictures of a folder by the names of their files."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".png", ".webp"))
    seen = looks.of(load_pictures(folder, SIDE))
    words = index.encoder().encode([plain(path.stem).lower() for path in files])
    return match(index.bridge().of_text(words) @ index.bridge().of_looks(seen).T)


def times(path: Path) -> dict[str, float]:
    """Milliseconds."""
    began = time.perf_counter()
    index.encoder()
    index.bridge()
    loaded = time.perf_counter()
    model = AnchoredModel.read(path)
    model.render([Prompt(text="warm up", seed=0)])
    spent: dict[str, float] = {"load the encoder": (loaded - began) * 1e3}
    prompts = [f"{shade} {thing}" for shade in SHADES for thing in THINGS[:2]]
    start = time.perf_counter()
    for prompt in prompts:
        model.render([Prompt(text=prompt, seed=1)])
    spent["a new prompt and its picture"] = (time.perf_counter() - start) * 1e3 / len(prompts)
    start = time.perf_counter()
    for seed in range(10):
        model.render([Prompt(text="blue cat", seed=seed)])
    spent["a known prompt and its picture"] = (time.perf_counter() - start) * 1e2
    return {name: round(value, 1) for name, value in spent.items()}


def run(console: Console, held_out: Path | None, model: Path = MODEL) -> None:
    """Print the tables. `held_out`: a folder of pictures that the bridge never saw, named by what they show."""
    torch.set_num_threads(1)
    spent = times(model)
    looks = Looks()
    made, own, others = of_prompts(model, looks)
    found = of_folder(held_out, looks) if held_out else None
    table = Table("", "pictures", "own words", "shuffled", "above others", "first", "among five", box=None)
    for name, one in (("found, held out", found), (f"made by {model.stem}", made)):
        if one:
            row = (one.pictures, one.matched, one.shuffled, one.above, one.first, one.among_five)
            table.add_row(name, *(f"{value:g}" for value in row))
    console.print(table)
    console.print(f"Area in the colour asked for: {own:.2f}; in those that other prompts ask for: {others:.2f}")
    console.print(" · ".join(f"{name} {value:g} ms" for name, value in spent.items()))
