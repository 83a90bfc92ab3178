"""Opening the databases: SQLite by a library without the WAL-reset bug, Postgres by its own driver.

The SQLite that Python links (3.7.0 to 3.51.2) can corrupt a WAL database when two connections write and checkpoint at
once; `pysqlite3` brings a repaired one. This is the only place that knows about it.
"""

from __future__ import annotations

import asyncio
import importlib
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import Retry

AWAY = "The records cannot be reached just now."
FULL = (
    "The disk of the machine that I run on is full, so I take nothing new; nothing was charged. Whoever runs Artel has "
    "to make room there, and then it goes on by itself."
)
RESERVE_BYTES, RESERVE_SHARE = 8 * 1024 * 1024, 0.1
"""What new requests leave free, so that those under way can still be written down to their end: the smaller of so many
bytes and this share of the disk."""
FULL_AFTER_S = 10.0
FIRST_SAFE_SQLITE = (3, 51, 3)
BUSY_MS = 30_000
"""How long a writer waits for another before it gives up: longer than any of our transactions by far."""
WAL_KEPT_BYTES = 16 * 1024 * 1024
"""What stays of the write-ahead log after a checkpoint, though a burst or a long reader made it longer."""
PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    f"journal_size_limit={WAL_KEPT_BYTES}",
)
"""WAL with FULL keeps an acknowledged write through a power cut; NORMAL may lose it. What is deleted is overwritten:
whoever had themselves erased shall not be found in free pages."""
WAIT_FOR_CONNECTION_S = 3600.0
"""The one connection of the workflows: behind a burst one waits in line rather than fails."""


PASSING = ("database is locked", "disk i/o error", "unable to open database", "readonly database")
"""How SQLite says that the file cannot be had just now."""
PASSING_STATES = frozenset({"08", "53", "57", "58"})
"""Classes of Postgres' error codes: the connection, its resources, an operator's doing, its system."""
DISK_FULL = "53100"
COMMAND_S = 30.0
"""For one statement on Postgres: none of ours takes a second, so longer means that the server has stalled."""


class UnsafeSqlite(Exception):
    """No SQLite here may be written by the connections that we need; the text says what to install."""


class RecordsAway(Retry):
    """The database cannot be reached, or was lost in the middle; what was begun there is undone."""


class RecordsFull(RecordsAway):
    """There is no room to write anything more down."""


