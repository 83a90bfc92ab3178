"""Channels: messages by the bot's token, reactions, typing, threads."""

from __future__ import annotations

from typing import Any

from playground.checks.bodies import Body, Problems
from playground.checks.messages import Draft
from playground.errors import ApiError, Json, missing_access, missing_permissions
from playground.messages import now_iso
from playground.permissions import Permission
from playground.records import DM, PUBLIC_THREAD, THREADS, Message
from playground.rest.calls import NOTHING, Call
from playground.rest.drafts import read_draft

P = Permission


def _channel(call: Call, needed: Permission = P.VIEW_CHANNEL) -> Json:
    """The channel of the path. Raises 10003, 50001 (cannot see it) or 50013 (lacks `needed`)."""
    channel = call.world.channel(call["channel_id"])
    if not call.world.may(call.world.bot_id, P.VIEW_CHANNEL, channel):
        raise missing_access()
    if not call.world.may(call.world.bot_id, needed, channel):
        raise missing_permissions()
    return channel


def _message(call: Call) -> Message:
    """The message of the path, if the bot can know of it: ephemeral ones it cannot reach by its own token."""
    _channel(call)
    return call.world.message(call["channel_id"], call["message_id"], call.world.bot_id)


async def get_channel(call: Call) -> Json:
    return call.play.rendering.channel(_channel(call))


