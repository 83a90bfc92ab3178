"""Outputs: every picture made, as the recipe that makes it again, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.fingerprints import take
from bot.records.lineage import link
from bot.records.people import members
from bot.records.requests import Ending, end, requests
from bot.records.schema import Json, RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_new

outputs = sa.Table(
    "outputs",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("request_id", Snowflake, sa.ForeignKey("requests.id"), nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("model_id", sa.String(64), nullable=False),
    sa.Column("model_sha256", sa.String(64), nullable=False),
    sa.Column("recipe", Json, nullable=False),
    sa.Column("size", sa.Integer),
    sa.Column("upscaler", sa.String(12), nullable=False),
    sa.Column("format", sa.String(8), nullable=False),
    sa.Column("marks", sa.String(60), nullable=False, server_default=""),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("credits", Json, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("deleted_at", UtcTime),
    sa.UniqueConstraint("request_id", "place"),
    sqlite_autoincrement=True,  # an id is never given out twice, so a saved file's name stays true
)


BESIDE = frozenset({"parents", "relation", "pixels", "looks", "mark"})
"""Fields of a new output that other tables keep."""


@dataclass(frozen=True)
class NewOutput:
    place: int
    """0 is the first picture of its request."""
    model_id: str
    model_sha256: str
    recipe: Mapping[str, Any]
    size: int | None
    """Side in pixels as asked of the worker; none was the model's own."""
    upscaler: str
    format: str
    sha256: str
    """Of the file's bytes."""
    credits: Sequence[Mapping[str, Any]] = ()
    parents: Sequence[int] = ()
    """Outputs that it came from, see `bot.records.lineage`."""
    relation: str = ""
    marks: str = ""
    """What was asked to be put on it (`gan.contract.Mark`), joined by commas."""
    pixels: str = ""
    looks: str = ""
    """Of what it is known again by, see `bot.records.fingerprints`; empty where the worker did not tell."""
    mark: int | None = None


@dataclass(frozen=True)
class Output:
    """One row of `outputs`, with who made it and where it was shown."""

    id: int
    request_id: int
    place: int
    model_id: str
    model_sha256: str
    recipe: Mapping[str, Any]
    size: int | None
    upscaler: str
    format: str
    sha256: str
    credits: Sequence[Mapping[str, Any]]
    made_at: datetime
    deleted_at: datetime | None
    marks: str
    server_id: int | None
    member_id: int
    channel_id: int
    message_id: int | None


@dataclass(frozen=True)
class Outputs:
    database: Database

    async def record(self, request_id: int, made: Sequence[NewOutput], ending: Ending | None = None) -> list[int]:
        """Record the pictures of a request and give their ids, in order of place; with them, how its work ended.

        A second time gives the same ids: a picture made again from its recipe is the same picture.
        """
        own = {"request_id": request_id, "made_at": now()}
        rows = [{**_columns(new), **own} for new in made]
        async with self.database.write() as connection:
            await insert_new(connection, outputs, rows, keys=("request_id", "place"))
            if ending is not None:
                await end(connection, request_id, ending, made[0].model_sha256)
            query = sa.select(outputs.c.place, outputs.c.id).where(outputs.c.request_id == request_id)
            ids = dict((await connection.execute(query.order_by(outputs.c.place))).tuples().all())
            await link(connection, [(ids[new.place], new.parents, new.relation) for new in made])
            await take(connection, ids, made)
            return list(ids.values())

    async def get(self, output_id: int) -> Output | None:
        found = await self._select(outputs.c.id == output_id)
        return found[0] if found else None

    async def several(self, output_ids: Sequence[int]) -> list[Output]:
        """Those that there are, in the order asked for."""
        found = {one.id: one for one in await self._select(outputs.c.id.in_(output_ids))}
        return [found[one] for one in output_ids if one in found]

    async def makers(self, output_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
        """Output → its maker's id and name."""
        query = (
            sa.select(outputs.c.id, members.c.id, members.c.name)
            .join(requests, requests.c.id == outputs.c.request_id)
            .join(members, members.c.id == requests.c.member_id)
            .where(outputs.c.id.in_(output_ids))
        )
        async with self.database.read() as connection:
            return {row[0]: (row[1], row[2]) for row in (await connection.execute(query)).all()}

    async def of_request(self, request_id: int) -> list[Output]:
        """The pictures of a request in order of place."""
        return await self._select(outputs.c.request_id == request_id)

    async def of_message(self, message_id: int) -> list[Output]:
        """The pictures that stand on a message: those of the newest request that was answered there."""
        newest = (
            sa.select(requests.c.id)
            .join(outputs, outputs.c.request_id == requests.c.id)
            .where(requests.c.answer_message_id == message_id)
            .order_by(requests.c.asked_at.desc(), requests.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        return await self._select(outputs.c.request_id == newest)

    async def forget_some(self, output_ids: Sequence[int]) -> int:
        """Mark these as taken back; how many were still there."""
        gone = outputs.c.deleted_at.is_(None) & outputs.c.id.in_(output_ids)
        async with self.database.write() as connection:
            return (await connection.execute(outputs.update().where(gone).values(deleted_at=now()))).rowcount

    async def forget(self, request_id: int) -> int:
        """Mark the pictures of a request as taken back; how many were still there."""
        gone = outputs.c.deleted_at.is_(None) & (outputs.c.request_id == request_id)
        async with self.database.write() as connection:
            return (await connection.execute(outputs.update().where(gone).values(deleted_at=now()))).rowcount

    async def count(self) -> int:
        async with self.database.read() as connection:
            return (await connection.execute(sa.select(sa.func.count()).select_from(outputs))).scalar_one()

    async def _select(self, condition: sa.ColumnElement[bool]) -> list[Output]:
        asked = (requests.c.server_id, requests.c.member_id, requests.c.channel_id)
        shown = requests.c.answer_message_id.label("message_id")
        query = sa.select(outputs, *asked, shown).join(requests).where(condition).order_by(outputs.c.id)
        async with self.database.read() as connection:
            return [Output(**row._mapping) for row in (await connection.execute(query)).all()]


def _columns(new: NewOutput) -> dict[str, Any]:
    row = {name: value for name, value in vars(new).items() if name not in BESIDE}
    return {**row, "recipe": dict(new.recipe), "credits": [dict(one) for one in new.credits]}
