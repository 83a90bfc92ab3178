"""The bot is killed ten times between a press and its answer: each request it took still ends in exactly one message.

Worker, playground and bot are processes of the test's own: a supervisor would pause longer at each death.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.house import free_port
from tests.e2e.person import PATIENCE_S, Person, Shown, people

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

KILLS = 10
SPREAD = 1.3
"""The last kill comes this much later than an undisturbed answer: then there is nothing left to interrupt."""


@dataclass
class Parts:
    """What runs, each part a process of ours with its output in a file."""

    folder: Path
    page: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    worker: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "ARTEL_DATA": str(self.folder / "data"),
            "ARTEL_WORKER_DATA": str(self.folder / "data" / "worker"),
            "ARTEL_WORKER_PORT": self.worker.rpartition(":")[2],
            "WORKER_URL": self.worker,
            "PLAYGROUND_URL": self.page,
        }

    async def start(self, name: str, *command: str) -> None:
        with self.log(name).open("ab") as log:
            self.running[name] = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *command), env=self.environment, stdout=log, stderr=log
            )

    async def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        process.send_signal(number)
        async with asyncio.timeout(30):
            await process.wait()

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def rows(self) -> dict[str, dict[str, Any]]:
        """All requests on record, by id."""
        path = self.folder / "data" / "artel.sqlite"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            database.row_factory = sqlite3.Row
            return {str(row["id"]): dict(row) for row in database.execute("select * from requests")}


@pytest_asyncio.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    made = Parts(tmp_path)
    async with AsyncExitStack() as stack:
        commands = {"worker": ("gan", "serve"), "playground": ("playground", "--port", made.page.rpartition(":")[2])}
        for name, command in commands.items():
            await made.start(name, *command)
            stack.push_async_callback(made.end, name)
        yield made


async def online(person: Person, wanted: bool = True) -> None:
    """Wait until the playground shows the bot as there, or as gone."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if (await person.get("/_/world"))["bot"]["online"] is wanted:
                return
        except OSError:
            pass  # the playground itself is still starting
        await asyncio.sleep(0.05)
    raise TimeoutError(f"the bot is not {'online' if wanted else 'offline'}")


async def settled(parts: Parts) -> dict[str, dict[str, Any]]:
    """All rows, once each has ended and is answered."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        rows = parts.rows()
        if all(row["answered_at"] for row in rows.values()):
            return rows
        await asyncio.sleep(0.1)
    raise TimeoutError(f"not answered: {[row for row in rows.values() if not row['answered_at']]}")


def answers(messages: list[Shown], interaction: str) -> list[Shown]:
    """The messages that show the pictures of a request, or anything else in answer to it."""
    return [
        one for one in messages if one.cause == interaction or any(f":reroll:{interaction}:" in b for b in one.buttons)
    ]


async def test_ten_kills_leave_one_answer_for_each_request(parts: Parts) -> None:
    async with people(parts.page) as (member, _, _):
        await parts.start("bot", "bot", "bot")
        await online(member)
        await member.answer(await member.type("generate", count=1))  # the first one waits for the worker to be warm
        began = time.monotonic()
        panel = await member.answer(await member.type("generate", count=1))
        usual = time.monotonic() - began

        asked = []
        for number in range(KILLS):
            press = number % 2
            asked.append(await (member.press(panel, "vary") if press else member.type("generate", count=1)))
            await asyncio.sleep(usual * SPREAD * number / (KILLS - 1))
            await parts.end("bot", signal.SIGKILL)
            await online(member, False)
            await parts.start("bot", "bot", "bot")
            await online(member)

        rows = await settled(parts)
        await asyncio.sleep(1.0)  # a second answer would come now
        messages = await member.messages()
        await parts.end("bot")

    taken = [one for one in asked if one in rows]
    for one in asked:
        shown = answers(messages, one)
        if one not in rows:  # killed before it was taken: Discord itself says that the bot did not answer
            assert not shown, shown
            continue
        assert rows[one]["state"] == "done"
        assert len(shown) == 1, [each.text for each in shown]
        assert not shown[0].loading
        assert len(shown[0].pictures) == (4 if rows[one]["kind"] == "variations" else 1)
    assert len(taken) >= KILLS / 2, "most kills come after the request was taken"
    late = [one for one in taken if rows[one]["answer_route"] != "callback"]
    assert late, "no kill came between a request and its answer"
    assert "Traceback" not in parts.log("bot").read_text()
