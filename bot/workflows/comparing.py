"""How near new pictures come to works that their model learned from: which are marked, and which are held back.

What a picture of an anchored model owes is exact and free (`bot.copy_bar`). What it looks like is asked of the worker's
judge: always where the server holds back what is too close (`/settings`), and beside pictures of models that keep no
count of works, as far as the answer is there in a moment (docs/decisions/0112).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.copy_bar import looks_copied, too_close
from bot.errors import Bug, Refused, Retry
from bot.language import counted, said
from bot.worker import NotThere
from bot.workflows.parts import Parts
from bot.workflows.recipes import Plan
from bot.workflows.telling import Telling
from bot.workflows.words import credit_name, near_name
from gan.contract import MAX_COMPARED, NearestRequest, Nearness, Picture

log = logging.getLogger(__name__)

MARK_S = 0.6
"""So long a picture waits to be marked; the judge needs 15 to 40 ms once it knows the model's works."""
ALL_HELD = (
    "What came out is too close to {work}, and this server holds such pictures back. Draw another one; a higher "
    "variety keeps farther from single works, and so does a model of more works."
)
NOT_COMPARED = (
    "This server holds back pictures that are too close to a work, and they cannot be compared just now. Try again in "
    "a minute."
)


@dataclass(frozen=True)
class Compared:
    """What became of new pictures, by their places."""

    kept: tuple[int, ...]
    held: tuple[str, ...] = ()
    """The works that others were too close to, and were held back for."""
    alike: Mapping[int, str] = field(default_factory=dict)
    """Of those kept: the work that one looks like a copy of."""

    def lines(self, output_ids: Sequence[int]) -> tuple[str, ...]:
        """What has to be said beside those that were kept, once they have numbers."""
        marked = (
            said("⚠️ #{picture} looks like a copy of {work}", picture=number, work=self.alike[place])
            for place, number in zip(self.kept, output_ids, strict=True)
            if place in self.alike
        )
        return (*_held(self.held), *marked)


async def compared(telling: Telling, plan: Plan, pictures: Sequence[Picture]) -> Compared:
    """Raises `Refused` where none may be shown, or where the server holds copies back and cannot compare them."""
    everything = tuple(range(len(pictures)))
    if not telling.parts.library.draws_by_itself(plan.model_id):
        return Compared(everything)  # what a transformer makes is a change of what it was given
    known = await telling.parts.house.known(telling.origin.guild_id)
    if not known.rules.hold_copies or telling.origin.unasked:
        return Compared(everything, alike=await _alike(telling, plan, pictures))
    close = await _close(telling, plan, pictures)
    if len(close) == len(pictures):
        raise Refused(said(ALL_HELD, work=close[0]))
    return Compared(tuple(place for place in everything if place not in close), tuple(close.values()))


def _held(works: Sequence[str]) -> tuple[str, ...]:
    if not works:
        return ()
    line = counted(
        "🛑 {count} picture was held back: too close to {works}. Draw again; a higher variety keeps farther away.",
        "🛑 {count} pictures were held back: too close to {works}. Draw again; a higher variety keeps farther away.",
        len(works),
        works=", ".join(dict.fromkeys(works)),
    )
    return (line,)


async def _close(telling: Telling, plan: Plan, pictures: Sequence[Picture]) -> dict[int, str]:
    """Place → the work that it is too close to, by what it owes or by what it looks like."""
    close = {n: credit_name(work) for n, one in enumerate(pictures) if (work := too_close(one.credits)) is not None}
    try:
        looks = await telling.from_worker(lambda: nearest(telling.parts, plan.model_id, pictures))
    except NotThere:
        return close  # a shipped base: nobody here gave its works, and what it owes is exact
    except (Retry, Bug) as trouble:
        log.warning("pictures could not be compared: %s", trouble)
        raise Refused(NOT_COMPARED) from trouble
    for n, look in enumerate(looks):
        if looks_copied(look):
            close.setdefault(n, near_name(look.works[0]))
    return close


async def _alike(telling: Telling, plan: Plan, pictures: Sequence[Picture]) -> dict[int, str]:
    """Which pictures look like a copy, of models that keep no count of works."""
    models = telling.parts.library.of(telling.origin.guild_id)
    learned_here = any(one.id == plan.model_id and not one.shipped for one in models)
    if not learned_here or any(one.credits for one in pictures):
        return {}
    with suppress(Refused, Retry, Bug, TimeoutError):
        async with asyncio.timeout(MARK_S):
            looks = await nearest(telling.parts, plan.model_id, pictures)
        return {n: near_name(look.works[0]) for n, look in enumerate(looks) if looks_copied(look)}
    return {}


async def nearest(parts: Parts, model_id: str, pictures: Sequence[Picture]) -> list[Nearness]:
    """What each picture looks most like. Raises `NotThere` where the model's works are not kept, and as the client."""
    found: list[Nearness] = []
    for start in range(0, len(pictures), MAX_COMPARED):
        some = tuple(one.data for one in pictures[start : start + MAX_COMPARED])
        asked = NearestRequest.model_construct(pictures=some)
        found += (await parts.worker.nearest(model_id, asked)).pictures
    return found
