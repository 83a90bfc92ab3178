"""All trainings: the queue, the slots, and what clients may ask of them. The run folders are the record.

What happens when the server goes:
- It stops in order: running trainers are told to save and then ended, so that Ctrl-C leaves nothing behind on the
  machine; the next start goes on with them unasked. (Left running, they would hold a laptop's cores after the person
  thought everything was off.)
- It is killed: trainers live on, since the folder is all they need, and the next server adopts them.
"""

from __future__ import annotations

import asyncio
import contextvars
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Literal
from weakref import WeakValueDictionary

import structlog

from gan.blobs import BlobStore
from gan.contract import (
    ErrorCode,
    Estimate,
    EstimateRequest,
    EventKind,
    FamilyInfo,
    Training,
    TrainingRequest,
    TrainingState,
)
from gan.engines.base import Engine
from gan.errors import Full, WorkerError
from gan.rundir import RunConfig, RunDir
from gan.server.metrics import Metrics
from gan.server.models import ModelStore
from gan.server.runs.drive import Driver
from gan.server.runs.estimates import estimate, expected
from gan.server.runs.record import Record, Run
from gan.server.runs.works import materialise
from gan.settings import WorkerSettings

SAVE_S = 8.0
"""How long a stopping server waits for trainers to save. They look at `control` at every step; one that is still
setting up has nothing to save, and is ended at once."""

FINISHING_S = 15.0
"""What a training takes beyond its budget: starting, looking at what it has learned, writing its model."""

LOOKED_BACK = 20
"""Earlier trainings that an estimate takes into account."""
Action = Literal["stop", "pause", "resume"]
log = structlog.get_logger("artel.trainings")


