"""The client against the worker's real app, through a proxy that breaks the line on request."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from bot.errors import Bug, Refused, Retry
from bot.log import request_context
from bot.worker import WorkerAway, WorkerBusy, WorkerClient, WorkerRefused, _failure
from gan.contract import (
    REQUEST_ID_HEADER,
    ErrorCode,
    EventKind,
    Health,
    HealthState,
    Problem,
    RenderRequest,
    Seed,
    TrainingRequest,
    TrainingState,
    Work,
)
from tests.fakes.proxy import Proxy, proxy
from tests.worker.conftest import TOKEN, Worker, make_shipped, png, running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Line:
    worker: Worker
    proxy: Proxy
    client: WorkerClient


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worker]:
    folder: Path = tmp_path_factory.mktemp("worker")
    async with running(folder / "data", make_shipped(folder / "shipped")) as worker:
        await worker.until_ready()
        yield worker


@pytest_asyncio.fixture(loop_scope="module")
async def line(real: Worker) -> AsyncIterator[Line]:
    port = int(real.url.rpartition(":")[2])
    async with proxy(port) as between, WorkerClient(between.url, lambda: TOKEN, call_seconds=8) as client:
        yield Line(real, between, client)


def asking(*seeds: int, model: str = "base") -> RenderRequest:
    return RenderRequest(model=model, recipes=tuple(Seed(seed=seed) for seed in seeds))


async def training(line: Line, name: str, **options: float | int | str | bool) -> TrainingRequest:
    works = tuple([Work(sha256=await line.client.put_blob(png(n))) for n in range(8)])
    body = TrainingRequest(title=name, family="tiny", works=works, seconds=60, options=options)
    await line.client.put_training(name, body, fence=1)
    return body


async def test_health_models_and_families(line: Line) -> None:
    assert (await line.client.health()).state in (HealthState.ready, HealthState.busy)
    assert [info.card.id for info in await line.client.models()][:1] == ["base"]
    assert "tiny" in [family.name for family in await line.client.families()]


async def test_pictures_come_in_order_and_their_hashes_fit(line: Line) -> None:
    answer = await line.client.render(asking(1, 2, 1))
    first, second, third = answer.pictures
    assert first.data == third.data != second.data
    assert all(hashlib.sha256(one.data).hexdigest() == one.sha256 for one in answer.pictures)


async def test_blobs_go_there_and_back_small_and_large(line: Line) -> None:
    for data in (b"small", bytes(range(256)) * 2048):
        sha256 = await line.client.put_blob(data)
        assert sha256 == await line.client.put_blob(data) == hashlib.sha256(data).hexdigest()
        assert await line.client.blob(sha256) == data


async def test_a_training_is_followed_over_a_line_that_keeps_breaking(line: Line) -> None:
    body = await training(line, "broken-line")
    assert (await line.client.put_training("broken-line", body, fence=1)).request == body
    seen = []

    async def follow() -> None:
        async for event in line.client.events("broken-line"):
            seen.append(event)
            if len(seen) in (2, 5):
                line.proxy.cut()
            if len(seen) == 6:
                await line.client.steer("broken-line", "stop")

    async with asyncio.timeout(40):
        await follow()
    assert [event.n for event in seen] == list(range(1, len(seen) + 1))
    assert seen[-1].state is TrainingState.finished
    assert line.proxy.connections >= 3
    assert {EventKind.progress, EventKind.state} <= {event.kind for event in seen}
    ended = await line.client.training("broken-line")
    assert ended.model is not None
    assert (await line.client.render(asking(1, model=ended.model))).pictures


async def test_events_of_an_ended_training_end_at_once(line: Line) -> None:
    await training(line, "short")
    await line.client.steer("short", "cancel")
    async with asyncio.timeout(10):
        events = [event async for event in line.client.events("short")]
        rest = [event async for event in line.client.events("short", after=events[-1].n)]
    assert events[-1].state is TrainingState.cancelled
    assert rest == []


async def test_steering_twice_is_steering_once(line: Line) -> None:
    await training(line, "steered")
    for action in ("pause", "pause", "resume", "resume", "cancel", "cancel"):
        await line.client.steer("steered", action)
    assert (await line.client.training("steered")).state is TrainingState.cancelled


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda client: client.render(asking(1, model="nowhere")), ErrorCode.model_missing),
        (lambda client: client.training("nowhere"), ErrorCode.training_missing),
        (lambda client: client.blob("0" * 64), ErrorCode.blob_missing),
    ],
)
async def test_what_is_not_there_is_refused_with_its_code(line: Line, call, code: ErrorCode) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WorkerRefused) as refused:
        await call(line.client)
    assert refused.value.code is code
    assert len(str(refused.value)) > 10


async def test_another_training_under_the_same_id_is_refused(line: Line) -> None:
    body = await training(line, "taken")
    with pytest.raises(WorkerRefused) as refused:
        await line.client.put_training("taken", body.model_copy(update={"title": "another"}), fence=1)
    assert refused.value.code is ErrorCode.conflict
    await line.client.steer("taken", "cancel")


async def test_a_wrong_token_is_told_to_whoever_runs_it(line: Line) -> None:
    async with WorkerClient(line.proxy.url, lambda: "wrong") as client:
        assert (await client.health()).version
        with pytest.raises(Refused, match="WORKER_TOKEN"):
            await client.models()


async def test_a_dropped_connection_is_tried_again(line: Line) -> None:
    await line.client.models()
    asked = asyncio.create_task(line.client.render(asking(*range(40))))
    await asyncio.sleep(0.02)
    line.proxy.cut()
    assert len((await asked).pictures) == 40


async def test_a_worker_that_stays_away_is_for_later_and_quickly_so(line: Line) -> None:
    line.proxy.refusing = True
    line.proxy.cut()
    began = asyncio.get_running_loop().time()
    with pytest.raises(Retry) as away:
        await line.client.render(asking(1))
    assert away.value.after > 0
    assert "worker" in str(away.value)
    assert asyncio.get_running_loop().time() - began < 5
    with pytest.raises(Retry):
        await line.client.health()
    with pytest.raises(Retry):
        async for _ in line.client.events("short"):
            pass


async def test_a_worker_that_says_nothing_is_given_up_in_time(line: Line) -> None:
    line.proxy.mute = True
    async with WorkerClient(line.proxy.url, lambda: TOKEN, render_seconds=0.5, call_seconds=0.3) as client:
        began = asyncio.get_running_loop().time()
        with pytest.raises(WorkerAway, match="did not answer within"):
            await client.health()
        with pytest.raises(WorkerAway):
            await client.render(asking(1))
        assert asyncio.get_running_loop().time() - began < 6


async def test_no_worker_at_all_is_for_later() -> None:
    async with WorkerClient("http://127.0.0.1:9", lambda: None) as client:
        with pytest.raises(Retry):
            await client.models()


# --- answers that the real worker does not give easily ---------------------------------------------------------------


@pytest.mark.parametrize("code", list(ErrorCode))
async def test_every_error_code_is_refused_for_later_or_a_bug(code: ErrorCode) -> None:
    failure = _failure(400, Problem(title="No", status=400, code=code, detail="Do this.").model_dump_json().encode())
    assert isinstance(failure, Refused | Retry | Bug)
    later = {"full", "starting", "stopped", "timeout", "out_of_memory", "disk_full"}
    assert isinstance(failure, Retry) == (code.value in later)
    assert isinstance(failure, Bug) == (code.value in {"invalid", "not_found", "internal", "fenced"})
    if not isinstance(failure, Bug) and code is not ErrorCode.unauthorised:
        assert str(failure) == "Do this."


async def test_the_wait_is_the_workers_own_when_it_names_one() -> None:
    problem = Problem(title="Full", status=429, code=ErrorCode.full, retry_after=7.5)
    failure = _failure(429, problem.model_dump_json().encode())
    assert isinstance(failure, Retry)
    assert failure.after == 7.5


async def stranger(answer: web.Response) -> AsyncIterator[tuple[str, list[web.Request]]]:
    seen: list[web.Request] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=answer.body, status=answer.status, headers={"Location": "/v1/elsewhere"})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", seen
    await runner.cleanup()


@pytest.mark.parametrize(
    "answer", [web.Response(text="<html>nginx"), web.Response(status=418, text="<html>"), web.Response(status=302)]
)
async def test_what_is_no_worker_is_a_bug_and_not_a_crash(answer: web.Response) -> None:
    async for url, _ in stranger(answer):
        async with WorkerClient(url, lambda: TOKEN) as client:
            with pytest.raises(Bug):
                await client.models()


async def test_a_proxy_whose_worker_is_away_is_a_worker_that_is_away() -> None:
    async for url, seen in stranger(web.Response(status=500, text="<html>")):
        async with WorkerClient(url, lambda: TOKEN) as client:
            with pytest.raises(WorkerAway):
                await client.health()
            assert len(seen) == 1
            with pytest.raises(WorkerAway):
                await client.models()


async def test_a_worker_that_fails_says_so_with_its_health() -> None:
    failing = Health(state=HealthState.failed, version="1", detail="The sampler keeps failing.")
    async for url, _ in stranger(web.Response(status=503, text=failing.model_dump_json())):
        async with WorkerClient(url, lambda: TOKEN) as client:
            assert await client.health() == failing


def test_a_full_worker_is_busy_rather_than_away() -> None:
    problem = Problem(title="Too much", status=429, code=ErrorCode.full, detail="512 are waiting.", retry_after=7.0)
    failure = _failure(429, problem.model_dump_json().encode())
    assert isinstance(failure, WorkerBusy)
    assert failure.after == 7.0


async def test_every_call_carries_token_and_request_id() -> None:
    async for url, seen in stranger(web.Response(text='{"models": []}')):
        async with WorkerClient(url, lambda: TOKEN) as client:
            with request_context(4711):
                await client.models()
            await client.models()
        assert [request.headers["Authorization"] for request in seen] == [f"Bearer {TOKEN}"] * 2
        assert seen[0].headers[REQUEST_ID_HEADER] == "4711"
        assert len(seen[1].headers[REQUEST_ID_HEADER]) == 32
