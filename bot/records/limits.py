"""Limits that somebody has set, for everyone, one server or one member. Where there is none the settings hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.schema import Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_or_update

EACH = 0
"""The subject of a limit that holds for each server, or each member, that has none of its own."""


class Scope(StrEnum):
    """Whose uses are counted together."""

    member = "member"
    server = "server"
    all = "all"


limits = sa.Table(
    "limits",
    metadata,
    sa.Column("scope", sa.String(8), primary_key=True),
    sa.Column("subject_id", Snowflake, primary_key=True, autoincrement=False),
    sa.Column("what", sa.String(20), primary_key=True),
    sa.Column("amount", sa.Float, nullable=False),
    sa.Column("changed_by", sa.String(120), nullable=False, server_default=""),
    sa.Column("changed_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class Limit:
    """One row of `limits`."""

    scope: Scope
    subject_id: int
    """A server's or member's id, or `EACH`."""
    what: str
    amount: float
    changed_by: str
    changed_at: datetime


def effective(what: str, scope: Scope, subject_id: int, usual: float) -> sa.ColumnElement[Any]:
    """The limit that holds for a subject: its own, else the one for each, else the usual one."""
    theirs = (limits.c.scope == scope) & (limits.c.what == what) & limits.c.subject_id.in_({subject_id, EACH})
    own_first = sa.case((limits.c.subject_id == EACH, 1), else_=0)
    found = sa.select(limits.c.amount).where(theirs).order_by(own_first).limit(1).scalar_subquery()
    return sa.func.coalesce(found, usual)


@dataclass(frozen=True)
class Limits:
    database: Database

    async def set(self, scope: Scope, subject_id: int, what: str, amount: float, by: str) -> None:
        """From the next request on."""
        row = {"scope": scope, "subject_id": subject_id, "what": what, "amount": amount}
        row |= {"changed_by": by[:120], "changed_at": now()}
        async with self.database.write() as connection:
            await insert_or_update(connection, limits, row, keys=("scope", "subject_id", "what"))

    async def unset(self, scope: Scope, subject_id: int, what: str) -> bool:
        """Back to what holds for each, or to the settings; False when there was none."""
        this = (limits.c.scope == scope) & (limits.c.subject_id == subject_id) & (limits.c.what == what)
        async with self.database.write() as connection:
            return bool((await connection.execute(limits.delete().where(this))).rowcount)

    async def effective(self, what: str, scope: Scope, subject_id: int, usual: float) -> float:
        """The limit that holds for a subject; see `effective` above."""
        async with self.database.read() as connection:
            query = sa.select(effective(what, scope, subject_id, usual))
            return float((await connection.execute(query)).scalar_one())

    async def all(self) -> Sequence[Limit]:
        query = sa.select(limits).order_by(limits.c.what, limits.c.scope, limits.c.subject_id)
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [Limit(**{**row, "scope": Scope(row["scope"])}) for row in rows]
