"""A button pressed a year later: another process, no memory, no workflow of then; only the message and the records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from bot.chat.client import ArtelBot
from bot.chat.messenger import DiscordMessenger
from bot.discord_endpoint import point_discord_at
from playground.playing import Playground
from playground.seed import MEMBER, STUDIO
from playground.server import serve
from playground.settings import Settings
from tests.chat.people import Person, Shown, eventually
from tests.fakes.databases import fresh_url
from tests.fakes.worker import FakeWorker
from tests.flow.conftest import House, open_house

A_YEAR_MS = 365 * 24 * 3600 * 1000


@dataclass
class World:
    url: str
    folder: Path
    playground: Playground
    http: aiohttp.ClientSession

    @asynccontextmanager
    async def life(self) -> AsyncIterator[tuple[House, Person]]:
        """A bot process: the whole of it, but for the worker."""
        messenger = DiscordMessenger()
        worker = FakeWorker(self.folder / "worker")
        async for house in open_house(self.url, self.folder, messenger, worker=worker):  # type: ignore[arg-type]
            async with ArtelBot(house.studio, messenger, guild_ready_timeout=0.02) as bot:
                await bot.login("playground")
                async with running(bot):
                    yield house, await self.person()

    async def person(self) -> Person:
        async with self.http.get("/_/world", params={"as": MEMBER}) as answer:
            world = await answer.json()
        return Person(self.http, MEMBER, STUDIO, {one["name"]: one["id"] for one in world["commands"]})

    def age(self, shown: Shown) -> str:
        """Make a message a year old; its new id."""
        messages = self.playground.world.messages[shown.body["channel_id"]]
        message = messages.pop(shown.id)
        message.id = str(int(shown.id) - (A_YEAR_MS << 22))
        messages[message.id] = message
        return message.id


@asynccontextmanager
async def running(bot: ArtelBot) -> AsyncIterator[None]:
    connecting = asyncio.create_task(bot.connect())

    async def ready() -> bool | None:
        return True if bot.is_ready() else None

    await eventually(ready, "the bot to connect")
    yield
    await bot.close()
    await connecting


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    url = await asyncio.to_thread(fresh_url, "sqlite", tmp_path)
    async with serve(Settings(port=0)) as (page, playground), aiohttp.ClientSession(page) as http:
        point_discord_at(page)
        yield World(url, tmp_path, playground, http)


async def test_buttons_and_menus_work_a_year_later(world: World) -> None:
    async with world.life() as (house, juno):
        grid = await juno.answer(await juno.command("generate", count=4, seed=7))
        nine = await juno.answer(await juno.command("generate", count=9, seed=70))
    async with world.life() as (house, _), house.records.database.write() as connection:
        await connection.execute(sa.text("UPDATE requests SET asked_at = datetime(asked_at, '-365 days')"))
    for file in world.folder.glob("*.workflows.sqlite*"):
        file.unlink()
    old, old_nine = world.age(grid), world.age(nine)
    async with world.life() as (house, juno):
        grid = await juno.find(lambda shown: shown.id == old)
        before = grid.pictures
        await juno.press(grid, "🔁")
        await juno.find(lambda shown: shown.id == old and shown.pictures != before)
        varied = await juno.answer(await juno.press(await juno.read(grid), "✨ 1"))
        assert len(varied.pictures) == 4
        nine = await juno.find(lambda shown: shown.id == old_nine)
        chosen = nine.controls["Variations of…"]["options"][3]["value"]
        assert len((await juno.answer(await juno.press(nine, "Variations of…", chosen))).pictures) == 4

        async def recorded() -> bool | None:
            lines = await house.records.every_request()
            return True if all(one.state == "done" and one.answered_at for one in lines) else None

        await eventually(recorded, "all of it on record")
        assert len(await house.records.every_request()) == 5
