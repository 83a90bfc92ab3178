"""Draws for the pages: through the worker, a few at a time, with what was drawn lately kept in memory.

A picture is a pure function of its record, so nothing is stored: the gallery of years is rows of recipes.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from bot.errors import Refused, Retry
from bot.records.gallery import Hung, Moving
from bot.safety.seal import Facts, Seal
from bot.web.budget import Budget
from bot.web.needs import Worker
from bot.worker import WorkerRefused
from gan.contract import (
    Credit,
    ErrorCode,
    Mark,
    PictureFormat,
    Recipe,
    RenderAnswer,
    RenderRequest,
    TransformRequest,
    Upscaler,
)

AT_ONCE = 3
"""Renders for pages at the same time: they ride in the worker's batches, and must not crowd out the chat's."""
MOST_WAITING = 200
KEPT_BYTES = 48 * 1024 * 1024
SEALED_FROM = 512
"""Smaller ones are thumbnails on a page, two dozen at a time, and no pictures to take away."""
USUAL = 256
"""Side in pixels of what costs one picture."""
BUSY = "Many are looking at pictures just now."
READ_RECIPE: TypeAdapter[Recipe] = TypeAdapter(Recipe)


def cost(request: RenderRequest) -> float:
    """Of a request, in pictures of 256 pixels: what is drawn is paid by its area."""
    side = request.size or USUAL
    return len(request.recipes) * (side / USUAL) ** 2


FILE_COST = 2.0
"""Pictures that a file of an animation costs: it is not drawn, only fetched."""


class Gone(Refused):
    """The picture cannot be made again: its model is no longer there, or is another one by now."""


@dataclass(frozen=True)
class Drawn:
    data: bytes
    media_type: str
    credits: tuple[Credit, ...] = ()


class Easel:
    def __init__(self, worker: Worker, budget: Budget, seal: Seal | None = None) -> None:
        self._worker, self._budget, self._seal = worker, budget, seal
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._kept: OrderedDict[str, Drawn] = OrderedDict()
        self._kept_bytes = 0

    async def picture(self, hung: Hung, for_member: int, *, size: int | None = None) -> Drawn:
        """A picture on record: as it was posted, or at `size` pixels as WebP, which is smaller and quicker.

        Raises `Gone` when it cannot be made again, `Retry` when the worker is away or the member has had many.
        """
        request = RenderRequest(
            model=hung.model_id,
            recipes=(READ_RECIPE.validate_python(hung.recipe),),
            size=hung.size if size is None else size,
            upscaler=Upscaler(hung.upscaler),
            format=PictureFormat(hung.format) if size is None else PictureFormat.webp,
            marks=tuple(Mark(mark) for mark in hung.marks.split(",") if mark),
        )
        (drawn,) = await self.draw(request, hung.model_sha256, for_member)
        if self._seal is None or (size is not None and size < SEALED_FROM):
            return drawn
        facts = Facts(
            number=hung.id,
            model=hung.model_id,
            model_title=hung.model_id,
            model_sha256=hung.model_sha256,
            recipe=hung.recipe,
            credits=[one.model_dump(mode="json") for one in drawn.credits],
            size=request.size,
        )
        return replace(drawn, data=await self._seal.seal(drawn.data, drawn.media_type, facts))

    async def draw(self, request: RenderRequest, model_sha256: str, for_member: int) -> Sequence[Drawn]:
        """The pictures of a request by exactly this model. Raises as `picture`, and `Refused` for what the worker does
        not draw."""
        key = hashlib.sha256(f"{model_sha256} {request.model_dump_json()}".encode()).hexdigest()
        keys = [f"{key} {n}" for n in range(len(request.recipes))]
        if all(one in self._kept for one in keys):
            for one in keys:
                self._kept.move_to_end(one)
            return [self._kept[one] for one in keys]
        self._budget.spend(for_member, cost(request))
        drawn = [
            Drawn(one.data, one.media_type, one.credits) for one in (await self._render(request, model_sha256)).pictures
        ]
        for one, picture in zip(keys, drawn, strict=True):
            self._keep(one, picture)
        return drawn

    async def transform(self, request: TransformRequest, for_member: int) -> Drawn:
        """What a model makes of a picture that is not on record, and shall not be. Raises as `draw`."""
        self._budget.spend(for_member, 1.0)
        async with self._queue():
            answer = await self._worker.transform(request)
        return Drawn(answer.pictures[0].data, answer.pictures[0].media_type)

    async def animation(self, walk: Moving, for_member: int) -> bytes:
        """The file of an animation. Raises `Gone` when the worker no longer has it, and as `picture`."""
        if walk.sha256 in self._kept:  # a browser asks for it in parts, which must be parts of one file
            self._kept.move_to_end(walk.sha256)
            return self._kept[walk.sha256].data
        self._budget.spend(for_member, FILE_COST)
        try:
            async with self._turn:
                data = await self._worker.blob(walk.sha256)
        except WorkerRefused as refused:
            raise Gone("The file of this animation is gone.") from refused
        if self._seal is not None:
            facts = Facts(walk.id, walk.model_id, walk.model_id, walk.model_sha256, walk.walk, walk.credits)
            data = await self._seal.seal(data, walk.media_type, replace(facts, kind="animation"))
        self._keep(walk.sha256, Drawn(data, walk.media_type))
        return data

    async def _render(self, request: RenderRequest, model_sha256: str) -> RenderAnswer:
        try:
            async with self._queue():
                answer = await self._worker.render(request)
        except WorkerRefused as refused:
            if refused.code is ErrorCode.model_missing:
                raise Gone("Its model is no longer there.") from refused
            raise
        if answer.model_sha256 != model_sha256:
            raise Gone("Its model has changed since.")
        return answer

    @asynccontextmanager
    async def _queue(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise Retry(BUSY, after=3.0)
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1

    def _keep(self, key: str, drawn: Drawn) -> None:
        before = self._kept.pop(key, None)
        self._kept_bytes += len(drawn.data) - (len(before.data) if before else 0)
        self._kept[key] = drawn
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1].data)
