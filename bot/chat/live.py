"""The interactions that are in the air in this process, and the promise that none waits longer than it may.

Discord takes one acknowledgement within three seconds. Whatever the workflows do, a timer here acknowledges at about
two, so that the usual case (the pictures are ready) answers at once and the slow one shows "thinking…". Where others
wait as well it will be a slow one more often than not, and the timer does not wait for that to be sure.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice, takewhile

import structlog

from bot.chat.origins import Interaction
from bot.stories import Origin

log = structlog.get_logger(__name__)

ACK_SECONDS = 3.0
"""Discord takes an acknowledgement for so long; what is older and was never acknowledged has failed for the member."""
KEPT_SECONDS = 15 * 60.0
LOOK_SECONDS = 0.12
"""Between two looks whether there is a crowd."""
CROWD = 3
"""So many commands that wait at once are a crowd: a command that has no answer by now is told that it waits."""
CROWD_OF_BUTTONS = 8
"""So many of anything are one for a button too, after a second: acknowledged in silence, its presser can no longer be
refused alone, and whatever is refused is refused by then."""
BUTTON_SECONDS = 1.0
RECENT_SECONDS = 10.0
"""What is older waits for something that takes long, and says nothing about the next answer."""


class State(StrEnum):
    open = "open"
    """Nothing was sent yet."""
    acknowledged = "acknowledged"
    """Answered or deferred."""
    unsure = "unsure"
    """We sent an acknowledgement and do not know whether it arrived."""
    lost = "lost"
    """Discord no longer knows the interaction: it was too late."""


@dataclass
class Live:
    """One interaction; changed only within its turn (`LiveInteractions.turn`)."""

    interaction: Interaction
    origin: Origin
    since: float = field(default_factory=time.monotonic)
    state: State = State.open
    own_message: bool = True
    """Is @original a message of this interaction, rather than the one whose button was pressed?"""
    message_id: int | None = None
    thinking: bool = False
    """@original is a "thinking…" message with no answer in it yet."""
    shown: str = ""
    """The kind of the view shown last."""
    post_unsure: bool = False
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once its request is committed: before that, an acknowledgement would promise what a crash forgets."""
    posted_id: int | None = None
    """The message that was posted in the channel for it, for want of another way."""
    acknowledged_at: float | None = None
    """Seconds since the epoch; none while that is not known for sure."""
    timer: asyncio.Task[None] | None = None
    deferred: bool = False
    """Its time ran out before there was an answer."""

    @property
    def waits(self) -> bool:
        """Has it been shown nothing yet?"""
        return self.state is State.open or (self.deferred and not self.shown)

    def acknowledged(self) -> None:
        """Discord took the acknowledgement."""
        self.state, self.acknowledged_at = State.acknowledged, time.time()

    def close(self, reason: str) -> None:
        """Discord took none: there was one before (`answered`), or the interaction is over."""
        if reason == "answered":
            self.acknowledged()
        else:
            self.state = State.lost
            log.warning("too late to acknowledge", request=self.origin.interaction_id)


class LiveInteractions:
    """Those of the last quarter of an hour, by id."""

    def __init__(self, defer: Callable[[Live], Awaitable[None]], after: float) -> None:
        self._defer = defer
        self._after = after
        self._by_id: dict[int, Live] = {}
        self._turns: dict[int, tuple[asyncio.Lock, int]] = {}

    def watch(self, interaction: Interaction, origin: Origin, *, accepted: bool) -> Live:
        """Take an interaction in and start its timer; a second call for the same one changes nothing.

        One that is not `accepted` yet is not acknowledged before it is.
        """
        if (known := self._by_id.get(origin.interaction_id)) is not None:
            return known
        self._forget_old()
        live = Live(interaction, origin)
        if accepted:
            live.accepted.set()
        self._by_id[origin.interaction_id] = live
        live.timer = asyncio.create_task(self._defer_later(live), name=f"defer-{origin.interaction_id}")
        return live

    def get(self, interaction_id: int) -> Live | None:
        return self._by_id.get(interaction_id)

    @asynccontextmanager
    async def turn(self, interaction_id: int) -> AsyncIterator[None]:
        """One at a time for each interaction: an answer and the timer never race."""
        lock, users = self._turns.get(interaction_id, (asyncio.Lock(), 0))
        self._turns[interaction_id] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._turns[interaction_id]
            if users == 1:
                del self._turns[interaction_id]
            else:
                self._turns[interaction_id] = (lock, users - 1)

    async def close(self) -> None:
        """Stop all timers, for a shutdown: the interactions that wait are deferred now, so no answer is lost."""
        for live in list(self._by_id.values()):
            if live.timer is not None and not live.timer.done():
                live.timer.cancel()
                if live.state is State.open and live.accepted.is_set():
                    await self._defer_now(live)

    async def _defer_later(self, live: Live) -> None:
        # The interaction was on its way for a while before we saw it; clocks may differ, so believe at most a second.
        on_its_way = min(1.0, max(0.0, time.time() - live.origin.at))
        waited = on_its_way
        while waited < self._after and live.state is State.open:
            pause = min(LOOK_SECONDS, self._after - waited)
            await asyncio.sleep(pause)
            waited += pause
            if live.accepted.is_set() and self._crowded(live, waited):
                break
        with suppress(TimeoutError):  # too late for Discord then, so there is nothing left to promise
            async with asyncio.timeout(ACK_SECONDS):
                await live.accepted.wait()
        if live.accepted.is_set():
            await self._defer_now(live)

    async def _defer_now(self, live: Live) -> None:
        try:
            async with self.turn(live.origin.interaction_id):
                if live.state is State.open:
                    live.deferred = True
                    await self._defer(live)
        except Exception:
            log.exception("could not defer", request=live.origin.interaction_id)

    def _crowded(self, live: Live, waited: float) -> bool:
        """Has it waited so long, and do so many of the last few seconds wait, that it should be acknowledged now?"""
        button = live.origin.component
        if button and waited < BUTTON_SECONDS:
            return False
        edge = time.monotonic() - RECENT_SECONDS
        recent = takewhile(lambda one: one.since > edge, reversed(self._by_id.values()))
        waiting = (one for one in recent if one.waits and (button or not one.origin.component))
        most = CROWD_OF_BUTTONS if button else CROWD
        return len(list(islice(waiting, most))) == most

    def _forget_old(self) -> None:
        edge = time.monotonic() - KEPT_SECONDS
        while self._by_id:  # in order of their coming, so the first that stays ends it
            oldest = next(iter(self._by_id))
            if self._by_id[oldest].since >= edge:
                return
            del self._by_id[oldest]
