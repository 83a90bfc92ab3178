"""What the worker's front asks of whatever runs the models: the Engine protocol and its plain data.

The local engine (`gan.engines.local`) keeps one sampler child and starts trainers as child processes; an engine on a
cluster answers the same calls. No torch on this side.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from gan.contract import (
    Credit,
    HealthState,
    Mark,
    MarkReading,
    PictureFormat,
    Recipe,
    StageTimes,
    UnknownWord,
    Upscaler,
    WalkStep,
)
from gan.rundir import RunDir


@dataclass(frozen=True)
class ModelFile:
    """Where a model lies and what reads it. The hash is its identity; the path may move."""

    path: Path
    sha256: str
    family: str


@dataclass(frozen=True)
class RenderJob:
    """One render request, checked and resolved."""

    model: ModelFile
    recipes: tuple[Recipe, ...]
    size: int | None
    upscaler: Upscaler
    format: PictureFormat
    request_id: str = ""
    points: Mapping[str, bytes] = field(default_factory=dict)
    """The stored codes that the recipes name, by their blob's hash."""
    directions: Path | None = None
    """The model's directions, where they are not in its own file."""
    marks: tuple[Mark, ...] = ()
    secret: str = field(default="", repr=False)
    """Of the invisible marks."""


@dataclass(frozen=True)
class EncodedPicture:
    data: bytes
    sha256: str
    media_type: str
    width: int
    height: int
    credits: tuple[Credit, ...] = ()
    pixels: str = ""
    looks: str = ""
    mark: int | None = None
    unknown: tuple[UnknownWord, ...] = ()


@dataclass(frozen=True)
class Rendering:
    """The answer to a job: its pictures in order, where the time went, and how full the batches were."""

    pictures: tuple[EncodedPicture, ...]
    times: StageTimes
    batch: int
    """Pictures in the largest batch that this job rode in."""
    cached: bool
    """The model was loaded already."""


@dataclass(frozen=True)
class EngineStatus:
    state: HealthState
    detail: str = ""
    device: str = ""
    waiting: int = 0
    """Pictures asked for and not yet answered."""
    loaded: frozenset[str] = field(default_factory=frozenset)
    """Hashes of the models in memory."""
    restarts: int = 0


class Trainer(Protocol):
    """A running training process."""

    def alive(self) -> bool: ...

    async def wait(self, seconds: float) -> bool:
        """Wait until it has ended, at most so long; true when it has."""

    async def end(self) -> None:
        """End it and its children at once. What it has not saved is lost: pause it first where that matters."""

    def last_words(self) -> str:
        """How the process ended, in a few words for the log (`killed by signal 9`, `exit status 1`)."""


class Engine(Protocol):
    """Runs models. All methods are for the event loop of the front."""

    async def start(self, warm: Sequence[ModelFile]) -> None:
        """Start and return at once; `status` says when it is ready. `warm` models are loaded and rendered first."""

    async def close(self) -> None:
        """Finish what was asked for, then end every process of its own except trainers."""

    def status(self) -> EngineStatus: ...

    async def render(self, job: RenderJob) -> Rendering:
        """Raises `WorkerError`: `full`, `starting`, `timeout`, `bad_model`, `recipe_unsupported`, `out_of_memory` …"""

    async def walk_steps(self, job: RenderJob, frames: int, loop: bool) -> tuple[WalkStep, ...]:
        """Where each frame of a walk through the job's recipes stands. Raises as `render` does."""

    async def read_mark(self, picture: bytes, secret: str) -> MarkReading:
        """The invisible mark on a picture. Raises `WorkerError`: `bad_picture`, and as `render` does."""

    def errand(self, request: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Run `gan.sampling.errand` in a process of its own below renders in priority; yields what it reports.

        Closing the generator ends the process. Raises `WorkerError` for what the process reports or dies of.
        """

    async def judge(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Ask `gan.evaluate.nearest`, a child that stays for a while. Raises `WorkerError` for what it reports."""

    async def forget(self, sha256: str) -> None:
        """Drop a model from memory."""

    def launch(self, run: RunDir) -> Trainer:
        """Start the trainer of a run folder."""

    def adopt(self, run: RunDir) -> Trainer | None:
        """The trainer of a run folder that an earlier front left running, if it still lives."""
