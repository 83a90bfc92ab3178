"""Models that were taken out of use because art was withdrawn, and the trainings without it that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.records.collections import collection_versions, version_works
from bot.records.database import Database
from bot.records.requests import requests
from bot.records.schema import Json, Snowflake, UtcTime, metadata, now
from bot.records.trainings import trainings
from bot.records.upserts import insert_once

retirements = sa.Table(
    "retirements",
    metadata,
    sa.Column("model_id", sa.String(64), primary_key=True),
    sa.Column("request_id", Snowflake, nullable=False),
    sa.Column("server_id", Snowflake, index=True),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("retired_at", UtcTime, nullable=False),
    sa.Column("forgotten_at", UtcTime),
    sa.Column("retrain_id", Snowflake),
    sa.Column("origin", Json),
    sa.Column("again", Json),
    sa.Column("begun_at", UtcTime),
)


@dataclass(frozen=True)
class Learned:
    """A model and the training that made it."""

    model_id: str
    training_id: str
    request_id: int
    title: str
    base: str | None
    version_id: int | None
    server_id: int | None
    channel_id: int
    member_id: int


@dataclass(frozen=True)
class Retirement:
    model_id: str
    request_id: int
    server_id: int | None
    title: str
    retired_at: datetime
    forgotten_at: datetime | None
    """When the worker had removed it."""
    retrain_id: int | None
    """The request that trains it anew; none where too little is left to learn from."""
    origin: Mapping[str, Any] | None
    again: Mapping[str, Any] | None
    begun_at: datetime | None


@dataclass(frozen=True)
class Retirements:
    database: Database

    async def learned_from(
        self, artwork_ids: Sequence[int], *, member_id: int | None = None, pictures: Sequence[tuple[int, str]] = ()
    ) -> list[Learned]:
        """Models whose version holds one of these artworks, or (with `member_id`) anything of that member's, or one of
        these pictures of a server (server, hash); and the models that started from them, and so on: they learned from
        it as well."""
        versions = _versions(artwork_ids, member_id, pictures)
        async with self.database.read() as connection:
            rows = (await connection.execute(_learned().where(trainings.c.model_id.is_not(None)))).all()
            hit = set((await connection.execute(versions)).scalars())
        everything = [Learned(**row._mapping) for row in rows]
        found = {one.model_id: one for one in everything if one.version_id in hit}
        while True:
            further = [one for one in everything if one.base in found and one.model_id not in found]
            if not further:
                return list(found.values())
            found |= {one.model_id: one for one in further}

    async def learning_from(
        self, artwork_ids: Sequence[int], *, member_id: int | None = None, pictures: Sequence[tuple[int, str]] = ()
    ) -> list[str]:
        """Trainings that have not ended and learn from it at this moment, or wait to."""
        versions = _versions(artwork_ids, member_id, pictures)
        query = sa.select(trainings.c.id).where(trainings.c.ended_at.is_(None), trainings.c.version_id.in_(versions))
        async with self.database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def without_model(
        self, artwork_ids: Sequence[int], member_id: int | None, pictures: Sequence[tuple[int, str]]
    ) -> tuple[list[str], list[str]]:
        """Trainings that learned from it and came to no model: those that go on, and those that have ended."""
        versions = _versions(artwork_ids, member_id, pictures)
        query = sa.select(trainings.c.id, trainings.c.ended_at).where(
            trainings.c.model_id.is_(None), trainings.c.version_id.in_(versions)
        )
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [row.id for row in rows if row.ended_at is None], [row.id for row in rows if row.ended_at is not None]

    async def retire(self, request_id: int, model: Learned) -> bool:
        """Take it out of use; False when it was already."""
        row = {"model_id": model.model_id, "request_id": request_id, "server_id": model.server_id}
        async with self.database.write() as connection:
            told = {**row, "title": model.title, "retired_at": now()}
            return await insert_once(connection, retirements, told, keys=("model_id",))

    async def forgotten(self, model_id: str) -> None:
        """The worker has removed it."""
        this = (retirements.c.model_id == model_id) & retirements.c.forgotten_at.is_(None)
        async with self.database.write() as connection:
            await connection.execute(retirements.update().where(this).values(forgotten_at=now()))

    async def plan_again(
        self, model_id: str, retrain_id: int, origin: Mapping[str, Any], again: Mapping[str, Any]
    ) -> None:
        """Line up a training without what was withdrawn; it begins by itself. A second time changes nothing."""
        this = (retirements.c.model_id == model_id) & retirements.c.retrain_id.is_(None)
        values = {"retrain_id": retrain_id, "origin": dict(origin), "again": dict(again)}
        async with self.database.write() as connection:
            await connection.execute(retirements.update().where(this).values(**values))

    async def of_request(self, request_id: int) -> list[Retirement]:
        return await self._select(retirements.c.request_id == request_id)

    async def all(self) -> dict[str, Retirement]:
        """By model id."""
        return {one.model_id: one for one in await self._select(sa.true())}

    async def not_begun(self) -> list[Retirement]:
        """Those whose training anew has not begun, the oldest first."""
        return await self._select(retirements.c.retrain_id.is_not(None) & retirements.c.begun_at.is_(None))

    async def begun(self, model_id: str) -> None:
        async with self.database.write() as connection:
            this = retirements.c.model_id == model_id
            # what named people in it is no longer needed
            await connection.execute(retirements.update().where(this).values(begun_at=now(), origin=None))

    async def _select(self, condition: sa.ColumnElement[bool]) -> list[Retirement]:
        query = sa.select(retirements).where(condition).order_by(retirements.c.retired_at, retirements.c.model_id)
        async with self.database.read() as connection:
            return [Retirement(**row._mapping) for row in (await connection.execute(query)).all()]


def _versions(
    artwork_ids: Sequence[int], member_id: int | None, pictures: Sequence[tuple[int, str]]
) -> sa.Select[tuple[int]]:
    """The versions that hold any of it."""
    holds: sa.ColumnElement[bool] = version_works.c.artwork_id.in_(artwork_ids)
    if member_id is not None:
        holds |= version_works.c.member_id == member_id
    for server_id in {server for server, _ in pictures}:
        hashes = [sha256 for server, sha256 in pictures if server == server_id]
        here = sa.select(collection_versions.c.id).where(collection_versions.c.server_id == server_id)
        holds |= version_works.c.sha256.in_(hashes) & version_works.c.version_id.in_(here)
    return sa.select(version_works.c.version_id).where(holds)


def _learned() -> sa.Select[Any]:
    return sa.select(
        trainings.c.model_id,
        trainings.c.id.label("training_id"),
        trainings.c.request_id,
        trainings.c.title,
        trainings.c.body["base"].as_string().label("base"),
        trainings.c.version_id,
        requests.c.server_id,
        requests.c.channel_id,
        requests.c.member_id,
    ).join(requests)