@dataclass(frozen=True)
class Database:
    """An open database of ours. Reading and writing raise `RecordsAway` when it cannot be reached."""

    engine: AsyncEngine
    turn: asyncio.Lock | None = None
    """SQLite takes one writer at a time and lets the others poll with growing pauses; in line they are many times as
    quick, and leave connections to those who read."""

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end of the block and undone by an exception."""
        turn: AbstractAsyncContextManager[None] = self.turn or nullcontext()
        async with turn, self.read() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await self.engine.connect()
        except Exception as error:  # each driver has its own ways to say so
            raise away_or_full(error) or RecordsAway(AWAY, after=0.5) from error
        try:
            yield connection
        except (sa.exc.DBAPIError, TimeoutError) as error:
            if (away := away_or_full(error)) is not None:
                raise away from error
            raise
        finally:
            await connection.close()

    async def close(self) -> None:
        await self.engine.dispose()


def check_room(url: str) -> None:
    """Raises `RecordsFull` when the disk of a SQLite is so full that what is under way might not be written down.

    Postgres minds its own disk.
    """
    if sa.make_url(url).get_backend_name() == "sqlite":
        disk = shutil.disk_usage(sqlite_path(url).parent)
        if disk.free < min(RESERVE_BYTES, disk.total * RESERVE_SHARE):
            raise RecordsFull(FULL, after=FULL_AFTER_S)


def away_or_full(error: BaseException) -> RecordsAway | None:
    """What an error of a database means, also of the workflows' own; none for a mistake of ours.

    Away is what passes by itself once the database is mended: it cannot be reached, has stalled, or is locked.
    """
    if isinstance(error, RecordsAway):
        return error
    if isinstance(error, TimeoutError | sa.exc.TimeoutError):
        return RecordsAway(AWAY, after=1.0)
    if not isinstance(error, sa.exc.DBAPIError):
        return None
    words, state = str(error.orig).lower(), str(getattr(error.orig, "sqlstate", None) or "")
    if "disk is full" in words or state == DISK_FULL:
        return RecordsFull(FULL, after=FULL_AFTER_S)
    passing = error.connection_invalidated or state[:2] in PASSING_STATES or any(one in words for one in PASSING)
    return RecordsAway(AWAY, after=0.5) if passing else None


def open_database(url: str) -> Database:
    """Open `sqlite+aiosqlite:///path/to/artel.sqlite` or `postgresql+asyncpg://user:password@host/name`.

    Raises `ValueError` for any other kind of URL. Nothing is read or written yet.
    """
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return Database(_open_sqlite(parsed), asyncio.Lock())
        case "postgresql":
            engine = create_async_engine(
                parsed.set(drivername="postgresql+asyncpg"),
                pool_pre_ping=True,
                pool_size=10,
                connect_args={"command_timeout": COMMAND_S, "timeout": 10.0},
            )
            return Database(engine)
        case other:
            raise ValueError(f"DATABASE_URL speaks of {other!r}; Artel knows sqlite+aiosqlite and postgresql+asyncpg")


def system_database(url: str) -> tuple[str, sa.Engine]:
    """The synchronous database in which the workflows keep their own state: its URL and its engine.

    For SQLite it is a file of its own beside ours (`artel.sqlite` → `artel.workflows.sqlite`), so the two never wait
    for each other's writes; in Postgres it is the same database, in the schema `dbos`.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return parsed.render_as_string(hide_password=False), sa.create_engine(parsed, pool_pre_ping=True)
    path = sqlite_path(parsed).with_suffix(".workflows.sqlite")
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = sa.URL.create("sqlite", database=str(path))
    # one connection, for the reason of `Database.turn`
    engine = sa.create_engine(
        plain, module=sqlite_library(), pool_size=1, max_overflow=0, pool_timeout=WAIT_FOR_CONNECTION_S
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"  # writers queue up at BEGIN instead of failing at their first write
        _set_pragmas(connection)

    return plain.render_as_string(), engine


def sqlite_path(url: str | sa.URL) -> Path:
    """The file behind a SQLite URL. Raises `ValueError` for one in memory, which could not outlive a restart."""
    database = sa.make_url(url).database
    if not database or database == ":memory:":
        raise ValueError("DATABASE_URL must name a file: sqlite+aiosqlite:///data/artel.sqlite")
    return Path(database)


def sqlite_library() -> ModuleType:
    """A DB-API module over a SQLite that is safe to write from several connections.

    Raises `UnsafeSqlite` when there is none: bot and `artel backup` open the same file, so one writer is no promise.
    """
    try:
        library = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        library = importlib.import_module("sqlite3.dbapi2")
    if library.sqlite_version_info < FIRST_SAFE_SQLITE:
        raise UnsafeSqlite(
            f"SQLite {library.sqlite_version} can damage its database when two connections write at once. Install a "
            "repaired one (pip install 'pysqlite3>=0.6.1'), or set DATABASE_URL to a Postgres server."
        )
    return library


def _open_sqlite(url: sa.URL) -> AsyncEngine:
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    library = sqlite_library()

    def connect(*_args: Any, **options: Any) -> aiosqlite.Connection:
        connection = aiosqlite.Connection(partial(library.connect, str(path), **options), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does: a stuck disk must not keep the process from ending
        return connection

    names = ("DatabaseError", "Error", "IntegrityError", "NotSupportedError", "OperationalError", "ProgrammingError")
    speaking = {name: getattr(library, name) for name in (*names, "sqlite_version", "sqlite_version_info")}
    shim = SimpleNamespace(connect=connect, Connection=aiosqlite.Connection, **speaking)
    engine = create_async_engine(
        sa.URL.create("sqlite+aiosqlite", database=str(path)),
        module=AsyncAdapt_aiosqlite_dbapi(cast("ModuleType", shim), library),
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, by us alone
        _set_pragmas(connection)

    @sa.event.listens_for(engine.sync_engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A transaction that starts by reading and then writes would fail at once if another wrote in between.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _set_pragmas(connection: Any) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
