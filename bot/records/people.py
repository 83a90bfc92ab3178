"""Servers, members, and what a server has settled for itself."""

from __future__ import annotations

import time
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
    if server is not None:
        await _see_one(connection, servers, server)
    await _see_one(connection, members, member)


async def _see_one(connection: AsyncConnection, table: sa.Table, person: Person) -> None:
    row = {"id": person.id, "name": person.name[:120], "first_seen": now(), "last_seen": now()}
    await insert_or_update(connection, table, row, keys=("id",), keep=("first_seen",))


class Seen:
    """Who was seen a little while ago under the same name, so that not every request writes their rows again."""

    def __init__(self, keep_seconds: float = 600.0, most: int = 10_000) -> None:
        self._keep_seconds, self._most = keep_seconds, most
        self._until: dict[tuple[str, Person], float] = {}

    async def see(self, connection: AsyncConnection, server: Person | None, member: Person) -> list[tuple[str, Person]]:
        """Write down those not seen lately, in the caller's transaction; hand the result to `keep` once it holds."""
        wanted = [("server", server)] if server is not None else []
        wanted.append(("member", member))
        fresh = [one for one in wanted if self._until.get(one, 0.0) < time.monotonic()]
        for kind, person in fresh:
            await _see_one(connection, servers if kind == "server" else members, person)
        return fresh

    def forget(self) -> None:
        """Write everybody down again at their next request: somebody's row was erased."""
        self._until.clear()

    def keep(self, fresh: list[tuple[str, Person]]) -> None:
        if len(self._until) > self._most:
            self._until.clear()
        self._until.update(dict.fromkeys(fresh, time.monotonic() + self._keep_seconds))


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
