"""Sign-in by Discord's OAuth2, and what a member may see there by the bot's own knowledge of its servers.

OAuth2 (https://discord.com/developers/docs/topics/oauth2, authorization code grant, scopes `identify guilds`) says once
who somebody is and which servers they are in. Whether they still are, and which channels they see, the bot asks with
its own token: a member who left sees nothing from then on, and a private channel stays private here as well.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import discord

from bot.errors import Refused, Retry
from bot.web.doors import Access, Visitor

DISCORD = "https://discord.com"
SCOPES = "identify guilds"
MOST_SERVERS = 100
"""Servers of one visitor that are looked at; their ids travel in the session's cookie."""
AT_ONCE = 4
"""Questions about one visitor to Discord at the same time."""
NOT_TAKEN = "Discord did not take the sign-in. Start again from the sign-in page."
AWAY = "Discord does not answer just now. Try again in a moment."


@dataclass(frozen=True)
class Application:
    """The bot's application, as https://discord.com/developers/applications shows it."""

    client_id: str
    client_secret: str


class DiscordDoor:
    def __init__(
        self,
        session: aiohttp.ClientSession,
        application: Application,
        client: discord.Client,
        discord_url: str = DISCORD,
    ) -> None:
        self._session, self._application, self._client = session, application, client
        self._url = discord_url

    def ask_at(self, state: str, back: str) -> str:
        """Where the visitor is sent to sign in; Discord sends them to `back` afterwards, with `state` and a code."""
        query = {"response_type": "code", "client_id": self._application.client_id, "scope": SCOPES}
        query |= {"state": state, "redirect_uri": back, "prompt": "none"}
        return f"{self._url}/oauth2/authorize?{urlencode(query)}"

    async def enter(self, code: str, back: str) -> Visitor:
        """Who comes with this code. The visitor's token is used here and then forgotten.

        Raises `Refused` for a code that Discord does not know, `Retry` when Discord does not answer.
        """
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        login = aiohttp.encode_basic_auth(self._application.client_id, self._application.client_secret)
        known = {"Authorization": login}
        token = (await self._json("POST", "/oauth2/token", data=given, headers=known))["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        me = await self._json("GET", "/users/@me", headers=headers)
        guilds = await self._json("GET", "/users/@me/guilds", headers=headers)
        shared = [int(one["id"]) for one in guilds if self._client.get_guild(int(one["id"])) is not None]
        return Visitor(int(me["id"]), me.get("global_name") or me["username"], tuple(shared[:MOST_SERVERS]))

    async def access(self, visitor: Visitor) -> Access:
        guilds = [guild for one in visitor.servers if (guild := self._client.get_guild(one)) is not None]
        turn = asyncio.Semaphore(AT_ONCE)

        async def look(guild: discord.Guild) -> tuple[discord.Guild, frozenset[int]] | None:
            async with turn:
                return await self._look(guild, visitor.id)

        seen = [one for one in await asyncio.gather(*map(look, guilds)) if one is not None]
        channels = frozenset[int]().union(*(channels for _, channels in seen))
        return Access({guild.id: guild.name for guild, _ in seen}, channels)

    async def _look(self, guild: discord.Guild, member_id: int) -> tuple[discord.Guild, frozenset[int]] | None:
        """The channels that the member sees there; none when they are no member (any more)."""
        try:
            member = await guild.fetch_member(member_id)
        except discord.NotFound:
            return None
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise Retry(AWAY, after=5.0) from error
        seen = {one.id for one in guild.channels if one.permissions_for(member).view_channel}
        threads = {one.id for one in guild.threads if one.parent_id in seen and not one.is_private()}
        return guild, frozenset(seen | threads)

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        try:
            timeout = aiohttp.ClientTimeout(total=10)
            url = f"{self._url}/api/v10{path}"
            async with self._session.request(method, url, timeout=timeout, **options) as answer:
                if answer.status in (400, 401, 403):
                    raise Refused(NOT_TAKEN)
                answer.raise_for_status()
                return await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Retry(AWAY, after=5.0) from error
