"""`python -m gan bench MODEL`: what a member waits for, by stage, through the real sampler child on this machine."""

from __future__ import annotations

import asyncio
import hashlib
import os
import statistics
import sys
import time
from pathlib import Path

from gan.contract import HealthState, PictureFormat, Seed, Upscaler
from gan.engines.base import ModelFile, RenderJob
from gan.engines.local import LocalEngine
from gan.errors import WorkerError
from gan.server.cards import read_card
from gan.settings import WorkerSettings

ROUNDS = 20
CASES = ((1, 1), (4, 1), (9, 1), (1, 4), (4, 4), (9, 4))
"""Pictures in a request, and how many times the model's own side."""


def bench(path: Path) -> int:
    """Print a table of medians and 95th percentiles in milliseconds; returns the exit status."""
    try:
        card = read_card(path)
        asyncio.run(_bench(ModelFile(path, hashlib.sha256(path.read_bytes()).hexdigest(), card.family), card.size))
    except (WorkerError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def _bench(model: ModelFile, native: int) -> None:
    engine = LocalEngine(WorkerSettings())
    began = time.perf_counter()
    await engine.start([model])
    try:
        while (status := engine.status()).state is not HealthState.ready:  # noqa: ASYNC110 (a program of its own, in no hurry)
            await asyncio.sleep(0.05)
        print(f"ready after {time.perf_counter() - began:.1f} s on {status.device}; load {os.getloadavg()[0]:.1f}")
        print("pictures   side   total p50   p95   render   upscale   encode   (ms)")
        for pictures, scale in CASES:
            await _case(engine, model, pictures, native * scale)
    finally:
        await engine.close()


async def _case(engine: LocalEngine, model: ModelFile, pictures: int, size: int) -> None:
    totals, stages = [], []
    for n in range(ROUNDS):
        recipes = tuple(Seed(seed=n * pictures + i) for i in range(pictures))
        job = RenderJob(model, recipes, size, Upscaler.auto, PictureFormat.png)
        began = time.perf_counter()
        rendering = await engine.render(job)
        totals.append((time.perf_counter() - began) * 1e3)
        stages.append(rendering.times)
    middle = {s: statistics.median(getattr(t, f"{s}_ms") for t in stages) for s in ("render", "upscale", "encode")}
    p95 = statistics.quantiles(totals, n=20)[-1]
    print(
        f"{pictures:8d} {size:6d} {statistics.median(totals):11.1f} {p95:5.0f}"
        f" {middle['render']:8.1f} {middle['upscale']:9.1f} {middle['encode']:8.1f}"
    )
