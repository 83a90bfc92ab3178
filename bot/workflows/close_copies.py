"""Pictures that look like a withdrawn work though their credits do not name it: drawn small once more and compared."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Bug, Refused, Retry
from bot.records.credited import Standing
from bot.safety.duplicates import difference
from bot.safety.intake import Accepted
from bot.workflows.parts import Parts
from bot.workflows.recipes import read_recipe
from bot.workflows.telling import patiently
from gan.contract import MAX_RECIPES, RenderRequest

log = logging.getLogger(__name__)

SIDE = 64
MOST = 4_000
"""Pictures of a withdrawal that are looked at, the newest first: a second for each few hundred."""
CLOSE_BITS = 10
"""Of 64: a generator's rebuilt copy of a work differs in more than a file saved anew (`bot.safety.duplicates`)."""
CLOSE_DIFFERENCE = 60.0


@dataclass(frozen=True)
class Look:
    """What a work is known by."""

    phash: str
    thumb: str


async def too_close(parts: Parts, works: Sequence[Look], pictures: Sequence[Standing]) -> list[int]:
    """Ids of those pictures that look like one of the works. Those that cannot be drawn now are not found."""
    found: list[int] = []
    newest = sorted(pictures, key=lambda one: -one.id)[:MOST]
    for model_id in sorted({one.model_id for one in newest}):
        mine = [one for one in newest if one.model_id == model_id]
        for start in range(0, len(mine), MAX_RECIPES):
            found += await _alike(parts, works, model_id, mine[start : start + MAX_RECIPES])
    return found


async def _alike(parts: Parts, works: Sequence[Look], model_id: str, some: Sequence[Standing]) -> list[int]:
    try:
        recipes = tuple(read_recipe(one.recipe) for one in some)
        request = RenderRequest(model=model_id, recipes=recipes, size=SIDE)
        answer = await patiently(lambda: parts.worker.render(request), parts.patience.render)
    except (Refused, Retry, Bug, ValueError) as away:
        log.info("%d pictures of %s could not be compared: %s", len(some), model_id, away)
        return []
    seen = await asyncio.gather(*(parts.intake.inspect(picture.data) for picture in answer.pictures))
    pairs = zip(some, seen, strict=True)
    return [one.id for one, look in pairs if isinstance(look, Accepted) and any(is_close(work, look) for work in works)]


def is_close(work: Look, picture: Accepted) -> bool:
    """Whether a picture is so like a work that one would take it for a copy."""
    bits = (int(work.phash, 16) ^ int(picture.phash, 16)).bit_count()
    if bits > CLOSE_BITS:
        return False
    return difference(bytes.fromhex(work.thumb), bytes.fromhex(picture.thumb)) <= CLOSE_DIFFERENCE
