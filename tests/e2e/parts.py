"""Worker, playground and bot as processes of one's own, to be killed at will and started again at once.

A supervisor would pause for longer at each death; here the next process is there as soon as the last one is gone.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa

from bot.records.database import sqlite_library
from tests.e2e.house import descendants, free_port
from tests.e2e.person import PATIENCE_S, Person

NO_LIMITS = {
    f"ARTEL_{whose}{what}": "1000000"
    for whose in ("", "SERVER_", "ALL_")
    for what in ("RENDERS_PER_MINUTE", "TRAININGS_PER_DAY", "TRAINING_MINUTES_PER_DAY", "DISK_MIB")
}
"""Settings for three people who stand for hundreds."""
TOKEN = "of-the-tests"
CLOCK = Path(__file__).parents[1] / "fakes" / "clock"
COMMANDS = {"worker": ("gan", "serve"), "playground": ("playground",), "bot": ("bot", "bot")}


@dataclass
class Parts:
    """What runs, each part a process of ours with its output in a file of its own."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    """More variables of the environment."""
    page: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    worker: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    database: str | None = None
    """URL of a Postgres database; none is SQLite in the folder."""
    worker_seen_as: str | None = None
    """Where the bot finds the worker, when something stands between them."""
    page_seen_as: str | None = None
    home: Path | None = None
    """Another folder for the bot's data, such as a small disk."""
    own_clock: bool = False
    """Whether bot and worker follow the file `clock` rather than the machine's clock alone."""
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.home or self.folder / "data"

    @property
    def clock(self) -> Path:
        """Write seconds into it to move the clock of bot and worker; Discord's stays right."""
        return self.folder / "clock"

    @property
    def environment(self) -> dict[str, str]:
        told = {
            **os.environ,
            "ARTEL_DATA": str(self.data),
            "ARTEL_WORKER_DATA": str(self.folder / "worker"),
            "ARTEL_WORKER_TOKEN": TOKEN,
            "WORKER_TOKEN": TOKEN,
            "ARTEL_WEB": "false",
            "ARTEL_WORKER_PORT": self.worker.rpartition(":")[2],
            "ARTEL_LOG_FORMAT": "json",
            "WORKER_URL": self.worker_seen_as or self.worker,
            "PLAYGROUND_URL": self.page_seen_as or self.page,
            **self.settings,
        }
        return told | ({"DATABASE_URL": self.database} if self.database else {})

    async def start(self, name: str, *command: str) -> None:
        """Start a part by its name, or another command under a name of its own."""
        command = command or COMMANDS[name]
        environment = self.environment
        if name == "playground":
            command = (*command, "--port", self.page.rpartition(":")[2])
        elif self.own_clock:
            environment |= {"PYTHONPATH": str(CLOCK), "CLOCK_OFFSET": str(self.clock)}
        with self.log(name).open("ab") as log:
            self.running[name] = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *command), env=environment, stdout=log, stderr=log
            )

    async def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            process.send_signal(number)
        async with asyncio.timeout(30):
            await process.wait()

    @asynccontextmanager
    async def frozen(self, name: str) -> AsyncIterator[None]:
        """SIGSTOP for the length of the block, for the part and its children."""
        family = [self.running[name].pid, *descendants(self.running[name].pid)]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in family:
                os.kill(pid, signal.SIGCONT)

    async def restart(self, name: str) -> None:
        """SIGKILL, and at once the next one."""
        await self.end(name, signal.SIGKILL)
        await self.start(name)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def trainer(self) -> int | None:
        """Process id of a trainer, whoever its parent is by now."""
        for lock in self.folder.glob("worker/trainings/*/trainer.lock"):
            with suppress(OSError, ValueError):
                pid = int(lock.read_text())
                if b"train" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    return pid
        return None

    def sampler(self) -> int | None:
        """Process id of the worker's sampler child."""
        worker = self.running.get("worker")
        if worker is None:
            return None
        with suppress(OSError):
            for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split():
                if b"gan.sampling.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return int(pid)
        return None

    def rows(self, query: str = "select * from requests") -> list[dict[str, Any]]:
        """What a query gives, as the database stands now; columns of JSON and of time as the database has them."""
        if self.database:
            url = sa.make_url(self.database).set(drivername="postgresql+psycopg")
            engine = sa.create_engine(url, poolclass=sa.NullPool)
        else:
            path = self.data / "artel.sqlite"
            engine = sa.create_engine(f"sqlite:///{path}", module=sqlite_library(), poolclass=sa.NullPool)
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.text(query)).mappings()]

    def requests(self) -> dict[str, dict[str, Any]]:
        """All requests on record, by id."""
        return {str(row["id"]): row for row in self.rows()}

    async def settled(self, within: float = PATIENCE_S) -> dict[str, dict[str, Any]]:
        """All requests, once the work of each is over and those that were done are answered; trainings may go on."""
        until = time.monotonic() + within
        while True:
            rows = await asyncio.to_thread(self.requests)
            short = [row for row in rows.values() if row["kind"] != "train"]
            unsettled = [row for row in short if row["state"] == "working" or not _answered(row)]
            if not unsettled:
                return rows
            if time.monotonic() > until:
                facts = ("id", "kind", "state", "error", "asked_at")
                told = [{name: str(row[name]) for name in facts} for row in unsettled[:5]]
                raise TimeoutError(f"{len(unsettled)} requests are not at their end after {within:.0f} s: {told}")
            await asyncio.sleep(0.2)


def _answered(row: Mapping[str, Any]) -> bool:
    return row["answered_at"] is not None or row["state"] != "done"


@asynccontextmanager
async def parts_in(folder: Path, **more: Any) -> AsyncIterator[Parts]:
    """Worker and playground, running; the bot is for the caller to start. All are ended at the end."""
    made = Parts(folder, **more)
    async with AsyncExitStack() as stack:
        for name in ("worker", "playground"):
            await made.start(name)
        stack.push_async_callback(_end_all, made)
        yield made


async def _end_all(parts: Parts) -> None:
    for name in sorted(parts.running, key=lambda one: one != "bot"):  # the bot first: it says goodbye to the others
        await parts.end(name, signal.SIGTERM)


async def online(person: Person, wanted: bool = True) -> None:
    """Wait until the playground shows the bot as there, or as gone."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if (await person.get("/_/world"))["bot"]["online"] is wanted:
                return
        except (OSError, aiohttp.ClientError):
            pass  # the playground itself is still starting
        await asyncio.sleep(0.05)
    raise TimeoutError(f"the bot is not {'online' if wanted else 'offline'}")
