"""How good a model gets, by set, number of pictures and time; what the worker's estimates are made of.

Each row is a real training in a process of its own, judged as the worker judges it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe
from benchmarks.sets import SETS, pictures_of, run_folder
from gan import bases
from gan.contract import Figures, TrainingState
from gan.rundir import RunDir, write_atomically
from gan.server.runs.estimates import TABLE, Result, measured_elsewhere

BASE = Path(bases.__path__[0]) / "base-64.safetensors"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sets", default="critters,pixels", help=f"of {', '.join(SETS)}")
    parser.add_argument("--counts", default="12,40,150", help="pictures of a set")
    parser.add_argument("--start", choices=["base", "scratch", "both"], default="base")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seen", type=int, default=0, help="end after so many pictures seen instead of --minutes")
    parser.add_argument("--write", action="store_true", help="add the results to the table that estimates are made of")


def run(console: Console, options: argparse.Namespace) -> None:
    """Print a table of figures and, if asked, add it to the worker's table."""
    console.print(describe())
    table = Table(title="quality after a training")
    for column in ("set", "pictures", "from", "seen", "/s", "KID x 1000", "coverage k=1", "k=5", "new"):
        table.add_column(column, justify="right")
    every: dict[str, list[Path | None]] = {"base": [BASE], "scratch": [None], "both": [BASE, None]}
    starts = every[options.start]
    for name in options.sets.split(","):
        for count in map(int, options.counts.split(",")):
            pictures = pictures_of(name, count)
            for start in starts:
                found = [_one(name, pictures, start, options, seed) for seed in range(options.seeds)]
                table.add_row(name, str(len(pictures)), "base" if start else "nothing", *_cells(found))
                console.print(f"{name} {len(pictures)}: KID {[one.kid_x1000 for one in found]}")
                if options.write:
                    _keep([Result.of(len(pictures), start is not None, one) for one in found])
    console.print(table)


def _keep(results: list[Result]) -> None:
    kept = measured_elsewhere() if TABLE.exists() else []
    rows = [one.model_dump_json() for one in [*kept, *results]]
    write_atomically(TABLE, ("[\n" + ",\n".join(rows) + "\n]\n").encode())


def _one(name: str, pictures: list[Image.Image], base: Path | None, options: argparse.Namespace, seed: int) -> Figures:
    more: dict[str, float | int | str | bool] = {"pictures": options.seen} if options.seen else {}
    with tempfile.TemporaryDirectory() as folder:
        made = run_folder(Path(folder) / name, pictures, options.minutes * 60, base, seed, options=more)
        return train(made)


def train(run: RunDir) -> Figures:
    """Train a run folder to its end. Raises `RuntimeError` with the trainer's last words."""
    with run.log.open("wb") as log:
        subprocess.run([sys.executable, "-m", "gan", "train", str(run.path)], stdout=log, stderr=log, env=os.environ)
    report = run.report()
    if report is None or report.state is not TrainingState.finished:
        raise RuntimeError(report.error if report else run.log.read_text()[-2000:])
    return report.figures


def _cells(found: list[Figures]) -> list[str]:
    def mean(of: str, form: str) -> str:
        values = [float(value) for one in found if (value := getattr(one, of)) is not None]
        if not values:
            return "-"
        spread = f" ± {statistics.stdev(values):{form}}" if len(values) > 1 else ""
        return f"{statistics.mean(values):{form}}{spread}"

    return [
        mean("pictures_seen", ",.0f"),
        mean("pictures_per_second", ".0f"),
        mean("kid_x1000", ".0f"),
        mean("coverage", ".2f"),
        mean("coverage_k5", ".2f"),
        mean("new", ".2f"),
    ]
