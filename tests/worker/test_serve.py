"""The worker as a program: first start, second start, a killed server whose trainer lives on, Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from gan.engines.trainers import holder
from gan.rundir import RunDir
from tests.worker.conftest import TINY, Worker, make_shipped
from tests.worker.tiny import write_model


async def start(data: Path, **environment: str) -> Process:
    # not a pipe: the sampler inherits it, and waiting for the worker would wait for that too
    with (data.parent / "log.txt").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            str(TINY),
            "serve",
            str(data.parent / "shipped"),
            env={**os.environ, "ARTEL_WORKER_DATA": str(data), "ARTEL_WORKER_PORT": "0", **environment},
            stderr=log,
        )


@asynccontextmanager
async def client(data: Path) -> AsyncIterator[Worker]:
    """Requests to the program, found as the bot finds it: by worker.json and the token file."""
    async with asyncio.timeout(20):
        while not (data / "worker.json").exists():  # noqa: ASYNC110 (a file has no event)
            await asyncio.sleep(0.05)
    address = json.loads((data / "worker.json").read_text())
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {(data / 'token').read_text().strip()}"}) as s:
        yield Remote(s, address["url"])


class Remote(Worker):
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url

    def authorisation(self) -> dict[str, str]:
        return {}


async def test_killed_with_a_training_it_is_adopted_and_never_doubled(tmp_path: Path) -> None:
    make_shipped(tmp_path / "shipped")
    data, run = tmp_path / "data", RunDir(tmp_path / "data/trainings/t")
    first = await start(data)
    async with client(data) as worker:
        await worker.training("t", steps=100_000)
        pid = await worker.until(lambda: asyncio.sleep(0, holder(run)))
        walk = {"kind": "walk", "model": "base", "stops": [{"kind": "seed", "seed": n} for n in (1, 2)], "frames": 8}
        assert (await worker.ask("PUT", "/v1/tasks/walk", json=walk))[0] == 201
    first.kill()
    await first.wait()
    (data / "worker.json").unlink()
    await asyncio.sleep(0.3)
    assert holder(run) == pid, "the trainer outlives the server"
    second = await start(data)
    try:
        async with client(data) as worker:
            training = (await worker.ask("GET", "/v1/trainings/t"))[1]
            assert training["state"] == "running"
            assert holder(run) == pid
            await worker.ask("POST", "/v1/trainings/t/stop")
            done = await worker.until_state("t", "finished")
            _, task, _ = await worker.ask("GET", "/v1/tasks/walk?after=5&wait=20")
            assert task["state"] in ("queued", "running", "finished"), "a task goes on without being asked"
            _, lines, _ = await worker.ask("GET", "/v1/trainings/t/events")
            seen = [json.loads(line) for line in lines.splitlines() if line]
            pictures = [event["progress"]["pictures_seen"] for event in seen if event["kind"] == "progress"]
            assert pictures == list(range(1, done["figures"]["pictures_seen"] + 1)), (
                "each event of the trainer is told once, in order"
            )
    finally:
        second.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(second.wait(), 15) == 0
    assert not (data / "worker.json").exists()


async def test_first_start_makes_a_private_token_and_a_second_worker_is_turned_away(tmp_path: Path) -> None:
    make_shipped(tmp_path / "shipped")
    write_model(tmp_path / "shipped" / "Bad Name.safetensors", "x")
    (tmp_path / "shipped" / "broken.safetensors").write_bytes(b"nonsense")
    data = tmp_path / "data"
    first = await start(data)
    try:
        async with client(data) as worker:
            assert (data / "token").stat().st_mode & 0o777 == 0o600
            _, models, _ = await worker.ask("GET", "/v1/models")
            assert [m["card"]["id"] for m in models["models"]] == ["base"], "broken files are left out"
            second = await start(data)
            assert await asyncio.wait_for(second.wait(), 15)
            assert "Another worker uses" in (tmp_path / "log.txt").read_text()
    finally:
        first.terminate()
        assert await asyncio.wait_for(first.wait(), 15) == 0
