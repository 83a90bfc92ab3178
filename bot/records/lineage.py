"""Lineage: which picture came from which, and how. Written with the outputs, read as a family tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.database import Database
from bot.records.schema import RowId, metadata
from bot.records.upserts import insert_new

SAME = "same"
"""The relation of an enlarged copy: the same picture as its parent, in another file."""

lineage = sa.Table(
    "lineage",
    metadata,
    sa.Column("output_id", RowId, sa.ForeignKey("outputs.id"), primary_key=True, autoincrement=False),
    sa.Column("parent_id", RowId, sa.ForeignKey("outputs.id"), primary_key=True, autoincrement=False, index=True),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("relation", sa.String(12), nullable=False),
)


@dataclass(frozen=True)
class Link:
    """A child and one of its parents."""

    output_id: int
    parent_id: int
    place: int
    """0 is the first parent."""
    relation: str


async def link(connection: AsyncConnection, families: Iterable[tuple[int, Sequence[int], str]]) -> None:
    """Write down (output, parents, relation), in the caller's transaction; harmless twice."""
    rows = [
        {"output_id": child, "parent_id": parent, "place": place, "relation": relation}
        for child, parents, relation in families
        for place, parent in enumerate(dict.fromkeys(parents))
    ]
    if rows:
        await insert_new(connection, lineage, rows, keys=("output_id", "parent_id"))


@dataclass(frozen=True)
class Lineage:
    database: Database

    async def original(self, output_id: int) -> int:
        """The picture that this one is an enlarged copy of; itself for any other."""
        query = sa.select(lineage.c.parent_id).where(lineage.c.output_id == output_id, lineage.c.relation == SAME)
        async with self.database.read() as connection:
            return (await connection.execute(query)).scalars().first() or output_id

    async def copies(self, output_id: int) -> list[int]:
        """Its enlarged copies, the oldest first."""
        query = sa.select(lineage.c.output_id).where(lineage.c.parent_id == output_id, lineage.c.relation == SAME)
        async with self.database.read() as connection:
            return list((await connection.execute(query.order_by(lineage.c.output_id))).scalars())

    async def parents(self, output_id: int) -> list[Link]:
        """What it came from; nothing for a copy (ask for its original's) or a picture from a seed."""
        return await self._links(sa.and_(lineage.c.output_id == output_id, lineage.c.relation != SAME))

    async def ancestry(self, output_id: int, generations: int, most: int = 200) -> list[Link]:
        """The links from a picture up to its forebears, the nearest generation first; each link once.

        At most `generations` up and `most` links, so that a tree fits a picture.
        """
        found: dict[tuple[int, int], Link] = {}
        level = [output_id]
        for _ in range(generations):
            links = await self._links(sa.and_(lineage.c.output_id.in_(level), lineage.c.relation != SAME))
            new = [one for one in links if (one.output_id, one.parent_id) not in found][: most - len(found)]
            found.update({(one.output_id, one.parent_id): one for one in new})
            level = list(dict.fromkeys(one.parent_id for one in new))
            if not level:
                break
        return list(found.values())

    async def _links(self, condition: sa.ColumnElement[bool]) -> list[Link]:
        query = sa.select(lineage).where(condition).order_by(lineage.c.output_id, lineage.c.place)
        async with self.database.read() as connection:
            return [Link(**row._mapping) for row in (await connection.execute(query)).all()]
