"""What marks and manifests are worth, on what the shipped bases draw: how many are read again, how many are read where
there is none, how visible they are, what they cost."""

from __future__ import annotations

import io
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe, percentile
from bot.marking import Marking
from bot.safety.seal import LABEL, Facts, open_seal
from gan import bases, families
from gan.contract import Seed, Upscaler
from gan.sampling.encode import PictureFormat, encode
from gan.sampling.sizes import resize
from gan.sampling.upscaler import Upscaler as Net
from gan.sampling.watermark import KNOWN, NUMBERS, Watermark
from tests.provenance.reader import check

SIDE = 256
BASES = ("base-64.safetensors", "broad-64.safetensors")
PAPERS = ("white", "black", "#313338")
TURNED: tuple[Callable[[Image.Image], Image.Image], ...] = (
    lambda picture: picture,
    ImageOps.mirror,
    ImageOps.flip,
    lambda picture: worn(picture, "white"),
)
"""Ways to make four unmarked pictures of one: its pattern of chips is another one in each."""


def run(console: Console, count: int, unmarked: int) -> bool:
    """Measure on `count` marked outputs and `unmarked` without a mark; whether the promises hold."""
    console.print(describe())
    torch.set_num_threads(1)
    mark, numbers = Watermark("benchmark"), random.Random(5)
    pictures = drawn(count)
    read: Counter[str] = Counter()
    milliseconds: list[float] = []
    decibels: list[float] = []
    files: list[bytes] = []
    for picture in pictures:
        number = numbers.randrange(NUMBERS)
        began = time.perf_counter()
        put, sure = mark.put(picture, number)
        milliseconds.append((time.perf_counter() - began) * 1e3)
        read["sure beforehand"] += sure
        decibels.append(psnr(picture, put))
        for paper in PAPERS:
            read[f"JPEG 75, half size, on {paper}"] += mark.read(worn(put, paper)).number == number
        read["as it is"] += mark.read(put).number == number
        files.append(encode(put, PictureFormat.png)[0])
    false, highest = _unmarked(mark, unmarked)
    valid, sealing = _sealed(files)
    table = Table(title=f"{count:,} outputs of {SIDE} px", show_header=False)
    for how, times in read.items():
        table.add_row(f"read again: {how}", f"{times:,} ({times / count:.2%})")
    table.add_row(
        "PSNR on white, mean, first percentile", f"{np.mean(decibels):.1f}, {percentile(decibels, 0.01):.1f} dB"
    )
    table.add_row(
        "putting it on, p50, p95", f"{percentile(milliseconds, 0.5):.1f}, {percentile(milliseconds, 0.95):.1f} ms"
    )
    table.add_row(f"read on {unmarked:,} unmarked pictures", f"{false} ({false / unmarked:.3%})")
    table.add_row("most confidence without a mark (read from)", f"{highest:.2f} ({KNOWN})")
    table.add_row("manifests valid by the independent reader", f"{valid:,} of {count:,}")
    table.add_row("signing, p50, p95", f"{percentile(sealing, 0.5):.2f}, {percentile(sealing, 0.95):.2f} ms")
    console.print(table)
    worst = min(times for how, times in read.items() if how.startswith("JPEG"))
    return worst >= 0.99 * count and false <= 0.001 * unmarked and valid == count


def drawn(count: int) -> list[Image.Image]:
    """Pictures of both shipped bases in turn, as the chat posts them."""
    net = Net(torch.device("cpu"))
    folder = Path(bases.__path__[0])
    out: list[Image.Image] = []
    paths = [folder / name for name in BASES]
    for place, path in enumerate(paths):
        model = families.get("anchored").load(path)
        share = count // len(paths) + (place < count % len(paths))
        for first in range(0, share, 10):
            recipes = [Seed(seed=first + n, variety=1.0) for n in range(min(10, share - first))]
            out += [resize(one.pixels, SIDE, Upscaler.auto, net) for one in model.render(recipes)]
    return out


def _unmarked(mark: Watermark, count: int) -> tuple[int, float]:
    """How many unmarked pictures are taken for marked, and the highest confidence among all."""
    found = [mark.read(turn(picture)) for picture in drawn(-(-count // len(TURNED))) for turn in TURNED][:count]
    return sum(one.number is not None for one in found), max(one.confidence for one in found)


def _sealed(files: list[bytes]) -> tuple[int, list[float]]:
    """How many of these files carry a true manifest once sealed, and the milliseconds of each."""
    valid, milliseconds = 0, []
    with tempfile.TemporaryDirectory() as folder:
        seal = open_seal(Path(folder) / "provenance", Marking())
        for number, data in enumerate(files):
            credit = {"work": "w" * 64, "weight": 1.0, "title": "fox", "artist": "Ada", "licence": "CC BY 4.0"}
            facts = Facts(number, "foxes", "Foxes", "a" * 64, json.loads(Seed(seed=number).model_dump_json()), [credit])
            began = time.perf_counter()
            sealed = seal.sign(data, "image/png", facts)
            milliseconds.append((time.perf_counter() - began) * 1e3)
            valid += check(sealed)[0][LABEL]["number"] == number
    return valid, milliseconds


def flat(picture: Image.Image, paper: str) -> Image.Image:
    full = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", full.size, paper), full).convert("RGB")


def worn(picture: Image.Image, paper: str) -> Image.Image:
    """On paper, half its size, JPEG of quality 75."""
    laid = flat(picture, paper)
    file = io.BytesIO()
    laid.resize((laid.width // 2, laid.height // 2), Image.Resampling.LANCZOS).save(file, "JPEG", quality=75)
    return Image.open(file)


def psnr(before: Image.Image, after: Image.Image) -> float:
    """Peak signal to noise in dB, both on white."""
    a, b = (np.asarray(flat(one, "white"), np.float64) for one in (before, after))
    return float(10 * np.log10(255**2 / max(float(np.mean((a - b) ** 2)), 1e-9)))
