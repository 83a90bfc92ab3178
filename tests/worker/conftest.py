"""A real worker on a free port: the real app, a real sampler child and trainers, with the tiny family of `tiny.py`."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image

from gan.contract import HealthState
from gan.engines.local import Commands, LocalEngine
from gan.server.app import build_app
from gan.server.services import SERVICES, Services
from gan.settings import WorkerSettings
from tests.worker.tiny import FAMILIES, write_model

TOKEN = "a-token-of-the-tests"
START_S = 60.0
"""A sampler starts in three seconds on a free core; the tests may share it with much else."""
HERE = Path(__file__).parent
TINY = HERE / "tiny.py"
DEAF_SAMPLER = (sys.executable, "-c", "import time; time.sleep(600)")
COMMANDS = Commands((sys.executable, str(TINY), "sample"), (sys.executable, str(TINY), "train"))


class Worker:
    """The running app, and requests to it with the token."""

    def __init__(self, session: aiohttp.ClientSession, url: str, services: Services) -> None:
        self.session, self.url, self.services = session, url, services

    @property
    def engine(self) -> LocalEngine:
        engine = self.services.engine
        assert isinstance(engine, LocalEngine)
        return engine

    def authorisation(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {TOKEN}"}

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any, aiohttp.ClientResponse]:
        headers = {**self.authorisation(), **options.pop("headers", {})}
        async with self.session.request(method, f"{self.url}{path}", headers=headers, **options) as response:
            data = await response.read()
            one_object = response.content_type in ("application/json", "application/problem+json")
            return response.status, json.loads(data) if data and one_object else data, response

    async def render(self, *seeds: int, model: str = "base", **more: Any) -> tuple[int, Any]:
        recipes = [{"kind": "seed", "seed": seed} for seed in seeds]
        status, value, _ = await self.ask("POST", "/v1/render", json={"model": model, "recipes": recipes, **more})
        return status, value

    async def put_blob(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        status, value, _ = await self.ask("PUT", f"/v1/blobs/{sha256}", data=data)
        assert status in (200, 201), value
        return sha256

    async def training(self, training_id: str, **options: Any) -> tuple[int, Any]:
        works = [{"sha256": await self.put_blob(png(n))} for n in range(8)]
        body = {"title": "My Art!", "family": "tiny", "works": works, "seconds": 60, "options": options}
        status, value, _ = await self.ask("PUT", f"/v1/trainings/{training_id}", json=body)
        return status, value

    async def until(self, check: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
        """The first true value of `check`."""
        async with asyncio.timeout(seconds):
            while not (value := await check()):  # noqa: ASYNC110 (polls over HTTP, as clients do)
                await asyncio.sleep(0.05)
            return value

    async def until_state(self, training_id: str, *states: str) -> Any:
        async def check() -> Any:
            _, value, _ = await self.ask("GET", f"/v1/trainings/{training_id}")
            return value if value["state"] in states else None

        return await self.until(check)

    async def until_ready(self) -> None:
        async def check() -> bool:
            return self.engine.status().state in (HealthState.ready, HealthState.busy)

        await self.until(check, START_S)


def png(n: int, size: tuple[int, int] = (16, 16), mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, (n, 2 * n, 100, 200)[: len(mode)]).save(buffer, "PNG")
    return buffer.getvalue()


@asynccontextmanager
async def running(
    data: Path, shipped: Path, *, draws: bool = True, judge: Sequence[str] = (), **settings: Any
) -> AsyncIterator[Worker]:
    """Without `draws` its sampler never gets ready, which spares the seconds that importing torch takes. `judge` is a
    command in the judge's place."""
    chosen = WorkerSettings(data=data, port=0, sampler_threads=1, **settings)
    commands = replace(COMMANDS, judge=judge or COMMANDS.judge, sampler=COMMANDS.sampler if draws else DEAF_SAMPLER)
    engine = LocalEngine(chosen, commands)
    app = build_app(chosen, TOKEN, engine, FAMILIES, shipped)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            yield Worker(session, f"http://127.0.0.1:{runner.addresses[0][1]}", app[SERVICES])
    finally:
        await runner.cleanup()


def make_shipped(folder: Path) -> Path:
    """A folder with one shipped model, `base`."""
    folder.mkdir()
    write_model(folder / "base.safetensors", "base")
    return folder


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return make_shipped(tmp_path / "shipped")


@pytest.fixture
async def worker(tmp_path: Path, shipped: Path) -> AsyncIterator[Worker]:
    """A worker of the test's own, to break."""
    async with running(tmp_path / "data", shipped) as running_worker:
        await running_worker.until_ready()
        yield running_worker


@pytest.fixture
async def unwarmed(tmp_path: Path, shipped: Path) -> AsyncIterator[Worker]:
    """A worker of the test's own that need not draw."""
    async with running(tmp_path / "data", shipped, draws=False) as running_worker:
        yield running_worker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worker]:
    """A worker for all tests of a module that leave it whole: starting one takes seconds (torch)."""
    folder = tmp_path_factory.mktemp("worker")
    async with running(folder / "data", make_shipped(folder / "shipped")) as running_worker:
        await running_worker.until_ready()
        yield running_worker
