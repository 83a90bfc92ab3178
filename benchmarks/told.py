"""`python -m benchmarks told --works RUN_DIR`: what a diffusion model makes of titles, known and new.

`RUN_DIR` is a run folder of titled works, such as `gan.bases.build broad-64` writes. Emoji of it are learned, all but a
tenth of the titles; then pictures are drawn for titles that it learned and for titles kept out, and looked at by the
bridge between words and looks (`gan/text/bridge.py`), which had no part in learning: how alike they are to their own
words and to those of others.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from gan import families
from gan.contract import Prompt, TrainingRequest, Work
from gan.data.pictures import premultiplied
from gan.rundir import RunConfig, RunDir
from gan.spec import SamplerModel
from gan.text import index
from gan.text.language import content
from gan.text.looks import Looks
from gan.text.teach import NUMBERED, Match, match
from gan.training.loop import grid_png

TITLES = 96
"""Prompts of each kind."""
SEEDS = 2
KEPT_OUT = 10
"""Every so many titles one is kept out."""
OPTIONS: dict[str, float | int | str | bool] = {"judged": 0, "threads": 1}
MAKERS = ("Google", "Microsoft")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--works", type=Path, help="told: run folder of titled works")
    parser.add_argument("--told-seconds", type=float, default=1400.0, help="told: training time")
    parser.add_argument("--told-sheet", type=Path, help="told: where to put a sheet of what was drawn")


def run(console: Console, options: argparse.Namespace) -> None:
    """Learn, draw, look; a table at the end. Raises `SystemExit` without a folder to learn from."""
    if options.works is None:
        raise SystemExit("told needs --works RUN_DIR, a run folder of titled works; see gan/bases/README.md")
    torch.set_num_threads(1)
    there, sheet = RunDir(options.works), options.told_sheet
    works = list(enumerate(there.config().request.works))
    emoji = [(n, work) for n, work in works if work.artist.startswith(MAKERS) and not NUMBERED.match(work.title)]
    titles = sorted({_said(work) for _, work in emoji} - {""})
    order = [titles[n] for n in np.random.RandomState(0).permutation(len(titles))]
    kept = set(order[::KEPT_OUT])
    learned = [(n, work) for n, work in emoji if _said(work) not in kept and _said(work)]
    with tempfile.TemporaryDirectory() as home:
        model, seen = _taught(RunDir(Path(home) / "told"), there, learned, options.told_seconds)
        table = Table("titles", "prompts", "own words", "shuffled", "above others", "first", "among five")
        known = [title for title in order if title not in kept][:TITLES]
        for name, asked in (("learned", known), ("never heard", sorted(kept)[:TITLES])):
            found, pixels = _answered(model, asked)
            row = (found.pictures, found.matched, found.shuffled, found.above, found.first, found.among_five)
            table.add_row(name, *(f"{value:g}" for value in row))
            if sheet:
                sheet.with_stem(f"{sheet.stem}-{name.split()[0]}").write_bytes(grid_png(pixels[:64]))
                console.print(", ".join(asked[:32]))
    console.print(f"{len(learned)} works by {len(titles) - len(kept)} titles, {seen} pictures seen")
    console.print(table)


def _said(work: Work) -> str:
    return " ".join(content(work.title))


def _taught(
    run: RunDir, there: RunDir, learned: Sequence[tuple[int, Work]], seconds: float
) -> tuple[SamplerModel, int]:
    request = TrainingRequest(
        title="Told", family="diffusion", works=tuple(work for _, work in learned), seconds=seconds, options=OPTIONS
    )
    run.create(RunConfig(id="told", request=request, threads=1))
    for place, (n, _) in enumerate(learned):
        shutil.copyfile(there.pictures / f"{n:05d}.png", run.pictures / f"{place:05d}.png")
    families.get("diffusion").train(run)
    report = run.report()
    return families.get("diffusion").load(run.model), report.figures.pictures_seen if report else 0


def _answered(model: SamplerModel, prompts: Sequence[str]) -> tuple[Match, np.ndarray]:
    began = time.perf_counter()
    recipes = [Prompt(text=prompt, seed=seed) for prompt in prompts for seed in range(SEEDS)]
    drawn = np.stack([picture.pixels for picture in model.render(recipes)])
    print(f"{(time.perf_counter() - began) / len(recipes):.2f} s a picture", flush=True)
    seen = Looks().of(torch.from_numpy(premultiplied(drawn)).permute(0, 3, 1, 2))
    codes = index.bridge().of_looks(seen).reshape(len(prompts), SEEDS, -1).mean(1)
    words = index.bridge().of_text(index.encoder().encode(list(prompts)))
    return match(words @ codes.T), drawn
