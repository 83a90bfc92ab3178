"""Trainings: what was sent to the worker, at which attempt, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.people import members
from bot.records.requests import requests
from bot.records.schema import Json, RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once

trainings = sa.Table(
    "trainings",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("request_id", Snowflake, sa.ForeignKey("requests.id"), nullable=False, unique=True),
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("left_out", Json, nullable=False),
    sa.Column("body", Json, nullable=False),
    sa.Column("state", sa.String(12), nullable=False, index=True),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("model_id", sa.String(64)),
    sa.Column("figures", Json, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("sent_at", UtcTime, nullable=False),
    sa.Column("turn_at", UtcTime),
    sa.Column("ended_at", UtcTime),
    sa.Column("version_id", RowId, index=True),
)

LINE_LOCK = 4184218
"""Any number that is no snowflake; always the same."""
REMEMBERED = timedelta(days=1)
"""For how long a turn that was had counts against its server and member."""
ENDED = ("finished", "cancelled", "failed")


@dataclass(frozen=True)
class NewTraining:
    id: str
    request_id: int
    title: str
    source: str
    left_out: Sequence[str]
    body: Mapping[str, Any]
    """The body that was PUT to the worker; sent again as it is if the worker has lost it."""
    version_id: int | None = None
    """What exactly it learns from, see `bot.records.collections`."""


@dataclass(frozen=True)
class Training:
    """One row of `trainings`, with who asked for it."""

    id: str
    request_id: int
    title: str
    source: str
    left_out: Sequence[str]
    body: Mapping[str, Any]
    state: str
    fence: int
    """Rises with every attempt to send it, so that an older attempt can't overrule a newer."""
    model_id: str | None
    figures: Mapping[str, Any]
    error: str | None
    sent_at: datetime
    """When it was lined up."""
    turn_at: datetime | None
    """When its turn came, and it went to the worker; none while it waits in line."""
    ended_at: datetime | None
    version_id: int | None
    server_id: int | None
    member_id: int
    member_name: str


@dataclass(frozen=True)
class InLine:
    """What the line needs to know of a training."""

    id: str
    turn_at: datetime | None
    sent_at: datetime
    ended_at: datetime | None
    server_id: int | None
    member_id: int


@dataclass(frozen=True)
class Place:
    """Where a training stands."""

    number: int
    """1 is the next; 0 when its turn has come."""
    ahead: tuple[str, ...]
    """The trainings that have to end or begin before: those at the worker, then those before it in the line."""


Choose = Callable[[Sequence[InLine], Sequence[InLine], Sequence[InLine]], Sequence[int]]
"""From who waits, who has a turn, and who had one lately: the places of the waiting in order."""


@dataclass(frozen=True)
class Trainings:
    database: Database

    async def record(self, new: NewTraining) -> bool:
        """Record a training before it is sent; the same id again changes nothing. False when that is another
        request's."""
        row = {**vars(new), "source": new.source[:200], "left_out": list(new.left_out), "body": dict(new.body)}
        row |= {"state": "queued", "fence": 0, "figures": {}, "sent_at": now()}
        async with self.database.write() as connection:
            await insert_once(connection, trainings, row, keys=("id",))
            query = sa.select(trainings.c.request_id).where(trainings.c.id == new.id)
            return bool((await connection.execute(query)).scalar_one() == new.request_id)

    async def take_turn(self, training_id: str, at_once: int, choose: Choose) -> Place:
        """Take the turn of a waiting training if it is its own and one is free; else where it stands in the line.

        `choose` puts the waiting in order. One at a time decides, so no more than `at_once` ever have a turn. A
        training that has ended meanwhile, or has its turn, has nothing before it.
        """
        async with self.database.write() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LINE_LOCK)))
            columns = (trainings.c.id, trainings.c.turn_at, trainings.c.sent_at, trainings.c.ended_at)
            who = (requests.c.server_id, requests.c.member_id)
            remembered = (trainings.c.ended_at.is_(None)) | (trainings.c.turn_at >= now() - REMEMBERED)
            query = sa.select(*columns, *who).join(requests).where(remembered)
            found = [InLine(**row._mapping) for row in (await connection.execute(query)).all()]
            waiting = [one for one in found if one.ended_at is None and one.turn_at is None]
            busy = [one for one in found if one.ended_at is None and one.turn_at is not None]
            place = next((n for n, one in enumerate(waiting) if one.id == training_id), None)
            if place is None:
                return Place(0, ())
            order = choose(waiting, busy, [one for one in found if one.turn_at is not None])
            ahead = tuple(waiting[n].id for n in order[: order.index(place)])
            if ahead or len(busy) >= at_once:
                return Place(len(ahead) + 1, (*(one.id for one in busy), *ahead))
            this = trainings.c.id == training_id
            await connection.execute(trainings.update().where(this).values(turn_at=now()))
            return Place(0, ())

    async def leave_line(self, training_id: str) -> bool:
        """Call off a training whose turn has not come; False when it has, or there is none."""
        waits = (trainings.c.id == training_id) & trainings.c.turn_at.is_(None) & trainings.c.ended_at.is_(None)
        values = {"state": "cancelled", "ended_at": now()}
        async with self.database.write() as connection:
            return bool((await connection.execute(trainings.update().where(waits).values(**values))).rowcount)

    async def next_fence(self, training_id: str) -> int:
        """The number of a new attempt, 1 or more, above any before. Raises `LookupError` if there is no such one."""
        this = trainings.c.id == training_id
        async with self.database.write() as connection:
            raised = trainings.update().where(this).values(fence=trainings.c.fence + 1).returning(trainings.c.fence)
            fence = (await connection.execute(raised)).scalar()
        if fence is None:
            raise LookupError(f"there is no training {training_id}")
        return int(fence)

    async def change(self, training_id: str, state: str) -> None:
        """Keep up with the worker while it goes on."""
        async with self.database.write() as connection:
            await connection.execute(trainings.update().where(trainings.c.id == training_id).values(state=state))

    async def end(
        self,
        training_id: str,
        state: str,
        *,
        model_id: str | None = None,
        figures: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> None:
        values = {"state": state, "model_id": model_id, "figures": dict(figures or {}), "error": error}
        this = trainings.c.id == training_id
        async with self.database.write() as connection:
            await connection.execute(trainings.update().where(this).values(**values, ended_at=now()))

    async def get(self, training_id: str) -> Training | None:
        found = await self._select(trainings.c.id == training_id)
        return found[0] if found else None

    async def going_on(self) -> list[Training]:
        """Trainings that have not ended, in the order they were sent."""
        return await self._select(trainings.c.state.not_in(ENDED))

    async def _select(self, condition: sa.ColumnElement[bool]) -> list[Training]:
        who = (requests.c.server_id, requests.c.member_id, members.c.name.label("member_name"))
        joined = trainings.join(requests).join(members, members.c.id == requests.c.member_id)
        query = sa.select(trainings, *who).select_from(joined).where(condition).order_by(trainings.c.sent_at)
        async with self.database.read() as connection:
            return [Training(**row._mapping) for row in (await connection.execute(query)).all()]
