"""Nothing lost, nothing doubled, whatever is killed: requests at full speed while bot, worker, sampler and trainer get
SIGKILL in turn, and Postgres is stopped the immediate way. Judged by what the playground's Discord shows at the end.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe, percentile
from tests.e2e.crowd import Account, Crowd, draw_up
from tests.e2e.ledger import Seen, seeing
from tests.e2e.parts import NO_LIMITS, Parts, online, parts_in
from tests.e2e.person import Barred, Person, people
from tests.fakes.postgres import Postgres, own_postgres

SETTINGS = {
    **NO_LIMITS,
    # an operating system kills a trainer now and then; three times in a row without a saved state is more than chance
    "ARTEL_WORKER_TRAINING_ATTEMPTS": "1000",
}
VICTIMS = ("bot", "worker", "trainer", "bot", "sampler")
TRAINING_MINUTES = 0.25
TRAINING_S = 120.0
"""How long the last training is waited for: the trainer yields to everything else on the machine."""
SETTLE_S = 180.0


@dataclass
class Reaper:
    """Kills so many processes, spread evenly over the requests of a crowd."""

    parts: Parts
    crowd: Crowd
    requests: int
    kills: int
    postgres: Postgres | None = None
    stops: int = 0
    seed: int = 7
    killed: Counter[str] = field(default_factory=Counter)
    moments: dict[str, list[float]] = field(default_factory=dict)
    """When each kind was killed, seconds since the epoch."""

    async def reap(self) -> None:
        chance = random.Random(self.seed)
        for number in range(self.kills):
            await self._sent((number + 0.5) / self.kills)
            await asyncio.sleep(chance.uniform(0.0, 0.4))
            await self._kill(VICTIMS[number % len(VICTIMS)])

    async def stop_postgres(self) -> None:
        for number in range(self.stops if self.postgres else 0):
            assert self.postgres is not None
            await self._sent((number + 0.7) / self.stops)
            await self.postgres.crash()
            self.killed["postgres"] += 1
            await asyncio.sleep(0.5)
            await self.postgres.start()

    async def keep_up(self) -> None:
        """What a supervisor does: a bot that was started while its database was away has ended by itself."""
        while True:
            bot = self.parts.running.get("bot")
            if bot is not None and bot.returncode is not None:
                await self.parts.start("bot")
            await asyncio.sleep(0.3)

    async def _sent(self, share: float) -> None:
        while True:
            if len(self.crowd.asked) >= share * self.requests - 1:
                return
            await asyncio.sleep(0.05)

    async def _kill(self, victim: str) -> None:
        pid = {"trainer": self.parts.trainer, "sampler": self.parts.sampler}.get(victim, lambda: None)()
        if victim == "trainer" and pid is None:  # between two trainings
            victim, pid = "sampler", self.parts.sampler()
        self.moments.setdefault(victim, []).append(time.time())
        self.killed[victim] += 1
        if victim in ("bot", "worker"):
            await self.parts.restart(victim)
        elif pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@dataclass
class Trainings:
    """One training after another, by a moderator."""

    person: Person
    seen: Seen
    asked: list[str] = field(default_factory=list)

    async def go_on(self, parts: Parts) -> None:
        while True:
            await online(self.person)
            with suppress(Barred, OSError, TimeoutError):
                name = f"Under fire {len(self.asked) + 1}"
                sheet = await self.person.type("train emoji", name=name, minutes=TRAINING_MINUTES)
                _, asked = await self.person.begin(sheet, 30.0)
                self.asked.append(asked)
                if (await self.seen.outcome(asked, 10.0)).get("acknowledged_ms") is not None:
                    await self._ended(parts, asked)

    async def _ended(self, parts: Parts, asked: str) -> None:
        while True:
            if (await ended(parts)).get(asked):
                return
            await asyncio.sleep(1.0)

    async def end(self, parts: Parts) -> None:
        """Let the last one end by itself; what a busy machine lets starve is called off."""
        with suppress(TimeoutError):
            async with asyncio.timeout(TRAINING_S):
                for asked in self.asked[-1:]:
                    await self._ended(parts, asked)
        over = await ended(parts)
        for asked in self.asked:
            message_id = self.seen.interactions.get(asked, {}).get("message_id")
            message = await self.person.message(str(message_id)) if asked not in over and message_id else None
            if message and any(one.startswith("a:cancel:") for one in message.buttons):
                question = await self.person.answer(await self.person.press(message, "cancel"))
                await self.person.press(question, "cancel-yes")


async def ended(parts: Parts) -> dict[str, str]:
    """Request → the state in which its training ended."""
    with suppress(Exception):  # the database may be away just now
        rows = await asyncio.to_thread(parts.rows, "select request_id, state, ended_at from trainings")
        return {str(row["request_id"]): str(row["state"]) for row in rows if row["ended_at"]}
    return {}


@dataclass
class Result:
    account: Account
    trainings: Counter[str]
    killed: Counter[str]
    after_worker: list[float]
    """Seconds from a worker's death to the answers that waited for it."""
    sends_each: float
    seconds: float

    @property
    def clean(self) -> bool:
        return self.account.clean and set(self.trainings) <= {"finished", "cancelled", "never taken"}


