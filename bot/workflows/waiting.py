"""What a request waits for at the worker, and how that is said: it comes by itself, in which place, and how soon."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.errors import Retry
from bot.language import counted, said
from bot.worker import WorkerAway, WorkerBusy
from bot.workflows.lines import Spot
from bot.workflows.needs import Worker

HOLD_ON = (
    "The worker, which makes the pictures, does not answer just now. It is usually back within seconds; "
    "the answer then comes here by itself."
)
SLOW = "This takes longer than usual, and the worker is at it. The answer comes here by itself."
BY_ITSELF = "The answer comes here by itself."


@dataclass
class Waiting:
    """Why there is no answer of the worker yet."""

    worker: Worker
    spot: Spot | None = None
    trouble: Retry | None = None
    """What the last try ended with."""
    looks: int = 0

    def hear(self, trouble: Retry) -> None:
        self.trouble = trouble

    async def words(self, look_s: float) -> str:
        """What the member should know by now; empty while nothing is wrong. Takes `look_s` seconds at most.

        A worker that took the request and says nothing may be slow or dead: its health tells which.
        """
        if self.spot is not None and self.spot.before:
            return in_line(self.spot.before, self.spot.seconds_left)
        match self.trouble:
            case WorkerBusy() as busy:
                return in_line(await self._before_us(look_s), busy.after)
            case WorkerAway():
                return said(HOLD_ON)
            case Retry() as other:
                return f"{said(str(other))} {said(BY_ITSELF)}"
        return await self._silence(look_s)

    async def _silence(self, look_s: float) -> str:
        self.looks += 1
        try:
            async with asyncio.timeout(look_s):
                await self.worker.health()
        except (Retry, TimeoutError):
            return said(HOLD_ON)
        return said(SLOW) if self.looks > 1 else ""

    async def _before_us(self, look_s: float) -> int:
        try:
            async with asyncio.timeout(look_s):
                return (await self.worker.health()).render_queue
        except (Retry, TimeoutError):
            return 0


def in_line(before: int, seconds: float) -> str:
    """The place in the line, and how long it takes from there."""
    wait = max(1, round(seconds))
    if not before:
        return said(
            "The worker is busy with others first: about {seconds} s. The answer comes here by itself.", seconds=wait
        )
    return counted(
        "The worker is busy with {count} picture or request before yours: about {seconds} s. "
        "The answer comes here by itself.",
        "The worker is busy with {count} pictures or requests before yours: about {seconds} s. "
        "The answer comes here by itself.",
        before,
        seconds=wait,
    )
