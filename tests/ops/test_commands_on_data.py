"""`artel requests`, `rebuild`, `backup` and `restore`, on real records and a real worker."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console

from bot.cli.backing_up import MANIFEST, back_up, restore
from bot.cli.lock import AlreadyRunning, HouseLock
from bot.cli.looking import rebuild, requests_table, show_requests, timings
from bot.errors import Refused
from bot.records import open_records
from bot.records.outputs import NewOutput
from bot.records.people import Person
from bot.records.requests import Ending, NewRequest, RequestState
from bot.settings import Settings, read
from bot.worker import WorkerClient
from gan.contract import RenderRequest, Seed
from tests.fakes.databases import fresh_url
from tests.worker.conftest import TOKEN, Worker, make_shipped, running

together = pytest.mark.asyncio(loop_scope="module")


@dataclass
class House:
    settings: Settings
    output_id: int
    picture: bytes


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a migrated database."""
    folder = tmp_path / "data"
    folder.mkdir()
    fresh_url("sqlite", folder)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worker]:
    folder = tmp_path_factory.mktemp("worker")
    async with running(folder / "data", make_shipped(folder / "shipped")) as found:
        await found.until_ready()
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def house(data: Path, worker: Worker) -> House:
    """The folder with one request on record whose picture was really made, and the worker that made it."""
    settings = read({"ARTEL_DATA": str(data), "WORKER_URL": worker.url, "WORKER_TOKEN": TOKEN})
    output_id, picture = await make_one(settings)
    return House(settings, output_id, picture)


async def make_one(settings: Settings) -> tuple[int, bytes]:
    recipe = Seed(seed=42, variety=0.25)
    async with WorkerClient(settings.worker_url, settings.worker_token) as worker:
        answer = await worker.render(RenderRequest(model="base", recipes=(recipe,), size=64))
    records = open_records(settings.database_url)
    try:
        asked = NewRequest(
            id=900,
            server=Person(1, "The [Studio]"),
            channel_id=2,
            member=Person(3, "Ada"),
            kind="generate",
            ask={"kind": "generate", "count": 1, "seed": 42},
            asked_at=datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC),
            model_id="base",
        )
        await records.requests.accept(asked)
        made = NewOutput(
            place=0,
            model_id="base",
            model_sha256=answer.model_sha256,
            recipe=recipe.model_dump(mode="json"),
            size=64,
            upscaler="auto",
            format="png",
            sha256=answer.pictures[0].sha256,
        )
        ids = await records.outputs.record(900, [made])
        await records.requests.end(900, Ending(RequestState.done, timings={"render": 12.3, "whole": 210.9}))
        return ids[0], answer.pictures[0].data
    finally:
        await records.close()


