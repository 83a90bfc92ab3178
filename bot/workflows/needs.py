"""What the stories need of the worker, as a protocol: `bot.worker.WorkerClient` is the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal, Protocol

from gan.contract import (
    DirectionList,
    Estimate,
    EstimateRequest,
    Event,
    FamilyInfo,
    Health,
    MarkReading,
    ModelInfo,
    NearestAnswer,
    NearestRequest,
    RenderAnswer,
    RenderRequest,
    Task,
    TaskRequest,
    Training,
    TrainingRequest,
    TransformAnswer,
    TransformRequest,
)

Steering = Literal["stop", "cancel", "pause", "resume"]


class Worker(Protocol):
    """The worker's contract over HTTP. Every call raises `Refused` (it cannot be), `Retry` (not now) or `Bug`."""

    async def health(self) -> Health: ...

    async def models(self) -> tuple[ModelInfo, ...]: ...

    async def families(self) -> tuple[FamilyInfo, ...]: ...

    async def directions(self, model_id: str, *, wait_s: float = 0.0) -> DirectionList:
        """A model's sliders; waits so long for those that are still being found."""

    async def render(self, request: RenderRequest, *, request_id: str = "") -> RenderAnswer: ...

    async def transform(self, request: TransformRequest, *, request_id: str = "") -> TransformAnswer:
        """One picture transformed, with the recipe that makes it again by `render`."""

    async def read_mark(self, picture: bytes) -> MarkReading:
        """The invisible mark on a picture."""

    async def nearest(self, model_id: str, asked: NearestRequest) -> NearestAnswer:
        """Which works of the model pictures look most like. `NotThere` where its works are not kept."""

    async def put_task(self, task_id: str, body: TaskRequest) -> Task:
        """Start a walk or a find, or find it as it was started before under this id."""

    async def task(self, task_id: str, *, after: int | None = None, wait_s: float = 0.0) -> Task:
        """A task; with `after` once it has changed since that `n`, at the latest after `wait_s` seconds."""

    async def cancel_task(self, task_id: str) -> Task: ...

    async def put_blob(self, data: bytes) -> str:
        """Store bytes, give their SHA-256."""

    async def blob(self, sha256: str) -> bytes: ...

    async def put_training(self, training_id: str, body: TrainingRequest, *, fence: int) -> Training: ...

    async def training(self, training_id: str) -> Training: ...

    async def estimate(self, asked: EstimateRequest) -> Estimate: ...

    async def forget_training(self, training_id: str) -> None:
        """Remove all that is left of a training; gone already is fine, as for the next two."""

    async def forget_model(self, model_id: str) -> None: ...

    async def forget_blob(self, sha256: str) -> None: ...

    def events(self, training_id: str, *, after: int = 0) -> AsyncIterator[Event]:
        """Events from `after` on, as they come, until the training ends or the connection does."""

    async def steer(self, training_id: str, action: Steering) -> Training: ...
