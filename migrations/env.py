"""Alembic's entry: runs on the connection that `bot.records.migrate` hands it, or on what DATABASE_URL names."""

from __future__ import annotations

import asyncio
import os

import sqlalchemy as sa
from alembic import context

from bot.records import open_database
from bot.records.schema import metadata


def run(connection: sa.Connection) -> None:
    """Run the migrations that were asked for, in the caller's transaction."""
    batch = connection.dialect.name == "sqlite"  # SQLite changes a column by copying the table
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=batch)
    with context.begin_transaction():
        context.run_migrations()


async def run_alone() -> None:
    """For the `alembic` command itself, such as `alembic revision --autogenerate`."""
    database = open_database(os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///data/artel.sqlite"))
    async with database.write() as connection:
        await connection.run_sync(run)
    await database.close()


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    asyncio.run(run_alone())
