"""Removing pictures everywhere: out of every list, off every message, from the worker, and for good.

What goes: the pictures and their enlarged copies, the stars on them, their place in the galleries, the walks through
them with their files, emoji and stickers made of them, and every message that shows any of it (the other pictures of
such a message stay in their makers' galleries). What looks like them is held back afterwards. Messages that only one
member saw cannot be deleted by a bot; their buttons are refused.
"""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.errors import Refused
from bot.records.outputs import Output
from bot.records.reports import Look
from bot.safety.intake import Accepted
from bot.stories import Posted
from bot.workflows.expressions import Cleared, clear
from bot.workflows.small import thumbnails
from bot.workflows.telling import Telling, patiently

log = logging.getLogger(__name__)

SIDE = 128
"""Pixels at which removed pictures are fingerprinted; the hash itself looks at 32."""


@dataclass(frozen=True)
class Removal:
    messages: int = 0
    cleared: Cleared = field(default_factory=Cleared)


async def remove_everywhere(telling: Telling, output_ids: Sequence[int], animation_id: int | None = None) -> Removal:
    """How many messages went, and what became of emoji. Harmless twice: whoever was cut off does it all again.

    Raises `Retry` while Discord or the worker is away.
    """
    parts, origin = telling.parts, telling.origin
    assert origin.guild_id is not None
    rows = await parts.records.outputs.several(output_ids)
    await deny(telling, origin.guild_id, rows)
    gone = await parts.records.reports.take_out(origin.guild_id, output_ids, animation_id)
    parts.shelf.drop(gone.outputs)
    for channel_id, message_id in gone.messages:
        posted = Posted(channel_id=channel_id, message_id=message_id, route="message")

        async def delete(posted: Posted = posted) -> None:
            with suppress(Refused):  # a message that we may not delete must not keep the others standing
                await parts.messenger.delete(origin, posted)

        await patiently(delete, parts.patience.deliver)
    for sha256 in gone.blobs:
        await patiently(lambda sha256=sha256: parts.worker.forget_blob(sha256), parts.patience.away)  # type: ignore[misc]
    cleared = await clear(telling, await parts.records.expressions.of_pictures(gone.outputs))
    log.info("removed %d pictures and %d messages", len(gone.outputs), len(gone.messages))
    return Removal(len(gone.messages), cleared)


async def deny(telling: Telling, server_id: int, rows: Sequence[Output]) -> None:
    """Remember how they look, so that they do not come back; what cannot be drawn any more cannot come back either."""
    parts = telling.parts
    drawn = await thumbnails(parts, rows, SIDE)
    seen = [await parts.intake.inspect(b64decode(data)) for data in drawn.values()]
    looks = [Look(one.phash, one.thumb) for one in seen if isinstance(one, Accepted)]
    await parts.records.reports.deny(server_id, looks)
    parts.house.forget(server_id)
