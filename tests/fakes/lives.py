"""A house that lives several lives: each is a process of its own that may be killed at a chosen moment.

Run by `live`, in processes forked from a server that has imported everything, so that a life costs no start.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from bot.stories import Ask, Origin, Posted, View
from gan.contract import RenderAnswer, RenderRequest, Training, TrainingRequest
from tests.fakes.messenger import FakeMessenger
from tests.fakes.worker import FakeWorker

MOMENTS = ("render begins", "render ends", "delivery begins", "delivery ends", "nothing")


@dataclass(frozen=True)
class Life:
    """What happens in one process: ask for something (or only go on), and die at a moment, or when all is answered."""

    url: str
    folder: Path
    origin: Origin | None = None
    ask: Ask | None = None
    dies_at: str = "nothing"
    after: int = 1
    """Dies the n-th time that the moment comes."""
    seconds: float = 20.0


class Fate:
    """Counts a moment, and ends the process without a word when it has come often enough."""

    def __init__(self, life: Life) -> None:
        self._moment, self._left = life.dies_at, life.after

    def comes(self, moment: str) -> None:
        if moment == self._moment:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalWorker(FakeWorker):
    def __init__(self, folder: Path, fate: Fate, *, speed: float) -> None:
        super().__init__(folder, speed=speed)
        self._fate = fate

    async def render(self, request: RenderRequest, *, request_id: str = "") -> RenderAnswer:
        self._fate.comes("render begins")
        answer = await super().render(request, request_id=request_id)
        self._fate.comes("render ends")
        return answer

    async def put_training(self, training_id: str, body: TrainingRequest, *, fence: int) -> Training:
        sent = await super().put_training(training_id, body, fence=fence)
        self._fate.comes("training is sent")
        return sent


class MortalMessenger(FakeMessenger):
    def bind(self, fate: Fate) -> None:
        self._fate = fate

    async def deliver(self, origin: Origin, view: View, posted: Posted | None = None) -> Posted:
        self._fate.comes("delivery begins")
        placed = await super().deliver(origin, view, posted)
        self._fate.comes("delivery ends")
        return placed


def live(life: Life) -> int:
    """Live it; the exit code of its process: 0 when all was answered, -9 when it was killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.fakes.lives", "tests.flow.conftest"])
    process = context.Process(target=_live, args=(life,), daemon=True)
    process.start()
    process.join(life.seconds + 20)
    if process.exitcode is None:
        process.kill()
        process.join()
    assert process.exitcode is not None
    return process.exitcode


def ledger(life: Life) -> Path:
    return life.folder / "ledger.jsonl"


def _live(life: Life) -> None:
    asyncio.run(asyncio.wait_for(_tell(life), life.seconds))


async def _tell(life: Life) -> None:
    from tests.flow.conftest import open_house

    fate = Fate(life)
    messenger = MortalMessenger(ledger=ledger(life))
    messenger.bind(fate)
    worker = MortalWorker(life.folder / "worker", fate, speed=30.0)
    async for house in open_house(life.url, life.folder, messenger, worker=worker):
        if life.origin is not None and life.ask is not None:
            await house.studio.ask(life.origin, life.ask)
            fate.comes("it is accepted")
        while True:
            lines = await house.records.every_request()
            if lines and all(line.answered_at is not None for line in lines):
                break
            await asyncio.sleep(0.05)
