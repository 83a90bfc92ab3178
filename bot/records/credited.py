"""Which pictures and animations owe something to a work, and where they were shown: for taking them back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.records.animations import animations
from bot.records.database import Database
from bot.records.outputs import outputs
from bot.records.requests import requests
from bot.records.schema import now
from bot.records.showcases import showcased

AT_ONCE = 5_000
"""Rows that are read before the next: their credits are JSON, which is compared here."""


@dataclass(frozen=True)
class Standing:
    """A picture of a model that was not taken back."""

    id: int
    model_id: str
    recipe: dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """A message of ours."""

    channel_id: int
    message_id: int


@dataclass(frozen=True)
class Credited:
    database: Database

    async def pictures(self, model_ids: Sequence[str], hashes: Collection[str]) -> tuple[list[int], list[Standing]]:
        """Of the standing pictures of these models: those whose credits name one of these works, and all others."""
        named: list[int] = []
        others: list[Standing] = []
        columns = (outputs.c.id, outputs.c.model_id, outputs.c.recipe, outputs.c.credits)
        query = sa.select(*columns).where(outputs.c.model_id.in_(model_ids), outputs.c.deleted_at.is_(None))
        last = 0
        while True:
            page = query.where(outputs.c.id > last).order_by(outputs.c.id).limit(AT_ONCE)
            async with self.database.read() as connection:
                rows = (await connection.execute(page)).all()
            for row in rows:
                if names(row.credits, hashes):
                    named.append(row.id)
                else:
                    others.append(Standing(row.id, row.model_id, row.recipe))
            if len(rows) < AT_ONCE:
                return named, others
            last = rows[-1].id

    async def animations(self, model_ids: Sequence[str], hashes: Collection[str], gone: Collection[int]) -> list[int]:
        """Standing animations of these models whose credits name a work, or that walk through a picture that goes."""
        columns = (animations.c.id, animations.c.credits, animations.c.stops)
        query = sa.select(*columns).where(animations.c.model_id.in_(model_ids), animations.c.deleted_at.is_(None))
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [row.id for row in rows if names(row.credits, hashes) or set(row.stops) & set(gone)]

    async def forget_animations(self, animation_ids: Sequence[int]) -> list[str]:
        """Take animations back; the blobs that hold them."""
        these = animations.c.id.in_(animation_ids)
        async with self.database.write() as connection:
            await connection.execute(
                animations.update().where(these, animations.c.deleted_at.is_(None)).values(deleted_at=now())
            )
            return list((await connection.execute(sa.select(animations.c.sha256).where(these))).scalars())

    async def blank(self, output_ids: Sequence[int], animation_ids: Sequence[int]) -> None:
        """Forget whom pictures that were taken back credited."""
        async with self.database.write() as connection:
            for table, ids in ((outputs, output_ids), (animations, animation_ids)):
                these = table.c.id.in_(ids) & table.c.deleted_at.is_not(None)
                await connection.execute(table.update().where(these).values(credits=[]))

    async def messages(
        self,
        output_ids: Sequence[int],
        animation_ids: Sequence[int],
        request_ids: Sequence[int] = (),
        collection_ids: Sequence[int] = (),
    ) -> list[Shown]:
        """Where these stand in Discord, answers and showcases alike, once each; the answers of these requests, and
        where these collections were shown to a channel."""
        answer = (requests.c.answer_channel_id, requests.c.answer_message_id)
        there = requests.c.answer_message_id.is_not(None) & requests.c.deleted_at.is_(None)
        queries = (
            sa.select(*answer).join(outputs).where(outputs.c.id.in_(output_ids), there),
            sa.select(*answer).where(requests.c.id.in_(request_ids), there),
            sa.select(*answer).where(
                requests.c.kind == "collection_share",
                requests.c.ask["collection"].as_integer().in_(collection_ids),
                requests.c.private.is_(False),
                there,
            ),
            sa.select(*answer).join(animations).where(animations.c.id.in_(animation_ids), there),
            sa.select(*answer).where(requests.c.ask["output_id"].as_integer().in_(output_ids), there),
            sa.select(showcased.c.channel_id, showcased.c.message_id).where(
                showcased.c.output_id.in_(output_ids), showcased.c.message_id.is_not(None)
            ),
        )
        found: dict[Shown, None] = {}
        async with self.database.read() as connection:
            for query in queries:
                found |= {Shown(*row): None for row in (await connection.execute(query)).all()}
        return list(found)


def names(shares: Sequence[Any], hashes: Collection[str]) -> bool:
    """Whether a picture's credits name one of these works."""
    return any(isinstance(one, dict) and one.get("work") in hashes for one in shares)
