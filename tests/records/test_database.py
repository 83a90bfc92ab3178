"""What the databases promise below the tables: a safe SQLite, writers in line, a write-ahead log that stays small."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import namedtuple
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.records import RecordsFull, UnsafeSqlite, away_or_full, check_room, open_database, system_database
from bot.records.database import WAL_KEPT_BYTES, sqlite_library


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'artel.sqlite'}"


def test_a_sqlite_with_the_wal_reset_bug_is_not_used(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    library = sqlite_library()
    monkeypatch.setattr(library, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(UnsafeSqlite, match="pysqlite3"):
        open_database(sqlite_url)
    with pytest.raises(UnsafeSqlite, match="DATABASE_URL"):
        system_database(sqlite_url)
    monkeypatch.setattr(library, "sqlite_version_info", (3, 51, 3))
    assert open_database(sqlite_url).sqlite


async def test_a_hundred_writers_at_once_lose_nothing(sqlite_url: str) -> None:
    """A transaction that reads before it writes would fail, or lose an update, if two of them overlapped."""
    database = open_database(sqlite_url)
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE counted (n INTEGER)")
        await connection.exec_driver_sql("INSERT INTO counted VALUES (0)")

    async def add_one() -> None:
        async with database.write() as connection:
            (n,) = (await connection.exec_driver_sql("SELECT n FROM counted")).one()
            await asyncio.sleep(0)
            await connection.execute(sa.text("UPDATE counted SET n = :n"), {"n": n + 1})

    await asyncio.gather(*(add_one() for _ in range(100)))
    async with database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT n FROM counted")).scalar_one() == 100
    await database.close()


async def test_those_who_read_do_not_wait_for_a_writer(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE counted (n INTEGER)")
    async with asyncio.timeout(10), database.write() as writing:
        await writing.exec_driver_sql("INSERT INTO counted VALUES (1)")
        async with database.read() as reading:
            assert (await reading.exec_driver_sql("SELECT count(*) FROM counted")).scalar_one() == 0
    await database.close()


async def test_the_log_shrinks_again_after_a_burst(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    log = tmp_path / "artel.sqlite-wal"
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE kept (data BLOB)")
    async with database.read() as reading:  # a reader keeps the log from being used anew
        await reading.exec_driver_sql("SELECT count(*) FROM kept")
        for _ in range(3):
            async with database.write() as connection:
                await connection.execute(sa.text("INSERT INTO kept VALUES (zeroblob(:n))"), {"n": WAL_KEPT_BYTES // 2})
        assert log.stat().st_size > WAL_KEPT_BYTES
        await reading.rollback()
    for _ in range(3):
        async with database.write() as connection:
            await connection.exec_driver_sql("INSERT INTO kept VALUES (NULL)")
    assert log.stat().st_size <= WAL_KEPT_BYTES
    await database.close()


def test_a_disk_that_is_nearly_full_takes_nothing_new(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    def disk(total: int, free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(total, total - free, free))

    disk(total=100 * GIB, free=9 * MIB)
    check_room(sqlite_url)
    disk(total=100 * GIB, free=7 * MIB)
    with pytest.raises(RecordsFull, match="disk"):
        check_room(sqlite_url)
    check_room("postgresql+asyncpg://host/name")  # minds its own disk
    disk(total=4 * MIB, free=1 * MIB)
    check_room(sqlite_url)  # a tenth of a small disk is enough


@pytest.mark.parametrize(("code", "full"), [("53100", True), ("23505", False)])
def test_a_full_disk_of_postgres_is_known_by_its_code(code: str, full: bool) -> None:
    error = sa.exc.OperationalError("INSERT …", {}, Exception("No space left on device"))
    error.orig.sqlstate = code  # type: ignore[union-attr]
    assert isinstance(away_or_full(error), RecordsFull) is full


def test_a_mistake_of_ours_is_no_trouble_of_the_database() -> None:
    assert away_or_full(ValueError("disk is full")) is None
    assert away_or_full(sa.exc.IntegrityError("INSERT …", {}, Exception("UNIQUE constraint failed"))) is None


def test_both_databases_keep_an_accepted_request_through_a_power_cut(sqlite_url: str, tmp_path: Path) -> None:
    async def settings() -> list[object]:
        database = open_database(sqlite_url)
        async with database.read() as connection:
            found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in PRAGMAS]
        await database.close()
        return found

    _, engine = system_database(sqlite_url)
    with engine.connect() as connection:
        theirs = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS]
    engine.dispose()
    assert asyncio.run(settings()) == theirs == ["wal", FULL]
    with sqlite3.connect(tmp_path / "artel.workflows.sqlite") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)


PRAGMAS = ("journal_mode", "synchronous")
FULL = 2
MIB, GIB = 1024**2, 1024**3
Disk = namedtuple("Disk", "total used free")
