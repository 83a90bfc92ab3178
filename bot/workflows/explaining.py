"""From a failure to what the member reads and the record keeps."""

from __future__ import annotations

import logging

from bot.errors import Refused, Retry
from bot.language import said
from bot.records.requests import RequestState
from bot.stories import NoticeView
from bot.workflows.telling import Telling

log = logging.getLogger(__name__)


async def explain(telling: Telling, failure: Exception) -> NoticeView:
    """What the member reads, and what the record keeps."""
    match failure:
        case Refused():
            await telling.end(RequestState.refused, str(failure))
            return NoticeView(tone="refused", text=said(str(failure)))
        case Retry():
            await telling.end(RequestState.failed, str(failure))
            again = said("Try again in about {seconds} s.", seconds=max(1, round(failure.after)))
            return NoticeView(tone="trouble", text=f"{said(str(failure))} {again}")
        case _:
            log.error("request %d failed", telling.id, exc_info=failure)
            await telling.end(RequestState.failed, f"{type(failure).__name__}: {failure}"[:2000])
            return sorry(telling.id)


def sorry(request_id: int) -> NoticeView:
    """What a member reads when it is our mistake: the id leads to the log."""
    words = "Sorry, that went wrong, and it is our mistake. Try once more; if it stays, tell the operator `{request}`."
    return NoticeView(tone="trouble", text=said(words, request=request_id))
