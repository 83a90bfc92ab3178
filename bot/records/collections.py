"""Collections of art, and frozen versions: what exactly a training learned from, each with a hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.art import Artwork, artworks
from bot.records.database import Database
from bot.records.people import Person, members, see
from bot.records.schema import RowId, Snowflake, UtcTime, metadata, now
from bot.records.trainings import trainings
from bot.records.upserts import insert_new, insert_once

collections = sa.Table(
    "collections",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("folded", sa.String(120), nullable=False),
    sa.Column("owner_id", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("who_adds", sa.String(12), nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.UniqueConstraint("server_id", "folded"),
    sqlite_autoincrement=True,
)
collection_adders = sa.Table(
    "collection_adders",
    metadata,
    sa.Column("collection_id", RowId, sa.ForeignKey("collections.id"), primary_key=True, autoincrement=False),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), primary_key=True, autoincrement=False),
)
collection_works = sa.Table(
    "collection_works",
    metadata,
    sa.Column("collection_id", RowId, sa.ForeignKey("collections.id"), primary_key=True, autoincrement=False),
    sa.Column("artwork_id", RowId, sa.ForeignKey("artworks.id"), primary_key=True, autoincrement=False, index=True),
    sa.Column("added_by", Snowflake, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("added_at", UtcTime, nullable=False),
)
collection_versions = sa.Table(
    "collection_versions",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id")),
    sa.Column("collection_id", RowId, sa.ForeignKey("collections.id")),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.UniqueConstraint("collection_id", "number"),
    sqlite_autoincrement=True,
)
version_works = sa.Table(
    "version_works",
    metadata,
    sa.Column("version_id", RowId, sa.ForeignKey("collection_versions.id"), primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("artwork_id", RowId, sa.ForeignKey("artworks.id"), index=True),
    sa.Column("member_id", Snowflake, index=True),
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("artist", sa.String(100), nullable=False),
    sa.Column("licence", sa.String(60), nullable=False),
)

WhoAdds = Literal["owner", "moderators", "everyone"]
ROWS_AT_ONCE = 500
"""Rows in one INSERT; SQLite takes 32,766 values."""


@dataclass(frozen=True)
class Collection:
    """One row of `collections`, with what is in it and who it belongs to."""

    id: int
    server_id: int
    name: str
    owner_id: int
    owner_name: str
    who_adds: WhoAdds
    works: int
    artists: int


@dataclass(frozen=True)
class VersionWork:
    """A picture as a version holds it."""

    sha256: str
    title: str = ""
    artist: str = ""
    licence: str = ""
    artwork_id: int | None = None
    """The artwork it is; none for emoji, attached files and the operator's folders."""
    member_id: int | None = None
    """Who gave it; none where nobody in particular did."""
    tags: str = ""
    """Of the artwork, commas between; read from it, no part of the version."""


@dataclass(frozen=True)
class Version:
    id: int
    server_id: int | None
    collection_id: int | None
    """None for a set that was put together for one training: emoji, files, a folder."""
    number: int
    sha256: str
    """Of its content, see `content_hash`."""
    source: str
    made_at: datetime


def fold(name: str) -> str:
    """What two names of collections have in common that are the same to a reader."""
    return " ".join(name.casefold().split())


