"""Trainings: what was sent to the worker, at which attempt, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.people import members
from bot.records.requests import requests
from bot.records.schema import Json, Snowflake, UtcTime, metadata, now
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
    sa.Column("ended_at", UtcTime),
)

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
    ended_at: datetime | None
    server_id: int | None
    member_id: int
    member_name: str


@dataclass(frozen=True)
class Trainings:
    database: Database

    async def record(self, new: NewTraining) -> None:
        """Record a training before it is sent; the same id again changes nothing."""
        row = {**vars(new), "source": new.source[:200], "left_out": list(new.left_out), "body": dict(new.body)}
        row |= {"state": "queued", "fence": 0, "figures": {}, "sent_at": now()}
        async with self.database.write() as connection:
            await insert_once(connection, trainings, row, keys=("id",))

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
