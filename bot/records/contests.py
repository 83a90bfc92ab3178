"""Themed contests: one at a time in a channel, an entry and a vote a member, closed by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.outputs import outputs
from bot.records.people import Person, members, see
from bot.records.schema import Json, RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once, insert_or_update

contests = sa.Table(
    "contests",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("request_id", Snowflake, nullable=False),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False, index=True),
    sa.Column("channel_id", Snowflake, nullable=False),
    sa.Column("theme", sa.String(100), nullable=False),
    sa.Column("started_by", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("origin", Json, nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("closes_at", UtcTime, nullable=False, index=True),
    sa.Column("closed_at", UtcTime),
    sa.Column("result", Json),
    sa.UniqueConstraint("request_id"),
    sqlite_autoincrement=True,
)

contest_entries = sa.Table(
    "contest_entries",
    metadata,
    sa.Column("contest_id", RowId, sa.ForeignKey("contests.id"), primary_key=True, autoincrement=False),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("output_id", RowId, sa.ForeignKey("outputs.id"), nullable=False),
    sa.Column("entered_at", UtcTime, nullable=False),
)

contest_votes = sa.Table(
    "contest_votes",
    metadata,
    sa.Column("contest_id", RowId, sa.ForeignKey("contests.id"), primary_key=True, autoincrement=False),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("entrant_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("voted_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class Contest:
    id: int
    request_id: int
    server_id: int
    channel_id: int
    theme: str
    started_by: int
    origin: Mapping[str, Any]
    """Where it was started and the result is posted: neither a token nor a name is in it."""
    started_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    result: Mapping[str, Any] | None
    starter: str


@dataclass(frozen=True)
class Entry:
    member_id: int
    member: str
    output_id: int
    votes: int


@dataclass(frozen=True)
class Contests:
    database: Database

    async def start(
        self, request_id: int, server: Person, by: Person, theme: str, origin: Mapping[str, Any], closes_at: datetime
    ) -> Contest | None:
        """Begin one; none where another goes on in the server. The same request again gives the same."""
        row = {"request_id": request_id, "server_id": server.id, "channel_id": origin["channel_id"], "theme": theme}
        row |= {"started_by": by.id, "origin": dict(origin), "started_at": now(), "closes_at": closes_at}
        async with self.database.write() as connection:
            await see(connection, server, by)
            # the server's own row is the lock: two that start at once stand in line
            running = (contests.c.server_id == server.id) & contests.c.closed_at.is_(None)
            other = await connection.execute(sa.select(contests.c.request_id).where(running))
            if (found := other.scalars().first()) is not None and found != request_id:
                return None
            await insert_once(connection, contests, row, keys=("request_id",))
            made = await connection.execute(_with_name().where(contests.c.request_id == request_id))
            return Contest(**made.one()._mapping)

    async def get(self, contest_id: int) -> Contest | None:
        found = await self._select(contests.c.id == contest_id)
        return found[0] if found else None

    async def running(self, server_id: int) -> Contest | None:
        found = await self._select((contests.c.server_id == server_id) & contests.c.closed_at.is_(None))
        return found[0] if found else None

    async def due(self, at: datetime) -> list[Contest]:
        """Those whose time is over and whose result is not out."""
        return await self._select((contests.c.closes_at <= at) & contests.c.closed_at.is_(None))

    async def enter(self, contest_id: int, member: Person, output_id: int) -> None:
        """Put a picture in, in the place of the member's earlier one, whose votes go with it."""
        row = {"contest_id": contest_id, "member_id": member.id, "output_id": output_id, "entered_at": now()}
        async with self.database.write() as connection:
            await see(connection, None, member)
            before = sa.select(contest_entries.c.output_id).where(
                contest_entries.c.contest_id == contest_id, contest_entries.c.member_id == member.id
            )
            earlier = (await connection.execute(before)).scalars().first()
            await insert_or_update(connection, contest_entries, row, keys=("contest_id", "member_id"))
            if earlier is not None and earlier != output_id:
                given = (contest_votes.c.contest_id == contest_id) & (contest_votes.c.entrant_id == member.id)
                await connection.execute(contest_votes.delete().where(given))

    async def vote(self, contest_id: int, member: Person, entrant_id: int) -> None:
        """The member's one vote; an earlier one moves."""
        row = {"contest_id": contest_id, "member_id": member.id, "entrant_id": entrant_id, "voted_at": now()}
        async with self.database.write() as connection:
            await see(connection, None, member)
            await insert_or_update(connection, contest_votes, row, keys=("contest_id", "member_id"))

    async def entries(self, contest_id: int) -> list[Entry]:
        """With their votes, the most votes first, then the earlier one; pictures that are gone are left out."""
        votes = (
            sa.select(sa.func.count())
            .where(contest_votes.c.contest_id == contest_id, contest_votes.c.entrant_id == contest_entries.c.member_id)
            .scalar_subquery()
        )
        query = (
            sa.select(contest_entries.c.member_id, members.c.name, contest_entries.c.output_id, votes.label("votes"))
            .join(members, members.c.id == contest_entries.c.member_id)
            .join(outputs, outputs.c.id == contest_entries.c.output_id)
            .where(contest_entries.c.contest_id == contest_id, outputs.c.deleted_at.is_(None))
            .order_by(sa.desc("votes"), contest_entries.c.entered_at, contest_entries.c.member_id)
        )
        async with self.database.read() as connection:
            return [Entry(*row) for row in (await connection.execute(query)).all()]

    async def close(self, contest_id: int, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write the result down; the one that stands if it was closed before."""
        this = contests.c.id == contest_id
        async with self.database.write() as connection:
            closing = contests.update().where(this, contests.c.closed_at.is_(None))
            await connection.execute(closing.values(closed_at=now(), result=dict(result)))
            return dict((await connection.execute(sa.select(contests.c.result).where(this))).scalar_one())

    async def _select(self, condition: sa.ColumnElement[bool]) -> list[Contest]:
        async with self.database.read() as connection:
            rows = (await connection.execute(_with_name().where(condition).order_by(contests.c.id))).all()
        return [Contest(**row._mapping) for row in rows]


def _with_name() -> sa.Select[Any]:
    named = members.c.name.label("starter")
    return sa.select(contests, named).join(members, members.c.id == contests.c.started_by)
