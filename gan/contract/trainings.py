"""A training: what is asked, how it stands, what it tells."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from gan.contract.common import (
    MAX_TRAINING_PICTURES,
    MIN_TRAINING_PICTURES,
    ModelId,
    SeedNumber,
    Sha256,
    TrainingId,
    Unit,
    Wire,
)
from gan.contract.models import Figures, Interval
from gan.contract.problems import Problem


class Work(Wire):
    """One picture to learn from; its bytes must have been PUT as a blob before."""

    sha256: Sha256
    title: Annotated[str, Field(max_length=100)] = ""
    artist: Annotated[str, Field(max_length=100)] = ""
    licence: Annotated[str, Field(max_length=60)] = ""
    tags: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=16)] = ()
    """Words for what it shows; with the title they are what prompts can ask for."""
    part: Literal["a", "b"] = "a"
    """Which of two sets it belongs to: `unpaired` leads from a to b and back, `content+style` has its artworks in b."""


class TrainingRequest(Wire):
    """PUT /v1/trainings/{id}: the same body again is the same training; another body for a used id is a conflict."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    family: str = "anchored"
    base: ModelId | None = None
    works: Annotated[tuple[Work, ...], Field(min_length=MIN_TRAINING_PICTURES, max_length=MAX_TRAINING_PICTURES)]
    seconds: Annotated[float, Field(ge=5.0, le=24 * 3600.0)]
    """Budget of training time; pauses do not count."""
    seed: SeedNumber = 0
    options: dict[str, float | int | str | bool] = Field(default={})


class TrainingState(StrEnum):
    queued = "queued"
    running = "running"
    paused = "paused"
    finished = "finished"
    cancelled = "cancelled"
    failed = "failed"

    @property
    def ended(self) -> bool:
        return self in {TrainingState.finished, TrainingState.cancelled, TrainingState.failed}


class Progress(Wire):
    pictures_seen: int = 0
    seconds: float = 0.0
    budget_seconds: float = 0.0
    pictures_per_second: float = 0.0
    fraction: Unit = 0.0
    phase: str = ""
    """What the trainer is at, in a word a member understands, such as `preparing`, `rebuilding`, `inventing`."""
    losses: dict[str, float] = Field(default={})


class Estimate(Wire):
    """What a training will probably come to, told before it starts. Ranges hold most of the measured results near it;
    none where nothing near was measured."""

    seconds: float
    """From its start to a model that can be used."""
    pictures_per_second: float
    pictures_seen: int
    speeds_seen: int = 0
    """Earlier trainings of this machine that the speed is from; 0 means a typical machine's."""
    kid_x1000: Interval | None = None
    coverage_k5: Interval | None = None
    advice: str = ""
    """What would help, in a member's words."""


class EstimateRequest(Wire):
    """`POST /v1/estimates` → `Estimate`: what a training would come to, before anything is sent or spent."""

    family: str = "anchored"
    base: ModelId | None = None
    works: Annotated[int, Field(ge=1, le=MAX_TRAINING_PICTURES)]
    seconds: Annotated[float, Field(ge=5.0, le=24 * 3600.0)]


class Training(Wire):
    id: TrainingId
    request: TrainingRequest
    state: TrainingState
    place: int | None = None
    """Place in the queue, 1 is next; none when not queued."""
    progress: Progress = Progress()
    sample: Sha256 | None = None
    """Blob of the newest sample grid (PNG)."""
    evolution: Sha256 | None = None
    """Blob of all its sample grids as one animation (WebP); there when it has finished."""
    model: ModelId | None = None
    figures: Figures = Figures()
    estimate: Estimate | None = None
    """As it was made when the training was asked for."""
    error: Problem | None = None
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    events: int = 0


class TrainingList(Wire):
    """`GET /v1/trainings?state=…&limit=…`: newest first."""

    trainings: tuple[Training, ...]


class EventKind(StrEnum):
    state = "state"
    progress = "progress"
    sample = "sample"
    note = "note"
    figures = "figures"
    model = "model"
    evolution = "evolution"
    error = "error"
    gap = "gap"
    """The events asked for are no longer kept; read the training's state instead and go on from `n`."""


class Event(Wire):
    """A line of `GET /v1/trainings/{id}/events?after=n` (NDJSON). `n` rises by one from 1."""

    n: int
    at: float
    kind: EventKind
    state: TrainingState | None = None
    progress: Progress | None = None
    sample: Sha256 | None = None
    evolution: Sha256 | None = None
    model: ModelId | None = None
    figures: Figures | None = None
    text: str = ""
