"""The sampler child dies, hangs, or is asked too much: it is noticed, mended, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from gan.contract import HealthState
from tests.worker.conftest import Worker, running
from tests.worker.tiny import CRASH_SEED, SLOW_SEED, write_model


async def test_a_killed_sampler_is_noticed_and_its_requests_are_asked_again(worker: Worker) -> None:
    expected = (await worker.render(5, size=256))[1]["pictures"][0]["sha256"]
    slow = asyncio.create_task(worker.render(SLOW_SEED))
    behind = asyncio.create_task(worker.render(5, size=256))
    await asyncio.sleep(0.2)
    pid = worker.engine.sampler.pid
    assert pid
    os.kill(pid, signal.SIGKILL)

    async def noticed() -> bool:
        return worker.engine.status().state is HealthState.starting

    await worker.until(noticed, seconds=2.0)
    assert (await slow)[0] == 200
    status, answer = await behind
    assert status == 200
    assert answer["pictures"][0]["sha256"] == expected
    assert worker.engine.sampler.pid != pid


async def test_a_request_that_kills_the_sampler_twice_is_refused_and_service_goes_on(worker: Worker) -> None:
    status, problem = await worker.render(CRASH_SEED)
    assert (status, problem["code"]) == (500, "internal")
    assert "crashed twice" in problem["detail"]
    status, _ = await worker.render(1)
    assert status == 200
    assert worker.engine.status().restarts == 2


async def test_models_in_memory_are_bounded_in_bytes(tmp_path: Path, shipped: Path) -> None:
    for n in range(4):
        write_model(shipped / f"large-{n}.safetensors", f"large-{n}", seed=n, padding=9 * 1024 * 1024)
    async with running(tmp_path / "data", shipped, cache_mib=20) as worker:
        await worker.until_ready()
        for n in (0, 1, 0, 2):  # the second time 0 is used keeps it in when 2 comes
            assert (await worker.render(1, model=f"large-{n}"))[0] == 200
        _, models, _ = await worker.ask("GET", "/v1/models")
        loaded = {m["card"]["id"] for m in models["models"] if m["loaded"]}
        assert loaded == {"large-0", "large-2"}


async def test_too_many_waiting_pictures_are_refused_with_a_time_to_come_back(tmp_path: Path, shipped: Path) -> None:
    async with running(tmp_path / "data", shipped, render_queue=4) as worker:
        await worker.until_ready()
        slow = asyncio.create_task(worker.render(SLOW_SEED, 1, 2))
        await asyncio.sleep(0.2)
        body = {"model": "base", "recipes": [{"kind": "seed", "seed": 1}] * 3}
        status, problem, response = await worker.ask("POST", "/v1/render", json=body)
        assert (status, problem["code"], problem["waiting"]) == (429, "full", 3)
        assert int(response.headers["Retry-After"]) >= problem["retry_after"] >= 1
        assert (await slow)[0] == 200


async def test_a_sampler_that_hangs_is_ended_and_the_asker_told(tmp_path: Path, shipped: Path) -> None:
    async with running(tmp_path / "data", shipped, render_timeout_s=1.5) as worker:
        await worker.until_ready()
        pid = worker.engine.sampler.pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        status, problem = await worker.render(1)
        assert (status, problem["code"]) == (504, "timeout")
        await worker.until_ready()
        assert worker.engine.sampler.pid != pid
        assert (await worker.render(1))[0] == 200
