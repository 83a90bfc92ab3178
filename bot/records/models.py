"""Models as the bot knows them: whose they are, and what the worker last said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.people import members
from bot.records.schema import Json, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_or_update

models = sa.Table(
    "models",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("family", sa.String(40), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("works", sa.Integer, nullable=False),
    sa.Column("shipped", sa.Boolean(name="shipped"), nullable=False),
    sa.Column("figures", Json, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("missing_since", UtcTime),
)

owners = sa.Table(
    "model_owners",
    metadata,
    sa.Column("model_id", sa.String(64), primary_key=True),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), index=True),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("training_id", sa.String(64)),
    sa.Column("made_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class Owner:
    """Who had a model trained, and where. Models without an owner (bases, the operator's own) are everybody's."""

    model_id: str
    server_id: int | None
    member_id: int
    training_id: str | None
    member_name: str = ""


@dataclass(frozen=True)
class Model:
    id: str
    title: str
    family: str
    sha256: str
    size: int
    works: int
    shipped: bool
    figures: Mapping[str, Any] = field(default_factory=dict)
    seen_at: datetime | None = None
    missing_since: datetime | None = None
    """Since when the worker has not had it; none while it has."""


@dataclass(frozen=True)
class Models:
    database: Database

    async def replace(self, present: Sequence[Model]) -> None:
        """Take over the worker's list; a model no longer in it is marked missing, never dropped: outputs name it."""
        async with self.database.write() as connection:
            for model in present:
                row = {**vars(model), "figures": dict(model.figures), "seen_at": now(), "missing_since": None}
                await insert_or_update(connection, models, row, keys=("id",))
            gone = models.c.missing_since.is_(None) & models.c.id.not_in([model.id for model in present])
            await connection.execute(models.update().where(gone).values(missing_since=now()))

    async def present(self) -> list[Model]:
        """The models that the worker had when it was last asked, the newest first."""
        query = sa.select(models).where(models.c.missing_since.is_(None)).order_by(models.c.seen_at.desc())
        async with self.database.read() as connection:
            return [Model(**row._mapping) for row in (await connection.execute(query)).all()]

    async def own(self, owner: Owner) -> None:
        """Note whose a new model is."""
        row: dict[str, Any] = {"model_id": owner.model_id, "server_id": owner.server_id, "member_id": owner.member_id}
        row |= {"training_id": owner.training_id, "made_at": now()}
        async with self.database.write() as connection:
            await insert_or_update(connection, owners, row, keys=("model_id",), keep=("made_at",))

    async def owners(self) -> dict[str, Owner]:
        """Who owns what, by model id."""
        columns = (owners.c.model_id, owners.c.server_id, owners.c.member_id, owners.c.training_id)
        query = sa.select(*columns, members.c.name.label("member_name")).join(members)
        async with self.database.read() as connection:
            return {row.model_id: Owner(**row._mapping) for row in (await connection.execute(query)).all()}
