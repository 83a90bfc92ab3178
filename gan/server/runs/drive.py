"""One run from its start to its end: the trainer's process is watched, its events are copied, its end is judged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from gan.blobs import BlobStore
from gan.contract import ErrorCode, Event, EventKind, TrainingState
from gan.engines.base import Engine, Trainer
from gan.engines.trainers import log_tail
from gan.errors import WorkerError
from gan.rundir import Report
from gan.server.metrics import Metrics
from gan.server.models import ModelStore
from gan.server.problems import problem
from gan.server.runs.feed import Tail
from gan.server.runs.record import Run

WATCH_S = 0.25
PAUSED_WATCH_S = 1.0
PAUSED_KEPT_S = 120.0
"""A paused trainer keeps its memory so long, for a quick resume; then it is ended, and starts from its saved state."""
RETRY_S = 2.0
"""Before a killed training goes on; doubled at each death, so a broken machine is not hammered."""

log = structlog.get_logger("artel.trainings")


@dataclass(frozen=True)
class Driver:
    """What driving a run needs. `on_change` is called when a slot may have come free."""

    engine: Engine
    blobs: BlobStore
    models: ModelStore
    metrics: Metrics
    attempts: int
    on_change: Callable[[], None]
    stopping: asyncio.Event

    async def drive(self, run: Run) -> None:
        """Start (or adopt) the trainer and stay until it has ended and the run's state says how."""
        try:
            if run.record.state.ended:  # cancelled before it began
                return
            trainer = run.trainer = self._trainer(run)
            if run.record.state is TrainingState.queued:
                run.become(TrainingState.running)
            await self._watch(run, trainer)
            async with run.lock:
                await self._settle(run, trainer)
        except Exception as error:
            log.exception("training lost", training=run.id)
            self._lose(run, error)
        finally:
            run.driver = run.trainer = None
            self.on_change()

    def _trainer(self, run: Run) -> Trainer:
        run.dir.set_control(run.record.wanted)
        if trainer := self.engine.adopt(run.dir):
            log.info("trainer adopted", training=run.id)
            run.trains = True
            return trainer
        (run.dir.path / "report.json").unlink(missing_ok=True)
        log.info("trainer started", training=run.id, deaths=run.record.deaths)
        run.trains = False
        return self.engine.launch(run.dir)

    async def _watch(self, run: Run, trainer: Trainer) -> None:
        tail = Tail(run.dir.events_file, run.feed.taken)
        paused_since: float | None = None
        while True:
            paused = run.record.state is TrainingState.paused
            ended = await trainer.wait(PAUSED_WATCH_S if paused else WATCH_S)
            for event in tail.read():
                await self._take(run, event)
            if ended:
                return
            paused_since = (paused_since or time.monotonic()) if paused else None
            now = time.monotonic()
            paused_long = paused_since is not None and now - paused_since > PAUSED_KEPT_S
            if paused_long or (self.stopping.is_set() and (paused or run.saved or now > run.end_by)):
                await trainer.end()

    async def _take(self, run: Run, event: Event) -> None:
        """Copy a trainer's event into the feed, or act on it."""
        run.trains = True
        fields = event.model_dump(exclude={"n", "at", "kind", "state"}, exclude_none=True)
        match event.kind:
            case EventKind.state:
                run.feed.skip(event.n)
                self._follow_state(run, event.state)
            case EventKind.model:
                run.feed.skip(event.n)  # it has its id only once it is registered
            case EventKind.sample:
                sample = event.sample or await self._store(run.dir.samples, event.text)
                if sample:
                    run.feed.append(event.kind, src=event.n, at=event.at, sample=sample, text=event.text)
            case EventKind.evolution:
                if blob := await self._store(run.dir.path, event.text):
                    run.feed.append(event.kind, src=event.n, at=event.at, evolution=blob)
            case _:
                run.feed.append(event.kind, src=event.n, at=event.at, **fields)

    def _follow_state(self, run: Run, state: TrainingState | None) -> None:
        # the trainer's word on its end is not enough: the process must be gone and the model registered
        if state is TrainingState.paused and not self.stopping.is_set() and run.record.wanted == "pause":
            run.become(TrainingState.paused)
            self.on_change()
        elif state is TrainingState.running and run.record.state is TrainingState.paused:
            if run.record.wanted != "pause":
                run.become(TrainingState.running)
        elif state is TrainingState.paused:
            run.saved = self.stopping.is_set()

    async def _store(self, folder: Path, name: str) -> str | None:
        """A file of the trainer's as a blob; None when it is not there, or not in that folder."""
        path = folder / name
        if not name or path.parent != folder:
            return None
        try:
            return await asyncio.to_thread(lambda: self.blobs.add(path.read_bytes()))
        except OSError as error:
            log.warning("picture of a training not kept", folder=folder.name, name=name, reason=str(error))
            return None

    # --- the end ------------------------------------------------------------------------------------------------

    async def _settle(self, run: Run, trainer: Trainer) -> None:
        if run.record.state.ended:  # cancelled
            run.drop_work()
            return
        report = _report(run)
        if report is None:
            self._after_death(run, trainer)
        elif report.state is TrainingState.finished:
            await self._finish(run, report)
        else:
            code = ErrorCode(report.code) if report.code in set(ErrorCode) else ErrorCode.internal
            self.fail(run, code, report.error or "The trainer gave up without a reason; see its log.txt.")

    async def _finish(self, run: Run, report: Report) -> None:
        try:
            title = run.request.title
            info = await asyncio.to_thread(self.models.register, run.dir.model, title, run.id)
        except FileNotFoundError:
            self.fail(run, ErrorCode.internal, "The training ended without leaving a model; train again.")
            return
        except WorkerError as error:
            self.fail(run, error.code, error.detail)
            return
        run.record = run.record.model_copy(update={"model": info.card.id})
        if report.figures != run.feed.figures:
            run.feed.append(EventKind.figures, figures=report.figures)
        run.feed.append(EventKind.model, model=info.card.id)
        run.become(TrainingState.finished)
        run.drop_work()
        log.info("training finished", training=run.id, model=info.card.id, **_as_expected(run, report))

    def _after_death(self, run: Run, trainer: Trainer) -> None:
        if self.stopping.is_set():
            return  # ended by us; it goes on at the next start
        if run.record.wanted == "pause":
            run.become(TrainingState.paused)
            return
        saved = _saved(run)
        deaths = run.record.deaths + 1 if saved <= run.record.saved else 1  # it got on: that is no dead end
        run.record = run.record.model_copy(update={"deaths": deaths, "saved": saved})
        self.metrics.training_deaths.inc()
        words = trainer.last_words()
        log.warning("trainer died", training=run.id, how=words, deaths=deaths)
        if deaths >= self.attempts:
            tail = log_tail(run.dir.log)
            hint = " The computer may have run out of memory." if "signal 9" in words else ""
            last = f" Its last lines:\n{tail}" if tail else ""
            self.fail(run, ErrorCode.internal, f"The trainer {words}, {deaths} times in a row.{hint}{last}")
            return
        run.not_before = time.monotonic() + RETRY_S * 2 ** (deaths - 1)
        run.become(TrainingState.queued, text="The trainer was interrupted; it goes on from its last saved state.")

    def _lose(self, run: Run, error: Exception) -> None:
        try:
            self.fail(run, ErrorCode.internal, f"The worker could not go on with this training ({error}).")
        except (
            OSError
        ):  # the disk takes no more: free the slot at least; the next start reads the folder and tries again
            run.record = run.record.model_copy(update={"state": TrainingState.failed})

    def fail(self, run: Run, code: ErrorCode, detail: str) -> None:
        run.record = run.record.model_copy(update={"error": problem(code, detail)})
        run.feed.append(EventKind.error, text=detail)
        run.become(TrainingState.failed)
        run.drop_work()
        log.warning("training failed", training=run.id, code=code.value, detail=detail)


def _as_expected(run: Run, report: Report) -> dict[str, object]:
    """What came beside what was estimated, for the log: whoever runs this sees how far estimates can be trusted."""
    expected, came = run.record.estimate, report.figures
    if expected is None:
        return {}
    return {
        "pictures_seen": came.pictures_seen,
        "pictures_expected": expected.pictures_seen,
        "kid_x1000": came.kid_x1000,
        "kid_expected": expected.kid_x1000,
    }


def _saved(run: Run) -> int:
    try:
        return run.dir.resume.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _report(run: Run) -> Report | None:
    try:
        return run.dir.report()
    except ValueError:  # torn or foreign: as good as none
        return None
