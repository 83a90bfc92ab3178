"""How quick drawing is: pictures a second by batch, loading a model, starting the sampler, what a model holds."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import statistics
import time
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe, percentile
from gan import bases, families
from gan.contract import HealthState, PictureFormat, Seed, Upscaler
from gan.engines.base import ModelFile, RenderJob
from gan.engines.local import LocalEngine
from gan.server.cards import read_card
from gan.settings import WorkerSettings
from gan.spec import SamplerModel

MODEL = Path(bases.__path__[0]) / "base-64.safetensors"
COUNTS = (1, 4, 16, 64)
REPEATS = 40
HELD = 12
"""Models loaded beside each other to see what one holds."""


async def run(console: Console, path: Path | None = None) -> None:
    """In this process first (the network alone), then through a real sampler child, upscaled and encoded."""
    path = path or MODEL
    console.print(describe())
    _in_process(console, path)
    model = ModelFile(path, hashlib.sha256(path.read_bytes()).hexdigest(), read_card(path).family)
    await _through_a_child(console, model, read_card(path).size)


def _in_process(console: Console, path: Path) -> None:
    threads = min(4, os.cpu_count() or 1)
    torch.set_num_threads(threads)
    model, first = _load(path)
    again = statistics.median(_load(path)[1] for _ in range(5))
    table = Table(title=f"{path.stem}, {model.card.size} px, {threads} threads: recipes to pixels and credits")
    for column in ("pictures", "p50 ms", "p95 ms", "pictures/s"):
        table.add_column(column, justify="right")
    for count in COUNTS:
        times = _render(model, count)
        middle = statistics.median(times)
        table.add_row(str(count), f"{middle:.1f}", f"{percentile(times, 0.95):.1f}", f"{1000 * count / middle:,.0f}")
    console.print(table)
    console.print(f"load: {first:.0f} ms, again {again:.0f} ms")
    gc.collect()
    before, held = _resident_bytes(), [_load(path)[0] for _ in range(HELD)]
    for one in held:
        one.render([Seed(seed=1)])
    really = (_resident_bytes() - before) / HELD
    console.print(f"a loaded model says {held[0].nbytes / 2**20:.1f} MiB and holds {really / 2**20:.1f} MiB")


def _load(path: Path) -> tuple[SamplerModel, float]:
    began = time.perf_counter()
    model = families.get(read_card(path).family).load(path)
    return model, 1000 * (time.perf_counter() - began)


def _render(model: SamplerModel, count: int) -> list[float]:
    times = []
    for n in range(REPEATS + 3):
        recipes = [Seed(seed=n * count + i) for i in range(count)]
        began = time.perf_counter()
        model.render(recipes)
        times.append(1000 * (time.perf_counter() - began))
    return times[3:]


def _resident_bytes() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


async def _through_a_child(console: Console, model: ModelFile, native: int) -> None:
    engine = LocalEngine(WorkerSettings())
    began = time.perf_counter()
    await engine.start([model])
    try:
        while engine.status().state is not HealthState.ready:  # noqa: ASYNC110 (a program of its own, in no hurry)
            await asyncio.sleep(0.02)
        console.print(f"sampler ready, its model loaded and warm: {time.perf_counter() - began:.1f} s after its start")
        table = Table(title="through the sampler: drawn, brought to size, encoded; milliseconds")
        for column in ("pictures", "side", "format", "p50", "p95", "draw", "upscale", "encode"):
            table.add_column(column, justify="right")
        for count, scale, form in ((4, 1, "png"), (16, 1, "png"), (4, 4, "png"), (4, 4, "webp"), (9, 4, "png")):
            table.add_row(*await _case(engine, model, count, native * scale, PictureFormat(form)))
        console.print(table)
    finally:
        await engine.close()


async def _case(engine: LocalEngine, model: ModelFile, count: int, side: int, form: PictureFormat) -> list[str]:
    totals, stages = [], []
    for n in range(REPEATS // 2):
        recipes = tuple(Seed(seed=n * count + i) for i in range(count))
        began = time.perf_counter()
        rendering = await engine.render(RenderJob(model, recipes, side, Upscaler.auto, form))
        totals.append(1000 * (time.perf_counter() - began))
        stages.append(rendering.times)
    middle = [
        statistics.median(getattr(one, f"{name}_ms") for one in stages) for name in ("render", "upscale", "encode")
    ]
    p50, p95 = statistics.median(totals), percentile(totals, 0.95)
    return [str(count), str(side), form.value, f"{p50:.1f}", f"{p95:.0f}", *(f"{value:.1f}" for value in middle)]
