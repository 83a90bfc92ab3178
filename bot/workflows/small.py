"""Small pictures to know others by: in lists, in family trees, beside credits. They are no outputs of their own."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from collections.abc import Sequence
from itertools import groupby

from bot.errors import Bug, Refused, Retry
from bot.records.outputs import Output
from bot.workflows.parts import Parts
from bot.workflows.recipes import read_recipe
from gan.contract import MAX_RECIPES, RenderRequest, Upscaler

log = logging.getLogger(__name__)

SIDE = 96
PATIENCE_S = 6.0
"""What they stand beside should not wait for them for longer."""


async def thumbnails(parts: Parts, rows: Sequence[Output], side: int = SIDE) -> dict[int, bytes]:
    """Output id → a small PNG in base64; those that the worker cannot draw now are left out."""
    found: dict[int, bytes] = {}
    ordered = sorted(rows, key=lambda row: row.model_id)
    groups = [(model, list(of_model)) for model, of_model in groupby(ordered, key=lambda row: row.model_id)]
    slices = [(model, group[n : n + MAX_RECIPES]) for model, group in groups for n in range(0, len(group), MAX_RECIPES)]
    try:
        async with asyncio.timeout(PATIENCE_S):
            for drawn in await asyncio.gather(*(_draw(parts, model, group, side) for model, group in slices)):
                found |= drawn
    except TimeoutError:
        log.info("no time for small pictures")
    return found


async def _draw(parts: Parts, model: str, rows: Sequence[Output], side: int) -> dict[int, bytes]:
    kept = {row.id: data for row in rows if (data := parts.shelf.small(row.id, side)) is not None}
    missing = [row for row in rows if row.id not in kept]
    if missing:
        recipes = tuple(read_recipe(row.recipe) for row in missing)
        request = RenderRequest(model=model, recipes=recipes, size=side, upscaler=Upscaler.auto)
        try:
            answer = await parts.worker.render(request)
        except (Refused, Retry, Bug) as away:
            log.info("no small pictures of %s: %s", model, away)
            return {key: b64encode(data) for key, data in kept.items()}
        for row, picture in zip(missing, answer.pictures, strict=True):
            parts.shelf.put_small(row.id, side, picture.data)
            kept[row.id] = picture.data
    return {key: b64encode(data) for key, data in kept.items()}
