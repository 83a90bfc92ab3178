"""The studio's worker half: how near finds come, how long walks take, what the sliders cost, on this machine."""

from __future__ import annotations

import asyncio
import hashlib
import io
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from aiohttp import web
from PIL import Image, ImageSequence
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe
from gan import families
from gan.contract import Find, Found, Seed, Task, TaskState, Walk, Walked, WalkFormat
from gan.engines.local import LocalEngine
from gan.server.app import build_app
from gan.server.serve import configure_logging
from gan.settings import WorkerSettings

MODEL = "base-64"
HEADERS = {"Authorization": "Bearer studio"}
FINDS = 20


async def run(console: Console, pictures: Path | None = None) -> None:
    """Walks in every format; with a folder of training pictures of the base also finds of 20 of them."""
    console.print(describe())
    with tempfile.TemporaryDirectory() as folder:
        async with _worker(Path(folder)) as (session, url):
            began = time.perf_counter()
            async with session.get(f"{url}/v1/models/{MODEL}/directions?wait=25") as answer:
                count = len((await answer.json())["directions"])
            console.print(f"{count} directions, first asked for: {time.perf_counter() - began:.1f} s")
            await _walks(console, session, url)
            if pictures is not None:
                await _finds(console, session, url, pictures)


@asynccontextmanager
async def _worker(data: Path) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    settings = WorkerSettings(data=data, port=0, log_level="error")
    configure_logging(settings)
    engine = LocalEngine(settings)
    runner = web.AppRunner(build_app(settings, "studio", engine, families.infos()), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession(headers=HEADERS) as session:
            while engine.status().state.value != "ready":  # noqa: ASYNC110 (a program of its own, in no hurry)
                await asyncio.sleep(0.05)
            yield session, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _walks(console: Console, session: aiohttp.ClientSession, url: str) -> None:
    table = Table(title="a walk of 64 frames through 4 stops")
    for column in ("format", "side", "seconds", "kB", "quality", "seam / neighbours"):
        table.add_column(column, justify="right")
    for wanted in WalkFormat:
        request = Walk(model=MODEL, stops=tuple(Seed(seed=seed) for seed in range(4)), format=wanted)
        began = time.perf_counter()
        walked = (await _done(session, url, f"walk-{wanted}", request.model_dump(mode="json"))).result
        seconds = time.perf_counter() - began
        assert isinstance(walked, Walked)
        async with session.get(f"{url}/v1/blobs/{walked.blob}") as answer:
            data = await answer.read()
        seam = f"{_seam(data):.2f}" if wanted is not WalkFormat.mp4 else ""
        table.add_row(wanted, str(walked.width), f"{seconds:.1f}", f"{len(data) / 1e3:.0f}", str(walked.quality), seam)
    console.print(table)


def _seam(data: bytes) -> float:
    """Difference of last and first frame over the mean difference of neighbours."""
    with Image.open(io.BytesIO(data)) as picture:
        frames = [
            np.asarray(frame.convert("RGBA").convert("RGBa"), np.float32) for frame in ImageSequence.Iterator(picture)
        ]
    steps = [float(np.abs(a - b).mean()) for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)]
    return steps[-1] / statistics.mean(steps[:-1])


async def _finds(console: Console, session: aiohttp.ClientSession, url: str, pictures: Path) -> None:
    shares, seconds = [], []
    paths = await asyncio.to_thread(lambda: sorted(pictures.glob("*.png")))
    for path in paths[:: max(1, len(paths) // FINDS)][:FINDS]:
        data = path.read_bytes()
        blob = hashlib.sha256(data).hexdigest()
        async with session.put(f"{url}/v1/blobs/{blob}", data=data):
            pass
        began = time.perf_counter()
        request = Find(model=MODEL, picture=blob).model_dump(mode="json")
        found = (await _done(session, url, f"find-{path.stem}", request)).result
        assert isinstance(found, Found)
        seconds.append(time.perf_counter() - began)
        shares.append(found.distance / found.mean_distance)
    console.print(
        f"{len(shares)} finds: distance {statistics.mean(shares):.0%} of the mean picture's "
        f"(worst {max(shares):.0%}), {statistics.median(seconds):.1f} s (longest {max(seconds):.1f} s)"
    )


async def _done(session: aiohttp.ClientSession, url: str, task_id: str, request: dict[str, Any]) -> Task:
    async with session.put(f"{url}/v1/tasks/{task_id}", json=request) as answer:
        task = Task.model_validate_json(await answer.read())
    while not task.state.ended:
        async with session.get(f"{url}/v1/tasks/{task_id}?after={task.n}&wait=20") as answer:
            task = Task.model_validate_json(await answer.read())
    if task.state is not TaskState.finished:
        raise RuntimeError(task.error.detail if task.error else task.state)
    return task
