"""Trainer processes of the local engine: started below everything else in priority, found again after a restart.

Whether a trainer lives is told by a lock that it holds on `trainer.lock` in its run folder, not by a number: the kernel
lets go of the lock at the very moment the process dies, however it dies, and a number may by then belong to a stranger.
A second trainer of the same folder cannot get the lock, so a run is never trained twice at once. The file's text is the
process id, to be trusted only while the lock is held.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from gan.priority import TRAINER
from gan.rundir import RunDir

POLL_S = 0.25
LOCK = "trainer.lock"


class Held(Exception):
    """Another process trains this run."""


@contextlib.contextmanager
def hold(run: RunDir) -> Iterator[None]:
    """Be the trainer of a run folder. Raises `Held` when another process is."""
    with (run.path / LOCK).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Held(f"another process is training {run.path}") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(run: RunDir) -> int | None:
    """Process id of the living trainer of a run folder."""
    try:
        with (run.path / LOCK).open("r") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0) or None
    except (FileNotFoundError, ValueError):
        pass
    return None


class LocalTrainer:
    """A trainer as a child process, or (adopted) one that an earlier front started."""

    def __init__(self, run: RunDir, pid: int, process: subprocess.Popen[bytes] | None = None) -> None:
        self._run, self.pid, self._process = run, pid, process

    def alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return holder(self._run) == self.pid

    async def wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.alive():
            left = until - time.monotonic()
            if left <= 0:
                return False
            await asyncio.sleep(min(POLL_S, left))
        return True

    async def end(self) -> None:
        if self.alive():
            # the trainer leads its own process group: its helpers go with it, and Ctrl-C in a terminal goes past it
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        await self.wait(5.0)

    def last_words(self) -> str:
        if self._process is None or self._process.returncode is None:
            return "ended"
        code = self._process.returncode
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit status {code}"


def launch(run: RunDir, command: Sequence[str], environment: Mapping[str, str]) -> LocalTrainer:
    """Start `command RUN_DIR`, its output going to `log.txt`."""
    with _log(run.log) as log:
        process = subprocess.Popen(
            [*command, str(run.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **environment, "OMP_WAIT_POLICY": "PASSIVE", "PYTHONUNBUFFERED": "1"},
        )
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, TRAINER)
    return LocalTrainer(run, process.pid, process)


def adopt(run: RunDir) -> LocalTrainer | None:
    pid = holder(run)
    return LocalTrainer(run, pid) if pid else None


def log_tail(path: Path, lines: int = 12) -> str:
    """The last lines of a log, at most 2 kB: where a trainer that died without a report says why."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 2048))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def _log(path: Path) -> IO[bytes]:
    return path.open("ab")
