"""A playground on a free port, a probe bot on the real discord.py client, and a person at the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import pytest
from discord import http as discord_http
from discord.gateway import DiscordWebSocket

from bot.discord_endpoint import point_discord_at
from playground import seed
from playground.playing import Playground
from playground.server import serve
from playground.settings import Settings
from tests.playground.probe import Probe

Json = dict[str, Any]
Files = Sequence[tuple[str, bytes]]


@pytest.fixture(autouse=True)
def discord_as_it_was() -> Iterator[None]:
    """`point_discord_at` sets class attributes: put them back after each test."""
    kept = discord_http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE
    yield
    discord_http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, discord.Asset.BASE = kept


@dataclass
class Page:
    """One person at the page: acts over the control API and hears the events."""

    base: str
    person: str
    session: aiohttp.ClientSession
    events: list[Json]
    news: asyncio.Condition

    async def get(self, path: str, **query: Any) -> Any:
        async with self.session.get(f"{self.base}{path}", params={"as": self.person, **query}) as answer:
            return await answer.json()

    async def send(
        self,
        path: str,
        body: Json | None = None,
        files: Files = (),
        method: str = "POST",
    ) -> tuple[int, Any]:
        form: Any = aiohttp.FormData()
        if files:
            form.add_field("payload_json", json.dumps(body or {}))
            for n, (name, data) in enumerate(files):
                form.add_field(f"files[{n}]", data, filename=name, content_type="application/octet-stream")
        sent: Json = {"data": form} if files else {"json": body or {}}
        async with self.session.request(method, f"{self.base}{path}", params={"as": self.person}, **sent) as answer:
            return answer.status, await answer.json()

    async def command_id(self, name: str) -> str:
        world = await self.get("/_/world")
        return str(next(c["id"] for c in world["commands"] if c["name"] == name))

    async def command(self, name: str, channel: str = seed.STUDIO, files: Files = (), **options: Any) -> str:
        """Type a slash command; returns the interaction's id."""
        given = [{"name": k, "value": v} for k, v in options.items()]
        body = {"channel_id": channel, "command_id": await self.command_id(name), "options": given}
        status, reply = await self.send("/_/commands", body, files)
        assert status == 200, reply
        return str(reply["interaction_id"])

    async def press(self, message_id: str, custom_id: str, values: list[str] | None = None) -> str:
        body: Json = {"message_id": message_id, "custom_id": custom_id}
        status, reply = await self.send("/_/components", body if values is None else {**body, "values": values})
        assert status == 200, reply
        return str(reply["interaction_id"])

    async def messages(self, channel: str = seed.STUDIO) -> list[Json]:
        return list(await self.get(f"/_/channels/{channel}/messages", limit=100))

    async def hear(self, kind: str, where: Callable[[Any], bool] = lambda _: True, within: float = 5) -> Any:
        """The first event of a kind that fits, also if it came before."""

        def found() -> Any:
            return next((e["d"] for e in self.events if e["t"] == kind and where(e["d"])), None)

        async with self.news, asyncio.timeout(within):
            await self.news.wait_for(lambda: found() is not None)
        result = found()
        assert result is not None
        return result

    async def done(self, interaction_id: str, state: str = "answered") -> Json:
        return dict(await self.hear("interaction", lambda d: d["id"] == interaction_id and d["state"] == state))

    async def answer_to(self, interaction_id: str) -> Json:
        """The message that answers an interaction, as it stands now."""
        status = await self.done(interaction_id)
        shown = await self.messages((await self.get_message(status["message_id"]))["channel_id"])
        return next(m for m in shown if m["id"] == status["message_id"])

    async def get_message(self, message_id: str) -> Json:
        return dict(await self.hear("message_create", lambda d: d["id"] == message_id))