def content_hash(works: Sequence[VersionWork]) -> str:
    """A hash of what a version holds, whatever its order: pictures with titles, artists and licences."""
    lines = sorted(json.dumps([one.sha256, one.title, one.artist, one.licence]) for one in works)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class Collections:
    database: Database

    async def create(self, server: Person, owner: Person, name: str, who_adds: WhoAdds) -> int | None:
        """A new collection's id; None when there is one of that name."""
        row: dict[str, Any] = {"server_id": server.id, "name": name, "folded": fold(name), "owner_id": owner.id}
        async with self.database.write() as connection:
            await see(connection, server, owner)
            told = {**row, "who_adds": who_adds, "made_at": now()}
            if not await insert_once(connection, collections, told, keys=("server_id", "folded")):
                return None
            query = sa.select(collections.c.id).where(
                collections.c.server_id == server.id, collections.c.folded == fold(name)
            )
            return int((await connection.execute(query)).scalar_one())

    async def get(self, collection_id: int) -> Collection | None:
        found = await self._select(collections.c.id == collection_id)
        return found[0] if found else None

    async def named(self, server_id: int, name: str) -> Collection | None:
        found = await self._select((collections.c.server_id == server_id) & (collections.c.folded == fold(name)))
        return found[0] if found else None

    async def of_server(self, server_id: int) -> list[Collection]:
        return await self._select(collections.c.server_id == server_id)

    async def may_add(self, collection_id: int, member_id: int) -> bool:
        """Whether a member was named as one who may add."""
        named = (collection_adders.c.collection_id == collection_id) & (collection_adders.c.member_id == member_id)
        async with self.database.read() as connection:
            return (await connection.execute(sa.select(collection_adders.c.member_id).where(named))).first() is not None

    async def let_add(self, collection_id: int, who_adds: WhoAdds | None, member: Person | None) -> None:
        """Change who may add: a circle, or one member more."""
        async with self.database.write() as connection:
            if who_adds is not None:
                this = collections.c.id == collection_id
                await connection.execute(collections.update().where(this).values(who_adds=who_adds))
            if member is not None:
                await see(connection, None, member)
                row = {"collection_id": collection_id, "member_id": member.id}
                await insert_once(connection, collection_adders, row, keys=("collection_id", "member_id"))

    async def add(self, collection_id: int, artwork_ids: Sequence[int], by: Person) -> int:
        """Put artworks in; how many were not in it yet."""
        if not artwork_ids:
            return 0
        told = {"collection_id": collection_id, "added_by": by.id, "added_at": now()}
        rows = [{**told, "artwork_id": one} for one in artwork_ids]
        async with self.database.write() as connection:
            await see(connection, None, by)
            return await insert_new(connection, collection_works, rows, keys=("collection_id", "artwork_id"))

    async def remove(self, collection_id: int, artwork_ids: Sequence[int]) -> int:
        these = collection_works.c.artwork_id.in_(artwork_ids) & (collection_works.c.collection_id == collection_id)
        async with self.database.write() as connection:
            return (await connection.execute(collection_works.delete().where(these))).rowcount

    async def works(self, collection_id: int) -> list[Artwork]:
        """The standing works of a collection, the first given first."""
        query = sa.select(artworks).join(collection_works, collection_works.c.artwork_id == artworks.c.id)
        here = (collection_works.c.collection_id == collection_id) & artworks.c.withdrawn_at.is_(None)
        async with self.database.read() as connection:
            rows = await connection.execute(query.where(here).order_by(artworks.c.id))
            return [Artwork(**row._mapping) for row in rows.all()]

    async def holding(self, artwork_ids: Sequence[int]) -> list[int]:
        """The collections that hold any of these."""
        query = sa.select(collection_works.c.collection_id).where(collection_works.c.artwork_id.in_(artwork_ids))
        async with self.database.read() as connection:
            return sorted(set((await connection.execute(query)).scalars()))

    async def drop(self, artwork_ids: Sequence[int]) -> None:
        """Take artworks out of every collection."""
        these = collection_works.c.artwork_id.in_(artwork_ids)
        async with self.database.write() as connection:
            await connection.execute(collection_works.delete().where(these))

    # --- versions ----------------------------------------------------------------------------------------------------

    async def freeze(
        self, server_id: int | None, collection_id: int | None, source: str, works: Sequence[VersionWork]
    ) -> Version:
        """A version that holds exactly these works: the one that does already, else a new one with the next number."""
        sha256 = content_hash(works)
        mine = (
            collection_versions.c.collection_id == collection_id
            if collection_id is not None
            else collection_versions.c.collection_id.is_(None) & (collection_versions.c.server_id == server_id)
        )
        async with self.database.write() as connection:
            # one at a time counts: Postgres would let two take the same number
            line = sa.select(collections.c.id).where(collections.c.id == collection_id).with_for_update()
            await connection.execute(line)
            same = sa.select(collection_versions).where(mine, collection_versions.c.sha256 == sha256)
            found = (await connection.execute(same)).first()
            if found is not None:
                return Version(**found._mapping)
            number = sa.select(sa.func.coalesce(sa.func.max(collection_versions.c.number), 0)).where(mine)
            row: dict[str, Any] = {
                "server_id": server_id,
                "collection_id": collection_id,
                "sha256": sha256,
                "source": source[:200],
            }
            row |= {"number": int((await connection.execute(number)).scalar_one()) + 1, "made_at": now()}
            made = collection_versions.insert().values(**row).returning(*collection_versions.c)
            version = Version(**(await connection.execute(made)).one()._mapping)
            await _put_works(connection, version.id, works)
            return version

    async def version(self, version_id: int) -> Version | None:
        query = sa.select(collection_versions).where(collection_versions.c.id == version_id)
        async with self.database.read() as connection:
            row = (await connection.execute(query)).first()
        return Version(**row._mapping) if row else None

    async def versions(self, collection_id: int) -> list[Version]:
        """The newest first."""
        query = sa.select(collection_versions).where(collection_versions.c.collection_id == collection_id)
        async with self.database.read() as connection:
            rows = await connection.execute(query.order_by(collection_versions.c.number.desc()))
            return [Version(**row._mapping) for row in rows.all()]

    async def version_works(self, version_id: int) -> list[VersionWork]:
        columns = [column for column in version_works.c if column.name not in {"version_id", "place"}]
        art = version_works.outerjoin(artworks, artworks.c.id == version_works.c.artwork_id)
        tags = sa.func.coalesce(artworks.c.tags, "").label("tags")
        query = sa.select(*columns, tags).select_from(art).where(version_works.c.version_id == version_id)
        query = query.order_by(version_works.c.place)
        async with self.database.read() as connection:
            return [VersionWork(**row._mapping) for row in (await connection.execute(query)).all()]

    async def put_away(self, before: datetime) -> list[str]:
        """Forget versions of single sets that no training ever named, made before that: sheets that nobody started.

        Gives the hashes of pictures that nothing else needs any more.
        """
        named = sa.select(trainings.c.version_id).where(trainings.c.version_id.is_not(None))
        single = collection_versions.c.collection_id.is_(None) & (collection_versions.c.made_at < before)
        old = sa.select(collection_versions.c.id).where(single, collection_versions.c.id.not_in(named))
        async with self.database.write() as connection:
            ids = list((await connection.execute(old)).scalars())
            theirs = version_works.c.version_id.in_(ids)
            hashes = set((await connection.execute(sa.select(version_works.c.sha256).where(theirs))).scalars())
            await connection.execute(version_works.delete().where(theirs))
            await connection.execute(collection_versions.delete().where(collection_versions.c.id.in_(ids)))
            held = sa.select(version_works.c.sha256).union(
                sa.select(artworks.c.sha256).where(artworks.c.withdrawn_at.is_(None))
            )
            return sorted(hashes - set((await connection.execute(held)).scalars())) if hashes else []

    async def _select(self, condition: sa.ColumnElement[bool]) -> list[Collection]:
        held = collection_works.join(artworks, artworks.c.id == collection_works.c.artwork_id)
        inside = (collection_works.c.collection_id == collections.c.id) & artworks.c.withdrawn_at.is_(None)
        count = sa.select(sa.func.count()).select_from(held).where(inside).scalar_subquery()
        artists = sa.func.count(artworks.c.member_id.distinct())
        query = (
            sa.select(
                *(collections.c[name] for name in ("id", "server_id", "name", "owner_id")),
                members.c.name.label("owner_name"),
                collections.c.who_adds,
                count.label("works"),
                sa.select(artists).select_from(held).where(inside).scalar_subquery().label("artists"),
            )
            .join(members, members.c.id == collections.c.owner_id)
            .where(condition)
            .order_by(collections.c.folded)
        )
        async with self.database.read() as connection:
            return [Collection(**row._mapping) for row in (await connection.execute(query)).all()]


async def _put_works(connection: AsyncConnection, version_id: int, works: Sequence[VersionWork]) -> None:
    rows: list[dict[str, Any]] = [
        {name: value for name, value in vars(one).items() if name != "tags"}
        | {"version_id": version_id, "place": place}
        for place, one in enumerate(works)
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        await connection.execute(version_works.insert().values(rows[start : start + ROWS_AT_ONCE]))
