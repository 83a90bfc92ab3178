"""Acknowledgement under load: interactions at a steady rate against the real product while a real training runs.

The rate is kept whatever the answers do (an open loop), so a slow bot cannot slow its own load down. Times are the
playground's: from the moment a person's press is sent to the bot until Discord has its acknowledgement.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.chat import stages
from benchmarks.machine import describe, percentile
from tests.e2e.house import House
from tests.e2e.ledger import Seen, seeing
from tests.e2e.parts import NO_LIMITS
from tests.e2e.person import Barred, Json, Person, people

MIX = {"generate": 20, "models": 20, "queue": 20, "help": 20, "about": 20}
"""Shares of the interactions, in percent. A fifth make pictures, one each: ten a second is about what two cores draw
beside a training, so some have to wait; the others ask what there is."""
SETTLE_S = 60.0
"""How long pictures that are still being made at the end are waited for."""
TICK = os.sysconf("SC_CLK_TCK")
PARTS = {"bot": "bot bot", "worker": "gan serve", "sampler": "gan.sampling.child", "playground": "-m playground"}
"""What each part's command line holds."""


@dataclass
class Load:
    """Interactions that were sent, by what they were, and what the playground says of them."""

    member: Person
    seen: Seen
    sent: dict[str, str] = field(default_factory=dict)
    """Interaction → kind."""
    barred: int = 0

    async def run(self, rate: float, seconds: float) -> None:
        """Send `rate` interactions a second for so many seconds, then wait for what is still open."""
        actions = self._actions()
        kinds = random.Random(1).choices(list(MIX), weights=list(MIX.values()), k=round(rate * seconds))
        began, tasks = time.monotonic(), set[asyncio.Task[None]]()
        for number, kind in enumerate(kinds):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            task = asyncio.create_task(self._send(kind, actions[kind]))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                for interaction in self.sent:
                    await self.seen.outcome(interaction, SETTLE_S)

    def _actions(self) -> dict[str, Callable[[], Awaitable[str]]]:
        seeds = itertools.count(1)

        def typed(name: str) -> Callable[[], Awaitable[str]]:
            return lambda: self.member.type(name)

        words = {name: typed(name) for name in MIX if name != "generate"}
        return {**words, "generate": lambda: self.member.type("generate", count=1, seed=next(seeds))}

    async def _send(self, kind: str, act: Callable[[], Awaitable[str]]) -> None:
        try:
            self.sent[await act()] = kind
        except Barred:
            self.barred += 1

    def entries(self, kind: str) -> list[Json]:
        return [self.seen.interactions.get(one, {}) for one, what in self.sent.items() if kind in (what, "all")]

    def table(self) -> Table:
        table = Table(title="from the press, milliseconds")
        for column in ("", "sent", "acknowledged p50", "p99", "most", "answered p50", "p99", "late", "open"):
            table.add_column(column, justify="left" if not column else "right")
        for kind in [*sorted(set(self.sent.values())), "all"]:
            entries = self.entries(kind)
            acknowledged = [one["acknowledged_ms"] for one in entries if one.get("acknowledged_ms") is not None]
            answered = [one["answered_ms"] for one in entries if one.get("answered_ms") is not None]
            late = sum(one.get("state") == "failed" for one in entries)
            still = sum(one.get("state") in (None, "sent", "thinking") for one in entries)
            figures = [_at(acknowledged, 0.5), _at(acknowledged, 0.99), _at(acknowledged, 1.0)]
            figures += [_at(answered, 0.5), _at(answered, 0.99)]
            table.add_row(kind, str(len(entries)), *figures, str(late), str(still))
        return table

    def holds(self) -> bool:
        """Whether what is promised held: p50 20 ms, p99 250 ms, none over 1.5 s, none unanswered."""
        entries = self.entries("all")
        waits = [one.get("acknowledged_ms") or 3000.0 for one in entries]
        in_time = percentile(waits, 0.5) <= 20 and percentile(waits, 0.99) <= 250 and max(waits) <= 1500
        return in_time and all(one.get("state") == "answered" for one in entries)


def _at(values: list[float], share: float) -> str:
    return f"{percentile(values, share):.0f}" if values else "-"


def cpu_seconds(house: House) -> dict[str, float]:
    """Processor time of each part so far."""
    return {part: sum(_cpu_seconds(pid) for pid in house.pids(words)) for part, words in PARTS.items()}


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / TICK


async def run(console: Console, rate: float = 50.0, seconds: float = 300.0, training: bool = True) -> bool:
    """Start the product on a new folder, let it train, put the load on it; whether it bore it."""
    with tempfile.TemporaryDirectory() as folder:
        house = await House.start(Path(folder) / "data", **NO_LIMITS)
        console.print(f"{describe()}\n{rate:g} interactions a second for {seconds:g} s, mix {MIX}")
        try:
            async with people(house.url) as (member, _, moderator):
                await member.answer(await member.type("generate", count=1), like="###")  # warm
                living = await start_training(moderator, seconds) if training else None
                async with seeing(member) as seen:
                    load = Load(member, seen)
                    before, began = cpu_seconds(house), time.monotonic()
                    await load.run(rate, seconds)
                    took = time.monotonic() - began
                console.print(load.table())
                shares = [f"{part} {(now - before[part]) / took:.0%}" for part, now in cpu_seconds(house).items()]
                console.print(f"of one core: {', '.join(shares)}; turned away by the page: {load.barred}")
                console.print(f"sends for each answer: {seen.sends_for(load.sent) / max(1, len(load.sent)):.2f}")
                if living:
                    shown = await moderator.message(living)  # far above by now
                    console.print("training meanwhile: " + " · ".join(shown.text.splitlines()[:6]))
            print_stages(console, house.data)
            return load.holds()
        finally:
            await house.stop()


async def start_training(member: Person, seconds: float) -> str:
    """A training of the demo server's emoji that lasts as long as the load; the message that it lives in."""
    asked = await member.type("train emoji", name="Under load", minutes=min(30.0, seconds / 60 + 2))
    sheet, _ = await member.begin(asked)
    await member.becomes(sheet.id, lambda shown: "is learning" in shown.text, within=120)
    return sheet.id


def print_stages(console: Console, data: Path) -> None:
    table = Table(title="requests that make pictures, by stage of the record, milliseconds")
    for column in ("stage", "p50", "p99", "most"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for name, values in stages(data, "generate").items():
        table.add_row(name, *(f"{percentile(values, share):.0f}" for share in (0.5, 0.99, 1.0)))
    console.print(table)
