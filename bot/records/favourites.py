"""Favourites: a member's star on a picture, with a name of their own if they like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.lineage import SAME, lineage
from bot.records.outputs import outputs
from bot.records.people import Person, see
from bot.records.requests import requests
from bot.records.schema import RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once, insert_or_update

favourites = sa.Table(
    "favourites",
    metadata,
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("output_id", RowId, sa.ForeignKey("outputs.id"), primary_key=True, autoincrement=False, index=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("starred_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class Pick:
    """A picture that a member may choose: a favourite, or one of their newest."""

    output_id: int
    model_id: str
    name: str = ""
    starred: bool = False


@dataclass(frozen=True)
class Favourites:
    database: Database

    async def star(self, member: Person, output_id: int, name: str | None) -> None:
        """Put a star to a picture; with a name of None an earlier one stays."""
        row = {"member_id": member.id, "output_id": output_id, "name": (name or "")[:60], "starred_at": now()}
        keys = ("member_id", "output_id")
        async with self.database.write() as connection:
            await see(connection, None, member)
            if name is None:
                await insert_once(connection, favourites, row, keys=keys)
            else:
                await insert_or_update(connection, favourites, row, keys=keys, keep=("starred_at",))

    async def unstar(self, member_id: int, output_id: int) -> None:
        mine = (favourites.c.member_id == member_id) & (favourites.c.output_id == output_id)
        async with self.database.write() as connection:
            await connection.execute(favourites.delete().where(mine))

    async def name(self, member_id: int, output_id: int) -> str | None:
        """What the member calls it, empty if nothing; None when it has no star of theirs."""
        mine = (favourites.c.member_id == member_id) & (favourites.c.output_id == output_id)
        async with self.database.read() as connection:
            return (await connection.execute(sa.select(favourites.c.name).where(mine))).scalars().first()

    async def stars(self, output_ids: Sequence[int]) -> dict[int, int]:
        """How many stars each has; those without are left out."""
        query = sa.select(favourites.c.output_id, sa.func.count()).group_by(favourites.c.output_id)
        async with self.database.read() as connection:
            rows = await connection.execute(query.where(favourites.c.output_id.in_(output_ids)))
            return dict(rows.tuples().all())

    async def page(
        self, member_id: int, server_id: int | None, channel_id: int, shelf: Shelf, page: int, size: int
    ) -> list[Pick]:
        """A page of pictures, newest first, counted from 0, and one more if there is a further page.

        `mine` are the member's own, `favourites` those with a star of theirs, `here` what everybody can see in this
        channel: nothing of other channels, which the member may not be allowed to read.
        """
        star = (favourites.c.output_id == outputs.c.id) & (favourites.c.member_id == member_id)
        query = sa.select(outputs.c.id, outputs.c.model_id, favourites.c.name, favourites.c.output_id.label("star"))
        query = query.select_from(outputs.join(favourites, star, isouter=True))
        condition: sa.ColumnElement[bool] = requests.c.server_id == server_id
        match shelf:
            case "mine":
                condition &= requests.c.member_id == member_id
            case "favourites":
                condition &= favourites.c.output_id.is_not(None)
            case "here":
                condition &= (requests.c.channel_id == channel_id) & requests.c.private.is_(False)
        query = _pictures(query, condition).offset(page * size).limit(size + 1)
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Pick(row.id, row.model_id, row.name or "", row.star is not None) for row in rows]

    async def picks(self, member_id: int, server_id: int | None, limit: int = 200) -> list[Pick]:
        """What a member may choose there: favourites first, the newest star first, then their own newest pictures."""
        here = (requests.c.server_id == server_id) & outputs.c.deleted_at.is_(None)
        starred = (
            sa.select(outputs.c.id, outputs.c.model_id, favourites.c.name)
            .join(requests, requests.c.id == outputs.c.request_id)
            .join(favourites, favourites.c.output_id == outputs.c.id)
            .where(here, favourites.c.member_id == member_id)
            .order_by(favourites.c.starred_at.desc(), outputs.c.id.desc())
        )
        async with self.database.read() as connection:
            first = (await connection.execute(starred.limit(limit))).all()
            own = await connection.execute(newest_of(member_id, server_id).limit(limit))
            known = {row.id for row in first}
            rest = [Pick(row.id, row.model_id) for row in own.all() if row.id not in known]
        return ([Pick(row.id, row.model_id, row.name, starred=True) for row in first] + rest)[:limit]


Shelf = Literal["mine", "favourites", "here"]
COPIES = ("open", "emoji", "sticker")
"""Kinds of requests that only make an older picture once more."""


def newest_of(member_id: int, server_id: int | None) -> sa.Select[tuple[int, str]]:
    """A member's own pictures, newest first; enlarged copies are no pictures of their own."""
    mine = (requests.c.server_id == server_id) & (requests.c.member_id == member_id)
    return _pictures(sa.select(outputs.c.id, outputs.c.model_id), mine)


def _pictures(query: sa.Select[Any], condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    copy = sa.exists().where(lineage.c.output_id == outputs.c.id, lineage.c.relation == SAME)
    return (
        query.join(requests, requests.c.id == outputs.c.request_id)
        .where(condition, outputs.c.deleted_at.is_(None), requests.c.kind.not_in(COPIES), ~copy)
        .order_by(outputs.c.id.desc())
    )
