"""The sign-in by Discord against a stand-in for its OAuth2, and what members see by the bot's own knowledge."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp import web
from yarl import URL

from bot.errors import Refused, Retry
from bot.web.discord_door import Application, DiscordDoor
from bot.web.doors import Visitor
from tests.web.house import ADA, MOSS, SERVER, STAFF, STUDIO, gallery

APPLICATION = Application("123456789012345678", "a secret")


@dataclass
class OAuth:
    """Discord's side of an authorization code grant, as strict as it is about secret, code and redirect."""

    url: str = ""
    codes: dict[str, str] = field(default_factory=dict)

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        login = b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        right = login == f"{APPLICATION.client_id}:{APPLICATION.client_secret}"
        code, back = str(form["code"]), str(form["redirect_uri"])
        if not right or form["grant_type"] != "authorization_code" or self.codes.pop(code, None) != back:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": "t0ken", "token_type": "Bearer", "scope": "identify guilds"})

    async def me(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != "Bearer t0ken":
            return web.json_response({}, status=401)
        return web.json_response({"id": str(ADA.id), "username": "ada", "global_name": "Ada"})

    async def guilds(self, request: web.Request) -> web.Response:
        return web.json_response([{"id": str(SERVER.id), "name": "x"}, {"id": "77", "name": "no bot there"}])


@asynccontextmanager
async def discord_side() -> AsyncIterator[OAuth]:
    side = OAuth()
    app = web.Application()
    app.router.add_post("/api/v10/oauth2/token", side.token)
    app.router.add_get("/api/v10/users/@me", side.me)
    app.router.add_get("/api/v10/users/@me/guilds", side.guilds)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    side.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield side
    await runner.cleanup()


class Guild:
    """As much of a server as the door asks: its channels, who may see them, and who is a member."""

    def __init__(self, members: set[int]) -> None:
        self.id, self.name, self.members = SERVER.id, SERVER.name, members
        self.broken: Exception | None = None
        self.channels = [self._channel(STUDIO, True), self._channel(STAFF, False)]
        self.threads = [SimpleNamespace(id=31, parent_id=STUDIO, is_private=lambda: False)]
        self.threads += [SimpleNamespace(id=32, parent_id=STUDIO, is_private=lambda: True)]
        self.threads += [SimpleNamespace(id=33, parent_id=STAFF, is_private=lambda: False)]

    @staticmethod
    def _channel(channel_id: int, seen: bool) -> Any:
        return SimpleNamespace(id=channel_id, permissions_for=lambda member: discord.Permissions(view_channel=seen))

    async def fetch_member(self, member_id: int) -> int:
        if self.broken is not None:
            raise self.broken
        if member_id not in self.members:
            answer: Any = SimpleNamespace(status=404, reason="Not Found")
            raise discord.NotFound(answer, "Unknown Member")
        return member_id


@asynccontextmanager
async def door(members: set[int]) -> AsyncIterator[tuple[DiscordDoor, Guild, OAuth]]:
    guild = Guild(members)
    client: Any = SimpleNamespace(get_guild=lambda one: guild if one == guild.id else None)
    async with discord_side() as side, aiohttp.ClientSession() as session:
        yield DiscordDoor(session, APPLICATION, client, side.url), guild, side


async def test_a_member_signs_in_by_discord_and_sees_the_channels_they_may_see(url: str, tmp_path: Path) -> None:
    async with door({ADA.id}) as (way, guild, side), gallery(url, tmp_path, entrance=way) as house:
        (public,) = await house.made()
        (staff,) = await house.made(MOSS, channel=STAFF)
        guest = await house.visitor(None)
        async with guest.get("/sign-in/discord?then=/models", allow_redirects=False) as leaving:
            there = URL(leaving.headers["Location"])
        assert there.query["scope"] == "identify guilds"
        back = there.query["redirect_uri"]
        assert back == f"{house.url}/sign-in/back"
        side.codes["c0de"] = back
        query = {"code": "c0de", "state": there.query["state"]}
        async with guest.get("/sign-in/back", params=query) as entered:
            assert (entered.status, entered.url.path) == (200, "/models")
        assert [await status(guest, one) for one in (public, staff)] == [200, 404]

        guild.members.clear()  # she leaves the server: nothing of it is hers to see any more
        assert await status(guest, public) == 404


async def test_a_sign_in_begun_elsewhere_is_refused(url: str, tmp_path: Path) -> None:
    async with door({ADA.id}) as (way, _, side), gallery(url, tmp_path, entrance=way) as house:
        guest, other = await house.visitor(None), await house.visitor(None)
        async with other.get("/sign-in/discord", allow_redirects=False) as leaving:
            there = URL(leaving.headers["Location"])
        side.codes["c0de"] = there.query["redirect_uri"]
        for query in ({"code": "c0de", "state": there.query["state"]}, {"code": "c0de"}, {}):
            async with guest.get("/sign-in/back", params=query) as refused:
                assert refused.status == 422
        assert side.codes, "the code was not even sent to Discord"
        state = there.query["state"]
        async with other.get("/sign-in/back", params={"state": state, "error": "access_denied"}) as denied:
            assert "did not let the gallery know" in await denied.text()
        async with other.get("/sign-in/back", params={"state": state, "code": "wrong"}) as wrong:
            assert "did not take the sign-in" in await wrong.text()
        async with other.post("/sign-in", data={"person": str(ADA.id)}) as local:
            assert local.status == 404, "nobody may choose who to be outside of the playground"


async def test_what_a_member_sees_is_asked_of_the_bots_own_knowledge() -> None:
    async with door({ADA.id}) as (way, guild, _):
        seen = await way.access(Visitor(ADA.id, "Ada", (SERVER.id, 77)))
        assert dict(seen.servers) == {SERVER.id: SERVER.name}
        assert seen.channels == {STUDIO, 31}
        assert (await way.access(Visitor(5, "Eve", (SERVER.id,)))).servers == {}
        assert (await way.access(Visitor(ADA.id, "Ada", ()))).servers == {}
        guild.broken = OSError("no line")
        with pytest.raises(Retry):
            await way.access(Visitor(ADA.id, "Ada", (SERVER.id,)))


async def test_a_discord_that_is_away_is_a_retry_and_a_wrong_code_a_refusal() -> None:
    async with door({ADA.id}) as (way, _, side):
        with pytest.raises(Refused):
            await way.enter("wrong", "http://here/sign-in/back")
        side.url = ""
    async with aiohttp.ClientSession() as session:
        away = DiscordDoor(session, APPLICATION, SimpleNamespace(), "http://127.0.0.1:9")  # type: ignore[arg-type]
        with pytest.raises(Retry):
            await away.enter("c0de", "http://here/sign-in/back")


async def status(visitor: aiohttp.ClientSession, picture: int) -> int:
    async with visitor.get(f"/pictures/{picture}") as answer:
        return answer.status
