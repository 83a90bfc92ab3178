"""The chat for real: discord.py's own client against the playground's server, with a fake studio behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.chat.client import ArtelBot
from bot.chat.messenger import DiscordMessenger
from bot.discord_endpoint import point_discord_at
from playground.playing import Playground
from playground.seed import ARTIST, MEMBER, MODERATOR, STUDIO
from playground.server import serve
from playground.settings import Settings
from tests.chat.people import Json, Person, eventually
from tests.chat.studio import FakeStudio

_SESSIONS = ("IDENTIFY", "RESUME")


@dataclass
class Chat:
    """The playground, its people, and a bot that can be stopped and started again."""

    url: str
    playground: Playground
    http: aiohttp.ClientSession
    options: dict[str, Any]
    studio: FakeStudio = field(init=False)
    messenger: DiscordMessenger = field(init=False)
    bot: ArtelBot = field(init=False)
    _running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """A new bot process: nothing of an earlier one is left."""
        self.messenger = DiscordMessenger(**self.options)
        self.studio = FakeStudio(self.messenger)
        # discord.py waits two seconds for more servers before it is ready; here there is one.
        self.bot = ArtelBot(self.studio, self.messenger, guild_ready_timeout=0.02)
        self._running = asyncio.create_task(self.bot.start("playground"))

        async def connected() -> bool | None:
            if self._running is not None and self._running.done():
                self._running.result()
            return True if self.bot.is_ready() else None

        await eventually(connected, "the bot to connect")

    async def stop(self) -> None:
        await self.studio.end()
        await self.bot.close()
        if self._running is not None:
            await self._running
            self._running = None

    async def kill(self) -> None:
        """End the bot as a crash would: nothing in the air is acknowledged."""
        for task in [task for task in asyncio.all_tasks() if task.get_name().startswith("defer-")]:
            task.cancel()
        await asyncio.sleep(0)
        await self.stop()

    async def person(self, who: str, channel: str = STUDIO) -> Person:
        async with self.http.get("/_/world", params={"as": who}) as answer:
            world = await answer.json()
        if channel == "dm":
            channel = next(one["id"] for one in world["channels"] if one["type"] == 1)
        return Person(self.http, who, channel, {one["name"]: one["id"] for one in world["commands"]})

    async def member(self) -> Person:
        return await self.person(MEMBER)

    async def artist(self) -> Person:
        return await self.person(ARTIST)

    async def moderator(self) -> Person:
        return await self.person(MODERATOR)

    async def fault(self, route_pattern: str, **how: Any) -> None:
        async with self.http.post("/_/faults", json={"route_pattern": route_pattern, **how}) as answer:
            assert answer.status < 300, await answer.text()

    async def ledger(self, kind: str = "request") -> list[Json]:
        async with self.http.get("/_/ledger", params={"kind": kind}) as answer:
            return list(await answer.json())

    async def requests(self, method: str, route: str) -> list[Json]:
        return [one for one in await self.ledger() if one["method"] == method and one["route"] == route]

    async def settled(self, method: str, route: str) -> None:
        """Wait until a request of this kind has been answered."""

        async def look() -> bool | None:
            done = [one for one in await self.requests(method, route) if one["status"] is not None]
            return True if done else None

        await eventually(look, f"{method} {route}")
        await asyncio.sleep(0.1)

    async def until_identified_again(self) -> None:
        """Wait until the bot has resumed its gateway session, or begun a new one."""

        async def look() -> bool | None:
            events = [one["event"] for one in await self.ledger("gateway") if one["event"] in _SESSIONS]
            return True if len(events) > 1 and self.playground.gateway.online else None

        await eventually(look, "the gateway to be taken up again")

    async def problems(self) -> list[str]:
        """Everything the strict playground had to say against a body of ours."""
        return [problem for one in await self.ledger() for problem in one.get("problems") or []]


@asynccontextmanager
async def chatting(settings: Settings | None = None, **options: Any) -> AsyncIterator[Chat]:
    """A playground with a bot in it, for the length of a block."""
    async with serve(settings or Settings(port=0)) as (url, playground), aiohttp.ClientSession(url) as http:
        point_discord_at(url)
        chat = Chat(url, playground, http, options)
        await chat.start()
        try:
            yield chat
            invalid = [problem for problem in await chat.problems() if problem.startswith("50035")]
            assert not invalid, f"Discord would refuse: {invalid}"
        finally:
            await chat.stop()


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with chatting() as running:
        yield running
