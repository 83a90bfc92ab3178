"""Emoji and stickers of the guild, and emoji of the application."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from playground.checks.bodies import Body, Problems
from playground.errors import ApiError, Json, missing_permissions, unknown
from playground.permissions import Permission
from playground.rest.calls import NOTHING, Call
from playground.rest.users import require_guild
from playground.uploads import sniff

EMOJI_BYTES = 256 * 1024
STICKER_BYTES = 512 * 1024
STICKER_SIDE = 320
_APP_EMOJI_SLOTS = 2000
_NAME = re.compile(r"\w{2,32}", re.ASCII)
_DATA_URI = re.compile(r"data:image/(png|jpeg|jpg|gif|webp|avif);base64,(.+)", re.DOTALL)


def _check_may_create(call: Call) -> None:
    require_guild(call)
    if not call.world.may(call.world.bot_id, Permission.CREATE_GUILD_EXPRESSIONS):
        raise missing_permissions()


def _check_may_change(call: Call, record: Json) -> None:
    """One's own with Create Expressions, others' with Manage Expressions."""
    own = record.get("user_id") == call.world.bot_id
    needed = Permission.CREATE_GUILD_EXPRESSIONS if own else Permission.MANAGE_GUILD_EXPRESSIONS
    bits = call.world.permissions(call.world.bot_id)
    if not bits & (needed | Permission.MANAGE_GUILD_EXPRESSIONS):
        raise missing_permissions()


def _read_emoji(call: Call) -> tuple[str, bytes, bool]:
    """Name, picture and whether it moves. Raises 50035 for a bad name, picture or size."""
    problems = Problems()
    body = Body(call.body, problems)
    name = body.text("name", 2, 32, required=True, pattern=_NAME)
    uri = body.text("image", 1, required=True)
    problems.check()
    found = _DATA_URI.fullmatch(uri or "")
    try:
        data = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        data = b""
    seen = sniff(data) if data else None
    if not seen or not seen.width:
        body.note("image", "IMAGE_INVALID", "Invalid image data")
    elif len(data) > EMOJI_BYTES:
        body.note("image", "BINARY_TYPE_MAX_SIZE", f"File cannot be larger than {EMOJI_BYTES / 1024:.1f} kb.")
    problems.check()
    return name or "", data, bool(seen and seen.animated)


async def list_emojis(call: Call) -> list[Json]:
    require_guild(call)
    return [call.play.rendering.emoji(e) for e in call.world.emojis.values()]


async def create_emoji(call: Call) -> Json:
    _check_may_create(call)
    name, data, animated = _read_emoji(call)
    slots, _ = call.world.slots()
    if sum(e["animated"] == animated for e in call.world.emojis.values()) >= slots:
        code = 30018 if animated else 30008
        raise ApiError(400, code, f"Maximum number of {'animated ' if animated else ''}emojis reached ({slots})")
    emoji: Json = {"id": call.world.new_id(), "name": name, "animated": animated, "user_id": call.world.bot_id}
    await call.world.store.save_blob(emoji["id"], data)
    call.world.keep("emoji", emoji)
    call.play.outbox.emojis()
    return call.play.rendering.emoji(emoji)


def _emoji(call: Call) -> Json:
    require_guild(call)
    if call["emoji_id"] not in call.world.emojis:
        raise unknown("Emoji")
    return call.world.emojis[call["emoji_id"]]


async def get_emoji(call: Call) -> Json:
    return call.play.rendering.emoji(_emoji(call))


async def edit_emoji(call: Call) -> Json:
    emoji = _emoji(call)
    _check_may_change(call, emoji)
    problems = Problems()
    name = Body(call.body, problems).text("name", 2, 32, pattern=_NAME)
    problems.check()
    call.world.keep("emoji", {**emoji, "name": name or emoji["name"]})
    call.play.outbox.emojis()
    return call.play.rendering.emoji(call.world.emojis[emoji["id"]])


async def delete_emoji(call: Call) -> Any:
    emoji = _emoji(call)
    _check_may_change(call, emoji)
    call.world.forget("emoji", emoji["id"])
    await call.world.store.drop_blob(emoji["id"])
    call.play.outbox.emojis()
    return NOTHING


# --- the application's own emoji -----------------------------------------------------------------------------------


async def list_app_emojis(call: Call) -> Json:
    return {"items": [call.play.rendering.emoji(e) for e in call.world.app_emojis.values()]}


async def create_app_emoji(call: Call) -> Json:
    name, data, animated = _read_emoji(call)
    if len(call.world.app_emojis) >= _APP_EMOJI_SLOTS:
        raise ApiError(400, 30008, f"Maximum number of emojis reached ({_APP_EMOJI_SLOTS})")
    if any(e["name"] == name for e in call.world.app_emojis.values()):
        problems = Problems()
        Body({}, problems).note("name", "APPLICATION_EMOJI_NAME_ALREADY_TAKEN", "Emoji name is already taken")
        problems.check()
    emoji: Json = {"id": call.world.new_id(), "name": name, "animated": animated, "user_id": call.world.bot_id}
    await call.world.store.save_blob(emoji["id"], data)
    return call.play.rendering.emoji(call.world.keep("app_emoji", emoji))


async def delete_app_emoji(call: Call) -> Any:
    if call["emoji_id"] not in call.world.app_emojis:
        raise unknown("Emoji")
    call.world.forget("app_emoji", call["emoji_id"])
    await call.world.store.drop_blob(call["emoji_id"])
    return NOTHING


# --- stickers ------------------------------------------------------------------------------------------------------


async def list_stickers(call: Call) -> list[Json]:
    require_guild(call)
    return [call.play.rendering.sticker(s) for s in call.world.stickers.values()]


async def create_sticker(call: Call) -> Json:
    _check_may_create(call)
    problems = Problems()
    body = Body(call.body, problems)
    name = body.text("name", 2, 30, required=True)
    description = body.text("description", 0, 100)
    if description and len(description) < 2:
        body.note("description", "BASE_TYPE_BAD_LENGTH", "Must be empty or between 2 and 100 in length.")
    tags = body.text("tags", 1, 200, required=True)
    if not call.uploads:
        body.note("file", "BASE_TYPE_REQUIRED", "This field is required")
    problems.check()
    data = call.uploads[0].data
    seen = sniff(data)
    if len(data) > STICKER_BYTES:
        raise ApiError(400, 50045, "File uploaded exceeds the maximum size")
    if seen.content_type not in ("image/png", "image/gif") or (seen.width, seen.height) != (STICKER_SIDE,) * 2:
        raise ApiError(400, 50046, f"Invalid file uploaded: a sticker is a PNG or GIF of {STICKER_SIDE}×{STICKER_SIDE}")
    _, slots = call.world.slots()
    if len(call.world.stickers) >= slots:
        raise ApiError(400, 30039, f"Maximum number of stickers reached ({slots})")
    kind = 4 if seen.content_type == "image/gif" else 2 if seen.animated else 1
    sticker: Json = {
        "id": call.world.new_id(),
        "name": name,
        "description": description or "",
        "tags": tags,
        "format_type": kind,
        "user_id": call.world.bot_id,
    }
    await call.world.store.save_blob(sticker["id"], data)
    call.world.keep("sticker", sticker)
    call.play.outbox.stickers()
    return call.play.rendering.sticker(sticker)


def _sticker(call: Call) -> Json:
    require_guild(call)
    if call["sticker_id"] not in call.world.stickers:
        raise unknown("Sticker")
    return call.world.stickers[call["sticker_id"]]


async def get_sticker(call: Call) -> Json:
    return call.play.rendering.sticker(_sticker(call))


async def delete_sticker(call: Call) -> Any:
    sticker = _sticker(call)
    _check_may_change(call, sticker)
    call.world.forget("sticker", sticker["id"])
    await call.world.store.drop_blob(sticker["id"])
    call.play.outbox.stickers()
    return NOTHING


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/guilds/{guild_id}/emojis", list_emojis),
    ("POST", "/guilds/{guild_id}/emojis", create_emoji),
    ("GET", "/guilds/{guild_id}/emojis/{emoji_id}", get_emoji),
    ("PATCH", "/guilds/{guild_id}/emojis/{emoji_id}", edit_emoji),
    ("DELETE", "/guilds/{guild_id}/emojis/{emoji_id}", delete_emoji),
    ("GET", "/applications/{application_id}/emojis", list_app_emojis),
    ("POST", "/applications/{application_id}/emojis", create_app_emoji),
    ("DELETE", "/applications/{application_id}/emojis/{emoji_id}", delete_app_emoji),
    ("GET", "/guilds/{guild_id}/stickers", list_stickers),
    ("POST", "/guilds/{guild_id}/stickers", create_sticker),
    ("GET", "/guilds/{guild_id}/stickers/{sticker_id}", get_sticker),
    ("DELETE", "/guilds/{guild_id}/stickers/{sticker_id}", delete_sticker),
]
