"""What a server's moderators have settled about who may do what: one JSON document a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.people import Person, see
from bot.records.schema import Json, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_or_update

house_rules = sa.Table(
    "house_rules",
    metadata,
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
    sa.Column("rules", Json, nullable=False),
    sa.Column("changed_by", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class HouseRules:
    database: Database

    async def of(self, server_id: int) -> Mapping[str, Any]:
        """`bot.rights.Rules` as JSON; empty where nothing was settled."""
        query = sa.select(house_rules.c.rules).where(house_rules.c.server_id == server_id)
        async with self.database.read() as connection:
            return (await connection.execute(query)).scalars().first() or {}

    async def set(self, server: Person, rules: Mapping[str, Any], by: Person) -> None:
        """From the next request on (other bot processes know it within `bot.workflows.house.KEPT_S`)."""
        row = {"server_id": server.id, "rules": dict(rules), "changed_by": by.id, "changed_at": now()}
        async with self.database.write() as connection:
            await see(connection, server, by)
            await insert_or_update(connection, house_rules, row, keys=("server_id",))
