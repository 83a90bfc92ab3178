"""Trainings over HTTP, with real trainer processes: accepted, followed, steered, killed, and picked up again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gan.engines.trainers import holder
from gan.rundir import RunDir
from tests.worker.conftest import TOKEN, Worker, running


async def events_of(worker: Worker, training_id: str, after: int = 0) -> list[dict[str, Any]]:
    """All events until the stream ends by itself."""
    _, data, _ = await worker.ask("GET", f"/v1/trainings/{training_id}/events?after={after}")
    return [json.loads(line) for line in data.splitlines() if line]


async def until_progress(worker: Worker, training_id: str, pictures: int) -> None:
    async def well_on() -> bool:
        _, training, _ = await worker.ask("GET", f"/v1/trainings/{training_id}")
        return bool(training["progress"]["pictures_seen"] >= pictures)

    await worker.until(well_on)


def states(events: list[dict[str, Any]]) -> list[str]:
    return [event["state"] for event in events if event["kind"] == "state"]


async def follow(url: str, training_id: str) -> list[dict[str, Any]]:
    """Events as a client of its own sees them, until the worker ends the stream."""
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session,
        session.get(f"{url}/v1/trainings/{training_id}/events") as response,
    ):
        return [json.loads(line) async for line in response.content if line.strip()]


def trainer_of(worker_data: Path, training_id: str) -> int | None:
    return holder(RunDir(worker_data / "trainings" / training_id))


async def test_a_training_from_put_to_a_picture_of_its_model(worker: Worker, tmp_path: Path) -> None:
    status, training = await worker.training("t-1234", steps=10)
    assert (status, training["state"]) == (201, "running")
    events = await events_of(worker, "t-1234")
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))
    assert states(events) == ["queued", "running", "finished"]
    assert {"progress", "sample", "figures", "model"} <= {event["kind"] for event in events}
    _, training, _ = await worker.ask("GET", "/v1/trainings/t-1234")
    assert (training["state"], training["model"]) == ("finished", "my-art-t-1234")
    assert training["figures"]["pictures_seen"] == 10
    status, sheet, _ = await worker.ask("GET", f"/v1/blobs/{training['sample']}")
    assert sheet.startswith(b"\x89PNG")
    status, answer = await worker.render(1, model=training["model"])
    assert status == 200
    assert answer["model_sha256"] == (await worker.ask("GET", "/v1/models/my-art-t-1234"))[1]["sha256"]
    assert not (tmp_path / "data/trainings/t-1234/pictures").exists(), "someone's art is not kept longer than needed"


async def test_the_same_put_again_is_the_same_training_and_another_is_a_conflict(unwarmed: Worker) -> None:
    assert (await unwarmed.training("t-1", steps=500))[0] == 201
    both = await asyncio.gather(unwarmed.training("t-1", steps=500), unwarmed.training("t-1", steps=500))
    assert {status for status, _ in both} == {200}
    status, problem = await unwarmed.training("t-1", steps=501)
    assert (status, problem["code"]) == (409, "conflict")
    _, listed, _ = await unwarmed.ask("GET", "/v1/trainings?state=running")
    assert [training["id"] for training in listed["trainings"]] == ["t-1"]


async def test_one_trains_and_the_others_wait_in_order(unwarmed: Worker) -> None:
    for name in ("a", "b", "c"):
        await unwarmed.training(name, steps=500)
    places = {name: (await unwarmed.ask("GET", f"/v1/trainings/{name}"))[1]["place"] for name in "abc"}
    assert places == {"a": None, "b": 1, "c": 2}
    _, b, _ = await unwarmed.ask("POST", "/v1/trainings/b/stop")
    assert b["state"] == "cancelled"
    await until_progress(unwarmed, "a", 1)
    _, a, _ = await unwarmed.ask("POST", "/v1/trainings/a/stop")
    a = await unwarmed.until_state("a", "finished")
    assert 0 < a["figures"]["pictures_seen"] < 500, "what was learned is kept"
    assert (await unwarmed.until_state("c", "running"))["place"] is None
    _, c, _ = await unwarmed.ask("DELETE", "/v1/trainings/c")
    assert (c["state"], c["model"]) == ("cancelled", None)
    assert (await unwarmed.ask("DELETE", "/v1/trainings/c"))[0] == 200


async def test_pause_lets_another_go_and_resume_goes_on(unwarmed: Worker) -> None:
    await unwarmed.training("first", steps=60)
    await unwarmed.training("second", steps=500)
    await unwarmed.ask("POST", "/v1/trainings/first/pause")
    paused = await unwarmed.until_state("first", "paused")
    await unwarmed.until_state("second", "running")
    await asyncio.sleep(0.3)
    _, still, _ = await unwarmed.ask("GET", "/v1/trainings/first")
    assert still["progress"] == paused["progress"]
    _, waiting, _ = await unwarmed.ask("POST", "/v1/trainings/first/resume")
    assert (waiting["state"], waiting["place"]) == ("queued", 1)
    await unwarmed.ask("DELETE", "/v1/trainings/second")
    done = await unwarmed.until_state("first", "finished")
    assert done["figures"]["pictures_seen"] == 60
    for action, expected in (("stop", 200), ("pause", 409), ("resume", 409)):
        assert (await unwarmed.ask("POST", f"/v1/trainings/first/{action}"))[0] == expected


async def test_a_paused_training_can_be_stopped_and_kept(unwarmed: Worker) -> None:
    await unwarmed.training("t", steps=500)
    await until_progress(unwarmed, "t", 3)
    await unwarmed.ask("POST", "/v1/trainings/t/pause")
    await unwarmed.until_state("t", "paused")
    await unwarmed.ask("POST", "/v1/trainings/t/stop")
    assert (await unwarmed.until_state("t", "finished"))["model"] == "my-art-t"


async def test_a_killed_trainer_goes_on_from_its_saved_state_however_often(tmp_path: Path, shipped: Path) -> None:
    async with running(tmp_path / "data", shipped, draws=False, training_attempts=2) as worker:
        await worker.training("t", steps=90)
        for pictures in (12, 50):  # two kills in a row would be the end, but in between it got on
            await until_progress(worker, "t", pictures)
            pid = await worker.until(lambda: asyncio.sleep(0, trainer_of(tmp_path / "data", "t")))
            assert os.getpriority(os.PRIO_PROCESS, pid) == 19
            os.kill(pid, signal.SIGKILL)
        events = await events_of(worker, "t")
    assert states(events) == ["queued", "running", "queued", "running", "queued", "running", "finished"]
    notes = [event["text"] for event in events if event["kind"] == "note"]
    assert int(notes[0].split()[-1].strip(".")) >= 10
    assert int(notes[1].split()[-1].strip(".")) >= 20
    seen = [event["progress"]["pictures_seen"] for event in events if event["kind"] == "progress"]
    assert seen[-1] == 90
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))


async def test_a_trainer_that_keeps_crashing_fails_with_its_last_words(tmp_path: Path, shipped: Path) -> None:
    async with running(tmp_path / "data", shipped, draws=False, training_attempts=2) as worker:
        await worker.training("t", steps=20, die_at=7)
        failed = await worker.until_state("t", "failed")
        assert failed["error"]["code"] == "internal"
        assert "killed by signal 6, 2 times in a row" in failed["error"]["detail"]
        assert "a native library crashed" in failed["error"]["detail"]


async def test_a_trainer_that_refuses_says_why_at_once(unwarmed: Worker) -> None:
    await unwarmed.training("t", refuse=True)
    failed = await unwarmed.until_state("t", "failed")
    assert failed["error"]["code"] == "bad_picture"
    assert failed["error"]["detail"] == "These pictures cannot be learned from."
    assert (await events_of(unwarmed, "t"))[-2]["kind"] == "error"


async def test_events_are_followed_live_and_resumed_from_any_place(unwarmed: Worker) -> None:
    await unwarmed.training("t", steps=40)
    url, headers = f"{unwarmed.url}/v1/trainings/t/events", {"Authorization": f"Bearer {TOKEN}"}
    first = []
    async with unwarmed.session.get(url, headers=headers) as response:
        assert response.content_type == "application/x-ndjson"
        async for line in response.content:
            first.append(json.loads(line))
            if len(first) == 5:
                break  # the connection is lost here
    assert first[-1]["kind"] != "state" or first[-1]["state"] != "finished", "they came while it ran"
    rest = await events_of(unwarmed, "t", after=5)
    assert [event["n"] for event in first + rest] == list(range(1, len(first) + len(rest) + 1))
    assert rest[-1]["state"] == "finished"
    gap = (await events_of(unwarmed, "t", after=10_000))[0]
    assert (gap["kind"], gap["n"]) == ("gap", rest[-1]["n"])


async def test_a_lower_fence_is_turned_away(unwarmed: Worker) -> None:
    await unwarmed.training("t", steps=500)
    for fence, expected in (("2", 200), ("1", 409), ("2", 200), ("3", 200)):
        status, value, _ = await unwarmed.ask("POST", "/v1/trainings/t/pause", headers={"X-Artel-Fence": fence})
        assert status == expected
        if expected == 409:
            assert value["code"] == "fenced"
    assert (await unwarmed.ask("DELETE", "/v1/trainings/t", headers={"X-Artel-Fence": "x"}))[0] == 422


async def test_a_full_queue_says_so(tmp_path: Path, shipped: Path) -> None:
    async with running(tmp_path / "data", shipped, draws=False, trainings=0, training_queue=1) as worker:
        assert (await worker.training("a"))[0] == 201
        status, problem = await worker.training("b")
        assert (status, problem["code"], problem["waiting"]) == (429, "full", 1)
        assert problem["retry_after"] > 1, "by its guess, when there will be room"
        assert (await worker.training("a"))[0] == 200, "what is in is in"


async def test_a_stopped_worker_ends_its_trainers_and_the_next_goes_on(tmp_path: Path, shipped: Path) -> None:
    async with running(tmp_path / "data", shipped, draws=False) as worker:
        await worker.training("going", steps=40)
        await worker.training("waiting", steps=5)
        await until_progress(worker, "going", 3)
        following = asyncio.create_task(follow(worker.url, "going"))
        await asyncio.sleep(0.1)
        pid = trainer_of(tmp_path / "data", "going")
    assert pid
    with pytest.raises(ProcessLookupError):  # nothing is left running
        os.kill(pid, 0)
    seen = (await following)[-1]["n"]
    async with running(tmp_path / "data", shipped, draws=False) as worker:
        rest = await events_of(worker, "going", after=seen)
        assert rest[0]["n"] == seen + 1
        assert states(rest) == ["queued", "running", "finished"]
        assert (await worker.until_state("waiting", "finished"))["model"]
    async with running(tmp_path / "data", shipped, draws=False) as worker:
        _, listed, _ = await worker.ask("GET", "/v1/trainings")
        assert [training["state"] for training in listed["trainings"]] == ["finished", "finished"]
        assert states(await events_of(worker, "going"))[-1] == "finished"


async def test_a_forgotten_training_leaves_nothing_behind(worker: Worker, tmp_path: Path) -> None:
    await worker.training("t-1234")
    done = await worker.until_state("t-1234", "finished")
    assert (await worker.ask("DELETE", f"/v1/models/{done['model']}"))[0] == 204
    assert (await worker.ask("DELETE", "/v1/trainings/t-1234?forget=1"))[0] == 204
    assert not (tmp_path / "data/trainings/t-1234").exists()
    assert (await worker.ask("GET", f"/v1/blobs/{done['sample']}"))[0] == 404, "a sample shows what was learned"
    assert (await worker.ask("GET", "/v1/trainings/t-1234"))[0] == 404
    assert (await worker.ask("DELETE", "/v1/trainings/t-1234?forget=1"))[0] == 404
