"""Ours beside the small GANs that one can install: the same pictures, the same cores, the same run, the same judge.

The peers get a virtual environment of their own, thrown away afterwards, which borrows torch from this one. Each also
runs shrunk to at most our number of parameters. Quality is judged on white, as the worker judges.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe
from benchmarks.quality import BASE, train
from benchmarks.sets import SETS, pictures_of, run_folder
from gan import families
from gan.contract import Figures
from gan.data.pictures import fitted, premultiplied
from gan.evaluate import judge
from gan.evaluate.metrics import figures_of, judged_recipes, on_white

PEERS = {"stylegan2-pytorch": "1.9.0", "lightweight-gan": "1.2.1"}
THEIR_NEEDS = ("einops==0.8.2", "tqdm==4.70.0")
"""What the measured paths really use; all else that they ask for is stood in for (`peer_child`)."""
SHOWN = 6
"""Rows and columns of a contender's part of the grid."""
BATCH = 16


@dataclass(frozen=True)
class Outcome:
    """One contender's run: its samples uint8 RGB [N, H, W, 3] on white."""

    name: str
    parameters: int
    seen: int
    seconds: float
    per_second_drawn: float
    samples: NDArray[np.uint8]
    figures: Figures

    @property
    def speed(self) -> float:
        return self.seen / self.seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--drawn", type=int, default=256, help="samples that each is judged by")
    parser.add_argument("--side", type=int, default=64, help="side of the pictures in pixels")
    parser.add_argument("--grids", type=Path, help="folder for the grids side by side")


def run(console: Console, options: argparse.Namespace) -> None:
    """Print a table for each set; write the grids if a folder is given."""
    console.print(describe())
    if options.device == "cuda" and not torch.cuda.is_available():
        console.print("torch sees no GPU here; without --device cuda the same runs on the CPU.")
        sys.exit(2)
    with tempfile.TemporaryDirectory() as folder:
        python = _their_python(Path(folder) / "venv")
        for name in options.sets.split(","):
            pictures = pictures_of(name)
            outcomes = _contest(console, Path(folder) / name, python, name, pictures, options)
            console.print(
                _table(f"{name}: {SETS[name][1]}, {len(pictures)} pictures, {options.minutes:g} min", outcomes)
            )
            if options.grids:
                options.grids.mkdir(parents=True, exist_ok=True)
                _grid(outcomes).save(options.grids / f"peers-{name}.png", optimize=True)


