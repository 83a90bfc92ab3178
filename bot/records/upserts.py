"""Insert-or-update, insert-once and merging JSON, in the words that SQLite and Postgres share or each needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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


async def insert_new(
    connection: AsyncConnection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, keys: Collection[str]
) -> int:
    """Insert those of `rows` that do not stand yet, by one statement; how many were new."""
    statement = _insert(connection, table).values(list(rows)).on_conflict_do_nothing(index_elements=list(keys))
    return int((await connection.execute(statement)).rowcount)


def merged(connection: AsyncConnection, column: sa.Column[Any], new: Mapping[str, Any]) -> sa.ColumnElement[Any]:
    """The JSON object in `column` with the members of `new` added or replaced."""
    added = sa.literal(dict(new), column.type)
    if connection.dialect.name == "postgresql":
        return column.op("||")(added)
    return sa.func.json_patch(column, added, type_=column.type)
