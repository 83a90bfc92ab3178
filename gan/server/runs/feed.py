"""The events of a training as clients see them: `feed.jsonl`, written by the server alone.

The trainer writes `events.jsonl` and may be killed, started anew or outlive the server; the server has things of its
own to tell (queued, failed, the model's id). Two pens on one file would tear it, so the server copies the trainer's
events into the feed under numbers of its own. Each copied line remembers the number it had (`src`), so after a crash of
the server copying goes on where it stopped, with nothing lost or told twice.
"""

from __future__ import annotations

import asyncio
import json
import time
from array import array
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gan.contract import Event, EventKind, Figures, Progress

READ_EVENTS = 500
"""Most events of one read, so that a client far behind does not hold up the loop."""


class Feed:
    """Numbered events in a file, and those who wait for more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts = array("Q")  # where each event's line starts; event n is at index n - 1
        self._end = 0
        self.taken = 0
        """Number of the last trainer's event that was copied."""
        self.progress, self.figures = Progress(), Figures()
        self.sample: str | None = None
        self.evolution: str | None = None
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def n(self) -> int:
        return len(self._starts)

    def load(self) -> None:
        """Read what an earlier process wrote; a torn last line is cut off."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return
        for line in data[: data.rfind(b"\n") + 1].splitlines(keepends=True):
            try:
                value = json.loads(line)
                src = value.pop("src", None)
                self._note(Event.model_validate(value), src)
            except (ValueError, ValidationError):
                break  # damaged from here on: what follows could not be numbered rightly
            self._starts.append(self._end)
            self._end += len(line)
        if self._end != len(data):
            with self._path.open("r+b") as file:
                file.truncate(self._end)

    def append(self, kind: EventKind, *, src: int | None = None, at: float | None = None, **fields: Any) -> Event:
        event = Event(n=self.n + 1, at=time.time() if at is None else at, kind=kind, **fields)
        value = event.model_dump(mode="json", exclude_none=True)
        if src is not None:
            value["src"] = src
        line = json.dumps(value, separators=(",", ":")).encode() + b"\n"
        with self._path.open("ab") as file:
            file.write(line)
        self._starts.append(self._end)
        self._end += len(line)
        self._note(event, src)
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()
        return event

    def skip(self, src: int) -> None:
        """A trainer's event that clients need not see."""
        self.taken = max(self.taken, src)

    def _note(self, event: Event, src: int | None) -> None:
        self.taken = max(self.taken, src or 0)
        self.progress = event.progress or self.progress
        self.figures = event.figures or self.figures
        self.sample = event.sample or self.sample
        self.evolution = event.evolution or self.evolution

    def read(self, after: int) -> list[Event]:
        """Events above `after`, at most `READ_EVENTS`. From beyond the end: one `gap` event to go on from."""
        if after > self.n:
            return [Event(n=self.n, at=time.time(), kind=EventKind.gap, text=f"There are {self.n} events.")]
        stop = min(self.n, after + READ_EVENTS)
        if after >= stop:
            return []
        start, end = self._starts[after], self._starts[stop] if stop < self.n else self._end
        with self._path.open("rb") as file:
            file.seek(start)
            lines = file.read(end - start).splitlines()
        return [_event(line) for line in lines]

    async def changed(self, seconds: float) -> bool:
        """Wait for the next event, at most so long; false when none came."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True

    def wake(self) -> None:
        """Let everybody who waits look again: the training has ended, or the server stops."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)


class Tail:
    """The new whole lines of a trainer's `events.jsonl`, a read at a time. Lines that are no events are left out."""

    def __init__(self, path: Path, after: int) -> None:
        self._path, self._after, self._offset = path, after, 0

    def read(self) -> list[Event]:
        try:
            if self._path.stat().st_size <= self._offset:
                return []
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        events = []
        for line in whole.splitlines():
            try:
                event = Event.model_validate_json(line)
            except ValidationError:
                continue
            if event.n > self._after:
                self._after = event.n
                events.append(event)
        return events


def _event(line: bytes) -> Event:
    value = json.loads(line)
    value.pop("src", None)
    return Event.model_validate(value)
