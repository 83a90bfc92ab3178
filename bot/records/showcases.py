"""The showcase: a channel of a server that shows the pictures with enough stars, each once."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.people import Person, see
from bot.records.schema import RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once, insert_or_update

showcases = sa.Table(
    "showcases",
    metadata,
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
    sa.Column("channel_id", Snowflake),
    sa.Column("stars", sa.SmallInteger, nullable=False),
    sa.Column("changed_by", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
)

showcased = sa.Table(
    "showcased",
    metadata,
    sa.Column("output_id", RowId, sa.ForeignKey("outputs.id"), primary_key=True, autoincrement=False),
    sa.Column("channel_id", Snowflake, nullable=False),
    sa.Column("message_id", Snowflake),
    sa.Column("shown_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class Showcase:
    channel_id: int
    stars: int
    """How many a picture needs."""


@dataclass(frozen=True)
class Showcases:
    database: Database

    async def of(self, server_id: int) -> Showcase | None:
        """Where the server shows its best; none where it does not."""
        query = sa.select(showcases.c.channel_id, showcases.c.stars).where(showcases.c.server_id == server_id)
        async with self.database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Showcase(row.channel_id, row.stars) if row and row.channel_id is not None else None

    async def set(self, server: Person, channel_id: int | None, stars: int, by: Person) -> None:
        row = {"server_id": server.id, "channel_id": channel_id, "stars": stars, "changed_by": by.id}
        async with self.database.write() as connection:
            await see(connection, server, by)
            await insert_or_update(connection, showcases, {**row, "changed_at": now()}, keys=("server_id",))

    async def is_shown(self, output_id: int) -> bool:
        query = sa.select(showcased.c.output_id).where(showcased.c.output_id == output_id)
        async with self.database.read() as connection:
            return (await connection.execute(query)).one_or_none() is not None

    async def shown(self, output_id: int, channel_id: int, message_id: int | None) -> None:
        """Note that it is shown there; a second time changes nothing."""
        row = {"output_id": output_id, "channel_id": channel_id, "message_id": message_id, "shown_at": now()}
        async with self.database.write() as connection:
            await insert_once(connection, showcased, row, keys=("output_id",))
