"""`artel up` for real: the processes that a person gets by `make run`, on a data folder of the test's own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.supervisor import EX_CONFIG

ROOT = Path(__file__).parents[2]
START_S = 60.0
"""A start takes three seconds on two free cores; the tests may share them with much else."""


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARTEL_")}
    return {**kept, "ARTEL_DATA": str(data), "CI": "true", "OMP_NUM_THREADS": "1", "COLUMNS": "200", **more}


async def artel(*arguments: str, **options: Any) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=ROOT, stdout=pipe, stderr=asyncio.subprocess.STDOUT, **options
    )


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    assert process.stdout
    async with asyncio.timeout(START_S):
        text = (await process.stdout.read()).decode()
        return await process.wait(), text


class House:
    def __init__(self, process: asyncio.subprocess.Process, data: Path) -> None:
        self.process, self.data = process, data
        self.address = ""
        self.shown = ""

    async def read_until(self, pattern: str) -> re.Match[str]:
        assert self.process.stdout
        async with asyncio.timeout(START_S):
            while not (found := re.search(pattern, self.shown)):
                line = await self.process.stdout.readline()
                assert line, f"it ended: {self.shown}"
                self.shown += line.decode()
        return found

    def pids(self) -> dict[int, str]:
        """Every process that was started on this data folder, by what it was started as."""
        found = {}
        mark = str(self.data).encode()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdecimal() and mark in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
        return found

    def pid(self, part: str) -> int | None:
        return next((pid for pid, command in self.pids().items() if part in command), None)

    async def bot_online(self) -> bool:
        async with aiohttp.ClientSession() as session, session.get(f"{self.address}/_/world") as answer:
            if answer.status != 200:
                return False
            return bool((await answer.json())["bot"]["online"])


@asynccontextmanager
async def house(data: Path, **more: str) -> AsyncIterator[House]:
    """A running house, up by the time it is given out."""
    process = await artel("up", env=environment(data, **more))
    running = House(process, data)
    try:
        running.address = (await running.read_until(r"(http://127\.0\.0\.1:\d+)"))[1]
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(25):
                    await process.communicate()
            except TimeoutError:
                process.kill()
                raise


async def eventually(check: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            found = check()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.1)


@pytest.mark.timeout(240)
async def test_one_command_brings_up_the_house_keeps_it_up_and_takes_it_down(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with house(data) as running:
        # One address to open, and behind it a page with the bot in it; below it the gallery's.
        await running.read_until("stop")
        shown = list(dict.fromkeys(re.findall(r"http://127\.0\.0\.1:\d+", running.shown)))
        assert shown[:1] == [running.address]
        assert len(shown) == 2
        async with aiohttp.ClientSession() as session, session.get(f"{shown[1]}/gallery") as page:
            assert page.url.path == "/sign-in"
            assert "Juno" in await page.text()
        async with aiohttp.ClientSession() as session, session.get(running.address) as page:
            assert page.status == 200
            assert "text/html" in page.headers["Content-Type"]
        await eventually(running.bot_online)

        # A second one on the same folder says so, at once, and harms nothing.
        status, said = await ended(await artel("up", env=environment(data)))
        assert status == EX_CONFIG
        assert "already running" in said
        assert running.address in said

        # Whatever is killed comes back.
        for part in ("bot bot", "gan serve"):
            first = running.pid(part)
            assert first, running.pids()
            os.kill(first, signal.SIGKILL)
            await eventually(lambda part=part, first=first: running.pid(part) not in (None, first), 10)
        await eventually(running.bot_online)
        await eventually(lambda: _healthy(data))

        # The other commands find the worker through the folder.
        status, said = await ended(await artel("doctor", env=environment(data)))
        assert status == 0, said
        assert "ready at http://127.0.0.1" in said or "busy at http://127.0.0.1" in said

        began = time.monotonic()
        running.process.terminate()
        assert await running.process.wait() == 0
        assert time.monotonic() - began < 15
        assert running.pids() == {}
    log = (data / "logs" / "artel.log").read_text()
    assert re.search(r"^[\d-]+ [\d:]+ worker     \| ", log, re.MULTILINE)
    assert "was ended by SIGKILL" in log
    assert "Traceback" not in log


async def _healthy(data: Path) -> bool:
    try:
        url = json.loads((data / "worker" / "worker.json").read_text())["url"]
        async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/health") as answer:
            return (await answer.json())["state"] in ("ready", "busy")
    except (OSError, ValueError, aiohttp.ClientError):
        return False


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"ARTEL_PORT": "many"}, "ARTEL_PORT"),
        ({"ARTEL_WORKER_PORT": "many"}, "ARTEL_WORKER_PORT"),
        ({"ARTEL_WORKER_DEVICE": "abacus"}, "ARTEL_WORKER_DEVICE"),
        ({"DATABASE_URL": "mysql://nobody@nowhere/none"}, "DATABASE_URL"),
    ],
)
async def test_a_failed_start_ends_with_the_sentence_that_helps(
    tmp_path: Path, wrong: dict[str, str], says: str
) -> None:
    status, said = await ended(await artel("up", env=environment(tmp_path / "data", **wrong)))
    assert status == EX_CONFIG
    assert says in said
    assert "Traceback" not in said


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    status, said = await ended(await artel("up", env=environment(tmp_path / "file" / "data")))
    assert status == EX_CONFIG
    assert "ARTEL_DATA" in said
    assert "Traceback" not in said
