"""Emoji and stickers that were made of pictures: they stand in a server, beyond any message of ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.outputs import outputs
from bot.records.requests import requests
from bot.records.schema import RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once

expressions = sa.Table(
    "expressions",
    metadata,
    sa.Column("request_id", Snowflake, sa.ForeignKey("requests.id"), primary_key=True, autoincrement=False),
    sa.Column("output_id", RowId, sa.ForeignKey("outputs.id"), nullable=False, index=True),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("discord_id", Snowflake, nullable=False),
    sa.Column("name", sa.String(32), nullable=False),
    sa.Column("gone_at", UtcTime),
)


@dataclass(frozen=True)
class Expression:
    request_id: int
    output_id: int
    """The picture that it was made of."""
    server_id: int
    kind: Literal["emoji", "sticker"]
    discord_id: int
    name: str


@dataclass(frozen=True)
class Expressions:
    database: Database

    async def note(self, made: Expression) -> None:
        """A second time changes nothing."""
        async with self.database.write() as connection:
            await insert_once(connection, expressions, vars(made), keys=("request_id",))

    async def of_pictures(self, output_ids: Collection[int]) -> list[Expression]:
        """Those standing that were made of these, or whose own row, at the size of an emoji, is among them."""
        own = sa.select(outputs.c.request_id).where(outputs.c.id.in_(output_ids))
        return await self._standing(expressions.c.output_id.in_(output_ids) | expressions.c.request_id.in_(own))

    async def of_member(self, member_id: int) -> list[Expression]:
        """Those standing that this member made, or that were made of this member's pictures."""
        theirs = sa.select(requests.c.id).where(requests.c.member_id == member_id)
        pictures = sa.select(outputs.c.id).where(outputs.c.request_id.in_(theirs))
        return await self._standing(expressions.c.request_id.in_(theirs) | expressions.c.output_id.in_(pictures))

    async def gone(self, request_ids: Sequence[int]) -> None:
        """They stand no more."""
        these = expressions.c.request_id.in_(request_ids)
        async with self.database.write() as connection:
            await connection.execute(expressions.update().where(these).values(gone_at=now()))

    async def _standing(self, condition: sa.ColumnElement[bool]) -> list[Expression]:
        columns = [column for column in expressions.c if column.name != "gone_at"]
        query = sa.select(*columns).where(condition, expressions.c.gone_at.is_(None))
        async with self.database.read() as connection:
            rows = (await connection.execute(query.order_by(expressions.c.request_id))).all()
        return [Expression(**row._mapping) for row in rows]
