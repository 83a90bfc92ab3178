"""What the gallery needs of the worker; `bot.worker.WorkerClient` offers it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gan.contract import (
    DirectionList,
    Event,
    ModelInfo,
    RenderAnswer,
    RenderRequest,
    TransformAnswer,
    TransformRequest,
)


class Worker(Protocol):
    """Every call raises `Refused`, `Retry` or `Bug`, and nothing else."""

    async def models(self) -> Sequence[ModelInfo]: ...

    async def render(self, request: RenderRequest) -> RenderAnswer: ...

    async def transform(self, request: TransformRequest) -> TransformAnswer: ...

    async def directions(self, model_id: str, *, wait_s: float = 0.0) -> DirectionList: ...

    async def history(self, training_id: str) -> list[Event]: ...

    async def blob(self, sha256: str) -> bytes: ...
