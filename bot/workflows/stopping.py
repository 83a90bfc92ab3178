"""The story of calling off a walk or a find that is being made; its own message then says so."""

from __future__ import annotations

from bot.errors import Refused
from bot.language import said
from bot.policy import may_change
from bot.stories import StopTask
from bot.worker import NotThere
from bot.workflows.telling import Telling, patiently

NOT_YOURS = "Only the person who asked for it, or a moderator, can call it off."
NOTHING_TO_STOP = "That is over already."
TASKS = frozenset({"walk", "find"})


async def stop_task(telling: Telling, ask: StopTask) -> None:
    await telling.step("record", telling.accept)
    await telling.step("stop", stop, telling, ask)
    await telling.finish(said("Called off."))


async def stop(telling: Telling, ask: StopTask) -> None:
    """Raises `Refused` where there is nothing to stop, or it is somebody else's."""
    parts = telling.parts
    target = await parts.records.requests.get(ask.request_id)
    if target is None or target.server_id != telling.origin.guild_id or target.kind not in TASKS:
        raise Refused(NOTHING_TO_STOP)
    if not may_change(telling.origin, target.member_id):
        raise Refused(NOT_YOURS)
    task_id = f"{target.kind}-{target.id}"
    try:
        await patiently(lambda: parts.worker.cancel_task(task_id), parts.patience.render)
    except NotThere as gone:
        raise Refused(NOTHING_TO_STOP) from gone
