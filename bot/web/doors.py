"""Who a visitor is, and what they may see: by the playground on this machine, or by Discord.

A door answers two questions: who comes in (once, at the sign-in), and what that person may see now (again and again,
since roles and memberships change).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from bot.errors import Refused, Retry
from bot.records.gallery import Sight

PLAYGROUND_AWAY = "The playground does not answer just now. It is usually back within seconds."
NOT_ONE_OF_THEM = "That is none of the playground's people. Choose one of those shown."


@dataclass(frozen=True)
class Visitor:
    """Who signed in. `servers` is what Discord listed then; what may be seen now is the door's to say."""

    id: int
    name: str
    servers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Access:
    """What a visitor may see at the moment: servers by id with their names, and the channels in them."""

    servers: Mapping[int, str] = field(default_factory=dict)
    channels: frozenset[int] = frozenset()

    def sight(self, visitor: Visitor) -> Sight:
        return Sight(visitor.id, frozenset(self.servers), self.channels)


class Door(Protocol):
    async def access(self, visitor: Visitor) -> Access:
        """What this visitor may see now. Raises `Retry` when that cannot be found out at the moment."""


@dataclass(frozen=True)
class LocalPerson:
    id: int
    name: str
    about: str
    picture: str
    """Address of the portrait, on the playground."""


class PlaygroundDoor:
    """The playground's people; everybody on this machine may be any of them, as in the playground itself."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url.rstrip("/")

    async def people(self) -> list[LocalPerson]:
        """Those one can come in as. Raises `Retry` while the playground is away."""
        found = (await self._world({}))["people"]
        return [
            LocalPerson(int(one["id"]), one["global_name"] or one["username"], one["bio"] or "", one["avatar_url"])
            for one in found
        ]

    async def enter(self, member_id: int) -> Visitor:
        """Raises `Refused` for somebody who is not there."""
        for one in await self.people():
            if one.id == member_id:
                return Visitor(one.id, one.name)
        raise Refused(NOT_ONE_OF_THEM)

    async def access(self, visitor: Visitor) -> Access:
        world = await self._world({"as": str(visitor.id)})
        guild = world["guild"]
        return Access({int(guild["id"]): str(guild["name"])}, frozenset(int(one["id"]) for one in world["channels"]))

    async def _world(self, query: Mapping[str, str]) -> Any:
        try:
            timeout = aiohttp.ClientTimeout(total=5)
            async with self._session.get(f"{self._url}/_/world", params=query, timeout=timeout) as answer:
                if answer.status == 400:
                    raise Refused(NOT_ONE_OF_THEM)
                answer.raise_for_status()
                return await answer.json()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(PLAYGROUND_AWAY, after=2.0) from error


class ClosedDoor:
    """Nobody can come in: the sign-in by Discord is not set up. Its page says how to."""

    async def access(self, visitor: Visitor) -> Access:
        return Access()


class RememberingDoor:
    """Another door, asked at most once in `keep_seconds` for one visitor, and forgotten visitors first."""

    def __init__(self, door: Door, keep_seconds: float = 30.0, most: int = 2_000) -> None:
        self._door, self._keep_seconds, self._most = door, keep_seconds, most
        self._known: dict[Visitor, tuple[float, Access]] = {}

    async def access(self, visitor: Visitor) -> Access:
        until, known = self._known.get(visitor, (0.0, None))
        if known is not None and until > time.monotonic():
            return known
        found = await self._door.access(visitor)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[visitor] = (time.monotonic() + self._keep_seconds, found)
        return found
