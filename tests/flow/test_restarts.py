"""A bot that is killed at any moment answers each request once, in one message, when it lives again."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from bot.records import open_records
from bot.records.store import RequestLine
from bot.stories import Generate, Origin, Train
from tests.fakes.files import drawing
from tests.fakes.lives import Life, ledger, live

ORIGIN = Origin(
    interaction_id=1000,
    application_id=1,
    token="t",
    at=time.time(),
    guild_id=20,
    guild_name="Net people",
    channel_id=40,
    member_id=30,
    member_name="Ada",
)
KILLED = -9


@pytest.mark.parametrize(
    "moment", ["it is accepted", "render begins", "render ends", "delivery begins", "delivery ends"]
)
def test_pictures_killed_at_any_moment_are_delivered_once(url: str, tmp_path: Path, moment: str) -> None:
    if url.startswith("postgresql") and moment not in {"render ends", "delivery ends"}:
        pytest.skip("on SQLite every moment; here those that leave the most behind")
    life = Life(url, tmp_path, ORIGIN, Generate(count=4), dies_at=moment)
    assert live(life) == KILLED
    assert live(Life(url, tmp_path)) == 0
    (line,) = on_record(url)
    assert (line.id, line.state, len(line.outputs)) == (1000, "done", 4)
    shown = [entry for entry in entries(life) if entry["kind"] == "pictures"]
    assert {entry["message"] for entry in shown} == {1001}
    assert all(tuple(entry["outputs"]) == line.outputs for entry in shown), "a repeat shows the very same pictures"
    assert len(shown) == (2 if moment == "delivery ends" else 1)


def test_a_repeat_of_the_interaction_after_a_restart_is_the_same_request(url: str, tmp_path: Path) -> None:
    life = Life(url, tmp_path, ORIGIN, Generate(count=1))
    assert live(life) == 0
    assert live(life) == 0
    assert len(entries(life)) == len(on_record(url)) == 1


@pytest.mark.parametrize(("moment", "after"), [("training is sent", 1), ("delivery ends", 3)])
def test_a_training_goes_on_with_the_same_message(url: str, tmp_path: Path, moment: str, after: int) -> None:
    folder = tmp_path / "folders" / "foxes"
    folder.mkdir(parents=True)
    for n in range(9):
        (folder / f"fox{n}.png").write_bytes(drawing(n))
    ask = Train(name="Foxes", source="folder", folder="foxes", minutes=0.5)
    life = Life(url, tmp_path, ORIGIN, ask, dies_at=moment, after=after)
    assert live(life) == KILLED
    assert live(Life(url, tmp_path)) == 0
    (line,) = on_record(url)
    assert (line.state, line.training, line.model) == ("done", "t1000", "t1000")
    told = entries(life)
    assert {entry["message"] for entry in told} == {1001}
    assert told[0]["phase"] == "checking"
    assert told[-1]["phase"] == "finished"


def on_record(url: str) -> list[RequestLine]:
    async def read() -> list[RequestLine]:
        records = open_records(url)
        lines = list(await records.every_request())
        await records.close()
        return lines

    return asyncio.run(read())


def entries(life: Life) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger(life).read_text().splitlines()]
