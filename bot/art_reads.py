"""What the chat may look up concerning art, at once: a part of the protocol `bot.stories.Studio`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.art_views import ArtPage, CollectionLine, CollectionView
from bot.parcels import Slip

if TYPE_CHECKING:
    from bot.stories import Origin


class ArtReads(Protocol):
    async def collection_choices(self, guild_id: int | None, typed: str) -> list[tuple[str, int]]:
        """(label, collection id), best match first, at most 25; one quick query, fit for autocomplete."""

    async def art_choices(self, member_id: int, guild_id: int | None, typed: str) -> list[tuple[str, int]]:
        """(label, artwork id) of the works that a member gave to this server, at most 25; one quick query."""

    async def parcel(self, member_id: int) -> Slip | None:
        """What the member laid down on the web page and has not given yet."""

    def pages_at(self) -> str | None:
        """Address of the web pages, where privacy page and terms are; none where there are none."""

    async def collections(self, origin: Origin) -> tuple[CollectionLine, ...]:
        """The collections of the server."""

    async def collection(self, origin: Origin, collection_id: int, page: int) -> CollectionView:
        """A page of one collection, counted from 0. Raises `Refused` for one that is not there."""

    async def art(self, origin: Origin, page: int, request_id: int | None = None) -> ArtPage:
        """The asker's own works in this server, or those that one contribution gave. Raises `Refused` for none."""
