"""Thirty people who press reroll as fast as pictures come, beside what the model can do at its best.

Both figures are of pictures as the chat shows them: drawn, enlarged, marked, encoded. The best is the sampler's alone,
fed with full batches by one process and nothing else running; the players' goes through Discord, bot and records.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe, percentile
from benchmarks.sampling import MODEL
from gan.contract import HealthState, Mark, PictureFormat, Seed, Upscaler
from gan.engines.base import ModelFile, RenderJob
from gan.engines.local import LocalEngine
from gan.server.cards import read_card
from gan.settings import WorkerSettings
from tests.e2e.house import House
from tests.e2e.ledger import Seen, seeing
from tests.e2e.parts import NO_LIMITS
from tests.e2e.person import Barred, Json, Person, Shown, people

PLAYERS = 30
GRID = 4
SIDE = 256
LEAST_SHARE = 0.7
WARM_UP_S, BEST_S = 3.0, 15.0
BATCH, IN_FLIGHT = 16, 4


async def run(console: Console, seconds: float = 120.0) -> bool:
    """Measure both and print; whether no press failed and the players got 70 % of what the model can."""
    console.print(describe())
    best = await best_rate()
    with tempfile.TemporaryDirectory() as folder:
        house = await House.start(Path(folder) / "data", **NO_LIMITS)
        try:
            async with people(house.url) as persons, seeing(persons[0]) as seen:
                game = Game(persons, seen)
                took = await game.play(seconds)
        finally:
            await house.stop()
        rate = pictures_of(house.data) / took
    waits = [one["answered_ms"] for one in game.answered]
    table = Table(title=f"{PLAYERS} players, {seconds:g} s, {GRID} pictures of {SIDE} px a press", show_header=False)
    table.add_row("presses", str(len(game.answered)))
    table.add_row("without their pictures", str(game.failed))
    table.add_row("press to answer, ms, p50 / p95", " / ".join(f"{percentile(waits, at):.0f}" for at in (0.5, 0.95)))
    table.add_row("pictures a second", f"{rate:.1f}")
    table.add_row("the model alone, in full batches", f"{best:.1f}")
    table.add_row("share", f"{rate / best:.0%}")
    console.print(table)
    return not game.failed and rate >= LEAST_SHARE * best


def pictures_of(data: Path) -> int:
    """Pictures that the rerolls on record have brought."""
    with sqlite3.connect(f"file:{data / 'artel.sqlite'}?mode=ro", uri=True) as database:
        query = "select count(*) from outputs join requests on requests.id = request_id where kind = 'reroll'"
        return int(database.execute(query).fetchone()[0])


async def best_rate() -> float:
    """Pictures a second of the base model through a sampler of its own, as large and as marked as in the chat."""
    model = ModelFile(MODEL, hashlib.sha256(MODEL.read_bytes()).hexdigest(), read_card(MODEL).family)
    engine = LocalEngine(WorkerSettings())
    await engine.start([model])
    try:
        while engine.status().state is not HealthState.ready:  # noqa: ASYNC110 (a program of its own, in no hurry)
            await asyncio.sleep(0.02)
        await _draw(engine, model, WARM_UP_S)
        return await _draw(engine, model, BEST_S)
    finally:
        await engine.close()


async def _draw(engine: LocalEngine, model: ModelFile, seconds: float) -> float:
    began, done = time.perf_counter(), 0

    async def hand(first: int) -> None:
        nonlocal done
        seed = first
        while time.perf_counter() - began < seconds:
            recipes = tuple(Seed(seed=seed + n) for n in range(BATCH))
            job = RenderJob(model, recipes, SIDE, Upscaler.auto, PictureFormat.png, marks=(Mark.hidden,), secret="play")
            rendering = await engine.render(job)
            done += len(rendering.pictures)  # after the wait: the others count meanwhile
            seed += BATCH

    await asyncio.gather(*(hand(n * 1_000_000) for n in range(IN_FLIGHT)))
    return done / (time.perf_counter() - began)


@dataclass
class Game:
    """Each player has a message of their own and presses reroll in it, until the pictures or a word are there."""

    people: tuple[Person, ...]
    seen: Seen
    answered: list[Json] = field(default_factory=list)
    failed: int = 0

    async def play(self, seconds: float) -> float:
        """So many seconds of it; returns how long it took with the last answers."""
        panels = [await self._panel(self.people[n % len(self.people)]) for n in range(PLAYERS)]
        began = time.monotonic()
        hands = [
            self._hand(self.people[n % len(self.people)], panel, began + seconds) for n, panel in enumerate(panels)
        ]
        await asyncio.gather(*hands)
        return time.monotonic() - began

    async def _panel(self, person: Person) -> Shown:
        return await person.answer(await person.type("generate", count=GRID), like="###")

    async def _hand(self, person: Person, panel: Shown, until: float) -> None:
        while time.monotonic() < until:
            try:
                told = await self.seen.outcome(await person.press(panel, "reroll"), within=60.0)
            except Barred:  # the pictures have changed since it was looked at
                told = {}
            if told.get("state") == "answered":
                self.answered.append(told)
            elif told:
                self.failed += 1
            panel = await person.message(panel.id)  # its buttons name the pictures that stand there now
