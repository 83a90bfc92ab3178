"""From an ask to its story, and from every way a story can fail to a sentence that the member reads."""

from __future__ import annotations

import logging

from bot.errors import Refused, Retry
from bot.records.requests import RequestState
from bot.stories import Ask, Generate, NoticeView, OpenLarge, Origin, Reroll, Variations
from bot.workflows.durable import Disowned
from bot.workflows.making import make
from bot.workflows.parts import Parts
from bot.workflows.telling import Telling

log = logging.getLogger(__name__)


async def answer(parts: Parts, origin: Origin, ask: Ask) -> None:
    """Tell the story of a request to its end: whatever happens, the member gets one answer."""
    telling = Telling(origin, ask, parts)
    try:
        await story(telling)
    except Disowned:
        raise  # not of the story's making: this process no longer owns it
    except Exception as failure:
        await apologise(telling, failure)


async def story(telling: Telling) -> None:
    match telling.ask:
        case Generate() | Reroll() | Variations() | OpenLarge() as ask:
            await make(telling, ask)
        case other:
            raise Refused(f"I don't know how to {other.kind} yet.")


async def apologise(telling: Telling, failure: Exception) -> None:
    """Write down how it failed and say so. When even that can't be said, the record says it."""
    try:
        notice = await telling.step("explain", explain, telling, failure)
        await telling.step("deliver", telling.deliver, notice)
    except Disowned:
        raise
    except Exception as again:
        log.warning("request %d could not be answered: %s: %s", telling.id, type(again).__name__, again)
        await telling.step("give up", give_up, telling, f"not delivered: {type(again).__name__}: {again}")


async def explain(telling: Telling, failure: Exception) -> NoticeView:
    """What the member reads, and what the record keeps."""
    match failure:
        case Refused():
            await telling.end(RequestState.refused, str(failure))
            return NoticeView(tone="refused", text=str(failure))
        case Retry():
            await telling.end(RequestState.failed, str(failure))
            wait = f" Try again in about {max(1, round(failure.after))} s."
            return NoticeView(tone="trouble", text=f"{failure}{wait}")
        case _:
            log.error("request %d failed", telling.id, exc_info=failure)
            await telling.end(RequestState.failed, f"{type(failure).__name__}: {failure}"[:2000])
            return NoticeView(
                tone="trouble",
                text="Sorry, that went wrong, and it is our mistake. Try once more; if it stays, tell the operator "
                f"`{telling.id}`.",
            )


async def give_up(telling: Telling, error: str) -> None:
    await telling.end(RequestState.failed, error)
