"""What visitors of the web gallery see: reads only, each bounded by the `Sight` of the one who looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.records.animations import animations
from bot.records.database import Database
from bot.records.favourites import favourites
from bot.records.lineage import SAME, Link, lineage
from bot.records.outputs import outputs
from bot.records.people import members, servers
from bot.records.requests import requests

OPEN = "open"
"""The kind of a request that only shows an older picture once more, large: to its asker alone, or to all."""
REPEATS = (OPEN, "emoji", "sticker")
"""Kinds of requests whose pictures are older ones in another size."""


@dataclass(frozen=True)
class Sight:
    """What one visitor may see: what was answered or shared in these channels, and all that is their own there.

    What a member made in a direct message, or in an answer that only they see, stays theirs until they share it.
    """

    member_id: int
    servers: frozenset[int] = frozenset()
    channels: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """A choice of what is in sight; none leaves it open."""

    model: str | None = None
    maker: int | None = None
    kind: str | None = None
    server: int | None = None
    starred: bool = False
    """Only the visitor's own favourites."""


@dataclass(frozen=True)
class Hung:
    """A picture as the gallery hangs it: its row, and who made it where."""

    id: int
    request_id: int
    model_id: str
    model_sha256: str
    recipe: Mapping[str, Any]
    size: int | None
    upscaler: str
    format: str
    sha256: str
    credits: Sequence[Mapping[str, Any]]
    made_at: datetime
    kind: str
    plan: Mapping[str, Any] | None
    server_id: int | None
    server: str | None
    member_id: int
    member: str
    marks: str = ""


@dataclass(frozen=True)
class Moving:
    """An animation as the gallery shows it."""

    id: int
    model_id: str
    stops: Sequence[int]
    """The pictures that it walks through; empty for new ones."""
    sha256: str
    """Of its file, which is the worker's blob."""
    model_sha256: str
    walk: Mapping[str, Any]
    credits: Sequence[Mapping[str, Any]]
    media_type: str
    made_at: datetime
    server_id: int | None
    member_id: int
    member: str


@dataclass(frozen=True)
class Facet:
    """A value one can choose, and how many pictures it would leave."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facets:
    models: tuple[Facet, ...]
    """Labels are the models' ids; titles are known elsewhere."""
    makers: tuple[Facet, ...]
    kinds: tuple[Facet, ...]
    servers: tuple[Facet, ...]


@dataclass(frozen=True)
class Gallery:
    database: Database

    async def page(self, sight: Sight, wanted: Wanted, *, before: int | None = None, count: int = 24) -> list[Hung]:
        """The newest pictures in sight, newest first; `before` is the id of the last one of the page before."""
        condition = _seen(sight) & _wanted(sight, wanted) & _hangs()
        if before is not None:
            condition &= outputs.c.id < before
        return await self._select(_hung().where(condition).order_by(outputs.c.id.desc()).limit(count))

    async def picture(self, sight: Sight, output_id: int) -> Hung | None:
        """One picture; none when it is not there, was taken back, or is not in sight: these cannot be told apart."""
        found = await self._select(_hung().where(_seen(sight) & (outputs.c.id == output_id)))
        return found[0] if found else None

    async def neighbours(self, sight: Sight, output_id: int) -> tuple[int | None, int | None]:
        """The next newer and the next older picture of the gallery."""
        base = sa.select(outputs.c.id).join(requests).where(_seen(sight) & _hangs()).limit(1)
        newer = base.where(outputs.c.id > output_id).order_by(outputs.c.id)
        older = base.where(outputs.c.id < output_id).order_by(outputs.c.id.desc())
        async with self.database.read() as connection:
            return (await connection.execute(newer)).scalar(), (await connection.execute(older)).scalar()

    async def pictures(self, sight: Sight, output_ids: Sequence[int]) -> dict[int, Hung]:
        """Those of these pictures that are in sight."""
        return {one.id: one for one in await self._select(_hung().where(_seen(sight) & outputs.c.id.in_(output_ids)))}

    async def walks(self, sight: Sight, *, before: int | None = None, count: int = 12) -> list[Moving]:
        """The newest animations in sight, newest first; `before` is the id of the last one of the page before."""
        condition = sa.true() if before is None else animations.c.id < before
        return await self._moving(sight, condition, count)

    async def walk(self, sight: Sight, animation_id: int) -> Moving | None:
        """One animation; none when it is not there or not in sight."""
        found = await self._moving(sight, animations.c.id == animation_id, 1)
        return found[0] if found else None

    async def _moving(self, sight: Sight, condition: sa.ColumnElement[bool], count: int) -> list[Moving]:
        told = ("model_sha256", "walk", "credits", "sha256", "media_type", "made_at")
        columns = [animations.c[name] for name in ("id", "model_id", "stops", *told)]
        who = (requests.c.server_id, requests.c.member_id, members.c.name.label("member"))
        joined = animations.join(requests).join(members, members.c.id == requests.c.member_id)
        seen = animations.c.deleted_at.is_(None) & _answered(sight)
        query = sa.select(*columns, *who).select_from(joined).where(seen & condition)
        async with self.database.read() as connection:
            rows = await connection.execute(query.order_by(animations.c.id.desc()).limit(count))
            return [Moving(**row._mapping) for row in rows.all()]

    async def offspring(self, output_id: int, generations: int, most: int = 60) -> list[Link]:
        """What came of a picture: the links of its descendants to all of their parents, the nearest generation first.

        At most `most` descendants.
        """
        found: dict[int, list[Link]] = {}
        level = [output_id]
        for _ in range(generations):
            theirs = lineage.c.parent_id.in_(level) & (lineage.c.relation != SAME)
            children = sa.select(lineage.c.output_id).where(theirs).distinct().order_by(lineage.c.output_id)
            async with self.database.read() as connection:
                ids = (await connection.execute(children.limit(most - len(found)))).scalars().all()
                level = [one for one in ids if one not in found]
                query = sa.select(lineage).where(lineage.c.output_id.in_(level)).order_by(lineage.c.place)
                links = [Link(**row._mapping) for row in (await connection.execute(query)).all()]
            for one in level:
                found[one] = [link for link in links if link.output_id == one]
            if not level or len(found) >= most:
                break
        return [link for links in found.values() for link in links]

    async def starred(self, sight: Sight) -> int:
        """How many of the visitor's favourites are in sight."""
        condition = _seen(sight) & _hangs() & _starred(sight)
        query = sa.select(sa.func.count()).select_from(_joined()).where(condition)
        async with self.database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def facets(self, sight: Sight) -> Facets:
        """What the pictures in sight can be chosen by, the most frequent first."""
        async with self.database.read() as connection:

            async def counted(value: sa.ColumnElement[Any], label: sa.ColumnElement[Any]) -> tuple[Facet, ...]:
                count = sa.func.count()
                query = sa.select(value, label, count).select_from(_joined())
                query = query.where(_seen(sight) & _hangs() & value.is_not(None))
                query = query.group_by(value, label).order_by(count.desc(), value)
                rows = (await connection.execute(query)).all()
                return tuple(Facet(str(row[0]), str(row[1] or ""), int(row[2])) for row in rows)

            return Facets(
                models=await counted(outputs.c.model_id, outputs.c.model_id),
                makers=await counted(members.c.id, members.c.name),
                kinds=await counted(requests.c.kind, requests.c.kind),
                servers=await counted(requests.c.server_id, servers.c.name),
            )

    async def _select(self, query: sa.Select[Any]) -> list[Hung]:
        async with self.database.read() as connection:
            return [Hung(**row._mapping) for row in (await connection.execute(query)).all()]


