"""Insert-or-update and insert-once in the one dialect that SQLite and Postgres share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def _insert(connection: AsyncConnection, table: sa.Table) -> Any:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


async def insert_or_update(
    connection: AsyncConnection,
    table: sa.Table,
    row: Mapping[str, Any],
    *,
    keys: Collection[str],
    keep: Collection[str] = (),
) -> None:
    """Insert `row`; where a row with the same `keys` stands, change all its other columns but those in `keep`."""
    statement = _insert(connection, table).values(**row)
    changed = {name: statement.excluded[name] for name in row if name not in keys and name not in keep}
    await connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed))


async def insert_once(
    connection: AsyncConnection, table: sa.Table, row: Mapping[str, Any], *, keys: Collection[str]
) -> bool:
    """Insert `row` unless one with the same `keys` stands; True when it was new."""
    statement = _insert(connection, table).values(**row).on_conflict_do_nothing(index_elements=list(keys))
    return bool((await connection.execute(statement)).rowcount)
