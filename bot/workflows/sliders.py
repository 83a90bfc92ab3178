"""A model's sliders as a member sees them: its directions, what they are called here, and what each does."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors import Refused, Retry
from bot.records import Records
from bot.slider_texts import ends
from bot.stories import Slider, SliderBoard
from bot.workflows.moves import at, sliders_of
from bot.workflows.needs import Worker
from gan.contract import Direction, DirectionList, DirectionsState, Recipe, RenderRequest

log = logging.getLogger(__name__)

SHOWN = 8
"""Sliders below a picture: as many as can be told apart at a glance; the most visible ones come first."""
LONGEST_ID = 20
"""Directions with longer ids find no room in a custom id beside a model's."""
THUMB_SIZE = 64
SHOWN_AT = 2.0
"""Deviations at which a slider's two small pictures are drawn: visible, and still sound (docs/measured.md)."""
WAIT_S = 10.0
LOOKING = "The sliders of this model are being looked for, which takes some seconds, once."
NO_SLIDERS = "This model has no sliders. `/models` lists others."
THUMBS_S = 6.0


@dataclass
class Sliders:
    """Directions by model, and the small pictures, kept in memory: both follow from the weights alone."""

    records: Records
    worker: Worker
    most_kept: int = 256
    _directions: dict[str, DirectionList] = field(default_factory=dict)
    _thumbs: OrderedDict[tuple[str, str], tuple[bytes, ...]] = field(default_factory=OrderedDict)

    async def directions(self, model_id: str, model_sha256: str) -> tuple[Direction, ...]:
        """The most visible first. Raises `Refused` where there are none, `Retry` while they are being found."""
        known = self._directions.get(model_sha256)
        if known is None:
            known = await self.worker.directions(model_id, wait_s=WAIT_S)
            if known.state is DirectionsState.finding:
                raise Retry(LOOKING, after=5.0)
            self._directions[known.model_sha256] = known
        if not known.directions:
            raise Refused(NO_SLIDERS)
        return known.directions

    async def named(self, model_id: str, model_sha256: str, server_id: int | None) -> list[tuple[Direction, str]]:
        """Directions with their names: by vote in this server, else what was measured, else nothing."""
        directions = [one for one in await self.directions(model_id, model_sha256) if len(one.id) <= LONGEST_ID]
        chosen = await self.records.slider_names.chosen(server_id, model_sha256)
        return [(one, chosen.get(one.id) or ends(one, " ⇄ ")) for one in directions]

    async def board(
        self, model_id: str, model_sha256: str, recipe: Recipe, server_id: int | None, in_hand: str
    ) -> SliderBoard:
        """The sliders of one picture. Raises what `directions` raises."""
        named = (await self.named(model_id, model_sha256, server_id))[:SHOWN]
        chosen = in_hand if in_hand in {one.id for one, _ in named} else named[0][0].id
        values, base = sliders_of(recipe)
        thumbs = await self._drawn(model_id, model_sha256, base, [one for one, _ in named])
        return SliderBoard(
            sliders=tuple(
                Slider(
                    id=one.id,
                    name=name,
                    value=values.get(one.id, 0.0),
                    low=one.low,
                    high=one.high,
                    less=b64encode(thumbs[2 * place]) if thumbs else None,
                    more=b64encode(thumbs[2 * place + 1]) if thumbs else None,
                )
                for place, (one, name) in enumerate(named)
            ),
            chosen=chosen,
        )

    async def sheet(
        self, model_id: str, recipe: Recipe, directions: Sequence[Direction], ends: Sequence[float]
    ) -> tuple[bytes, ...]:
        """Small pictures of each direction at these amounts, row by row."""
        return await self._render(model_id, [at(recipe, one.id, end) for one in directions for end in ends])

    async def _drawn(
        self, model_id: str, model_sha256: str, base: Recipe, directions: Sequence[Direction]
    ) -> tuple[bytes, ...]:
        """Two small pictures a direction, down and up; nothing where the worker has no time for them."""
        key = (model_sha256, base.model_dump_json())
        if key in self._thumbs:
            self._thumbs.move_to_end(key)
            return self._thumbs[key]
        recipes = [at(base, one.id, end) for one in directions for end in (-SHOWN_AT, SHOWN_AT)]
        try:
            async with asyncio.timeout(THUMBS_S):
                drawn = await self._render(model_id, recipes)
        except (Retry, Refused, TimeoutError) as busy:
            log.info("sliders without their small pictures: %s", busy)
            return ()
        self._thumbs[key] = drawn
        while len(self._thumbs) > self.most_kept:
            self._thumbs.popitem(last=False)
        return drawn

    async def _render(self, model_id: str, recipes: Sequence[Recipe]) -> tuple[bytes, ...]:
        answer = await self.worker.render(RenderRequest(model=model_id, recipes=tuple(recipes), size=THUMB_SIZE))
        return tuple(picture.data for picture in answer.pictures)
