"""Files that somebody attached to a form of ours, as plain data. Only forms and options of commands are read so; a
message's attachments never are (Discord's Developer Policy, rule 21)."""

from __future__ import annotations

from typing import Any

from bot.chat.origins import Interaction
from bot.stories import Upload


def uploads_of(interaction: Interaction, wanted: list[Any]) -> tuple[Upload, ...]:
    """The files that a form's field names, out of what came with the form."""
    data: dict[str, Any] = dict(interaction.data or {})
    attachments = (data.get("resolved") or {}).get("attachments") or {}
    found = [attachments[str(one)] for one in wanted if str(one) in attachments]
    return tuple(
        Upload(
            filename=str(one["filename"])[:200],
            url=str(one["url"]),
            size=int(one["size"]),
            content_type=str(one.get("content_type") or ""),
        )
        for one in found
    )
