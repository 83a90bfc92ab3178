"""From the body of a call to a checked draft of a message."""

from __future__ import annotations

from typing import Any

from playground.checks.messages import Draft, read_message
from playground.records import Message
from playground.rest.calls import Call


def read_draft(
    call: Call,
    data: Any = None,
    *,
    existing: Message | None = None,
    may_be_ephemeral: bool = False,
    path: tuple[str, ...] = (),
) -> Draft:
    """Check `data` (None: the whole body) with the call's uploads. Raises 50035 or 50006."""
    draft = read_message(
        call.body if data is None and not path else data,
        call.uploads,
        emojis={**call.world.emojis, **call.world.app_emojis},
        new_ids=[call.world.new_id() for _ in call.uploads],
        existing=existing,
        may_be_ephemeral=may_be_ephemeral,
        path=path,
    )
    call.notes += [f"the upload {name} is not in the list of attachments and is lost" for name in draft.dropped]
    return draft
