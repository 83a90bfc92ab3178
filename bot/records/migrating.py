"""Bringing a database to the present tables, with the Alembic history in `migrations/`."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bot.records.database import open_database

SCRIPTS = Path(__file__).parents[2] / "migrations"


async def migrate(url: str) -> None:
    """Create or upgrade the database behind `url`; one that is up to date is left as it is.

    Several processes may start at once: on Postgres the second waits for the first, on SQLite it waits at its first
    write.
    """
    database = open_database(url)
    try:
        async with database.write() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await database.close()


def _upgrade(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(4184216)"))  # any number, but always the same
    command.upgrade(config(connection), "head")


def config(connection: sa.Connection | None = None) -> Config:
    """Alembic's settings, without a file, so that nothing depends on the folder one stands in."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS))
    settings.attributes["connection"] = connection
    return settings


async def migrated_to(url: str) -> str | None:
    """The revision a database stands at; none for an empty one."""
    from alembic.runtime.migration import MigrationContext

    database = open_database(url)
    try:
        async with database.read() as connection:
            return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    finally:
        await database.close()


__all__ = ["config", "migrate", "migrated_to"]
