"""What regularisation and augmentation are worth on few pictures, option by option."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.table import Table
from torch import Tensor

from benchmarks import digits
from gan.blocks.adversary import spectrally_normed
from gan.evaluate import crowds, judge
from gan.families.dcgan.config import Config
from gan.families.dcgan.networks import Discriminator
from gan.rundir import RunDir
from gan.training.bundle import load_module
from gan.training.checkpoint import load_resume

Options = dict[str, float | int | str | bool]
FEW = 200
EPOCHS = 300
"""Enough for a discriminator that nothing holds back to know its works by heart."""
VARIANTS: Mapping[str, Options] = {
    "nothing": {},
    "DiffAugment": {"augment": 0.8},
    "ADA (0.6)": {"adaptive": 0.6},
    "R1": {"r1": 1.0},
    "spectral": {"spectral": True},
    "dropout": {"dropout": 0.3},
    "DiffAugment, R1": {"augment": 0.8, "r1": 1.0},
}


def regularisation(folder: Path, works: digits.Digits, rest: digits.Digits, full: bool) -> Table:
    """Each option alone on 200 digits: how far the discriminator's logits of works and of other digits are apart, and
    KID of drawn digits against those others."""
    from benchmarks.families import drawn_by, train

    few = works.part(0, FEW if full else 40)
    title = f"dcgan on {len(few.names)} digits, {EPOCHS if full else 2} epochs"
    table = Table("option", "gap of logits", "KID × 1000, other digits", title=title)
    others = rest.pictures[:500]
    for name, changed in VARIANTS.items() if full else list(VARIANTS.items())[-2:]:
        options: Options = {"size": digits.SIDE, "judged": 0, "batch": 32, "width": 32 if full else 4, "augment": 0.0}
        options |= {"pictures": len(few.names) * (EPOCHS if full else 2), "widest": 128 if full else 8, "lr": 1e-3}
        options |= changed
        run = train(folder, "dcgan", few, options)
        kid = _kid(others, drawn_by("dcgan", run.model, 500 if full else 50))
        table.add_row(name, f"{_gap(run, few.pictures, others):.2f}", f"{kid:.0f}")
    return table


def growing(folder: Path, works: digits.Digits, rest: digits.Digits, full: bool) -> Table:
    """The progressive GAN that grows, beside the same networks at full size from the start, at equal pictures seen."""
    from benchmarks.families import drawn_by, train

    few, others = works.part(0, 2000 if full else 40), rest.pictures[:500]
    seen = 16_000 if full else 160
    table = Table("progressive", "KID × 1000, other digits", "time", title=f"32 px, {seen} pictures seen")
    for name, grow in (("grows", True), ("full size from the start", False)):
        options: Options = {"size": 32, "judged": 0, "grow": grow, "pictures": seen, "width": 256 if full else 8}
        options |= {"widest": 32 if full else 8}  # as wide at all sides, as the paper's are up to this one
        began = time.monotonic()
        run = train(folder, "progressive", few, options)
        seconds = time.monotonic() - began
        kid = _kid(others, drawn_by("progressive", run.model, 500 if full else 50))
        table.add_row(name, f"{kid:.0f}", f"{seconds:.0f} s")
    return table


def _gap(run: RunDir, seen: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    """Mean logit of works that it learned from less that of others, in deviations of the others': 0 where it cannot
    tell what it has seen before."""
    resumed = load_resume(run)
    assert resumed is not None
    config = Config.model_validate({**run.config().request.options, "channels": 1})
    net = Discriminator(config)
    if config.spectral:
        spectrally_normed(net)
    load_module(net, resumed.tensors, "discriminator.")
    net.eval()
    with torch.inference_mode():
        a, b = (net(_centred(x)) for x in (seen, others))
    return float((a.mean() - b.mean()) / b.std())


def _centred(greys: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(greys)[:, None] * 2 - 1


def _kid(real: NDArray[np.float32], drawn: NDArray[np.float32]) -> float:
    """By the independent judge; not a number where its package is not installed."""
    if not judge.available():
        return float("nan")
    a, b = (judge.features(_centred(x).expand(-1, 3, -1, -1)) for x in (real, drawn))
    return 1000 * crowds.kid(a, b)
