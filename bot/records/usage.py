"""What has been used up, and by whom. A charge is keyed by its request, so it is made once and given back at most once.

It is booked when the request is accepted, so that many at once cannot slip past a limit, and given back when nothing
comes of the request: what stands is what succeeded or is still under way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.database import Database
from bot.records.limits import Scope, effective
from bot.records.schema import Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_new

usage = sa.Table(
    "usage",
    metadata,
    sa.Column("request_id", Snowflake, sa.ForeignKey("requests.id"), primary_key=True, autoincrement=False),
    sa.Column("what", sa.String(20), primary_key=True),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id")),
    sa.Column("amount", sa.Float, nullable=False),
    sa.Column("charged_at", UtcTime, nullable=False),
    sa.Column("refunded_at", UtcTime),
    sa.Index("ix_usage_member_what", "member_id", "what", "charged_at"),
    sa.Index("ix_usage_server_what", "server_id", "what", "charged_at"),
    sa.Index("ix_usage_what", "what", "charged_at"),
)

# by name alone: their modules know of requests, which know of this one
_trainings = sa.table("trainings", sa.column("request_id"), sa.column("model_id"))
_models = sa.table("models", sa.column("id"), sa.column("missing_since"))

EVERYONE_LOCK = 4184217
"""Any number that is no snowflake; always the same."""


@dataclass(frozen=True)
class Bound:
    """How much may be used by those who are counted together."""

    scope: Scope
    limit: float
    """Where nobody has set another; see `bot.records.limits`."""
    since: datetime | None = None
    """What was charged earlier does not count; none counts all that stands, as for what takes up room."""


@dataclass(frozen=True)
class Charge:
    """What a request uses up."""

    what: str
    amount: float
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True)
class Excess:
    """The bound that a request would break."""

    what: str
    scope: Scope
    limit: float


async def take_turn(
    connection: AsyncConnection, server_id: int | None, member_id: int, charges: Sequence[Charge]
) -> None:
    """Let one transaction at a time count what is used: the first thing in a transaction that will `book`.

    Locks of their own rather than row locks, which other rows' foreign keys hold as well: two that hold one and want
    more would wait for each other for ever. Always from the widest to the narrowest, for the same reason. On SQLite a
    writer has the database to itself already.
    """
    if connection.dialect.name != "postgresql":
        return
    scopes = {bound.scope for charge in charges for bound in charge.bounds}
    locks = {Scope.all: EVERYONE_LOCK, Scope.server: server_id, Scope.member: member_id}
    for scope, key in locks.items():
        if scope in scopes and key is not None:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def book(
    connection: AsyncConnection, request_id: int, server_id: int | None, member_id: int, charges: Sequence[Charge]
) -> Excess | None:
    """Book what a request uses, in the caller's transaction, whose turn it is; the first bound it would break, and then
    nothing is booked.

    The same request again books nothing more and is never too much.
    """
    subjects = {Scope.all: 0, Scope.server: server_id, Scope.member: member_id}
    asked: list[sa.ColumnElement[Any]] = []
    bounds: list[tuple[Charge, Bound]] = []
    for charge in charges:
        asked.append(sa.exists().where((usage.c.request_id == request_id) & (usage.c.what == charge.what)))
        for bound in charge.bounds:
            subject = subjects[bound.scope]
            if subject is not None:
                bounds.append((charge, bound))
                asked.append(effective(charge.what, bound.scope, subject, bound.limit))
                asked.append(_used(charge.what, bound.since, bound.scope, subject).scalar_subquery())
    if bounds:
        answers = iter((await connection.execute(sa.select(*asked))).one())
        excess = _first_excess(charges, bounds, answers)
        if excess is not None:
            return excess
    rows = [
        {"request_id": request_id, "member_id": member_id, "server_id": server_id, "charged_at": now()}
        | {"what": charge.what, "amount": charge.amount}
        for charge in charges
    ]
    if rows:
        await insert_new(connection, usage, rows, keys=("request_id", "what"))
    return None


def _first_excess(charges: Sequence[Charge], bounds: Sequence[tuple[Charge, Bound]], answers: Any) -> Excess | None:
    for charge in charges:
        standing = bool(next(answers))
        for _, bound in (pair for pair in bounds if pair[0] is charge):
            limit, used = float(next(answers)), float(next(answers))
            if not standing and used + charge.amount > limit:
                return Excess(charge.what, bound.scope, limit)
    return None


async def settle(connection: AsyncConnection, request_id: int, kept: Mapping[str, float]) -> None:
    """Say what a request has used in the end, part of the caller's transaction; what is not in `kept` is given back.

    What was given back once stays so.
    """
    standing = (usage.c.request_id == request_id) & usage.c.refunded_at.is_(None)
    for what, amount in kept.items():
        await connection.execute(usage.update().where(standing & (usage.c.what == what)).values(amount=amount))
    gone = standing & usage.c.what.not_in(list(kept))
    await connection.execute(usage.update().where(gone).values(refunded_at=now()))


def _used(what: str, since: datetime | None, scope: Scope, subject_id: int) -> sa.Select[tuple[float]]:
    counts = (usage.c.what == what) & usage.c.refunded_at.is_(None)
    if scope is not Scope.all:
        counts &= (usage.c.member_id if scope is Scope.member else usage.c.server_id) == subject_id
    # what takes up room does so until its model is gone from the worker
    counts &= usage.c.charged_at >= since if since is not None else ~_gone()
    return sa.select(sa.func.coalesce(sa.func.sum(usage.c.amount), 0.0)).where(counts)


def _gone() -> sa.ColumnElement[bool]:
    mine = (_trainings.c.request_id == usage.c.request_id) & _models.c.missing_since.is_not(None)
    return sa.exists().select_from(_trainings.join(_models, _models.c.id == _trainings.c.model_id)).where(mine)


@dataclass(frozen=True)
class Usage:
    database: Database

    async def book(
        self, request_id: int, server_id: int | None, member_id: int, charges: Sequence[Charge]
    ) -> Excess | None:
        """Book what turns out later than at the start; see `book` above."""
        async with self.database.write() as connection:
            await take_turn(connection, server_id, member_id, charges)
            return await book(connection, request_id, server_id, member_id, charges)

    async def used(self, what: str, since: datetime | None, scope: Scope = Scope.all, subject_id: int = 0) -> float:
        """How much of `what` has been used since then, refunds taken off; none counts all that takes up room."""
        async with self.database.read() as connection:
            return float((await connection.execute(_used(what, since, scope, subject_id))).scalar_one())

    async def give_back(self, request_id: int) -> None:
        """What it took is free again: what came of it is gone. Harmless twice."""
        async with self.database.write() as connection:
            await settle(connection, request_id, {})

    async def of_request(self, request_id: int) -> dict[str, float]:
        """What stays charged of a request."""
        standing = (usage.c.request_id == request_id) & usage.c.refunded_at.is_(None)
        async with self.database.read() as connection:
            rows = await connection.execute(sa.select(usage.c.what, usage.c.amount).where(standing))
            return dict(rows.tuples().all())
