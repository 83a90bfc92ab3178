"""Requests: who asked for what, where, when, how it ended. The id is the interaction's, so a repeat is no second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.database import Database
from bot.records.people import Person, Seen, members, servers
from bot.records.schema import Json, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once, merged
from bot.records.usage import Charge, Excess, book, settle, take_turn


class RequestState(StrEnum):
    """How far the work is. Whether the answer has reached the member is a fact of its own, `answered_at`."""

    working = "working"
    done = "done"
    cancelled = "cancelled"
    """The member called it off, or Discord did before anybody could answer."""
    refused = "refused"
    failed = "failed"


requests = sa.Table(
    "requests",
    metadata,
    sa.Column("id", Snowflake, primary_key=True, autoincrement=False),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), index=True),
    sa.Column("channel_id", Snowflake, nullable=False),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("ask", Json, nullable=False),
    sa.Column("plan", Json),
    sa.Column("model_id", sa.String(64)),
    sa.Column("model_sha256", sa.String(64)),
    sa.Column("state", sa.String(12), nullable=False, index=True),
    sa.Column("error", sa.Text),
    sa.Column("timings", Json, nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False, index=True),
    sa.Column("accepted_at", UtcTime),
    sa.Column("acknowledged_at", UtcTime),
    sa.Column("started_at", UtcTime),
    sa.Column("done_at", UtcTime),
    sa.Column("answered_at", UtcTime),
    sa.Column("answer_channel_id", Snowflake),
    sa.Column("answer_message_id", Snowflake),
    sa.Column("answer_route", sa.String(12)),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("deleted_at", UtcTime),
    sa.Column("private", sa.Boolean(name="private"), nullable=False, server_default=sa.false()),
)


@dataclass(frozen=True)
class NewRequest:
    id: int
    server: Person | None
    channel_id: int
    member: Person
    kind: str
    ask: Mapping[str, Any]
    asked_at: datetime
    plan: Mapping[str, Any] | None = None
    model_id: str | None = None
    charges: tuple[Charge, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    private: bool = False
    """Only the asker sees the answer."""


@dataclass(frozen=True)
class Request:
    """One row of `requests`."""

    id: int
    server_id: int | None
    channel_id: int
    member_id: int
    kind: str
    ask: Mapping[str, Any]
    plan: Mapping[str, Any] | None
    """What was decided before work began: model, recipes, size. Enough to do the same again."""
    model_id: str | None
    model_sha256: str | None
    state: RequestState
    error: str | None
    timings: Mapping[str, float]
    """Milliseconds by stage."""
    asked_at: datetime
    accepted_at: datetime | None
    """When it was put on record."""
    acknowledged_at: datetime | None
    """When Discord took the acknowledgement; none where that is not known."""
    started_at: datetime | None
    """When its turn came."""
    done_at: datetime | None
    """When the work was done: the pictures stand in `outputs`, the model in `models`."""
    answered_at: datetime | None
    """When the member got the answer."""
    answer_channel_id: int | None
    answer_message_id: int | None
    answer_route: str | None
    attempts: int
    """How often delivery was tried until the answer stood."""
    deleted_at: datetime | None
    private: bool
    """Only the asker sees the answer."""


@dataclass(frozen=True)
class Ending:
    """How the work of a request ended."""

    state: RequestState
    error: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    started_at: datetime | None = None
    kept: Mapping[str, float] | None = None
    """What stays charged. None: all of it when it was done, else nothing."""


@dataclass(frozen=True)
class Answer:
    """Where the answer of a request came to stand, and how it got there."""

    channel_id: int
    message_id: int | None
    route: str
    timings: Mapping[str, float] = field(default_factory=dict)
    acknowledged_at: datetime | None = None
    attempts: int = 1


@dataclass(frozen=True)
class Requests:
    database: Database
    seen: Seen = field(default_factory=Seen)

    async def accept(self, new: NewRequest) -> Excess | None:
        """Record a request and book what it uses, in one transaction; the bound that it would break, if it does.

        The same id again changes nothing but the names of those who asked.
        """
        server_id = new.server.id if new.server else None
        async with self.database.write() as connection:
            await take_turn(connection, server_id, new.member.id, new.charges)
            people = await self.seen.see(connection, new.server, new.member)
            row: dict[str, Any] = {
                "id": new.id,
                "server_id": server_id,
                "channel_id": new.channel_id,
                "member_id": new.member.id,
                "kind": new.kind,
                "ask": dict(new.ask),
                "plan": dict(new.plan) if new.plan is not None else None,
                "model_id": new.model_id,
                "state": RequestState.working,
                "timings": dict(new.timings),
                "asked_at": new.asked_at,
                "accepted_at": now(),
                "private": new.private,
            }
            await insert_once(connection, requests, row, keys=("id",))
            excess = await book(connection, new.id, server_id, new.member.id, new.charges)
        self.seen.keep(people)
        return excess

    async def refuse(self, new: NewRequest, error: str, state: RequestState) -> None:
        """Put on record what was refused before it became a request; one that is on record already stays as it is."""
        async with self.database.write() as connection:
            people = await self.seen.see(connection, new.server, new.member)
            row: dict[str, Any] = {
                "id": new.id,
                "server_id": new.server.id if new.server else None,
                "channel_id": new.channel_id,
                "member_id": new.member.id,
                "kind": new.kind,
                "ask": dict(new.ask),
                "state": state,
                "error": error,
                "timings": {},
                "asked_at": new.asked_at,
                "done_at": now(),
                "answered_at": now(),
                "private": True,
            }
            await insert_once(connection, requests, row, keys=("id",))
        self.seen.keep(people)

    async def began(self, request_id: int, acknowledged_at: datetime | None) -> None:
        """Its work begins: what takes long says so before it is over."""
        values: dict[str, Any] = {"started_at": now()}
        if acknowledged_at is not None:
            values["acknowledged_at"] = acknowledged_at
        await self._change(request_id, **values)

    async def end(self, request_id: int, ending: Ending) -> None:
        """The work is over, well or not; a second time overwrites the first."""
        async with self.database.write() as connection:
            await end(connection, request_id, ending)

    async def answered(self, request_id: int, answer: Answer) -> None:
        """The member has the answer."""
        values: dict[str, Any] = {"answered_at": now(), "answer_channel_id": answer.channel_id}
        values |= {"answer_message_id": answer.message_id, "answer_route": answer.route}
        values["attempts"] = requests.c.attempts + answer.attempts
        if answer.acknowledged_at is not None:
            values["acknowledged_at"] = answer.acknowledged_at
        await self._change(request_id, answer.timings, **values)

    async def forget_message(self, request_id: int) -> None:
        """The member took the answer back."""
        await self._change(request_id, deleted_at=now())

    async def decide(self, request_id: int, plan: Mapping[str, Any]) -> None:
        """Write down what was decided only after it was accepted."""
        await self._change(request_id, plan=dict(plan))

    async def get(self, request_id: int) -> Request | None:
        async with self.database.read() as connection:
            row = (await connection.execute(sa.select(requests).where(requests.c.id == request_id))).one_or_none()
        return _request(row) if row else None

    async def at_work(self, kind: str, but: int) -> int:
        """How many requests of a kind are being worked on, without this one."""
        going = (requests.c.kind == kind) & (requests.c.state == RequestState.working) & (requests.c.id != but)
        async with self.database.read() as connection:
            query = sa.select(sa.func.count()).select_from(requests).where(going)
            return int((await connection.execute(query)).scalar_one())

    async def _change(self, request_id: int, timings: Mapping[str, float] | None = None, **values: Any) -> None:
        async with self.database.write() as connection:
            await _change(connection, request_id, timings, **values)


async def end(connection: AsyncConnection, request_id: int, ending: Ending, model_sha256: str | None = None) -> None:
    """`Requests.end` as part of the caller's transaction."""
    values: dict[str, Any] = {"state": ending.state, "error": ending.error, "done_at": now()}
    if model_sha256 is not None:
        values["model_sha256"] = model_sha256
    if ending.started_at is not None:
        values["started_at"] = ending.started_at
    await _change(connection, request_id, ending.timings, **values)
    if ending.kept is not None or ending.state is not RequestState.done:
        await settle(connection, request_id, ending.kept or {})


async def _change(
    connection: AsyncConnection, request_id: int, timings: Mapping[str, float] | None = None, **values: Any
) -> None:
    if timings:
        values["timings"] = merged(connection, requests.c.timings, timings)
    await connection.execute(requests.update().where(requests.c.id == request_id).values(**values))


def _request(row: sa.Row[Any]) -> Request:
    values = dict(row._mapping)
    return Request(**{**values, "state": RequestState(values["state"])})


__all__ = [
    "Answer",
    "Ending",
    "NewRequest",
    "Request",
    "RequestState",
    "Requests",
    "members",
    "requests",
    "servers",
]
