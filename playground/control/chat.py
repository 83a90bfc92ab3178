"""What people see and say: the world, channels' messages, writing, deleting, reacting."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from playground.access import visible_commands
from playground.checks.messages import MAX_CONTENT, Draft, describe
from playground.control.calls import Act, Wrong
from playground.errors import Json
from playground.permissions import Permission
from playground.records import DM, THREADS, Message

P = Permission


async def world(act: Act) -> Json:
    """GET /_/world. Without `as`, one acts for the first of the people."""
    people = [user["id"] for user in act.world.people]
    me = act.person if "as" in act.request.query else people[0]
    state, shown = act.world, act.play.rendering
    direct = state.direct_channel(me)
    seen = [c for c in (*state.guild_channels(), *state.threads()) if state.may(me, P.VIEW_CHANNEL, c)]
    icon = state.guild.get("icon")
    icon_url = f"{act.play.cdn.base_url}/icons/{state.guild_id}/{icon}.png" if icon else None
    return {
        "me": shown.person(me),
        "people": [shown.person(user_id) for user_id in people],
        "guild": {
            "id": state.guild_id,
            "name": state.guild["name"],
            "icon": icon,
            "icon_url": icon_url,
            "emojis": [shown.emoji(e) for e in state.emojis.values()],
            "stickers": [shown.sticker(s) for s in state.stickers.values()],
            "roles": sorted(state.roles.values(), key=lambda role: -role["position"]),
        },
        "channels": [_channel(act, c, me) for c in (*seen, direct)],
        "bot": {
            "user": shown.user(state.bot_id),
            "avatar_url": act.play.cdn.avatar_url(state.users[state.bot_id]),
            "online": act.play.gateway.online,
            "role_names": [role["name"] for role in state.roles_of(state.bot_id)[1:]],
        },
        "commands": visible_commands(state, me),
        "application": {"id": state.application["id"], "name": state.application["name"]},
        "limits": {
            "attachment_size": act.play.settings.attachment_bytes,
            "request_size": act.play.settings.request_bytes,
            "content_length": MAX_CONTENT,
        },
    }


def _channel(act: Act, channel: Json, me: str) -> Json:
    """A channel with what this person may do in it."""
    bits = act.world.permissions(me, channel)
    writing = P.SEND_MESSAGES_IN_THREADS if channel["type"] in THREADS else P.SEND_MESSAGES
    direct = channel["type"] == DM
    return {
        "name": act.world.users[act.world.bot_id]["username"] if direct else channel["name"],
        "topic": channel.get("topic"),
        "position": channel.get("position", 0),
        **act.play.rendering.channel(channel),
        "permissions": str(bits),
        "may": {
            "send": bool(bits & writing),
            "attach": bool(bits & P.ATTACH_FILES),
            "react": bool(bits & P.ADD_REACTIONS),
            "delete_others": bool(bits & P.MANAGE_MESSAGES) and not direct,
            "use_commands": bool(bits & P.USE_APPLICATION_COMMANDS),
        },
    }


async def read(act: Act) -> list[Json]:
    """GET /_/channels/{c}/messages: oldest first."""
    channel = act.channel(act["channel"], P.READ_MESSAGE_HISTORY)
    try:
        limit = min(100, max(1, int(act.request.query.get("limit", "50"))))
        before = int(act.request.query.get("before", str(2**63)))
    except ValueError:
        raise Wrong("limit and before must be numbers") from None
    found = [m for m in act.world.history(channel["id"], act.person) if int(m.id) < before]
    return [act.play.rendering.message(m, act.person) for m in found[-limit:]]


async def write(act: Act) -> Json:
    """POST /_/channels/{c}/messages: a person's message."""
    channel = act.world.channels.get(act["channel"], {})
    channel = act.channel(
        act["channel"], P.SEND_MESSAGES_IN_THREADS if channel.get("type") in THREADS else P.SEND_MESSAGES
    )
    if act.uploads:
        act.channel(act["channel"], P.ATTACH_FILES)
    content = str(act.body.get("content") or "").strip()
    if not content and not act.uploads:
        raise Wrong("Write something, or attach a file")
    if len(content) > MAX_CONTENT:
        raise Wrong(f"Your message is too long: {len(content)} of {MAX_CONTENT} characters")
    if len(act.uploads) > 10:
        raise Wrong("A message can have 10 files")
    files = {act.world.new_id(): upload for upload in act.uploads}
    draft = Draft(content=content, attachments=[describe(u, i) for i, u in files.items()], files=files)
    draft.allowed_mentions = {"parse": ["users", "roles"], "users": [], "roles": [], "replied_user": True}
    if act.world.may(act.person, P.MENTION_EVERYONE, channel):
        draft.allowed_mentions["parse"].append("everyone")
    if act.body.get("reply_to"):
        draft.reply_to = act.text("reply_to")
    draft.nonce = act.body.get("nonce")
    message = await act.play.messages.post(draft, act.person, channel["id"])
    return act.play.rendering.message(message, act.person)


def _message(act: Act) -> Message:
    act.channel(act["channel"])
    return act.world.message(act["channel"], act["message"], act.person)


async def delete(act: Act) -> Json:
    """DELETE one's own message, any with Manage Messages, or dismiss an ephemeral answer.

    A dismissed answer is only hidden: as on Discord, the bot does not learn of it and can still edit it.
    """
    message = _message(act)
    if message.ephemeral:
        act.play.messages.dismiss(message)
        return {}
    if message.author_id != act.person:
        if act.world.channel(message.channel_id)["type"] == DM:
            raise Wrong("You cannot delete what the bot wrote in a direct message", 403)
        act.channel(act["channel"], P.MANAGE_MESSAGES)
    await act.play.messages.delete(message)
    return {}


async def react(act: Act) -> Json:
    message = _message(act)
    act.channel(act["channel"], P.VIEW_CHANNEL if act["emoji"] in message.reactions else P.ADD_REACTIONS)
    act.play.reactions.add(message, act["emoji"], act.person)
    return {}


async def unreact(act: Act) -> Json:
    act.play.reactions.remove(_message(act), act["emoji"], act.person)
    return {}


async def events(act: Act) -> web.StreamResponse:
    return await act.play.hub.handle(act.request, act.person)


async def interaction(act: Act) -> Json:
    return act.play.interactions.get(act["interaction"]).status()


_M = "/_/channels/{channel}/messages/{message}"
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/_/world", world),
    ("GET", "/_/channels/{channel}/messages", read),
    ("POST", "/_/channels/{channel}/messages", write),
    ("DELETE", _M, delete),
    ("PUT", _M + "/reactions/{emoji}", react),
    ("DELETE", _M + "/reactions/{emoji}", unreact),
    ("GET", "/_/events", events),
    ("GET", "/_/interactions/{interaction}", interaction),
]
