"""Tasks over HTTP: walks end to end with real children, and what is promised of ids, cancelling and refusals."""

from __future__ import annotations

import asyncio
import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from gan.contract import ErrorCode, WalkFormat
from gan.errors import WorkerError
from gan.sampling.animate import animate
from tests.worker.conftest import Worker
from tests.worker.tiny import SLOW_SEED

pytestmark = pytest.mark.asyncio(loop_scope="module")


def walk(*seeds: int, **more: Any) -> dict[str, Any]:
    stops = [{"kind": "seed", "seed": seed} for seed in seeds]
    return {"kind": "walk", "model": "base", "stops": stops, "frames": 16, "size": 64, **more}


async def ended(worker: Worker, task_id: str) -> tuple[Any, list[Any]]:
    seen: list[Any] = []
    after = ""
    while True:
        status, task, _ = await worker.ask("GET", f"/v1/tasks/{task_id}{after}")
        assert status == 200, task
        seen.append(task)
        if task["state"] in ("finished", "cancelled", "failed"):
            return task, seen
        after = f"?after={task['n']}&wait=20"


@pytest.mark.parametrize("wanted", ["webp", "gif", "mp4"])
async def test_a_walk_is_a_file_of_as_many_frames(shared: Worker, wanted: str) -> None:
    status, _, _ = await shared.ask("PUT", f"/v1/tasks/walk-{wanted}", json=walk(1, 2, 3, format=wanted, seconds=2))
    assert status == 201
    task, seen = await ended(shared, f"walk-{wanted}")
    assert task["state"] == "finished", task
    fractions = [one["fraction"] for one in seen]
    assert fractions == sorted(fractions)
    result = task["result"]
    assert len(result["steps"]) == result["frames"] == 16
    assert sum(credit["weight"] for credit in result["credits"]) == pytest.approx(1, abs=1e-6)
    _, data, response = await shared.ask("GET", f"/v1/blobs/{result['blob']}")
    assert len(data) == result["bytes"]
    if wanted == "mp4":
        assert data[4:8] == b"ftyp"
        return
    assert response.content_type == f"image/{wanted}"
    with Image.open(io.BytesIO(data)) as picture:
        frames = [frame.copy() for frame in ImageSequence.Iterator(picture)]
        assert (len(frames), picture.size, picture.info["loop"]) == (16, (64, 64), 0)
        assert abs(sum(frame.info.get("duration", picture.info["duration"]) for frame in frames) - 2000) <= 40


async def test_the_same_again_is_the_same_and_another_a_conflict(shared: Worker) -> None:
    first, again = [await shared.ask("PUT", "/v1/tasks/same", json=walk(1, 2)) for _ in range(2)]
    assert (first[0], again[0]) == (201, 200)
    done, _ = await ended(shared, "same")
    status, kept, _ = await shared.ask("PUT", "/v1/tasks/same", json=walk(1, 2))
    assert (status, kept["result"]) == (200, done["result"])
    status, problem, _ = await shared.ask("PUT", "/v1/tasks/same", json=walk(1, 5))
    assert (status, problem["code"]) == (409, "conflict")


async def test_a_task_is_cancelled_and_the_next_one_goes_on(shared: Worker) -> None:
    await shared.ask("PUT", "/v1/tasks/slow", json=walk(SLOW_SEED, 1, frames=200))
    await asyncio.sleep(0.05)
    await shared.ask("PUT", "/v1/tasks/behind", json=walk(1, 2))
    _, behind, _ = await shared.ask("GET", "/v1/tasks/behind")
    assert (behind["state"], behind["place"]) == ("queued", 1)
    await asyncio.sleep(0.1)
    status, task, _ = await shared.ask("DELETE", "/v1/tasks/slow")
    assert (status, task["state"]) == (200, "cancelled")
    _, behind, _ = await shared.ask("GET", f"/v1/tasks/behind?after={behind['n']}&wait=5")
    assert (behind["state"], behind["place"]) == ("running", None)
    await shared.ask("DELETE", "/v1/tasks/behind")
    status, problem, _ = await shared.ask("GET", "/v1/tasks/never")
    assert (status, problem["code"]) == (404, "not_found")


async def test_waiting_for_news_ends_in_time(shared: Worker) -> None:
    await shared.ask("PUT", "/v1/tasks/quiet", json=walk(SLOW_SEED, 1, frames=200))
    await asyncio.sleep(0.2)
    _, task, _ = await shared.ask("GET", "/v1/tasks/quiet")
    began = time.monotonic()
    await shared.ask("GET", f"/v1/tasks/quiet?after={task['n']}&wait=0.3")
    assert time.monotonic() - began < 5
    await shared.ask("DELETE", "/v1/tasks/quiet")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "find", "model": "base", "picture": "0" * 64}, "blob_missing"),
        ({"kind": "dance", "model": "base"}, "invalid"),
        (walk(1), "invalid"),
        (walk(1, 2, model="gone"), "model_missing"),
        (walk(1, 2, frames=240, size=512), "invalid"),
        (walk(1, 2) | {"stops": [{"kind": "anchor", "index": 1}] * 2}, "recipe_unsupported"),
    ],
)
async def test_what_cannot_be_done_is_said_at_once(shared: Worker, body: dict[str, Any], code: str) -> None:
    status, problem, _ = await shared.ask("PUT", "/v1/tasks/bad", json=body)
    assert problem["code"] == code
    assert 400 <= status < 500


async def test_a_family_without_directions_says_so(shared: Worker) -> None:
    status, answer, _ = await shared.ask("GET", "/v1/models/base/directions?wait=1")
    assert (status, answer["state"], answer["directions"]) == (200, "none", [])
    recipe = {"kind": "edit", "of": {"kind": "seed", "seed": 1}, "direction": "d1", "amount": 1}
    _, problem, _ = await shared.ask("POST", "/v1/render", json={"model": "base", "recipes": [recipe]})
    assert problem["code"] == "recipe_unsupported"
    assert "no family here can yet" in problem["detail"]


@pytest.mark.parametrize("wanted", list(WalkFormat))
async def test_a_walk_is_made_to_fit(wanted: WalkFormat, tmp_path: Path) -> None:
    random = np.random.RandomState(0)
    frames = [Image.fromarray(random.randint(0, 256, (128, 128, 3)).astype(np.uint8)) for _ in range(8)]
    roomy, tight = (animate(frames, wanted, 1.0, limit) for limit in (8_000_000, 64 * 1024))
    assert len(tight.data) <= 64 * 1024 < len(roomy.data)
    assert (tight.quality, tight.width) < (roomy.quality, roomy.width) or tight.width < roomy.width
    with pytest.raises(WorkerError) as error:
        animate(frames, wanted, 1.0, 100)
    assert error.value.code is ErrorCode.too_large
