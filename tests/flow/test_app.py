"""The whole bot as `artel bot` runs it, against a real playground: it starts before others do, and ends cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from bot import app
from bot.chat.client import ArtelBot
from bot.chat.messenger import DiscordMessenger
from bot.discord_endpoint import point_discord_at
from bot.records import migrate
from bot.settings import Discord, Settings, SettingsError, Storage, WorkerLink
from bot.settings import Playground as PlaygroundLink
from playground.server import serve
from playground.settings import Settings as PlaygroundSettings
from tests.chat.people import Person, Shown, eventually
from tests.chat.studio import FakeStudio

NOWHERE = "http://127.0.0.1:9"
"""The discard port: nothing answers there."""


@pytest.fixture
async def playground() -> AsyncIterator[str]:
    async with serve(PlaygroundSettings(port=0)) as (url, _):
        point_discord_at(url)
        yield url


async def settings_for(url: str, folder: Path) -> Settings:
    settings = Settings(
        storage=Storage(data=folder),
        worker=WorkerLink(url=NOWHERE),
        playground=PlaygroundLink(url=url),
    )
    await migrate(settings.database_url)
    return settings


async def test_it_runs_without_a_worker_says_so_and_ends_when_asked(playground: str, tmp_path: Path) -> None:
    running = asyncio.create_task(app.run(await settings_for(playground, tmp_path)))
    async with aiohttp.ClientSession(playground) as http:
        person = await eventually(lambda: _someone(http, running), "commands to be there")
        await person.command("generate")
        shown = await eventually(lambda: _newest(http, person, "does not answer"), "an answer")
        assert "by itself" in shown.text
        await person.command("about")
        about = await eventually(lambda: _newest(http, person, "Pictures made"), "the page about")
        assert "not answering" in about.text
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_token_that_discord_refuses_is_told_with_where_to_find_the_right_one(
    playground: str, tmp_path: Path
) -> None:
    settings = await settings_for(playground, tmp_path)
    settings = settings.model_copy(update={"discord": Discord(token="wrong")})
    with pytest.raises(SettingsError, match="DISCORD_TOKEN"):
        await app.run(settings)


async def test_a_discord_that_is_not_there_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "LOGIN_PAUSES_S", (0.05,))
    point_discord_at(NOWHERE)
    messenger = DiscordMessenger()
    made: list[ArtelBot] = []

    def make() -> ArtelBot:
        made.append(ArtelBot(FakeStudio(messenger), messenger))
        return made[-1]

    logging_in = asyncio.create_task(app.log_in(make, "playground"))
    await eventually(lambda: _true_when(lambda: len(made) >= 3), "a few tries")
    async with serve(PlaygroundSettings(port=0)) as (url, _):
        point_discord_at(url)
        bot = await asyncio.wait_for(logging_in, 5)
        assert bot is made[-1]
        await bot.close()


async def _true_when(condition: Callable[[], bool]) -> bool | None:
    return True if condition() else None


async def _someone(http: aiohttp.ClientSession, running: asyncio.Task[None]) -> Person | None:
    if running.done():
        running.result()
    async with http.get("/_/world") as answer:
        world = await answer.json()
    commands = {one["name"]: one["id"] for one in world["commands"]}
    if not commands or not world["bot"]["online"]:
        return None
    channel = next(one["id"] for one in world["channels"] if one["may"]["use_commands"])
    return Person(http, world["me"]["id"], channel, commands)


async def _newest(http: aiohttp.ClientSession, person: Person, words: str) -> Shown | None:
    async with http.get(f"/_/channels/{person.channel}/messages", params={"as": person.id, "limit": "10"}) as answer:
        shown = [Shown(body) for body in await answer.json()]
    return next((one for one in shown if words in one.text), None)
