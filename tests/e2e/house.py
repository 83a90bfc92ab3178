"""The whole product as a person starts it: `artel up` on a folder of its own, driven from outside."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 90
STOP_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """A running `artel up`; `url` is the address it printed."""

    process: asyncio.subprocess.Process
    data: Path
    url: str
    ready_seconds: float

    @classmethod
    async def start(cls, data: Path, **environment: str) -> House:
        """Start it and wait for its address. Raises `TimeoutError` or `RuntimeError` with what it said."""
        began = time.monotonic()
        told = {
            **os.environ,
            "ARTEL_DATA": str(data),
            "ARTEL_BROWSER": "false",
            "ARTEL_PORT": str(free_port()),
            "ARTEL_WORKER_PORT": str(free_port()),
            "COLUMNS": "200",
            **environment,
        }
        for name in ("DISCORD_TOKEN", "DATABASE_URL", "WORKER_URL", "PLAYGROUND_URL"):
            if name not in environment:
                told.pop(name, None)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "up",
            env=told,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said = ""
        assert process.stdout is not None
        try:
            async with asyncio.timeout(START_SECONDS):
                while True:
                    line = (await process.stdout.readline()).decode()
                    said += line
                    if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                        return cls(process, data, found[0], time.monotonic() - began)
                    if not line:
                        raise RuntimeError(f"artel up ended: {said}")
        except TimeoutError as error:
            process.kill()
            raise TimeoutError(f"artel up said no address: {said}\n{cls.log_of(data)[-4000:]}") from error

    @staticmethod
    def log_of(data: Path) -> str:
        path = data / "logs" / "artel.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def log(self) -> str:
        return self.log_of(self.data)

    def part(self, *words: str) -> int:
        """Process id of the part whose command line ends with these words, such as `bot`, `bot`."""
        for pid in descendants(self.process.pid):
            with contextlib.suppress(OSError):
                line = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
                if tuple(line[-len(words) - 1 : -1]) == words:
                    return pid
        raise LookupError(f"no part {' '.join(words)} is running")

    def pids(self, words: str) -> list[int]:
        """Process ids of all parts whose command line holds these words."""
        found = []
        for pid in descendants(self.process.pid):
            with contextlib.suppress(OSError):
                if words in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode():
                    found.append(pid)
        return found

    async def kill_part(self, *words: str) -> None:
        """SIGKILL one part; the supervisor brings it back."""
        os.kill(self.part(*words), signal.SIGKILL)

    async def stop(self) -> int:
        """Ctrl-C; returns the exit status. Raises `TimeoutError` when it does not end."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(STOP_SECONDS):
            return await self.process.wait()


def descendants(pid: int) -> list[int]:
    out: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            for child in (task / "children").read_text().split():
                out += [int(child), *descendants(int(child))]
    return out
