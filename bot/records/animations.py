"""Animations: walks from picture to picture, with all that draws them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.requests import requests
from bot.records.schema import Json, RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_once

animations = sa.Table(
    "animations",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("request_id", Snowflake, sa.ForeignKey("requests.id"), nullable=False),
    sa.Column("model_id", sa.String(64), nullable=False),
    sa.Column("model_sha256", sa.String(64), nullable=False),
    sa.Column("walk", Json, nullable=False),
    sa.Column("stops", Json, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("media_type", sa.String(20), nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("credits", Json, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("deleted_at", UtcTime),
    sa.UniqueConstraint("request_id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class NewAnimation:
    model_id: str
    model_sha256: str
    walk: Mapping[str, Any]
    """The task that draws it (`gan.contract.Walk`), the recipes of its stops included."""
    stops: Sequence[int]
    """The outputs that it walks through; empty for random ones."""
    sha256: str
    """Of the file's bytes, which is also the worker's blob."""
    media_type: str
    bytes: int
    credits: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Animation:
    """One row of `animations`, with who made it and where."""

    id: int
    request_id: int
    model_id: str
    model_sha256: str
    walk: Mapping[str, Any]
    stops: Sequence[int]
    sha256: str
    media_type: str
    bytes: int
    credits: Sequence[Mapping[str, Any]]
    made_at: datetime
    deleted_at: datetime | None
    server_id: int | None
    member_id: int


@dataclass(frozen=True)
class Animations:
    database: Database

    async def record(self, request_id: int, new: NewAnimation) -> int:
        """Record the animation of a request and give its id; a second time gives the same."""
        row = {**vars(new), "walk": dict(new.walk), "stops": list(new.stops)}
        row |= {"credits": [dict(one) for one in new.credits], "request_id": request_id, "made_at": now()}
        async with self.database.write() as connection:
            await insert_once(connection, animations, row, keys=("request_id",))
            query = sa.select(animations.c.id).where(animations.c.request_id == request_id)
            return int((await connection.execute(query)).scalar_one())

    async def get(self, animation_id: int) -> Animation | None:
        query = (
            sa.select(animations, requests.c.server_id, requests.c.member_id)
            .join(requests)
            .where(animations.c.id == animation_id)
        )
        async with self.database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Animation(**row._mapping) if row else None

    async def of_message(self, message_id: int, server_id: int) -> Animation | None:
        """The one that stands on a message of that server and was not taken back."""
        query = sa.select(animations, requests.c.server_id, requests.c.member_id).join(requests)
        here = (requests.c.answer_message_id == message_id) & (requests.c.server_id == server_id)
        async with self.database.read() as connection:
            row = (await connection.execute(query.where(here, animations.c.deleted_at.is_(None)))).first()
        return Animation(**row._mapping) if row else None

    async def forget(self, request_id: int) -> int:
        """Mark the animation of a request as taken back; how many were still there."""
        gone = animations.c.deleted_at.is_(None) & (animations.c.request_id == request_id)
        async with self.database.write() as connection:
            return (await connection.execute(animations.update().where(gone).values(deleted_at=now()))).rowcount