async def measure(
    folder: Path, requests: int, kills: int, *, postgres: bool = False, stops: int = 0, training: bool = True
) -> Result:
    """Run the whole loop in a folder and draw up the account. Without `training` no trainer runs or is killed."""
    async with own_postgres() if postgres else nullcontext() as server:
        url = await asyncio.to_thread(server.database, "kills") if server else None
        async with parts_in(folder, settings=SETTINGS, database=url) as parts, people(parts.page) as persons:
            await parts.start("bot")
            await online(persons[0])
            await persons[0].answer(await persons[0].type("generate", count=1), like="###")
            async with seeing(persons[0]) as seen:
                crowd = Crowd(persons, seen)
                reaper = Reaper(parts, crowd, requests, kills, server, stops)
                return await _loop(reaper, Trainings(persons[2], seen) if training else None)


async def _loop(reaper: Reaper, trainings: Trainings | None) -> Result:
    crowd, parts, seen = reaper.crowd, reaper.parts, reaper.crowd.seen
    began = time.monotonic()
    beside = [asyncio.create_task(reaper.keep_up())]
    if trainings:
        beside.append(asyncio.create_task(trainings.go_on(parts)))
    try:
        async with asyncio.TaskGroup() as group:
            for work in (crowd.ask_for(reaper.requests), reaper.reap(), reaper.stop_postgres()):
                group.create_task(work)
        seconds = time.monotonic() - began
        await online(crowd.people[0])
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    if trainings:
        await trainings.end(parts)
    await parts.settled(SETTLE_S)
    await asyncio.sleep(2.0)  # a second answer would come now
    await seen.read()
    states = await ended(parts)
    waited = [one for at in reaper.moments.get("worker", []) for one in seen.waited_over(at)]
    taken = await asyncio.to_thread(parts.requests)
    account = await draw_up(crowd, parts)
    return Result(
        account,
        Counter(
            states.get(one) or ("not ended" if one in taken else "never taken")
            for one in (trainings.asked if trainings else ())
        ),
        reaper.killed,
        waited,
        seen.sends_for(crowd.asked) / max(1, account.answered),
        seconds,
    )


async def run(console: Console, requests: int, kills: int, database: str) -> bool:
    """Measure and print; true when nothing was lost, doubled or wrongly charged."""
    postgres = database == "postgres"
    folder = Path(tempfile.mkdtemp(prefix="artel-kills-"))
    result = await measure(folder, requests, kills, postgres=postgres, stops=max(1, kills // 20))
    table = Table(title=f"{requests} requests, {kills} kills, {database}; {describe()}", show_header=False)
    for name, figure in result.account.lines().items():
        table.add_row(name, figure)
    table.add_row("trainings", ", ".join(f"{count} {state}" for state, count in result.trainings.items()))
    table.add_row("killed", ", ".join(f"{count} {part}" for part, count in result.killed.items()))
    table.add_row("answers a second", f"{result.account.answered / result.seconds:.1f}")
    table.add_row("sends for each answer", f"{result.sends_each:.2f}")
    if result.after_worker:
        shares = " / ".join(f"{percentile(result.after_worker, share):.1f}" for share in (0.5, 0.95, 1.0))
        table.add_row("from a worker's death to the answer, s, p50 / p95 / most", shares)
    console.print(table)
    put_away(console, folder, result.clean)
    return result.clean


def put_away(console: Console, folder: Path, clean: bool) -> None:
    """Delete what a run left; after a bad one it is kept to be looked at."""
    if clean:
        shutil.rmtree(folder)
    else:
        console.print(f"databases and logs are kept in {folder}")
