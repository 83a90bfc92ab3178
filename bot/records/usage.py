"""What members have used up. A charge is keyed by its request, so it is made once and given back at most once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.database import Database
from bot.records.schema import Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once

usage = sa.Table(
    "usage",
    metadata,
    sa.Column("request_id", Snowflake, sa.ForeignKey("requests.id"), primary_key=True, autoincrement=False),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id")),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("amount", sa.Float, nullable=False),
    sa.Column("charged_at", UtcTime, nullable=False),
    sa.Column("refunded_at", UtcTime),
    sa.Index("ix_usage_member_what", "member_id", "what", "charged_at"),
)


@dataclass(frozen=True)
class Charge:
    """What a request uses up, and how much of that the member may use in a time."""

    what: str
    """Such as `pictures` or `training_minutes`."""
    amount: float
    limit: float | None = None
    """Refused when the member would have used more than this since `since`; none sets no limit."""
    since: datetime | None = None


async def take_turn(connection: AsyncConnection, member_id: int) -> None:
    """Let one transaction at a time count what a member uses: the first thing in a transaction that will `book`.

    A lock of its own rather than one on the member's row, which other rows' foreign keys hold as well: two that hold
    it and want more would wait for each other for ever. On SQLite a writer has the database to itself already.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(member_id)))


async def book(
    connection: AsyncConnection, request_id: int, server_id: int | None, member_id: int, new: Charge
) -> bool:
    """Book what a request uses, in the caller's transaction, whose turn it is; False, and nothing booked, when it is
    too much.

    The same request again books nothing more and is never too much.
    """
    if new.limit is not None and new.since is not None:
        standing = sa.exists().where(usage.c.request_id == request_id)
        used = _used(member_id, new.what, new.since).scalar_subquery()
        booked, amount = (await connection.execute(sa.select(standing, used))).one()
        if booked:
            return True
        if float(amount) + new.amount > new.limit:
            return False
    row: dict[str, Any] = {"request_id": request_id, "member_id": member_id, "server_id": server_id}
    row |= {"what": new.what, "amount": new.amount, "charged_at": now()}
    await insert_once(connection, usage, row, keys=("request_id",))
    return True


def _used(member_id: int, what: str, since: datetime) -> sa.Select[tuple[float]]:
    theirs = (usage.c.member_id == member_id) & (usage.c.what == what)
    standing = (usage.c.charged_at >= since) & usage.c.refunded_at.is_(None)
    return sa.select(sa.func.coalesce(sa.func.sum(usage.c.amount), 0.0)).where(theirs & standing)


@dataclass(frozen=True)
class Usage:
    database: Database

    async def refund(self, request_id: int) -> None:
        """Give back what a failed request was charged; harmless when there was nothing."""
        standing = (usage.c.request_id == request_id) & usage.c.refunded_at.is_(None)
        async with self.database.write() as connection:
            await connection.execute(usage.update().where(standing).values(refunded_at=now()))

    async def used(self, member_id: int, what: str, since: datetime) -> float:
        """How much of `what` the member has used since then, refunds taken off."""
        async with self.database.read() as connection:
            return float((await connection.execute(_used(member_id, what, since))).scalar_one())