class Trainings:
    def __init__(
        self,
        folder: Path,
        engine: Engine,
        blobs: BlobStore,
        models: ModelStore,
        families: tuple[FamilyInfo, ...],
        metrics: Metrics,
        settings: WorkerSettings,
    ) -> None:
        self._folder, self._engine, self._blobs, self._models = folder, engine, blobs, models
        self._families, self._settings = families, settings
        self._runs: dict[str, Run] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.stopping = asyncio.Event()
        self._driver = Driver(engine, blobs, models, metrics, settings.training_attempts, self._schedule, self.stopping)
        self._timer: asyncio.TimerHandle | None = None

    # --- the life of the server ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read the folders, adopt trainers that still live, queue what was interrupted."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._folder.iterdir()):
            if run := await asyncio.to_thread(Run.load, RunDir(path)):
                self._runs[run.id] = run
        for run in self._runs.values():
            if run.record.state.ended:
                continue
            if self._engine.adopt(run.dir):
                self._drive(run)
            elif run.record.state is TrainingState.running:
                run.become(TrainingState.queued, text="The worker was started anew; the training goes on.")
        self._schedule()

    async def stop(self) -> None:
        """See the top of this file."""
        self.stopping.set()
        if self._timer:
            self._timer.cancel()
        drivers = []
        for run in self._runs.values():
            run.feed.wake()
            if run.driver:
                run.end_by = time.monotonic() + (SAVE_S if run.trains else 0.0)
                if run.record.wanted == "run":
                    run.dir.set_control("pause")
                drivers.append(run.driver)
        await asyncio.gather(*drivers, return_exceptions=True)

    # --- what clients ask ---------------------------------------------------------------------------------------

    def get(self, training_id: str) -> Training:
        return self._wire(self.run(training_id))

    def run(self, training_id: str) -> Run:
        run = self._runs.get(training_id)
        if run is None:
            detail = f"There is no training {training_id[:64]!r}; it may have been on another worker."
            raise WorkerError(ErrorCode.training_missing, detail)
        return run

    def of_model(self, model_id: str) -> Run | None:
        """The training that made a model, as long as it is kept."""
        return next((run for run in self._runs.values() if run.record.model == model_id), None)

    def newest(self, state: TrainingState | None, limit: int) -> tuple[Training, ...]:
        runs = [run for run in self._runs.values() if state is None or run.record.state is state]
        return tuple(self._wire(run) for run in sorted(runs, key=lambda run: -run.record.created)[:limit])

    def counts(self) -> dict[str, int]:
        counted = Counter(run.record.state.value for run in self._runs.values())
        return {state.value: counted[state.value] for state in TrainingState}

    def speed(self) -> float:
        """Pictures a second of all running trainings."""
        running = [run for run in self._runs.values() if run.record.state is TrainingState.running]
        return sum(run.feed.progress.pictures_per_second for run in running)

    async def put(self, training_id: str, request: TrainingRequest, fence: int) -> tuple[Training, bool]:
        """The training of that id, made if it is new (then True).

        Raises `WorkerError`: `conflict` for another body under a used id, `fenced`, `full`, `family_missing`,
        `model_missing`, `blob_missing`, `bad_picture`.
        """
        async with self._locks.setdefault(training_id, asyncio.Lock()):
            if run := self._runs.get(training_id):
                self._pass_fence(run, fence)
                if run.request != request:
                    raise WorkerError(ErrorCode.conflict, "This id belongs to another training; make a new one.")
                return self._wire(run), False
            run = await self._make(training_id, request, fence)
        log.info("training accepted", training=training_id, works=len(request.works), seconds=request.seconds)
        self._schedule()
        return self._wire(run), True

    async def steer(self, training_id: str, action: Action, fence: int) -> Training:
        """`stop` keeps what was learned; `pause` and `resume` as they say. Doing it again changes nothing."""
        run = self.run(training_id)
        async with run.lock:
            self._pass_fence(run, fence)
            if not run.record.state.ended:
                {"stop": self._stop, "pause": self._pause, "resume": self._resume}[action](run)
            elif action != "stop":
                raise WorkerError(ErrorCode.conflict, f"This training has {run.record.state.value} already.")
        self._schedule()
        return self._wire(run)

    async def cancel(self, training_id: str, fence: int) -> Training:
        """End it at once and keep nothing but its record; of one that has ended the same, without the ending."""
        run = self.run(training_id)
        async with run.lock:
            self._pass_fence(run, fence)
            if not run.record.state.ended:
                run.become(TrainingState.cancelled)
            if run.trainer:
                await run.trainer.end()
            await asyncio.to_thread(run.drop_work)
        self._schedule()
        return self._wire(run)

    async def forget(self, training_id: str, fence: int) -> None:
        """Cancel it if it goes on, and remove all that is left of it: its record, its samples, its model's own copy."""
        run = self.run(training_id)
        await self.cancel(training_id, fence)
        async with run.lock:
            if run.driver:
                await asyncio.gather(run.driver, return_exceptions=True)
            await asyncio.to_thread(self._erase, run)
            self._runs.pop(training_id, None)

    def _erase(self, run: Run) -> None:
        if not run.feed.n:
            run.feed.load()
        after = 0
        while events := run.feed.read(after):
            for event in events:
                for blob in filter(None, (event.sample, event.evolution)):
                    self._blobs.remove(blob)
            after = events[-1].n
        shutil.rmtree(run.dir.path, ignore_errors=True)

    def expected(self, asked: EstimateRequest) -> Estimate:
        """What a training would come to, see `gan.server.runs.estimates`."""
        return expected(asked, [run.wire(None) for run in self._newest_finished()])

    def _newest_finished(self) -> list[Run]:
        finished = [run for run in self._runs.values() if run.record.state is TrainingState.finished]
        return sorted(finished, key=lambda run: -run.record.created)[:LOOKED_BACK]

    # --- inside -------------------------------------------------------------------------------------------------

    async def _make(self, training_id: str, request: TrainingRequest, fence: int) -> Run:
        if request.family not in {info.name for info in self._families}:
            known = ", ".join(info.name for info in self._families)
            raise WorkerError(ErrorCode.family_missing, f"There is no family {request.family!r}; there are: {known}.")
        base = self._models.file(request.base) if request.base else None
        if base and base.family != request.family:
            detail = f"{request.base} is a {base.family} model; a {request.family} training cannot start from it."
            raise WorkerError(ErrorCode.invalid, detail)
        if len(self._queue()) >= self._settings.training_queue:
            waiting = len(self._queue())
            raise Full(f"{waiting} trainings are waiting; try again later.", waiting, self._room_in())
        run_dir = RunDir(self._folder / training_id)
        config = RunConfig(
            id=training_id,
            request=request,
            base_path=str(base.path.resolve()) if base else None,
            threads=self._settings.training_threads,
            device="cuda" if self._engine.status().device.startswith("cuda") else "cpu",
        )

        newest = self._newest_finished()

        def write() -> Run:
            shutil.rmtree(run_dir.path, ignore_errors=True)  # of a PUT that broke off
            try:
                run_dir.create(config)
                materialise(request.works, self._blobs, run_dir.pictures)
            except BaseException:
                shutil.rmtree(run_dir.path, ignore_errors=True)
                raise
            promised = estimate(request, [run.wire(None) for run in newest])
            record = Record(state=TrainingState.queued, created=time.time(), fence=fence, estimate=promised)
            return Run(run_dir, record)

        run = await asyncio.to_thread(write)
        run.save()
        run.feed.append(EventKind.state, state=TrainingState.queued)
        self._runs[training_id] = run
        return run

    def _pass_fence(self, run: Run, fence: int) -> None:
        if fence and fence < run.record.fence:
            detail = f"Attempt {fence} is over: attempt {run.record.fence} has taken this training on."
            raise WorkerError(ErrorCode.fenced, detail)
        if fence > run.record.fence:
            run.record = run.record.model_copy(update={"fence": fence})
            run.save()

    def _want(self, run: Run, wanted: Literal["run", "pause", "stop"]) -> None:
        run.record = run.record.model_copy(update={"wanted": wanted})
        run.save()
        run.dir.set_control(wanted)

    def _stop(self, run: Run) -> None:
        if not run.driven and not run.dir.resume.exists():
            run.become(TrainingState.cancelled, text="Stopped before anything was learned.")
            run.drop_work()
            return
        self._want(run, "stop")
        if run.record.state is TrainingState.paused and not run.driven:
            run.become(TrainingState.queued)  # its saved state is made a model when its turn comes

    def _pause(self, run: Run) -> None:
        if run.record.wanted == "stop":
            raise WorkerError(ErrorCode.conflict, "This training is being stopped already.")
        self._want(run, "pause")
        if not run.driven:
            run.become(TrainingState.paused)

    def _resume(self, run: Run) -> None:
        if run.record.wanted == "stop":
            raise WorkerError(ErrorCode.conflict, "This training is being stopped already.")
        if run.record.state is not TrainingState.paused:
            self._want(run, "run")
            return
        run.record = run.record.model_copy(update={"wanted": "run"})
        run.become(TrainingState.queued)  # a trainer that waits in memory is let go when a slot is free

    def _queue(self) -> list[Run]:
        """Who waits, in order. By time of asking, so one that was interrupted comes before those after it."""
        waiting = [run for run in self._runs.values() if run.record.state is TrainingState.queued]
        return sorted(waiting, key=lambda run: run.record.created)

    def _room_in(self) -> float:
        """Seconds, by a guess, until one of the running trainings is over and the queue moves up."""
        running = [run for run in self._runs.values() if run.record.state is TrainingState.running]
        left = [run.request.seconds - run.feed.progress.seconds for run in running]
        return FINISHING_S + max(0.0, min(left, default=0.0))

    def _wire(self, run: Run) -> Training:
        queued = run.record.state is TrainingState.queued
        return run.wire(self._queue().index(run) + 1 if queued else None)

    def _schedule(self) -> None:
        """Fill free slots from the queue. Called whenever one may have come free."""
        if self.stopping.is_set():
            return
        free = self._settings.trainings - sum(run.record.state is TrainingState.running for run in self._runs.values())
        now, later = time.monotonic(), []
        for run in self._queue():
            if run.not_before > now:
                later.append(run.not_before - now)
            elif free > 0:
                free -= 1
                self._set_going(run)
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if later:
            self._timer = asyncio.get_running_loop().call_later(min(later), self._schedule)

    def _set_going(self, run: Run) -> None:
        if run.driven:
            run.dir.set_control(run.record.wanted)
            run.become(TrainingState.running)
        else:
            self._drive(run)

    def _drive(self, run: Run) -> None:
        if run.record.state is TrainingState.queued:
            run.become(TrainingState.running)
        # a context of its own: its log lines must not carry the id of whichever request freed the slot
        driving = self._driver.drive(run)
        run.driver = asyncio.create_task(driving, name=f"training {run.id}", context=contextvars.Context())
