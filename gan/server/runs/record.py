"""What the server knows of a run beyond the trainer's files: `server.json` in its folder, and the run in memory."""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import Literal

from pydantic import BaseModel

from gan.contract import Estimate, EventKind, Figures, Problem, Progress, Training, TrainingRequest, TrainingState
from gan.engines.base import Trainer
from gan.rundir import RunDir, write_atomically
from gan.server.runs.feed import Feed

RECORD = "server.json"


class Record(BaseModel):
    """Written at each change of state. Its presence makes a folder a training: a PUT that broke off left none."""

    state: TrainingState
    wanted: Literal["run", "pause", "stop"] = "run"
    """What the member asked for; the state follows when the trainer has done it."""
    created: float
    started: float | None = None
    ended: float | None = None
    deaths: int = 0
    """Trainers that ended unasked, one after another without a newer saved state in between."""
    saved: int = 0
    """When the state was saved that the last of them left behind, in ns of its file."""
    fence: int = 0
    model: str | None = None
    error: Problem | None = None
    events: int = 0
    progress: Progress = Progress()
    sample: str | None = None
    evolution: str | None = None
    figures: Figures = Figures()
    estimate: Estimate | None = None


class Run:
    """One training in memory. Changed from the event loop alone; `lock` orders requests about the same training."""

    def __init__(self, run_dir: RunDir, record: Record) -> None:
        self.dir, self.record = run_dir, record
        self.feed = Feed(run_dir.path / "feed.jsonl")
        self.lock = asyncio.Lock()
        self.driver: asyncio.Task[None] | None = None
        self.trainer: Trainer | None = None
        self.trains = False
        """The trainer has spoken: it is past its setting up, and has something to save."""
        self.saved = False
        """The server stops, and the trainer has saved its state."""
        self.end_by = 0.0
        """Monotonic time after which a stopping server ends the trainer, saved or not."""
        self.not_before = 0.0
        """Monotonic time before which it is not started again after a death."""
        self._request: TrainingRequest | None = None

    @classmethod
    def load(cls, run_dir: RunDir) -> Run | None:
        """The training of a folder; None when the folder holds none. Events are read only of one that goes on."""
        try:
            record = Record.model_validate_json((run_dir.path / RECORD).read_bytes())
        except (OSError, ValueError):
            return None
        run = cls(run_dir, record)
        if not record.state.ended:
            run.feed.load()
        return run

    @property
    def id(self) -> str:
        return self.dir.path.name

    @property
    def request(self) -> TrainingRequest:
        """Read from disk for what has ended: thousands of old runs need not stay in memory."""
        if self._request is not None:
            return self._request
        request = self.dir.config().request
        if not self.record.state.ended:
            self._request = request
        return request

    @property
    def driven(self) -> bool:
        return self.driver is not None and not self.driver.done()

    def save(self) -> None:
        feed = self.feed
        if feed.n:
            seen = {"events": feed.n, "progress": feed.progress, "figures": feed.figures}
            seen |= {"sample": feed.sample, "evolution": feed.evolution}
            self.record = self.record.model_copy(update=seen)
        write_atomically(self.dir.path / RECORD, self.record.model_dump_json(indent=1).encode())

    def become(self, state: TrainingState, text: str = "") -> None:
        """Change state: the record first, then the event, so that an event never promises what a crash takes back."""
        if state is self.record.state:
            return
        now = time.time()
        change: dict[str, object] = {"state": state}
        if state is TrainingState.running and self.record.started is None:
            change["started"] = now
        if state.ended:
            change["ended"] = now
        self.record = self.record.model_copy(update=change)
        self.save()
        self.feed.append(EventKind.state, state=state, text=text)
        if state.ended:
            self.save()  # with the number of events, since those of ended runs are not read at start
            self._request = None

    def drop_work(self) -> None:
        """Remove what only training needs: the pictures (someone's art) and the state to go on from."""
        shutil.rmtree(self.dir.pictures, ignore_errors=True)
        self.dir.resume.unlink(missing_ok=True)

    def wire(self, place: int | None) -> Training:
        record, feed = self.record, self.feed
        live = bool(feed.n)
        return Training(
            id=self.id,
            request=self.request,
            state=record.state,
            place=place,
            progress=feed.progress if live else record.progress,
            sample=feed.sample if live else record.sample,
            evolution=feed.evolution if live else record.evolution,
            model=record.model,
            figures=feed.figures if live else record.figures,
            estimate=record.estimate,
            error=record.error,
            created=record.created,
            started=record.started,
            ended=record.ended,
            events=feed.n if live else record.events,
        )
