"""What messages about art show: plain data from the workflows to the chat, as a part of the seam `bot.stories`."""

from __future__ import annotations

from typing import Literal

from pydantic import Base64Bytes

from bot.views import Plain


class ArtLine(Plain):
    """One artwork in a list."""

    artwork_id: int
    title: str
    artist: str
    artist_id: int
    licence: str
    thumbnail: Base64Bytes | None = None


class ArtView(Plain):
    """What a contribution gave, for everyone in the channel to see."""

    kind: Literal["art"] = "art"
    request_id: int
    owner_id: int
    owner_name: str
    works: tuple[ArtLine, ...]
    title: str = ""
    tags: str = ""
    licence: str
    collection: str = ""
    left_out: tuple[str, ...] = ()


class ArtPage(Plain):
    """Works of the asker's, to choose what to withdraw from."""

    works: tuple[ArtLine, ...]
    page: int
    pages: int
    count: int
    request_id: int | None = None
    """Only those of one contribution."""
    models: int = 0
    """How many models learned from any of the asker's works shown."""


class CollectionLine(Plain):
    id: int
    name: str
    owner_name: str
    works: int
    artists: int
    who_adds: str


class CollectionView(Plain):
    """A page of a collection."""

    kind: Literal["collection"] = "collection"
    line: CollectionLine
    owner_id: int
    works: tuple[ArtLine, ...]
    page: int
    pages: int
    licences: tuple[tuple[str, int], ...]
    """Licence and how many works have it, the most frequent first."""
    versions: tuple[str, ...]
    """Lines such as `version 3 · 24 works · 5f0c…`, the newest first."""
    may_add: bool
    may_change: bool


class SheetView(Plain):
    """What a training would learn from and come to, before anything is spent."""

    kind: Literal["sheet"] = "sheet"
    request_id: int
    owner_id: int
    owner_name: str
    title: str
    source: str
    version: str
    """Such as `version 3 (5f0c12ab)`."""
    works: int
    facts: tuple[str, ...]
    """Count, sizes, shapes, licences, safety; a line each."""
    left_out: tuple[str, ...]
    expected: str
    minutes: float
    problem: str = ""
    """Why it cannot start as it is, and what to do. Empty when it can."""
    needs_moderator: bool = False
    """The server's own emoji: a moderator confirms the rights by starting it."""
    thumbnails: tuple[Base64Bytes, ...] = ()


class FilesView(Plain):
    """Files to take away, for the asker alone."""

    kind: Literal["files"] = "files"
    text: str
    files: tuple[tuple[str, Base64Bytes], ...]
    """Names and contents."""


ArtMessage = ArtView | CollectionView | SheetView | FilesView
