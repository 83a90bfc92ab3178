"""Tasks: finds and walks, a few at a time, told by polling.

Each is on disk from before it is accepted to a day after its end, so a worker that was killed begins the unfinished
ones again, in their order, without being asked.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from gan.contract import ErrorCode, Task, TaskRequest, TaskResult, TaskState
from gan.errors import Full, WorkerError
from gan.rundir import write_atomically
from gan.server import problems

AT_ONCE = 1
"""Tasks running at the same time: on two cores a second one would slow both, and renders."""
MAX_WAITING = 16
KEPT_S = 24 * 3600.0
FIRST_USUAL_S, USUAL_SHARE = 10.0, 0.2
"""How long a task takes until we know better, and how much each one moves that guess."""
log = structlog.get_logger("artel.tasks")
Work = Callable[["Running"], Awaitable[TaskResult]]


@dataclass
class Running:
    """A task in memory. `tell` changes what is seen of it and wakes who waits."""

    task: Task
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    worker: asyncio.Task[None] | None = None

    def tell(self, **what: Any) -> None:
        self.task = self.task.model_copy(update={**what, "n": self.task.n + 1})
        before, self.changed = self.changed, asyncio.Event()
        before.set()


class Tasks:
    """`works` does a request of each kind; the folder keeps one JSON file a finished task."""

    def __init__(self, folder: Path, works: dict[str, Work]) -> None:
        self._folder, self._works = folder, works
        self._tasks: dict[str, Running] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._usual_s = FIRST_USUAL_S
        self._stopping = False

    async def start(self) -> None:
        """Begin again what an earlier worker left unfinished."""
        for task in await asyncio.to_thread(self._unfinished):
            log.info("task begins again", task=task.id)
            self._begin(Running(task.model_copy(update={"state": TaskState.queued, "fraction": 0.0, "n": task.n + 1})))

    async def put(self, task_id: str, request: TaskRequest) -> tuple[Task, bool]:
        """Start it; false when the same was there. Raises `WorkerError`: `conflict`, `full`."""
        there = self._tasks.get(task_id) or await asyncio.to_thread(self._load, task_id)
        if there is not None:
            if there.task.request != request:
                raise WorkerError(ErrorCode.conflict, f"The task {task_id} is another one; choose a new id.")
            return self._placed(there), False
        waiting = self.unfinished()
        if waiting >= MAX_WAITING:
            raise Full(f"{waiting} tasks are waiting; try again in a moment.", waiting, self._usual_s)
        running = Running(Task(id=task_id, request=request, state=TaskState.queued, created=time.time()))
        self._tasks[task_id] = running
        try:
            await asyncio.to_thread(self._keep, running.task)
        except BaseException:  # a full disk: nothing is accepted that would not outlive us
            del self._tasks[task_id]
            raise
        self._begin(running)
        return self._placed(running), True

    def _begin(self, running: Running) -> None:
        self._tasks[running.task.id] = running
        # a context of its own: after a restart there is no request whose id its log lines could carry
        running.worker = asyncio.create_task(
            self._run(running), name=f"task {running.task.id}", context=contextvars.Context()
        )

    async def get(self, task_id: str, after: int | None = None, wait_s: float = 0.0) -> Task:
        """As it is now; with `after`, once it has changed since. Raises `WorkerError(not_found)`."""
        running = await self._entry(task_id)
        until = time.monotonic() + wait_s
        while not (running.task.state.ended or self._stopping) and after is not None and running.task.n <= after:
            left = until - time.monotonic()
            if left <= 0:
                break
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await running.changed.wait()
        return self._placed(running)

    async def cancel(self, task_id: str) -> Task:
        """Cancelled, unless it had ended. Raises `WorkerError(not_found)`."""
        running = await self._entry(task_id)
        if running.worker is not None and not running.task.state.ended:
            running.worker.cancel()
            await asyncio.wait([running.worker])
            if not running.task.state.ended:  # it was cancelled before it began
                running.tell(state=TaskState.cancelled, ended=time.time())
            await self._settle(running)
        return self._placed(running)

    def unfinished(self) -> int:
        return sum(not running.task.state.ended for running in self._tasks.values())

    async def close(self) -> None:
        """Let go of what is unfinished; the next start begins it again."""
        self._stopping = True
        workers = [running.worker for running in self._tasks.values() if running.worker]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def sweep(self) -> None:
        """Drop what ended more than a day ago."""
        for path in self._folder.glob("*.json"):
            if path.stat().st_mtime < time.time() - KEPT_S:
                path.unlink(missing_ok=True)

    async def _entry(self, task_id: str) -> Running:
        running = self._tasks.get(task_id) or await asyncio.to_thread(self._load, task_id)
        if running is None:
            raise WorkerError(ErrorCode.not_found, f"There is no task {task_id}; start it with PUT.")
        return running

    def _placed(self, running: Running) -> Task:
        if running.task.state is not TaskState.queued:
            return running.task
        queued = [other for other in self._tasks.values() if other.task.state is TaskState.queued]
        return running.task.model_copy(update={"place": queued.index(running) + 1})

    async def _run(self, running: Running) -> None:
        try:
            async with self._room:
                running.tell(state=TaskState.running, started=time.time())
                result = await self._works[running.task.request.kind](running)
            running.tell(state=TaskState.finished, result=result, fraction=1.0, ended=time.time())
            self._note_time(running.task)
        except asyncio.CancelledError:
            running.tell(**({} if self._stopping else {"state": TaskState.cancelled, "ended": time.time()}))
            raise
        except Exception as error:
            what = problems.from_exception(error, running.task.id)
            if what is None:
                log.exception("a task failed", task=running.task.id)
                detail = f"This is a bug in the worker; its log has the reason under task {running.task.id}."
                what = problems.problem(ErrorCode.internal, detail, instance=running.task.id)
            running.tell(state=TaskState.failed, error=what, ended=time.time())
        await self._settle(running)

    def _note_time(self, task: Task) -> None:
        if task.started is not None and task.ended is not None:
            self._usual_s += USUAL_SHARE * (task.ended - task.started - self._usual_s)

    async def _settle(self, running: Running) -> None:
        """The end of it, from memory to disk."""
        await asyncio.to_thread(self._keep, running.task)
        self._tasks.pop(running.task.id, None)

    def _keep(self, task: Task) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.sweep()
        write_atomically(self._folder / f"{task.id}.json", task.model_dump_json().encode())

    def _unfinished(self) -> list[Task]:
        kept = [found.task for path in self._folder.glob("*.json") if (found := self._load(path.stem))]
        return sorted((task for task in kept if not task.state.ended), key=lambda task: task.created)

    def _load(self, task_id: str) -> Running | None:
        try:
            return Running(Task.model_validate_json((self._folder / f"{task_id}.json").read_bytes()))
        except (OSError, ValueError):
            return None
