"""The audit log: what was done with rights that not everybody has. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.schema import Json, RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("request_id", Snowflake, nullable=False),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("server_id", Snowflake, index=True),
    sa.Column("member_id", Snowflake, nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(120), nullable=False),
    sa.Column("details", Json, nullable=False),
    sa.UniqueConstraint("request_id", "action"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class Deed:
    request_id: int
    server_id: int | None
    member_id: int
    action: str
    """Such as `default_model` or `delete_of_another`."""
    subject: str
    details: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True)
class Audit:
    database: Database

    async def note(self, deed: Deed) -> None:
        """Add a line; the same request and action again add nothing."""
        row = {**vars(deed), "details": dict(deed.details), "at": deed.at or now()}
        async with self.database.write() as connection:
            await insert_once(connection, audit_log, row, keys=("request_id", "action"))

    async def noted(self, request_id: int, action: str) -> bool:
        """Whether that request did it already."""
        this = (audit_log.c.request_id == request_id) & (audit_log.c.action == action)
        async with self.database.read() as connection:
            return (await connection.execute(sa.select(audit_log.c.id).where(this))).first() is not None

    async def latest(self, server_id: int | None, count: int = 50) -> list[Deed]:
        """The newest lines of a server, newest first."""
        columns = [column for column in audit_log.c if column.name != "id"]
        query = sa.select(*columns).where(audit_log.c.server_id == server_id).order_by(audit_log.c.id.desc())
        async with self.database.read() as connection:
            return [Deed(**row._mapping) for row in (await connection.execute(query.limit(count))).all()]
