"""Artworks that artists gave, each with its dated consent. What is withdrawn keeps its dates and loses its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records.database import Database
from bot.records.people import Person, see
from bot.records.schema import RowId, Snowflake, UtcTime, metadata, now
from bot.records.upserts import insert_new, insert_once

artworks = sa.Table(
    "artworks",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("request_id", Snowflake, nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False, index=True),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False, index=True),
    sa.Column("artist", sa.String(100), nullable=False),
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("tags", sa.String(200), nullable=False),
    sa.Column("licence", sa.String(12), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("phash", sa.String(16), nullable=False),
    sa.Column("thumb", sa.Text, nullable=False),
    sa.Column("side", sa.Integer, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    sa.Column("withdrawn_at", UtcTime),
    sa.UniqueConstraint("request_id", "place"),
    sqlite_autoincrement=True,
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", RowId, primary_key=True, autoincrement=True),
    sa.Column("request_id", Snowflake, nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("artwork_id", RowId, sa.ForeignKey("artworks.id"), index=True),
    sa.Column("server_id", Snowflake, sa.ForeignKey("servers.id"), nullable=False, index=True),
    sa.Column("member_id", Snowflake, sa.ForeignKey("members.id"), nullable=False, index=True),
    sa.Column("what", sa.String(12), nullable=False),
    sa.Column("licence", sa.String(12), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    sa.Column("withdrawn_at", UtcTime),
    sa.UniqueConstraint("request_id", "place"),
    sqlite_autoincrement=True,
)
ARTWORK, EMOJI, FILES = "artwork", "emoji", "files"


@dataclass(frozen=True)
class NewArt:
    """A picture that was taken in."""

    title: str
    tags: str
    licence: str
    sha256: str
    """Of the clean PNG, which is the worker's blob."""
    phash: str
    thumb: str
    side: int
    bytes: int


@dataclass(frozen=True)
class Given:
    """Who gave it, where, under which words."""

    request_id: int
    server: Person
    member: Person
    words: str


@dataclass(frozen=True)
class Artwork:
    """One row of `artworks`."""

    id: int
    request_id: int
    place: int
    server_id: int
    member_id: int
    artist: str
    title: str
    tags: str
    licence: str
    sha256: str
    phash: str
    thumb: str
    side: int
    bytes: int
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Art:
    database: Database

    async def give(self, given: Given, new: Sequence[NewArt]) -> list[Artwork]:
        """Record pictures with a consent for each, in one transaction; a second time gives the same rows."""
        own: dict[str, Any] = {"request_id": given.request_id, "server_id": given.server.id}
        own |= {"member_id": given.member.id, "given_at": now()}
        async with self.database.write() as connection:
            await see(connection, given.server, given.member)
            rows = [{**vars(one), **own, "place": n, "artist": given.member.name[:100]} for n, one in enumerate(new)]
            if rows:
                await insert_new(connection, artworks, rows, keys=("request_id", "place"))
            found = await _select(connection, artworks.c.request_id == given.request_id)
            told = {**own, "what": ARTWORK, "words": given.words}
            signed = [{**told, "place": one.place, "artwork_id": one.id, "licence": one.licence} for one in found]
            if signed:
                await insert_new(connection, consents, signed, keys=("request_id", "place"))
            return found

    async def several(self, artwork_ids: Sequence[int]) -> list[Artwork]:
        """Those that stand, in the order asked for."""
        found = {one.id: one for one in await self._standing(artworks.c.id.in_(artwork_ids))}
        return [found[one] for one in artwork_ids if one in found]

    async def of_request(self, request_id: int) -> list[Artwork]:
        """What one contribution gave and is still there."""
        return await self._standing(artworks.c.request_id == request_id)

    async def of_member(self, member_id: int, server_id: int | None = None) -> list[Artwork]:
        """All that a member gave and did not withdraw, the newest first."""
        condition = artworks.c.member_id == member_id
        if server_id is not None:
            condition &= artworks.c.server_id == server_id
        return (await self._standing(condition))[::-1]

    async def of_server(self, server_id: int) -> list[Artwork]:
        return await self._standing(artworks.c.server_id == server_id)

    async def known(self, server_id: int, hashes: Sequence[str]) -> dict[str, Artwork]:
        """Standing artworks of a server with these hashes, by hash."""
        here = (artworks.c.server_id == server_id) & artworks.c.sha256.in_(hashes)
        return {one.sha256: one for one in await self._standing(here)}

    async def withdraw(self, artwork_ids: Sequence[int]) -> None:
        """Mark as withdrawn, with their consents, and blank what shows the pictures. Harmless twice."""
        async with self.database.write() as connection:
            await withdraw(connection, artwork_ids)

    async def still_used(self, hashes: Sequence[str]) -> set[str]:
        """Those of these hashes that a standing artwork still needs: the same picture may have been given twice."""
        query = sa.select(artworks.c.sha256).where(artworks.c.sha256.in_(hashes), artworks.c.withdrawn_at.is_(None))
        async with self.database.read() as connection:
            return set((await connection.execute(query)).scalars())

    async def allow_emoji(self, given: Given) -> None:
        """A moderator confirmed the rights to the server's own emoji. Harmless twice."""
        await self._agree(given, EMOJI)

    async def allow_files(self, given: Given) -> None:
        """A member attached files to a training, and said that they are theirs to give. Harmless twice."""
        await self._agree(given, FILES)

    async def _agree(self, given: Given, what: str) -> None:
        row: Mapping[str, Any] = {
            "request_id": given.request_id,
            "place": 0,
            "server_id": given.server.id,
            "member_id": given.member.id,
            "what": what,
            "licence": "server",
            "words": given.words,
            "given_at": now(),
        }
        async with self.database.write() as connection:
            await see(connection, given.server, given.member)
            await insert_once(connection, consents, row, keys=("request_id", "place"))

    async def emoji_allowed(self, server_id: int) -> bool:
        here = (consents.c.server_id == server_id) & (consents.c.what == EMOJI) & consents.c.withdrawn_at.is_(None)
        async with self.database.read() as connection:
            return (await connection.execute(sa.select(consents.c.id).where(here).limit(1))).first() is not None

    async def _standing(self, condition: sa.ColumnElement[bool]) -> list[Artwork]:
        async with self.database.read() as connection:
            return await _select(connection, condition & artworks.c.withdrawn_at.is_(None))


async def withdraw(connection: AsyncConnection, artwork_ids: Sequence[int]) -> None:
    """`Art.withdraw` as part of the caller's transaction."""
    these, given = artworks.c.id.in_(artwork_ids), consents.c.artwork_id.in_(artwork_ids)
    blank = {"withdrawn_at": now(), "phash": "", "thumb": "", "title": "", "tags": "", "bytes": 0}
    await connection.execute(artworks.update().where(these, artworks.c.withdrawn_at.is_(None)).values(**blank))
    done = consents.update().where(given, consents.c.withdrawn_at.is_(None)).values(withdrawn_at=now())
    await connection.execute(done)


async def _select(connection: AsyncConnection, condition: sa.ColumnElement[bool]) -> list[Artwork]:
    query = sa.select(artworks).where(condition).order_by(artworks.c.id)
    return [Artwork(**row._mapping) for row in (await connection.execute(query)).all()]