@together
async def test_a_picture_is_made_again_byte_for_byte(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "again.png"
    await rebuild(house.settings, house.output_id, path)
    assert path.read_bytes() == house.picture
    assert capsys.readouterr().out.splitlines()[-1] == f"{hashlib.sha256(house.picture).hexdigest()}  {path}"


@together
async def test_what_cannot_be_made_again_says_why(house: House, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no output 77"):
        await rebuild(house.settings, 77, tmp_path / "x.png")
    with sqlite3.connect(house.settings.data / "artel.sqlite") as database:
        database.execute("UPDATE outputs SET model_sha256 = ?", ("0" * 64,))
    with pytest.raises(Refused, match="another one now"):
        await rebuild(house.settings, house.output_id, tmp_path / "x.png")
    assert not (tmp_path / "x.png").exists()


@together
async def test_the_list_of_requests_tells_everything(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    await show_requests(house.settings, server=None, limit=None, as_json=True)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["member"] == "Ada"
    assert line["kind"] == "generate"
    assert line["state"] == "done"
    assert line["asked_at"] == "2026-11-25T01:02:03+00:00"
    assert line["timings"]["whole"] == 210.9
    assert line["model"] == "base"
    assert line["outputs"] == [house.output_id]

    records = open_records(house.settings.database_url)
    lines = await records.every_request()
    await records.close()
    console = Console(file=io.StringIO(), width=220)
    console.print(requests_table(lines))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    for part in (
        "2026-11-25 01:02:03",
        "Ada",
        "The [Studio]",
        "count=1",
        "done",
        "whole 211 ms",
        f"#{house.output_id}",
    ):
        assert part in shown


def test_timings_are_short() -> None:
    assert timings({"render": 95.6, "whole": 212.4}) == "whole 212 ms · render 96 ms"
    assert timings({"train": 180_000}) == "train 180 s"


@together
async def test_a_backup_brings_everything_back(house: House, tmp_path: Path) -> None:
    data = house.settings.data
    (data / "folders" / "foxes").mkdir(parents=True)
    (data / "folders" / "foxes" / "a.png").write_bytes(b"fox")
    (data / "worker").mkdir()
    (data / "worker" / "token").write_text("secret")
    (data / "logs").mkdir()
    (data / "logs" / "artel.log").write_text("lines")
    written = await asyncio.to_thread(back_up, house.settings, tmp_path / "b.tar.gz")
    assert written.stat().st_mode & 0o077 == 0
    with tarfile.open(written) as archive:
        names = archive.getnames()
    assert names[0] == MANIFEST
    assert {"artel.sqlite", "folders/foxes/a.png"} <= set(names)
    assert not {"worker/token", "logs/artel.log", "artel.sqlite-wal"} & set(names)

    (data / "folders" / "foxes" / "a.png").write_bytes(b"overwritten")
    (data / "artel.sqlite").unlink()
    before = restore(house.settings, written)
    assert before is not None
    assert (before / "folders" / "foxes" / "a.png").read_bytes() == b"overwritten"
    assert (data / "folders" / "foxes" / "a.png").read_bytes() == b"fox"
    await rebuild(house.settings, house.output_id, tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == house.picture


def many_rows(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t (a, b)")


def test_a_backup_during_writes_is_one_moments_state(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    many_rows(data / "artel.sqlite")
    writing = sqlite3.connect(data / "artel.sqlite")
    writing.execute("INSERT INTO t VALUES (1, 1)")
    writing.commit()
    writing.execute("INSERT INTO t VALUES (2, 2)")  # half of what belongs together
    written = back_up(read({"ARTEL_DATA": str(data)}), tmp_path / "b.tar.gz")
    writing.execute("INSERT INTO t VALUES (2, 3)")
    writing.commit()
    writing.close()
    restore(read({"ARTEL_DATA": str(tmp_path / "other")}), written)
    with sqlite3.connect(tmp_path / "other" / "artel.sqlite") as copy:
        assert copy.execute("SELECT a, b FROM t").fetchall() == [(1, 1)]


def test_what_is_no_backup_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    settings = read({"ARTEL_DATA": str(tmp_path / "data")})
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine").write_text("stays")
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as archive:
        for name in (MANIFEST, "../../escaped"):
            entry = tarfile.TarInfo(name)
            entry.size = 1
            archive.addfile(entry, io.BytesIO(b"x"))
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as archive:
        archive.addfile(tarfile.TarInfo("hello"))
    (tmp_path / "text").write_text("no archive")
    for source in (evil, other, tmp_path / "text", tmp_path / "missing"):
        with pytest.raises(Refused):
            restore(settings, source)
    assert (tmp_path / "data" / "mine").read_text() == "stays"
    assert not (tmp_path.parent / "escaped").exists()
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".artel")] == []


def test_nothing_is_restored_under_a_running_house(tmp_path: Path) -> None:
    settings = read({"ARTEL_DATA": str(tmp_path / "data")})
    with HouseLock(settings.data) as lock:
        lock.tell("http://127.0.0.1:8765")
        with pytest.raises(AlreadyRunning, match=r"http://127\.0\.0\.1:8765 \(process \d+\)"):
            restore(settings, tmp_path / "b.tar.gz")


def test_the_lock_is_free_again_when_its_holder_is_gone(tmp_path: Path) -> None:
    with HouseLock(tmp_path), pytest.raises(AlreadyRunning):
        HouseLock(tmp_path)
    HouseLock(tmp_path).close()


@together
async def test_without_a_worker_the_command_says_how_to_start_one(house: House, tmp_path: Path) -> None:
    nowhere = read({"ARTEL_DATA": str(house.settings.data), "WORKER_URL": "http://127.0.0.1:9"})
    with pytest.raises(Refused, match="artel worker"):
        await rebuild(nowhere, house.output_id, tmp_path / "x.png")
