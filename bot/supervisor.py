"""Keeping child processes alive: start, watch, start again, stop; nothing here knows what they do.

Each child leads a session of its own, so that Ctrl-C in a terminal reaches only us and the children are stopped in
order. On Linux a child is told when we die (`PR_SET_PDEATHSIG`), and we take over whatever a dead child leaves behind
(`PR_SET_CHILD_SUBREAPER`) and end it at the close, so nothing outlives the house.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

EX_USAGE, EX_CONFIG = 2, 78
"""Exit statuses of a child that must be set up differently: starting it again would not help."""
PROBE_S = 0.15
WATCH_S = 5.0
DEAF_S = 60.0
"""A child that answers nothing for this long is taken for hung: a machine busy with training is not that slow."""
START_S = 90.0
"""A cold start on a slow disk loads half a gigabyte of libraries."""
BACKOFF_S = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
HEALTHY_S = 20.0
"""A child that lived this long starts its next delays from the beginning."""
START_ATTEMPTS = 3
LAST_LINES = 8

Say = Callable[[str, str], None]
"""Called with (program, line) for each line of output, and with what the supervisor itself has to say of it."""


@dataclass(frozen=True)
class Program:
    """What to run. `answers` is asked until it says yes once the child runs, and from time to time afterwards."""

    name: str
    command: Sequence[str]
    answers: Callable[[], Awaitable[bool]]
    environment: Mapping[str, str] = field(default_factory=dict)
    grace_s: float = 6.0
    """How long it may take to end after SIGTERM."""


class StartFailed(Exception):
    """A child cannot be brought up; the text ends with its own last words."""


class Child:
    """One program, kept running by `live` until `stop`."""

    def __init__(self, program: Program, output: Say, notice: Say) -> None:
        self.program = program
        self.ready = asyncio.Event()
        self.restarts = 0
        self._output, self._notice = output, notice
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._last: deque[str] = deque(maxlen=LAST_LINES)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def live(self) -> None:
        """Run the program for as long as it is wanted. Raises `StartFailed` when it will never come up."""
        failures = 0
        while not self._stopping:
            since = time.monotonic()
            code = await self._run_once()
            if self._stopping:
                return
            failures = 1 if time.monotonic() - since > HEALTHY_S else failures + 1
            if code in (EX_USAGE, EX_CONFIG) or (not self.ready.is_set() and failures >= START_ATTEMPTS):
                raise StartFailed(self._last_words(code))
            delay = BACKOFF_S[min(failures - 1, len(BACKOFF_S) - 1)]
            self._notice(self.program.name, f"{_ending(code)}; starting it again" + _after(delay))
            self.restarts += 1
            await asyncio.sleep(delay)

    async def stop(self) -> None:
        """Ask it to end, and end it when it takes longer than its grace."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(self.program.grace_s):
                await process.wait()
        except TimeoutError:
            self._notice(self.program.name, f"did not end within {self.program.grace_s:.0f} s and was killed")
        _kill_group(process.pid)
        await process.wait()

    async def _run_once(self) -> int:
        reading, writing = os.pipe()
        try:
            # Our own pipe: asyncio's would make `wait` wait for grandchildren that hold it open as well.
            self._process = await asyncio.create_subprocess_exec(
                *self.program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                env={**os.environ, **self.program.environment, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
                preexec_fn=_tether(os.getpid()),
            )
        except OSError as error:
            os.close(reading)
            raise StartFailed(f"{self.program.command[0]} cannot be started: {error.strerror}") from error
        finally:
            os.close(writing)
        tasks = [asyncio.create_task(self._pump(reading)), asyncio.create_task(self._watch(self._process))]
        try:
            code = await self._process.wait()
            await asyncio.wait(tasks[:1], timeout=0.3)  # its last words are still on the way
            return code
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(self, descriptor: int) -> None:
        reader = asyncio.StreamReader(limit=1024 * 1024)
        pipe = os.fdopen(descriptor, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        try:
            while True:
                try:
                    line = await reader.readuntil(b"\n")
                except asyncio.IncompleteReadError as rest:
                    line = rest.partial
                    if not line:
                        return
                except asyncio.LimitOverrunError as overrun:
                    line = await reader.readexactly(overrun.consumed)
                text = line.decode(errors="replace").rstrip()
                if text:
                    self._last.append(text)
                    self._output(self.program.name, text)
        finally:
            transport.close()

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Set `ready` at the first answer; kill a child that never answers, or has stopped answering."""
        started = heard = time.monotonic()
        answered = False
        while True:
            await asyncio.sleep(WATCH_S if answered else PROBE_S)
            if await self._answers():
                heard, answered = time.monotonic(), True
                self.ready.set()
            silent = time.monotonic() - (heard if answered else started)
            if silent > (DEAF_S if answered else START_S):
                self._notice(self.program.name, f"has not answered for {silent:.0f} s")
                _kill_group(process.pid)
                return

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(WATCH_S):
                return await self.program.answers()
        except (OSError, TimeoutError):
            return False

    def _last_words(self, code: int) -> str:
        return "\n".join([*self._last, f"The {self.program.name} {_ending(code)}."])


async def supervise(children: Sequence[Child], stop: asyncio.Event, ready: Callable[[], Awaitable[None]]) -> None:
    """Keep all children alive until `stop` is set, then stop them, the last one first.

    `ready` is called once, when each of them has answered.

    Raises `StartFailed` when one of them cannot be brought up; whatever was started is stopped by then.
    """
    strangers = _descendants()
    _adopt_orphans(True)
    tasks = [asyncio.create_task(child.live(), name=child.program.name) for child in children]
    tasks.append(asyncio.create_task(_announce(children, ready)))
    burying = asyncio.create_task(_bury_adopted(children, strangers))
    asked = asyncio.create_task(_wait(stop))
    try:
        waiting = {asked, *tasks}
        while not asked.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for child in reversed(children[1:]):
            await child.stop()
        await children[0].stop()
        for task in (*tasks, burying, asked):
            task.cancel()
        await asyncio.gather(*tasks, burying, asked, return_exceptions=True)
        await _end_orphans(strangers)
        _adopt_orphans(False)


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


async def _announce(children: Sequence[Child], ready: Callable[[], Awaitable[None]]) -> None:
    await asyncio.gather(*(child.ready.wait() for child in children))
    await ready()


# --- processes -----------------------------------------------------------------------------------------------------

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def _tether(parent: int) -> Callable[[], None] | None:
    """What a new child does before it becomes the program: ask the kernel for SIGTERM at its parent's death."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return tie


def _adopt_orphans(on: bool) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)


def _descendants() -> set[int]:
    """Processes whose parent we are, by birth or adoption. Empty where the system does not tell."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{os.getpid()}/task").iterdir():
            found |= {int(one) for one in (task / "children").read_text().split()}
    return found


def _bury(pids: set[int]) -> None:
    """Take the exit status of those that are dead, so that the kernel forgets them."""
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


async def _bury_adopted(children: Sequence[Child], strangers: set[int]) -> None:
    """Bury what dead children leave behind; our own children are waited for where they were started."""
    while True:
        await asyncio.sleep(WATCH_S)
        _bury(_descendants() - strangers - {child.pid for child in children if child.pid})


async def _end_orphans(strangers: set[int]) -> None:
    """End what our children left behind; `strangers` were there before us."""
    for number, patience_s in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 1.0)):
        until = time.monotonic() + patience_s
        for pid in _descendants() - strangers:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        while time.monotonic() < until:
            _bury(_descendants() - strangers)
            if not _descendants() - strangers:
                return
            await asyncio.sleep(0.05)


def _kill_group(leader: int) -> None:
    """Kill everything in the process group that a child leads, also when the leader itself is gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def _after(delay_s: float) -> str:
    return "" if delay_s < 1 else f" in {delay_s:.0f} s"
