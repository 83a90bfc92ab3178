"""Which works of its model a picture looks most like, and whether it is too near to them.

Which works those are is told by the training that made the model, so nothing has to be in the model's file.
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass

from gan.blobs import BlobStore
from gan.contract import ErrorCode, ModelInfo, NearestAnswer, NearestRequest, Nearness, NearWork, Work
from gan.engines.base import Engine
from gan.errors import WorkerError
from gan.server.models import ModelStore
from gan.server.runs.trainings import Trainings

NOT_KEPT = "The works of this model are not kept here, so pictures cannot be compared with them."


@dataclass(frozen=True)
class Nearest:
    engine: Engine
    models: ModelStore
    trainings: Trainings
    blobs: BlobStore

    async def of(self, model_id: str, asked: NearestRequest) -> NearestAnswer:
        """Raises `WorkerError`: `model_missing`, `not_found` where the works are not kept, and as `Engine.judge`."""
        info = self.models.get(model_id)
        works = await asyncio.to_thread(self._works, info)
        found = await self.engine.judge(
            {
                "key": info.sha256,
                "works": [str(self.blobs.path(work.sha256)) for work in works],
                "size": info.card.size,
                "frame": info.card.frame,
                "pictures": [base64.b64encode(data).decode() for data in asked.pictures],
            }
        )
        pictures = tuple(
            Nearness(works=tuple(_named(works[place], distance) for place, distance in one["near"]), ratio=one["ratio"])
            for one in found["pictures"]
        )
        return NearestAnswer(model=model_id, model_sha256=info.sha256, pictures=pictures)

    def _works(self, info: ModelInfo) -> tuple[Work, ...]:
        run = None if info.shipped else self.trainings.of_model(info.card.id)
        works = run.request.works if run else ()
        if not works or any(work.sha256 not in self.blobs for work in works):
            raise WorkerError(ErrorCode.not_found, NOT_KEPT)
        return works


def _named(work: Work, distance: float) -> NearWork:
    return NearWork(work=work.sha256, distance=distance, title=work.title, artist=work.artist, licence=work.licence)
