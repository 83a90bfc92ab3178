"""A picture becomes a sticker of the server, once for each request."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta

import discord
from PIL import Image, ImageOps

from bot.chat import studio_texts, texts
from bot.chat.routes import Unsure, translated
from bot.errors import Refused, Retry
from bot.stories import Origin

MAX_BYTES = 512 * 1024
_FULL = {30039}
_CLOCKS = timedelta(seconds=5)


async def make(client: discord.Client, origin: Origin, name: str, picture: bytes) -> int:
    """Create the sticker and return its id; the same request again finds the one it made.

    Raises `Refused` where the picture, the slots or the permissions do not allow it, `Retry` when Discord is slow.
    """
    guild = client.get_guild(origin.guild_id) if origin.guild_id else None
    if guild is None:
        raise Refused(texts.SERVER_ONLY)
    asked = datetime.fromtimestamp(origin.at, UTC) - _CLOCKS
    before = next((one for one in guild.stickers if one.name == name and one.created_at >= asked), None)
    if before is not None:
        return before.id
    picture = await asyncio.to_thread(squared, picture)
    if len(picture) > MAX_BYTES:
        raise Refused(studio_texts.STICKER_REFUSED)
    try:
        with translated():
            made = await guild.create_sticker(
                name=name,
                description=studio_texts.STICKER_WORDS,
                emoji="🎨",
                file=discord.File(io.BytesIO(picture), "sticker.png"),
                reason=f"by {origin.member_name}, Artel",
            )
    except Refused as error:
        raise Refused(studio_texts.STICKER_BOT) from error
    except Unsure as error:
        raise Retry(texts.DISCORD_SLOW, after=3.0) from error
    except discord.HTTPException as error:
        full = error.code in _FULL
        raise Refused(studio_texts.STICKER_FULL if full else studio_texts.STICKER_REFUSED) from error
    return made.id


def squared(picture: bytes) -> bytes:
    """The picture in the middle of a clear square, which Discord wants of stickers; as it is where it is one.

    Raises `Refused` when it cannot be read.
    """
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if opened.width == opened.height:
                return picture
            side = max(opened.size)
            square = ImageOps.pad(opened.convert("RGBA"), (side, side), color=(0, 0, 0, 0))
    except (OSError, ValueError) as error:
        raise Refused(studio_texts.STICKER_REFUSED) from error
    out = io.BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()