class Stage:
    """A playground that runs, and makers of pages and bots."""

    def __init__(self, base: str, play: Playground, stack: AsyncExitStack) -> None:
        self.base = base
        self.play = play
        self._stack = stack

    async def halt(self) -> None:
        """Stop the playground before its block ends."""
        await self._stack.aclose()

    @asynccontextmanager
    async def page(self, person: str) -> AsyncIterator[Page]:
        async with aiohttp.ClientSession() as session:
            page = Page(self.base, person, session, [], asyncio.Condition())
            async with session.ws_connect(f"{self.base}/_/events?as={person}") as ws:
                listener = asyncio.create_task(self._listen(page, ws))
                try:
                    yield page
                finally:
                    listener.cancel()

    async def _listen(self, page: Page, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            async with page.news:
                page.events.append(json.loads(message.data))
                page.news.notify_all()

    @asynccontextmanager
    async def bot(self, make: Callable[[], Probe] = Probe) -> AsyncIterator[Probe]:
        """The probe, connected, its commands registered."""
        point_discord_at(self.base)
        bot = make()
        running = asyncio.create_task(bot.start("playground"))
        try:
            connected = asyncio.create_task(bot.connected.wait())
            await asyncio.wait([running, connected], timeout=10, return_when=asyncio.FIRST_COMPLETED)
            if not connected.done():
                connected.cancel()
                running.result()
            yield bot
            if running.done():
                running.result()  # a payload that discord.py cannot read ends the client
        finally:
            await bot.close()
            # discord.py leaves its ready task waiting when it is closed within two seconds of a READY.
            waiting = [t for t in asyncio.all_tasks() if "_delay_ready" in repr(t.get_coro())]
            left = [running, *waiting]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def requests(self, method: str = "", route: str = "") -> list[Json]:
        found = self.play.ledger.read(kind="request")
        return [e for e in found if e["method"].startswith(method) and route in e["route"]]


@asynccontextmanager
async def run_stage(**settings: Any) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        base, play = await stack.enter_async_context(serve(Settings(**{"port": 0, **settings})))
        yield Stage(base, play, stack)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with run_stage() as found:
        yield found


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[Page]:
    async with stage.page(seed.MEMBER) as found:
        yield found


class Api:
    """A bot without a library: bare requests with its token, so that rules can be tried one by one."""

    def __init__(self, stage: Stage, session: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.session = session

    async def call(
        self, method: str, path: str, body: Any = None, files: Files = (), token: str = "playground"
    ) -> tuple[int, Any]:
        """Status and JSON of one request; files go as files[0] …"""
        sent: Json = {} if body is None else {"json": body}
        if files:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body))
            for n, (name, data) in enumerate(files):
                form.add_field(f"files[{n}]", data, filename=name)
            sent = {"data": form}
        headers = {"Authorization": f"Bot {token}"}
        async with self.session.request(method, f"{self.stage.base}/api/v10{path}", headers=headers, **sent) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def post(self, body: Any, files: Files = (), channel: str = seed.STUDIO) -> tuple[int, Any]:
        return await self.call("POST", f"/channels/{channel}/messages", body, files)

    async def register(self, *commands: Json) -> None:
        status, found = await self.call("PUT", f"/applications/{seed.BOT}/commands", list(commands))
        assert status == 200, found

    async def hear_interaction(self) -> Json:
        """The payload of the next INTERACTION_CREATE, if none was sent yet."""
        async with asyncio.timeout(2):
            while not self._interactions():  # noqa: ASYNC110 (the ledger has no event to wait for)
                await asyncio.sleep(0.01)
        return self.newest()

    def _interactions(self) -> list[Json]:
        return [e for e in self.stage.play.ledger.read(kind="gateway") if e["event"] == "INTERACTION_CREATE"]

    def newest(self) -> Json:
        """The payload of the newest INTERACTION_CREATE."""
        return dict(self._interactions()[-1]["data"])

    async def answer(self, interaction: Json, kind: int, data: Any = None, files: Files = ()) -> tuple[int, Any]:
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback?with_response=1"
        return await self.call("POST", path, {"type": kind} if data is None else {"type": kind, "data": data}, files)

    async def over_token(
        self, method: str, interaction: Json, message: str = "", body: Any = None, files: Files = ()
    ) -> tuple[int, Any]:
        """A request to the interaction's webhook; without a message id it is a follow-up."""
        path = f"/webhooks/{seed.BOT}/{interaction['token']}"
        return await self.call(method, f"{path}/messages/{message}" if message else path, body, files)


@pytest.fixture
async def api(stage: Stage) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(stage, session)


@pytest.fixture
async def bot(stage: Stage) -> AsyncIterator[Probe]:
    async with stage.bot() as found:
        yield found
