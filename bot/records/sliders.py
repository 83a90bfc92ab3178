"""What members call the sliders of a model: a vote each, counted by server."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.people import Person, see
from bot.records.schema import Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_or_update

slider_names = sa.Table(
    "slider_names",
    metadata,
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), primary_key=True, autoincrement=False),
    sa.Column("model_sha256", sa.String(64), primary_key=True),
    sa.Column("direction", sa.String(64), primary_key=True),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("voted_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class SliderNames:
    """Votes are kept by the model's weights: another training has other sliders, whatever its name."""

    database: Database

    async def vote(self, server: Person, member: Person, model_sha256: str, direction: str, name: str) -> None:
        """A member's vote; their earlier one for the same slider is taken back."""
        row = {"server_id": server.id, "model_sha256": model_sha256, "direction": direction, "member_id": member.id}
        async with self.database.write() as connection:
            await see(connection, server, member)
            await insert_or_update(
                connection,
                slider_names,
                {**row, "name": name[:40], "voted_at": now()},
                keys=("server_id", "model_sha256", "direction", "member_id"),
            )

    async def chosen(self, server_id: int | None, model_sha256: str) -> dict[str, str]:
        """Direction → the name with the most votes, of equal ones the one that was there first; case does not count."""
        query = (
            sa.select(slider_names.c.direction, slider_names.c.name)
            .where(slider_names.c.server_id == server_id, slider_names.c.model_sha256 == model_sha256)
            .order_by(slider_names.c.voted_at)
        )
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).all()
        votes: dict[str, Counter[str]] = {}
        spelled: dict[tuple[str, str], str] = {}
        for row in rows:
            folded = row.name.casefold()
            votes.setdefault(row.direction, Counter())[folded] += 1
            spelled.setdefault((row.direction, folded), row.name)
        return {direction: spelled[direction, counted.most_common(1)[0][0]] for direction, counted in votes.items()}
