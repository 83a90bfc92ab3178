"""A few decoding children, started when there is work and ended when there is none for a while."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from bot.errors import Bug
from bot.safety.decoder import READY, Answer, Limits
from bot.safety.looking import Look

log = logging.getLogger(__name__)

IDLE_S = 30.0
"""A child holds some 60 MB; a member who uploads one picture often uploads a second."""
START_S = 20.0
DECODER = ("-I", "-m", "bot.safety.decoder")
ANSWER_BYTES = 256 * 1024
"""A line of the child's: a manifest may be long."""


class Child:
    """One process, and the talk with it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, limits: Limits, command: Sequence[str] = DECODER) -> Child:
        """A child that is ready, running Python with `command`. Raises `Bug` when it does not start."""
        # An empty environment: whoever takes over a decoder finds no token in it.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(*command, json.dumps(asdict(limits))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
            limit=ANSWER_BYTES,
        )
        child = cls(process)
        try:
            async with asyncio.timeout(START_S):
                assert process.stdout is not None
                if await process.stdout.readline() == READY:
                    return child
        except TimeoutError:
            pass
        await child.end()
        advice = "; see ARTEL_DECODE_MIB" if command == DECODER else ""
        raise Bug(f"the process `{' '.join(command[1:])}` does not start (status {process.returncode}){advice}")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, data: bytes, **more: str) -> tuple[dict[str, Any], bytes]:
        """Raises `EOFError` or `OSError` when the child dies over it."""
        into, out = self._process.stdin, self._process.stdout
        assert into is not None
        assert out is not None
        into.write(json.dumps({"bytes": len(data), **more}).encode() + b"\n" + data)
        await into.drain()
        line = await out.readuntil(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer, await out.readexactly(answer["bytes"])

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


class DecoderPool:
    """At most `size` children; a picture that kills one costs nobody else anything."""

    def __init__(self, limits: Limits, size: int = 2) -> None:
        self._limits = limits
        self._places = asyncio.Semaphore(size)
        self._resting: list[Child] = []
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def decode(self, data: bytes, *, whole: bool = False) -> tuple[Answer, bytes]:
        """What the picture is; `reason` is `too_slow` or `damaged` when it was too much for a child."""
        answer, png = await self._asked(data, **({"do": "whole"} if whole else {}))
        return Answer(**answer), png

    async def look(self, data: bytes, anchors: str, label: str) -> tuple[Look, bytes]:
        """What a file says of itself, see `bot.safety.looking`; `anchors` are the certificates of this house."""
        answer, png = await self._asked(data, do="look", anchors=anchors, label=label)
        return Look(**answer), png

    async def _asked(self, data: bytes, **more: str) -> tuple[dict[str, Any], bytes]:
        async with self._child() as child:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    return await child.ask(data, **more)
            except TimeoutError:
                reason = "too_slow"
            except (EOFError, OSError):
                reason = "damaged"
            await child.end()
            log.info("a picture of %d bytes ended its decoder: %s", len(data), reason)
            return {"reason": reason}, b""

    def resting(self) -> list[int]:
        """Process ids of the children at rest."""
        return [child.pid for child in self._resting]

    async def close(self) -> None:
        """End all children at rest; one at work ends when its picture's task is cancelled."""
        if self._timer is not None:
            self._timer.cancel()
        resting, self._resting = self._resting, []
        await asyncio.gather(*(child.end() for child in resting))

    @asynccontextmanager
    async def _child(self) -> AsyncIterator[Child]:
        async with self._places:
            child = self._rested() or await Child.start(self._limits)
            try:
                yield child
            except BaseException:
                await child.end()  # cut off in mid-sentence: what it says next would be taken for another's answer
                raise
            if child.alive:
                self._resting.append(child)
                self._end_later()

    def _rested(self) -> Child | None:
        while self._resting:
            child = self._resting.pop()
            if child.alive:
                return child
        return None

    def _end_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(IDLE_S, self._end_resting)

    def _end_resting(self) -> None:
        self._closing = asyncio.create_task(self.close(), name="ending idle decoders")
