"""Errands: work of seconds in a process of its own, below renders in priority, told in lines of JSON.

The request goes in as one line, reports come out as lines, the last is the result. Whoever stops listening ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from gan.contract import ErrorCode
from gan.errors import WorkerError
from gan.priority import ERRAND

MAX_LINE_BYTES = 8 * 1024 * 1024


async def run(
    command: Sequence[str], request: Mapping[str, Any], limit_s: float = 180.0
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield the reports of one errand. Raises `WorkerError`: what it reports as its failure, `timeout`, `internal`."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=MAX_LINE_BYTES,
        env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "PYTHONUNBUFFERED": "1"},
    )
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, ERRAND)
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(ConnectionError):
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
        async with asyncio.timeout(limit_s):
            while line := await process.stdout.readline():
                report: dict[str, Any] = json.loads(line)
                if report["kind"] == "error":
                    raise WorkerError(ErrorCode(report["code"]), report["detail"])
                yield report
                if report["kind"] == "result":
                    return
        raise WorkerError(ErrorCode.internal, f"The work ended early (status {await process.wait()}); try again.")
    except TimeoutError as error:
        raise WorkerError(ErrorCode.timeout, f"It took longer than {limit_s:.0f} s; ask for less.") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await asyncio.shield(process.wait())
