"""Every await between a press and its answer, as the code itself has them, times what can happen there: the process is
killed, an error is raised, or it hangs until the bot is stopped. Each request ends exactly once, by the ledger of the
playground's Discord, and what is charged is what succeeded."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web

from bot.records import Records, migrate, open_records, system_database
from bot.records.store import RequestLine
from bot.workflows.telling import WITHDRAWN
from gan.contract import FamilyList, ModelList, RenderRequest
from playground.playing import Playground
from playground.seed import MEMBER, STUDIO
from playground.server import serve
from playground.settings import Settings
from tests.chat.people import Person, eventually
from tests.fakes.failing import ROOT, Plan
from tests.fakes.worker import FakeWorker

SETTLED_S = 40.0
HELD = 0.5
"""Seconds without a further point reached, after which all requests are taken to stand at theirs."""


@dataclass
class Stage:
    """A playground, a worker, and a bot process that is started and ended at will."""

    playground: Playground
    url: str
    worker: str
    http: aiohttp.ClientSession
    folder: Path
    records: Records
    lives: int = 0
    asked: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def life(self, mode: str = "watch", points: Sequence[str] = ()) -> AsyncIterator[asyncio.subprocess.Process]:
        """A bot process, ready to be asked; ended as SIGTERM does unless it was killed."""
        self.lives += 1
        plan = Plan(
            playground=self.url,
            worker=self.worker,
            data=str(self.folder / "data"),
            passed=str(self.passed),
            mode=mode,  # type: ignore[arg-type]
            points=list(points),
        )
        log = (self.folder / f"life-{self.lives}.log").open("wb")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.fakes.failing", plan.write(self.folder / "plan.json")),
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
        )
        try:
            await eventually(lambda: self._online(process), "the bot to come", 60)
            yield process
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
        finally:
            if process.returncode is None:
                try:
                    await asyncio.wait_for(process.wait(), 15)
                except TimeoutError:
                    process.kill()
                    await process.wait()
            log.close()

    async def _online(self, process: asyncio.subprocess.Process) -> bool | None:
        assert process.returncode is None, (self.folder / f"life-{self.lives}.log").read_text()[-3000:]
        return True if self.playground.gateway.online else None

    @property
    def passed(self) -> Path:
        return self.folder / f"passed-{self.lives}.txt"

    async def person(self) -> Person:
        async def look() -> Person | None:
            async with self.http.get("/_/world") as answer:
                world = await answer.json()
            commands = {one["name"]: one["id"] for one in world["commands"]}
            return Person(self.http, MEMBER, STUDIO, commands) if "generate" in commands else None

        person: Person = await eventually(look, "the commands")
        return person

    async def ask(self, count: int) -> None:
        person = await self.person()
        for _ in range(count):
            self.asked.append(await person.command("generate", count=4, seed=7))

    async def held(self, count: int) -> None:
        """Wait until so many requests stand at their points, or no more come there."""
        last, since = -1, time.monotonic()
        while True:
            reached = len(self.passed.read_text().splitlines()) if self.passed.exists() else 0
            if reached != last:
                last, since = reached, time.monotonic()
            if reached >= count or time.monotonic() - since > HELD + (2.0 if reached == 0 else 0.0):
                return
            await asyncio.sleep(0.05)

    async def settled(self) -> dict[str, RequestLine]:
        """All that is on record, once nothing is under way any more."""

        async def look() -> dict[str, RequestLine] | None:
            lines = {str(one.id): one for one in await self.records.every_request()}
            ended = all(one.answered_at or one.state == "cancelled" for one in lines.values())
            open_ = [one for one in self.asked if one not in lines and await self._open(one)]
            return lines if ended and not open_ and not await asyncio.to_thread(self._unfinished) else None

        lines: dict[str, RequestLine] = await eventually(look, "all requests to end", SETTLED_S)
        return lines

    def _unfinished(self) -> int:
        """Workflows that have not come to their end."""
        _, engine = system_database(str(self.records.database.engine.url))
        with engine.connect() as connection:
            statuses = [row[0] for row in connection.execute(sa.text("SELECT status FROM workflow_status"))]
        engine.dispose()
        return sum(status in {"PENDING", "ENQUEUED"} for status in statuses)

    async def _open(self, interaction: str) -> bool:
        async with self.http.get(f"/_/interactions/{interaction}") as answer:
            return (await answer.json())["state"] in {"sent", "thinking"}

    async def account(self, label: str) -> None:
        """Hold every request to its promise."""
        lines = await self.settled()
        person = await self.person()
        shown: Counter[str] = Counter()
        for message in await person.messages():
            meta = message.body.get("interaction_metadata") or {}
            nonce = str(message.body.get("nonce") or "").split("-")[0]
            request = str(meta.get("id") or nonce)
            assert not message.thinking, f"{label}: {request} thinks for ever"
            shown[request] += 1
        for request in self.asked:
            line = lines.get(request)
            standing = await self.records.usage.of_request(int(request))
            told = f"{label}: {request} {line.state if line else 'not on record'}, {shown[request]} messages: " + (
                (line.error or "") if line else ""
            )
            assert shown[request] <= 1, told
            if line is None or line.state == "cancelled":
                # a word that it was not accepted is an answer too; else Discord itself told the member
                assert shown[request] == 0 or line is None or line.error == WITHDRAWN, told
                assert not standing, told
            else:
                assert shown[request] == 1, told
                assert bool(standing) == (line.state == "done"), told


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    fake = FakeWorker(folder / "worker")

    async def models(_: web.Request) -> web.Response:
        return web.json_response(text=ModelList(models=await fake.models()).model_dump_json())

    async def health(_: web.Request) -> web.Response:
        return web.json_response(text=(await fake.health()).model_dump_json())

    async def render(request: web.Request) -> web.Response:
        answer = await fake.render(RenderRequest.model_validate_json(await request.read()))
        return web.json_response(text=answer.model_dump_json())

    async def families(_: web.Request) -> web.Response:
        return web.json_response(text=FamilyList(families=await fake.families()).model_dump_json())

    app = web.Application()
    app.router.add_get("/v1/models", models)
    app.router.add_get("/v1/families", families)
    app.router.add_get("/v1/health", health)
    app.router.add_post("/v1/render", render)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"sqlite+aiosqlite:///{(folder / 'data' / 'artel.sqlite').absolute()}"
    await migrate(url)
    records = open_records(url)
    async with serve(Settings(port=0)) as (page, play), aiohttp.ClientSession(page) as http:
        host = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield Stage(play, page, host, http, folder, records)
    await records.close()
    await runner.cleanup()


async def the_points(on: Stage, *, leaves: bool) -> list[str]:
    """The points that one request passes, in order, each once; `leaves` are those that wait for something foreign."""
    async with on.life():
        await on.ask(1)
        await on.settled()
        passed = [line.split("\t")[1:] for line in on.passed.read_text().splitlines()]
    return list(dict.fromkeys(point for point, kind in passed if kind == "leaf" or not leaves))


def within_a_write(point: str) -> bool:
    """Held there, a request keeps all others from writing, so it has to be alone."""
    side, site = point.split(" ", 1)
    quiet = ("bot.chat.", "bot.workflows.", "bot.worker:")
    return not site.startswith(quiet) and side != "left"


async def killed(on: Stage, points: Sequence[str]) -> None:
    """Each request stands at its point, then the process is gone."""
    async with on.life("hold", points) as process:
        await on.ask(len(points))
        await on.held(len(points))
        process.kill()
        await process.wait()


async def stopped(on: Stage, points: Sequence[str]) -> None:
    """Each request hangs at its point, then the bot is stopped in order."""
    async with on.life("hold", points):
        await on.ask(len(points))
        await on.held(len(points))


async def failed(on: Stage, points: Sequence[str]) -> None:
    """At each point an error is raised."""
    async with on.life("raise", points):
        await on.ask(len(points))
        await on.account(f"{points[0]} … {points[-1]}")


@pytest.mark.timeout(180)
async def test_some_points_of_the_whole_path(tmp_path: Path) -> None:
    """The short form: a dozen points for a kill, and a dozen for an error while those that were killed are taken up."""
    async with stage(tmp_path) as on:
        points = await the_points(on, leaves=False)
        alone = [point for point in points if not within_a_write(point)]
        assert len(alone) > 60, "the points are put in by the syntax tree; has the path become so much shorter?"
        await killed(on, alone[:: len(alone) // 10])
        await failed(on, points[:: len(points) // 10])


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("what", ["kill", "hang", "raise"])
async def test_every_point(tmp_path: Path, what: str) -> None:
    async with stage(tmp_path) as on:
        points = await the_points(on, leaves=what == "raise")
        beside = points if what == "raise" else [point for point in points if not within_a_write(point)]
        groups = [beside[start :: -(-len(beside) // 20)] for start in range(-(-len(beside) // 20))]
        groups += [[point] for point in points if point not in beside]
        for group in groups:
            if what == "raise":
                await failed(on, group)
                continue
            await (killed if what == "kill" else stopped)(on, group)
            async with on.life():
                await on.account(f"{what} at {group}")
