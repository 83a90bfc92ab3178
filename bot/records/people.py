"""Servers, members, and what a server has settled for itself."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.database import Database
from bot.records.schema import Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_or_update

servers = sa.Table(
    "servers",
    metadata,
    sa.Column("id", Snowflake, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(120), nullable=False, server_default=""),
    sa.Column("first_seen", UtcTime, nullable=False),
    sa.Column("last_seen", UtcTime, nullable=False),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("id", Snowflake, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(120), nullable=False, server_default=""),
    sa.Column("first_seen", UtcTime, nullable=False),
    sa.Column("last_seen", UtcTime, nullable=False),
)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
    sa.Column("default_model", sa.String(64)),
    sa.Column("changed_by", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class Person:
    id: int
    name: str


async def see(connection: AsyncConnection, server: Person | None, member: Person) -> None:
    """Note that these two were seen just now, under their present names; part of the caller's transaction."""
    for table, person in ((servers, server), (members, member)):
        if person is None:
            continue
        times = {"first_seen": now(), "last_seen": now()}
        await insert_or_update(
            connection, table, {"id": person.id, "name": person.name[:120], **times}, keys=("id",), keep=("first_seen",)
        )


@dataclass(frozen=True)
class People:
    database: Database

    async def default_models(self) -> dict[int, str]:
        """The model that each server has chosen, by server."""
        query = sa.select(settings.c.server_id, settings.c.default_model).where(settings.c.default_model.is_not(None))
        async with self.database.read() as connection:
            return dict((await connection.execute(query)).tuples().all())

    async def set_default_model(self, server: Person, model_id: str | None, by: Person) -> None:
        async with self.database.write() as connection:
            await see(connection, server, by)
            row = {"server_id": server.id, "default_model": model_id, "changed_by": by.id, "changed_at": now()}
            await insert_or_update(connection, settings, row, keys=("server_id",))
