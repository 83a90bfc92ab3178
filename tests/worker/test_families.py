"""Real families behind the real worker: trained over HTTP, killed, taken up again, stopped, drawn with."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from gan import families
from gan.engines.local import LocalEngine
from gan.engines.trainers import holder
from gan.rundir import RunDir
from gan.server.app import build_app
from gan.server.services import SERVICES
from gan.settings import WorkerSettings
from tests.numerics.discs import TINY
from tests.worker.conftest import TOKEN, Worker, png

PATIENCE_S = 200.0
"""Trainers yield to everything else, so on a busy machine their start takes long."""
SLOW = [pytest.param(name, marks=pytest.mark.soak) for name in TINY if name != "dense"]
"""One of them in every run: starting two trainers and a sampler takes seconds, and they share all of this."""


@asynccontextmanager
async def real_worker(folder: Path) -> AsyncIterator[Worker]:
    (folder / "shipped").mkdir()
    settings = WorkerSettings(data=folder / "data", port=0, sampler_threads=1)
    app = build_app(settings, TOKEN, LocalEngine(settings), families.infos(), folder / "shipped")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            yield Worker(session, f"http://127.0.0.1:{runner.addresses[0][1]}", app[SERVICES])
    finally:
        await runner.cleanup()


async def until_seen(worker: Worker, more_than: int) -> int:
    async def check() -> Any:
        _, training, _ = await worker.ask("GET", "/v1/trainings/t")
        seen = training["progress"]["pictures_seen"]
        return seen if seen > more_than else None

    seen: int = await worker.until(check, PATIENCE_S)
    return seen


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", ["dense", *SLOW])
async def test_trained_killed_resumed_stopped_and_drawn_with(family: str, tmp_path: Path) -> None:
    async with real_worker(tmp_path) as worker:
        works = [{"sha256": await worker.put_blob(png(8 * n))} for n in range(9)]
        options = {**TINY[family], "judged": 0, "threads": 1}
        body = {"title": "Discs", "family": family, "works": works, "seconds": 600, "options": options}
        status, answer, _ = await worker.ask("PUT", "/v1/trainings/t", json=body)
        assert status == 201, answer
        await until_seen(worker, 0)
        await worker.ask("POST", "/v1/trainings/t/pause")  # which saves
        await worker.until_state("t", "paused")
        _, paused, _ = await worker.ask("GET", "/v1/trainings/t")
        await worker.ask("POST", "/v1/trainings/t/resume")
        pid = await worker.until(lambda: asyncio.sleep(0, holder(RunDir(tmp_path / "data/trainings/t"))))
        os.kill(pid, signal.SIGKILL)
        await until_seen(worker, paused["progress"]["pictures_seen"])
        await worker.ask("POST", "/v1/trainings/t/stop")
        done = await worker.until_state("t", "finished", "failed")
        assert done["state"] == "finished", done["error"]

        seed = {"kind": "seed", "seed": 1}
        recipes = [seed, {"kind": "vary", "of": seed, "seed": 2, "amount": 0.5}]
        recipes += [{"kind": "blend", "a": seed, "b": recipes[1], "t": 0.5}, seed]
        _, drawn, _ = await worker.ask("POST", "/v1/render", json={"model": done["model"], "recipes": recipes})
        hashes = [picture["sha256"] for picture in drawn["pictures"]]
        assert hashes[0] == hashes[3]
        assert len(set(hashes)) == 3
        edit = {"kind": "edit", "of": seed, "direction": "round", "amount": 1}
        status, problem, _ = await worker.ask("POST", "/v1/render", json={"model": done["model"], "recipes": [edit]})
        assert (status, problem["code"]) == (422, "recipe_unsupported")