def _joined() -> sa.FromClause:
    joined = outputs.join(requests).join(members, members.c.id == requests.c.member_id)
    return joined.join(servers, servers.c.id == requests.c.server_id, isouter=True)


def _hung() -> sa.Select[Any]:
    row = (
        *(outputs.c[name] for name in ("id", "request_id", "model_id", "model_sha256", "recipe", "size", "upscaler")),
        *(outputs.c[name] for name in ("format", "marks", "sha256", "credits", "made_at")),
        *(requests.c[name] for name in ("kind", "plan", "server_id", "member_id")),
    )
    return sa.select(*row, servers.c.name.label("server"), members.c.name.label("member")).select_from(_joined())


def _seen(sight: Sight) -> sa.ColumnElement[bool]:
    shared = requests.c.server_id.in_(sight.servers) & outputs.c.id.in_(_shared(sight))
    standing = outputs.c.deleted_at.is_(None) & requests.c.deleted_at.is_(None)
    return standing & (_answered(sight) | shared)


def _answered(sight: Sight) -> sa.ColumnElement[bool]:
    """Requests whose answer the visitor may see where it was given, or that are their own."""
    own = requests.c.member_id == sight.member_id
    public = requests.c.channel_id.in_(sight.channels) & requests.c.private.is_(False)
    there = requests.c.server_id.in_(sight.servers) & (own | public)
    return requests.c.deleted_at.is_(None) & (requests.c.server_id.is_(None) & own | there)


def _shared(sight: Sight) -> sa.Select[tuple[int]]:
    """Pictures that were shown to all in a channel in sight, wherever they were made."""
    shown = requests.alias("shown")
    public = shown.c.channel_id.in_(sight.channels) & shown.c.private.is_(False) & shown.c.deleted_at.is_(None)
    return sa.select(shown.c.ask["output_id"].as_integer()).where(public & (shown.c.kind == OPEN))


def _hangs() -> sa.ColumnElement[bool]:
    """A picture of its own; an enlarged copy is none."""
    copy = sa.exists().where(lineage.c.output_id == outputs.c.id, lineage.c.relation == SAME)
    return ~copy & requests.c.kind.not_in(REPEATS)


def _starred(sight: Sight) -> sa.ColumnElement[bool]:
    mine = (favourites.c.output_id == outputs.c.id) & (favourites.c.member_id == sight.member_id)
    return sa.exists().where(mine)


def _wanted(sight: Sight, wanted: Wanted) -> sa.ColumnElement[bool]:
    given = (
        (outputs.c.model_id, wanted.model),
        (requests.c.member_id, wanted.maker),
        (requests.c.kind, wanted.kind),
        (requests.c.server_id, wanted.server),
    )
    chosen = [column == value for column, value in given if value is not None]
    return sa.and_(sa.true(), *chosen, *([_starred(sight)] if wanted.starred else []))
