"""A picture becomes a custom emoji of the server: made small enough, once for each request."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Literal

import discord
from PIL import Image

from bot.chat import texts
from bot.chat.routes import Closed, Unsure, translated
from bot.errors import Refused, Retry
from bot.stories import Origin

SIDE = 128
"""Pixels; Discord shows emoji at 48 at most and stores no more than 128."""
MAX_BYTES = 256 * 1024
NAME = re.compile(r"[A-Za-z0-9_]{2,32}")
_FULL = {30008, 30018}
_CLOCKS = timedelta(seconds=5)


async def make(client: discord.Client, origin: Origin, name: str, picture: bytes) -> str:
    """Create the emoji `name` and return its mention; the same request again finds the one it made.

    Raises `Refused` where the name, the picture, the slots or the permissions do not allow it.
    """
    if not NAME.fullmatch(name):
        raise Refused(texts.EMOJI_NAME_BAD)
    guild = client.get_guild(origin.guild_id) if origin.guild_id else None
    if guild is None:
        raise Refused(texts.SERVER_ONLY)
    if (made := _made_before(guild, origin, name)) is not None:
        return str(made)
    small = await asyncio.to_thread(fit, picture)
    try:
        with translated():
            made = await guild.create_custom_emoji(name=name, image=small, reason=f"by {origin.member_name}, Artel")
    except Refused as error:
        raise Refused(texts.EMOJI_BOT) from error
    except Unsure as error:
        raise Retry(texts.DISCORD_SLOW, after=3.0) from error
    except discord.HTTPException as error:
        raise Refused(texts.EMOJI_FULL if error.code in _FULL else texts.EMOJI_REFUSED) from error
    return str(made)


async def delete(client: discord.Client, guild_id: int, kind: Literal["emoji", "sticker"], discord_id: int) -> None:
    """Take an emoji or a sticker out of a guild; one that is gone is fine.

    Raises `Refused` where the bot may not, or is no longer there, `Retry` when Discord is slow.
    """
    reason = "the picture it was made of was removed, Artel"
    try:
        with translated():
            if kind == "emoji":
                await client.http.delete_custom_emoji(guild_id, discord_id, reason=reason)
            else:
                await client.http.delete_guild_sticker(guild_id, discord_id, reason)
    except Unsure as error:
        raise Retry(texts.DISCORD_SLOW, after=3.0) from error
    except Closed as closed:
        if closed.reason != "gone":
            raise Retry(texts.DISCORD_SLOW, after=5.0) from closed
    except discord.NotFound:
        return
    except discord.HTTPException as error:
        raise Refused(texts.EMOJI_BOT) from error


def fit(picture: bytes) -> bytes:
    """The picture as a PNG of at most 128 × 128 pixels and 256 KiB. Raises `Refused` when it cannot be read."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if opened.format == "PNG" and max(opened.size) <= SIDE and len(picture) <= MAX_BYTES:
                return picture  # as it is, with the manifest that saving it anew would drop
            image = opened.convert("RGBA")
    except (OSError, ValueError) as error:
        raise Refused(texts.EMOJI_REFUSED) from error
    for side in (SIDE, 96, 64):
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        image.save(out, "PNG", optimize=True)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()


def _made_before(guild: discord.Guild, origin: Origin, name: str) -> discord.Emoji | None:
    asked = datetime.fromtimestamp(origin.at, UTC) - _CLOCKS
    return next((one for one in guild.emojis if one.name == name and one.created_at >= asked), None)
