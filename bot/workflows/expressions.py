"""Emoji and stickers made of pictures: noted when they are made, taken out of the server when the picture goes.

Discord lets a bot delete what it made itself as long as it may create expressions there; where it may not any more,
they stay, and whoever removes the picture is told which.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Literal

from bot.errors import Refused, Retry
from bot.language import counted, said
from bot.records.expressions import Expression
from bot.stories import Plain
from bot.workflows.telling import Telling, patiently

log = logging.getLogger(__name__)
MENTION = re.compile(r"<a?:\w+:(\d+)>")


class Cleared(Plain):
    """What became of expressions whose picture goes."""

    gone: int = 0
    left: tuple[str, ...] = ()
    """Names of those that could not be deleted."""


def id_in(mention: str) -> int:
    """Of an emoji, such as `<:fox:12>`. Raises `ValueError`."""
    found = MENTION.fullmatch(mention)
    if found is None:
        raise ValueError(f"{mention!r} is no mention of an emoji")
    return int(found[1])


async def note(telling: Telling, kind: Literal["emoji", "sticker"], discord_id: int, name: str, output_id: int) -> None:
    """Put it on record, with the picture that it is of."""
    guild_id = telling.origin.guild_id
    assert guild_id is not None
    await telling.parts.records.expressions.note(Expression(telling.id, output_id, guild_id, kind, discord_id, name))


async def clear(telling: Telling, found: Sequence[Expression]) -> Cleared:
    """Delete these from their servers; what cannot be deleted is left and told. Harmless twice."""
    parts = telling.parts
    gone, left = [], []
    for one in found:
        try:
            await patiently(
                lambda one=one: parts.messenger.delete_expression(one.server_id, one.kind, one.discord_id),  # type: ignore[misc]
                parts.patience.render,
            )
            gone.append(one.request_id)
        except (Refused, Retry) as trouble:
            log.info("%s %s stays: %s", one.kind, one.name, trouble)
            left.append(one.name)
    await parts.records.expressions.gone(gone)
    return Cleared(gone=len(gone), left=tuple(left))


def told(cleared: Cleared) -> str:
    """What is said of it; empty where there were none."""
    lines = []
    if cleared.gone:
        lines.append(
            counted(
                "{count} emoji or sticker made of it is gone too.",
                "{count} emoji and stickers made of it are gone too.",
                cleared.gone,
            )
        )
    if cleared.left:
        words = "I may no longer delete {names}: remove it in the server's settings, under Emoji or Stickers."
        lines.append(said(words, names=", ".join(f"`{name}`" for name in cleared.left)))
    return " ".join(lines)