def _their_python(home: Path) -> Path:
    """A fresh environment with the peers; torch, numpy and Pillow are those of this one: all run on the same."""
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    wanted = [f"{name}=={version}" for name, version in PEERS.items()]
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", *wanted, *THEIR_NEEDS], check=True)
    theirs = next((home / "lib").glob("python*/site-packages"))
    (theirs / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return python


def _contest(
    console: Console, folder: Path, python: Path, name: str, pictures: list[Image.Image], options: argparse.Namespace
) -> list[Outcome]:
    folder.mkdir()
    small = np.stack([np.asarray(fitted(picture, options.side)) for picture in pictures])
    works = _white(small)
    np.save(folder / "pictures.npy", works)
    real = judge.features(_judged(works))
    outcomes = [
        _ours(folder / ("ours-from-base" if base else "ours"), pictures, base, start, real, options)
        for start, base in _starts(options)
    ]
    most = outcomes[0].parameters
    for peer in PEERS:
        for limit in (0, most):
            console.print(f"{name}: {peer}{' shrunk' if limit else ''} …")
            outcomes.append(_theirs(folder, python, peer, limit, real, options))
    return outcomes


def _starts(options: argparse.Namespace) -> list[tuple[str, Path | None]]:
    """From nothing as they do; and from the shipped base, as members do, where it has that size."""
    with_base: list[tuple[str, Path | None]] = [("from our base", BASE)] if options.side == 64 else []
    return [("from nothing", None), *with_base]


def _ours(
    folder: Path,
    pictures: list[Image.Image],
    base: Path | None,
    start: str,
    real: NDArray[np.float64],
    o: argparse.Namespace,
) -> Outcome:
    made = run_folder(
        folder,
        pictures,
        max(5.0, o.minutes * 60),
        base,
        threads=_cores(),
        device=o.device,
        options={} if base else {"size": o.side},
    )
    report = train(made)
    torch.set_num_threads(_cores())
    model = families.get("anchored").load(made.model, o.device)
    recipes = judged_recipes(o.drawn)
    model.render(recipes[:BATCH])
    times = []
    for at in range(0, o.drawn, BATCH):
        began = time.perf_counter()
        model.render(recipes[at : at + BATCH])
        times.append(time.perf_counter() - began)
    samples = _white(np.stack([picture.pixels for picture in model.render(recipes)]))
    return Outcome(
        f"ours, {start}",
        _parameters(made.model),
        report.pictures_seen,
        report.seconds,
        BATCH / sorted(times)[len(times) // 2],
        samples,
        figures_of(real, judge.features(_judged(samples))),
    )


def _theirs(
    folder: Path, python: Path, peer: str, most: int, real: NDArray[np.float64], o: argparse.Namespace
) -> Outcome:
    out = folder / f"{peer}-{most}.npz"
    command = [str(python), str(Path(__file__).with_name("peer_child.py")), peer, str(folder / "pictures.npy")]
    command += [
        str(o.minutes * 60),
        str(out),
        "--device",
        o.device,
        "--threads",
        str(_cores()),
        "--drawn",
        str(o.drawn),
    ]
    if most:
        command += ["--most-parameters", str(most)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    with np.load(out) as found:
        samples = found["samples"]
        return Outcome(
            f"{peer}, shrunk" if most else peer,
            int(found["parameters"]),
            int(found["seen"]),
            float(found["seconds"]),
            BATCH / float(found["sample_seconds"]),
            samples,
            figures_of(real, judge.features(_judged(samples))),
        )


def _table(title: str, outcomes: list[Outcome]) -> Table:
    table = Table(title=title, caption=f"Judge: {judge.NAME}; {len(outcomes[0].samples)} samples each.")
    for column in ("", "parameters", "trained/s", "ours is", "KID x 1000", "coverage k=5", "new", "drawn/s", "ours is"):
        table.add_column(column, justify="left" if not column else "right")
    first = outcomes[0]
    for one in outcomes:
        figures = one.figures
        low, high = figures.kid_interval or (0.0, 0.0)
        table.add_row(
            one.name,
            f"{one.parameters / 1e6:.1f} M",
            f"{one.speed:.1f}",
            "" if one.name.startswith("ours") else f"{first.speed / max(one.speed, 1e-9):.0f} x",
            f"{figures.kid_x1000:.0f} ({low:.0f} to {high:.0f})",
            f"{figures.coverage_k5:.2f}",
            f"{figures.new:.2f}",
            f"{one.per_second_drawn:.0f}",
            "" if one.name.startswith("ours") else f"{first.per_second_drawn / one.per_second_drawn:.0f} x",
        )
    return table


def _grid(outcomes: list[Outcome], gap: int = 16) -> Image.Image:
    """The first samples of each side by side, in the order of the table; nothing is chosen."""
    side = outcomes[0].samples.shape[1]
    wide = SHOWN * side
    sheet = Image.new("RGB", (len(outcomes) * (wide + gap) - gap, wide), "white")
    for column, one in enumerate(outcomes):
        for number, pixels in enumerate(one.samples[: SHOWN * SHOWN]):
            place = (column * (wide + gap) + number % SHOWN * side, number // SHOWN * side)
            sheet.paste(Image.fromarray(pixels), place)
    return sheet


def _white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGBA uint8 [N, H, W, 4] on white, RGB."""
    rgba = premultiplied(pixels)
    rgb: NDArray[np.uint8] = ((rgba[..., :3] + 1 - rgba[..., 3:]) * 255).round().clip(0, 255).astype(np.uint8)
    return rgb


def _judged(rgb: NDArray[np.uint8]) -> torch.Tensor:
    opaque = np.concatenate([rgb, np.full_like(rgb[..., :1], 255)], -1)
    return on_white(torch.from_numpy(premultiplied(opaque)).permute(0, 3, 1, 2))


def _parameters(model: Path) -> int:
    """Of what draws: generator and mapping."""
    from safetensors import safe_open

    with safe_open(model, "np") as file:
        drawing = [name for name in file.keys() if name.startswith(("generator.", "mapping."))]  # noqa: SIM118
        return sum(int(np.prod(file.get_slice(name).get_shape())) for name in drawing)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