async def history(call: Call) -> list[Json]:
    channel = _channel(call)
    problems = Problems()
    query = Body(dict(call.request.query), problems)
    limit = query.integer("limit", 1, 100) or 50
    before, after, around = (query.snowflake(name) for name in ("before", "after", "around"))
    problems.check()
    if not call.world.may(call.world.bot_id, P.READ_MESSAGE_HISTORY, channel):
        return []
    found = list(call.world.history(channel["id"], call.world.bot_id))
    if before:
        found = [m for m in found if int(m.id) < int(before)][-limit:]
    elif after:
        found = [m for m in found if int(m.id) > int(after)][:limit]
    elif around:
        at = sum(int(m.id) < int(around) for m in found)
        found = found[max(0, at - limit // 2) :][:limit]
    else:
        found = found[-limit:]
    return [call.play.rendering.message(m, call.world.bot_id) for m in reversed(found)]


async def post(call: Call) -> Json:
    channel = call.world.channel(call["channel_id"])
    _channel(call, P.SEND_MESSAGES_IN_THREADS if channel["type"] in THREADS else P.SEND_MESSAGES)
    draft = read_draft(call)
    _check_parts(call, channel, draft)
    seen = call.play.messages.with_nonce(call.world.bot_id, draft)
    message = seen or await call.play.messages.post(draft, call.world.bot_id, channel["id"])
    return call.play.rendering.message(message, call.world.bot_id)


def _check_parts(call: Call, channel: Json, draft: Draft) -> None:
    """Raises 50013 for files or embeds, 160002 for a reply, that the bot may not send here."""
    bits = call.world.permissions(call.world.bot_id, channel)
    if (draft.attachments and not bits & P.ATTACH_FILES) or (draft.embeds and not bits & P.EMBED_LINKS):
        raise missing_permissions()
    if draft.tts and not bits & P.SEND_TTS_MESSAGES:
        raise missing_permissions()
    if draft.reply_to and not bits & P.READ_MESSAGE_HISTORY:
        raise ApiError(400, 160002, "Cannot reply without permission to read message history")


async def get_message(call: Call) -> Json:
    _channel(call, P.READ_MESSAGE_HISTORY)
    return call.play.rendering.message(_message(call), call.world.bot_id)


async def edit_message(call: Call) -> Json:
    message = _message(call)
    if message.author_id != call.world.bot_id:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    draft = read_draft(call, existing=message)
    if draft.files and not call.world.may(call.world.bot_id, P.ATTACH_FILES, call.world.channel(message.channel_id)):
        raise missing_permissions()
    call.play.messages.throttle_old(message)
    await call.play.messages.edit(message, draft)
    return call.play.rendering.message(message, call.world.bot_id)


async def delete_message(call: Call) -> Any:
    message = _message(call)
    if message.author_id != call.world.bot_id:
        if call.world.channel(message.channel_id)["type"] == DM:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        _channel(call, P.MANAGE_MESSAGES)
    await call.play.messages.delete(message)
    return NOTHING


async def bulk_delete(call: Call) -> Any:
    channel = _channel(call, P.MANAGE_MESSAGES)
    problems = Problems()
    body = Body(call.body, problems)
    if body.values("messages", 2, 100, required=True) is None:
        problems.check()
    wanted = body.snowflakes("messages", 100)
    problems.check()
    for message in list(call.world.history(channel["id"], call.world.bot_id)):
        if message.id in wanted:
            await call.play.messages.delete(message)
    return NOTHING


async def typing(call: Call) -> Any:
    channel = _channel(call, P.SEND_MESSAGES)
    call.play.outbox.typing(channel["id"])
    return NOTHING


async def react(call: Call) -> Any:
    message = _message(call)
    if call["emoji"] not in message.reactions:
        _channel(call, P.ADD_REACTIONS)
    call.play.reactions.add(message, call["emoji"], call.world.bot_id)
    return NOTHING


async def unreact(call: Call) -> Any:
    call.play.reactions.remove(_message(call), call["emoji"], call.world.bot_id)
    return NOTHING


# --- threads -------------------------------------------------------------------------------------------------------


async def start_thread(call: Call) -> Json:
    """POST …/threads and POST …/messages/{m}/threads (the thread then has the message's id)."""
    parent = _channel(call, P.CREATE_PUBLIC_THREADS)
    if parent["type"] != 0:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    message_id = call.request.match_info.get("message_id")
    if message_id:
        _message(call)
        if message_id in call.world.channels:
            raise ApiError(400, 160004, "A thread has already been created for this message")
    problems = Problems()
    body = Body(call.body, problems)
    name = body.text("name", 1, 100, required=True)
    archive = body.choice("auto_archive_duration", (60, 1440, 4320, 10080)) or 1440
    kind = PUBLIC_THREAD if message_id else body.choice("type", (PUBLIC_THREAD, 12)) or 12
    problems.check()
    thread = {
        "id": message_id or call.world.new_id(),
        "type": kind,
        "guild_id": call.world.guild_id,
        "name": name,
        "parent_id": parent["id"],
        "owner_id": call.world.bot_id,
        "member_count": 1,
        "message_count": 0,
        "total_message_sent": 0,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "flags": 0,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": archive,
            "archive_timestamp": now_iso(),
            "locked": False,
            "create_timestamp": now_iso(),
        },
    }
    call.world.keep("channel", thread)
    call.play.outbox.channel("THREAD_CREATE", {**thread, "newly_created": True})
    return thread


async def delete_channel(call: Call) -> Json:
    channel = _channel(call)
    if channel["type"] not in THREADS:
        raise missing_permissions()
    _channel(call, P.MANAGE_THREADS)
    call.world.forget("channel", channel["id"])
    call.play.outbox.channel("THREAD_DELETE", channel)
    return channel


_M = "/channels/{channel_id}/messages/{message_id}"
ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/channels/{channel_id}", get_channel),
    ("DELETE", "/channels/{channel_id}", delete_channel),
    ("GET", "/channels/{channel_id}/messages", history),
    ("POST", "/channels/{channel_id}/messages", post),
    ("POST", "/channels/{channel_id}/messages/bulk-delete", bulk_delete),
    ("GET", _M, get_message),
    ("PATCH", _M, edit_message),
    ("DELETE", _M, delete_message),
    ("PUT", _M + "/reactions/{emoji}/@me", react),
    ("DELETE", _M + "/reactions/{emoji}/@me", unreact),
    ("POST", "/channels/{channel_id}/typing", typing),
    ("POST", "/channels/{channel_id}/threads", start_thread),
    ("POST", _M + "/threads", start_thread),
]
