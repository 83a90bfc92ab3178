"""Endless tasks with a name: each logs its own failure and goes on, and all end together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Background:
    """Runs functions every so often until closed."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._failing: set[str] = set()

    def every(
        self, name: str, seconds: float, do: Callable[[], Awaitable[object]], *, first_after: float = 0.0
    ) -> None:
        """Call `do` after `first_after` seconds, then again `seconds` after each end of it."""

        async def go_round() -> None:
            await asyncio.sleep(first_after)
            while True:
                await self._once(name, do)
                await asyncio.sleep(seconds)

        self._keep(asyncio.create_task(go_round(), name=name))

    def soon(self, name: str, do: Callable[[], Awaitable[object]]) -> None:
        """Call `do` once, beside whatever goes on."""
        self._keep(asyncio.create_task(self._once(name, do), name=name))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _once(self, name: str, do: Callable[[], Awaitable[object]]) -> None:
        try:
            await do()
        except Exception as error:
            # a worker that is away for an hour is one line, not a thousand
            if name not in self._failing:
                log.warning("%s failed and will be tried again: %s: %s", name, type(error).__name__, error)
            self._failing.add(name)
        else:
            if name in self._failing:
                self._failing.discard(name)
                log.info("%s works again", name)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
