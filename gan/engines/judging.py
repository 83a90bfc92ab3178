"""The judge's child seen from the front: started when first asked, kept while it is asked, ended when nobody asks.

It compares pictures with works (`gan.evaluate.nearest`), in 15 to 40 ms a picture once it knows a model's works; to
start it takes two seconds, to learn 200 works two or three.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from gan.contract import ErrorCode
from gan.errors import WorkerError

IDLE_S = 600.0
"""It holds 300 MB, and whoever looks at credits looks at several."""
LIMIT_S = 90.0
"""512 works on a busy core, from a cold start."""
MAX_LINE_BYTES = 1024 * 1024
log = structlog.get_logger("artel.judging")


class Judging:
    """One child, one question at a time, in the order asked."""

    def __init__(self, command: Sequence[str], idle_s: float = IDLE_S) -> None:
        self._command, self._idle_s = list(command), idle_s
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None

    async def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one question. Raises `WorkerError`: what the child reports, `timeout`, `internal`."""
        async with self._turn:
            self._stay()
            answered = False
            try:
                async with asyncio.timeout(LIMIT_S):
                    line = await self._asked(await self._child(), json.dumps(request).encode() + b"\n")
                answered = bool(line)
            except TimeoutError as error:
                raise WorkerError(ErrorCode.timeout, f"Comparing took longer than {LIMIT_S:.0f} s.") from error
            except (OSError, ValueError) as error:
                raise WorkerError(ErrorCode.internal, "Comparing broke off; try again.") from error
            finally:  # a child that was left in the middle of an answer would answer the next question with it
                if answered:
                    self._rest = asyncio.get_running_loop().call_later(self._idle_s, self._kill)
                else:
                    await self._end()
            if not line:
                raise WorkerError(ErrorCode.internal, "Comparing broke off; try again.")
        answer: dict[str, Any] = json.loads(line)
        if answer["kind"] == "error":
            raise WorkerError(ErrorCode(answer["code"]), answer["detail"])
        return answer

    async def close(self) -> None:
        """End the child; whoever is being answered is told that it broke off."""
        self._stay()
        await self._end()

    async def _asked(self, child: asyncio.subprocess.Process, line: bytes) -> bytes:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(line)
        await child.stdin.drain()
        return await child.stdout.readline()

    async def _child(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
                limit=MAX_LINE_BYTES,
                env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
            )
            log.info("the judge started", pid=self._process.pid)
        return self._process

    def _stay(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _kill(self) -> asyncio.subprocess.Process | None:
        child, self._process = self._process, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        return child

    async def _end(self) -> None:
        if (child := self._kill()) is not None:
            await asyncio.shield(child.wait())
