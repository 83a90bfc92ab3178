"""The same render asked for again while it is under way: the repeat joins the first instead of doing it anew.

A caller that gives up after its time and asks again would otherwise double the work of a worker that is late already;
with many of them it would draw for ever what nobody waits for any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gan.engines.base import Rendering

KEPT_S = 60.0
"""How long an answer is kept that its caller did not wait for: longer than it takes to come again."""
MOST_KEPT = 64
"""Answers kept at a time; at some hundred kilobytes each a few megabytes."""


class Repeats:
    """Renders under way, and the answers of those whose callers had gone, by who asked for what."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Rendering]] = {}
        self._kept: list[str] = []

    async def once(
        self, key: str, do: Callable[[], Awaitable[Rendering]], still_there: Callable[[], bool]
    ) -> Rendering:
        """What `do` gives, or gave to an earlier call with this key. `still_there`: whether the caller can hear it."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(_run(do))
            task.add_done_callback(lambda done: self._end(key, done))
        rendering = await asyncio.shield(task)
        if still_there():
            self._tasks.pop(key, None)
        elif key not in self._kept:
            self._keep(key)
        return rendering

    def _end(self, key: str, task: asyncio.Task[Rendering]) -> None:
        if task.cancelled() or task.exception() is not None:  # whoever comes again tries anew
            self._tasks.pop(key, None)

    def _keep(self, key: str) -> None:
        self._kept.append(key)
        asyncio.get_running_loop().call_later(KEPT_S, self._forget, key)
        if len(self._kept) > MOST_KEPT:
            self._forget(self._kept[0])

    def _forget(self, key: str) -> None:
        if key in self._kept:
            self._kept.remove(key)
            self._tasks.pop(key, None)


async def _run(do: Callable[[], Awaitable[Rendering]]) -> Rendering:
    return await do()
