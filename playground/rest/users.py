"""The bot itself, its application, people and the gateway's address."""

from __future__ import annotations

from typing import Any

from playground.checks.bodies import Body, Problems
from playground.errors import Json, missing_access, unknown
from playground.rest.calls import Call


async def me(call: Call) -> Json:
    bot = call.play.rendering.user(call.world.bot_id)
    return {**bot, "verified": True, "mfa_enabled": True, "email": None, "locale": "en-US"}


async def my_guilds(call: Call) -> list[Json]:
    guild = call.world.guild
    permissions = str(call.world.permissions(call.world.bot_id))
    names = ("id", "name", "icon", "banner", "features")
    return [{**{n: guild.get(n) for n in names}, "owner": False, "permissions": permissions}]


async def user(call: Call) -> Json:
    if call["user_id"] not in call.world.users:
        raise unknown("User")
    return call.play.rendering.user(call["user_id"])


async def application(call: Call) -> Json:
    app = {k: v for k, v in call.world.application.items() if k not in ("bot_id", "owner_id")}
    owner = call.play.rendering.user(call.world.application["owner_id"])
    return {**app, "owner": owner, "bot": call.play.rendering.user(call.world.bot_id), "team": None}


async def gateway_bot(call: Call) -> Json:
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return {"url": call.play.gateway_url, "shards": 1, "session_start_limit": limit}


async def open_direct(call: Call) -> Json:
    problems = Problems()
    recipient = Body(call.body, problems).snowflake("recipient_id", required=True)
    problems.check()
    return call.play.rendering.channel(call.world.direct_channel(str(recipient)))


async def guild(call: Call) -> Json:
    require_guild(call)
    return call.play.guild()


async def guild_channels(call: Call) -> list[Json]:
    require_guild(call)
    return [call.play.rendering.channel(c) for c in call.world.guild_channels()]


async def guild_roles(call: Call) -> list[Json]:
    require_guild(call)
    return list(call.world.roles.values())


async def guild_member(call: Call) -> Json:
    require_guild(call)
    if call["user_id"] not in call.world.members:
        raise unknown("Member")
    return call.play.rendering.member(call["user_id"])


def require_guild(call: Call) -> None:
    """Raises 10004 or, for ids of guilds the bot is not in, 50001."""
    if call["guild_id"] != call.world.guild_id:
        raise missing_access() if call["guild_id"].isdigit() else unknown("Guild")


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/users/@me", me),
    ("GET", "/users/@me/guilds", my_guilds),
    ("POST", "/users/@me/channels", open_direct),
    ("GET", "/users/{user_id}", user),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/applications/@me", application),
    ("GET", "/gateway/bot", gateway_bot),
    ("GET", "/guilds/{guild_id}", guild),
    ("GET", "/guilds/{guild_id}/channels", guild_channels),
    ("GET", "/guilds/{guild_id}/roles", guild_roles),
    ("GET", "/guilds/{guild_id}/members/{user_id}", guild_member),
]
