"""Work of the worker's that takes seconds: start it, show how it goes, come back with what it gave."""

from __future__ import annotations

import logging
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import Refused, Retry
from bot.language import said
from bot.stories import PicturesView, Plain, Posted, Progress, ShownPicture
from bot.worker import NotThere
from bot.workflows.telling import Telling, patiently
from gan.contract import Task, TaskRequest, TaskState

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""Longest that one look at the worker waits for news."""
QUIET_S = 1.2
"""What is done within it needs no progress shown."""
CALLED_OFF = "Called off."
FAILED = "The worker could not do that. Try once more with other pictures."


class TaskEnd(Plain):
    """How a task ended, in a form that a step writes down."""

    task: str = ""
    """The task that finished, as JSON; empty when it did not."""
    problem: str = ""
    called_off: bool = False
    posted: Posted | None = None
    """Where its progress was shown; the answer takes its place."""

    def finished(self) -> Task:
        return Task.model_validate_json(self.task)


@dataclass
class Watched:
    """A task and the message that shows how it goes."""

    telling: Telling
    task_id: str
    request: TaskRequest
    shown: Callable[[Task], PicturesView]

    async def run(self) -> TaskEnd:
        """Start it (or find it as it was started before) and wait for its end; never raises `Refused`."""
        posted: Posted | None = None
        try:
            task = await self._started()
            began = edited = time.monotonic()
            while not task.state.ended:
                task = await self._news(task)
                now = time.monotonic()
                if not task.state.ended and now - began > QUIET_S and now - edited > self._least():
                    posted, edited = await self._show(task, posted), now
        except Refused as refused:
            return TaskEnd(problem=str(refused), posted=posted)
        if task.state is TaskState.cancelled:
            return TaskEnd(called_off=True, problem=said(CALLED_OFF), posted=posted)
        if task.state is TaskState.failed or task.result is None:
            return TaskEnd(problem=(task.error.detail if task.error else "") or said(FAILED), posted=posted)
        return TaskEnd(task=task.model_copy(update={"preview": None}).model_dump_json(), posted=posted)

    async def _started(self) -> Task:
        worker = self.telling.parts.worker
        return await self.telling.from_worker(lambda: worker.put_task(self.task_id, self.request))

    async def _news(self, task: Task) -> Task:
        """The task once something changed; one that the worker has lost is sent again."""
        worker, patience = self.telling.parts.worker, self.telling.parts.patience
        wait = min(LOOK_S, patience.edit)
        try:
            return await patiently(lambda: worker.task(self.task_id, after=task.n, wait_s=wait), patience.away)
        except NotThere:
            log.warning("the worker has lost %s; it is sent again", self.task_id)
        return await self._started()

    def _least(self) -> float:
        return self.telling.parts.patience.edit_least

    async def _show(self, task: Task, posted: Posted | None) -> Posted | None:
        """A message that cannot be edited stands still; the work goes on."""
        try:
            return await self.telling.parts.messenger.deliver(self.telling.origin, self.shown(task), posted)
        except (Refused, Retry) as trouble:
            log.info("the progress of %s is not shown: %s", self.task_id, trouble)
            return posted


def progress_view(telling: Telling, task: Task, model_id: str, headline: str, beside: bytes | None) -> PicturesView:
    """How a task goes, with its newest preview; `beside` is a picture to compare it with (PNG)."""
    pictures = [ShownPicture(output_id=n, data=b64encode(one)) for n, one in enumerate((beside, task.preview)) if one]
    return PicturesView(
        request_id=telling.id,
        owner_id=telling.origin.member_id,
        owner_name=telling.origin.member_name,
        model_id=model_id,
        model_title=telling.parts.library.title(model_id),
        headline=headline,
        pictures=tuple(pictures),
        progress=Progress(fraction=task.fraction, place=task.place),
    )
