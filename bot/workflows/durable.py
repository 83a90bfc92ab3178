"""The one place that knows DBOS: a workflow starts once for an id, and goes on at its next step after any death.

DBOS keeps one instance a process; `Durable` is made by the composition root, opened once and closed once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID, error
from pydantic import BaseModel

from bot.errors import Retry
from bot.records import away_or_full, check_room, system_database
from bot.workflows.serial import JsonSerializer

log = logging.getLogger(__name__)

STORIES_VERSION = "1"
"""Fixed, because DBOS leaves the workflows of another version lying. A change of the order of steps within a story
keeps it and asks `DBOS.patch`, so that requests that are under way at an upgrade still end."""
KEEP_DAYS = 7
"""How long finished workflows are kept: far beyond any repeat of an interaction."""

P = ParamSpec("P")
R = TypeVar("R")
Disowned = error.DBOSException
"""Raised out of a step when the story must stop here: this process no longer owns it, or it cannot be written down.
Stories let it pass."""
AGAIN_S = 2.0
"""Between two tries to go on with stories that could not be written down."""


class Unwritten(error.DBOSException):
    """A step was done, and its result cannot be written down now; the story goes on from it once that works again."""


Tell = Callable[[Any, Any], Coroutine[Any, Any, None]]


class Durable:
    """Durable workflows `tell(origin, ask)`, told by kind of ask."""

    def __init__(self, url: str, executor_id: str, types: Iterable[type[BaseModel]]) -> None:
        """`executor_id` must stay the same for this bot process over restarts: it takes up its own and only its own."""
        self._url = url
        self._executor_id = executor_id
        self._serializer = JsonSerializer(types)
        self._workflows: dict[str, Tell] = {}
        self._running: dict[asyncio.Task[Any], str] = {}
        self._unwritten: set[str] = set()
        self._going_on: asyncio.Task[None] | None = None

    def open(self, kinds: Iterable[str], tell: Tell) -> None:
        """Register a workflow for each kind, then take up what an earlier process left unfinished.

        Must be called on the running event loop: workflows run on it.
        """
        url, engine = system_database(self._url)
        config: DBOSConfig = {
            "name": "artel",
            "system_database_url": url,
            "system_database_engine": engine,
            "serializer": self._serializer,
            "application_version": STORIES_VERSION,
            "executor_id": self._executor_id,
            "log_level": "WARNING",
            "use_listen_notify": False,
            # we send no notifications, so each poll is empty and free; closing waits for the poller's sleep
            "scheduler_polling_interval_sec": 3600.0,
            "notification_listener_polling_interval_sec": 0.2,
        }
        DBOS(config=config)
        for kind in kinds:
            self._workflows[kind] = DBOS.workflow(name=kind)(self._told(kind, tell))
        DBOS.launch()

    def _told(self, kind: str, tell: Tell) -> Tell:
        async def workflow(origin: Any, ask: Any) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._running[task] = kind
            try:
                await tell(origin, ask)
            except Unwritten as trouble:
                self._go_on_later(str(DBOS.workflow_id), trouble)
                raise asyncio.CancelledError from trouble  # so that it counts as unfinished, not as failed
            finally:
                self._running.pop(task, None)

        return workflow

    def unfinished(self) -> int:
        """Stories that go on in this process."""
        return len(self._running)

    async def begin(self, kind: str, workflow_id: str, origin: BaseModel, ask: BaseModel) -> None:
        """Start a workflow; returns once its start is committed. An id that was begun before is not begun again.

        Raises `RecordsAway` or `RecordsFull` when that cannot be.
        """
        check_room(self._url)
        try:
            with SetWorkflowID(workflow_id):
                await DBOS.start_workflow_async(self._workflows[kind], origin, ask)
        except Exception as failure:
            trouble = away_or_full(failure)
            if trouble is None:
                raise
            raise trouble from failure

    def _go_on_later(self, workflow_id: str, trouble: Exception) -> None:
        log.warning("request %s waits until it can be written down: %s", workflow_id, trouble)
        self._unwritten.add(workflow_id)
        if self._going_on is None or self._going_on.done():
            self._going_on = asyncio.create_task(self._go_on(), name="going on with unwritten requests")

    async def _go_on(self) -> None:
        """Try again until the database takes it: a full disk that was emptied needs no restart."""
        while self._unwritten:
            await asyncio.sleep(AGAIN_S)
            for workflow_id in list(self._unwritten):
                try:
                    await DBOS.resume_workflow_async(workflow_id)
                except Exception as failure:
                    log.debug("request %s cannot go on yet: %s", workflow_id, failure)
                    break
                self._unwritten.discard(workflow_id)
                log.info("request %s goes on", workflow_id)

    @staticmethod
    async def step(name: str, do: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do a step of the workflow that is being told; after a restart its written result is given instead.

        A step that was cut off is done again, so it must be harmless twice. Raises `Unwritten` when it was done and
        that cannot be written down.
        """
        own: Exception | None = None

        async def once(*a: P.args, **k: P.kwargs) -> R:
            nonlocal own
            try:
                return await do(*a, **k)
            except Exception as failure:
                own = failure
                raise

        try:
            return await DBOS.run_step_async({"name": name}, once, *args, **kwargs)
        except Exception as failure:
            if failure is own or away_or_full(failure) is None or isinstance(failure, Retry):
                raise
            raise Unwritten(f"step {name!r}: {failure}") from failure

    async def forget_old(self) -> int:
        """Delete what DBOS keeps of workflows that finished more than `KEEP_DAYS` ago; how many."""
        before = (datetime.now(UTC) - timedelta(days=KEEP_DAYS)).isoformat()
        old = await DBOS.list_workflows_async(
            status=["SUCCESS", "ERROR", "CANCELLED"], end_time=before, limit=1000, load_input=False, load_output=False
        )
        await DBOS.delete_workflows_async([one.workflow_id for one in old])
        return len(old)

    @staticmethod
    async def forget(workflow_ids: Iterable[str]) -> None:
        """Delete what DBOS keeps of these workflows; those that are not there, or go on, are left."""
        ids = list(workflow_ids)
        for start in range(0, len(ids), 200):
            some = ids[start : start + 200]
            ended = await DBOS.list_workflows_async(
                workflow_ids=some, status=["SUCCESS", "ERROR", "CANCELLED"], load_input=False, load_output=False
            )
            if ended:
                await DBOS.delete_workflows_async([one.workflow_id for one in ended])

    async def forget_kinds(self, kinds: Iterable[str]) -> None:
        """Delete what DBOS keeps of ended workflows of these kinds: what was taken back is not kept for a week."""
        for kind in kinds:
            ended = await DBOS.list_workflows_async(
                name=kind, status=["SUCCESS", "ERROR", "CANCELLED"], limit=100, load_input=False, load_output=False
            )
            if ended:
                await DBOS.delete_workflows_async([one.workflow_id for one in ended])

    async def close(self, grace_s: float, *, long: frozenset[str] = frozenset()) -> None:
        """Wait up to `grace_s` seconds for stories that end by themselves, then leave all others to the next start.

        Stories of the `long` kinds are not waited for.
        """
        if self._going_on is not None:
            self._going_on.cancel()
        short = [task for task, kind in self._running.items() if kind not in long]
        if short:
            await asyncio.wait(short, timeout=grace_s)
        left = list(self._running)
        logging.getLogger("dbos").setLevel(logging.ERROR)  # it warns of each task that is cancelled on purpose
        for task in left:
            task.cancel()
        if left:
            log.info("left %d unfinished requests to the next start", len(left))
            await asyncio.wait(left, timeout=grace_s)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        # DBOS made its own thread pool the loop's and has just ended it; whoever closes after us still needs one
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="late"))
