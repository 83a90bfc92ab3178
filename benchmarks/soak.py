"""An hour of steady use: memory may not grow, descriptors may not leak, the write-ahead logs stay small."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.load import Load
from benchmarks.machine import describe
from tests.e2e.ledger import seeing
from tests.e2e.parts import NO_LIMITS, Parts, online, parts_in
from tests.e2e.person import people

EVERY_S = 5.0
WARM_UP = 1 / 3
"""Share of the time after which growth counts: caches fill at first."""
MOST_MIB_AN_HOUR = 1.0
MOST_WAL_MIB = 64.0
MIB = 1024 * 1024


@dataclass
class Watch:
    """Memory and descriptors of each process, and the longest write-ahead log, over time."""

    parts: Parts
    seconds: list[float] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    """Process → MiB that it alone holds, at each look."""
    descriptors: dict[str, list[int]] = field(default_factory=dict)
    wal_mib: float = 0.0

    async def look_on(self) -> None:
        began = time.monotonic()
        while True:
            self.seconds.append(time.monotonic() - began)
            await asyncio.to_thread(self._look)
            await asyncio.sleep(EVERY_S)

    def _look(self) -> None:
        for name, pid in self._pids().items():
            self.memory.setdefault(name, []).append(_private_mib(pid))
            self.descriptors.setdefault(name, []).append(len(list(Path(f"/proc/{pid}/fd").iterdir())))
        logs = [one.stat().st_size / MIB for one in self.parts.data.glob("*-wal")]
        self.wal_mib = max([self.wal_mib, *logs])

    def _pids(self) -> dict[str, int]:
        found = {name: self.parts.running[name].pid for name in ("bot", "worker")}
        sampler = self.parts.sampler()
        return found | ({"sampler": sampler} if sampler else {})

    def growth(self, name: str) -> float:
        """MiB an hour after the warm-up, by least squares."""
        start = round(len(self.seconds) * WARM_UP)
        times, values = self.seconds[start:], self.memory[name][start:]
        mean_t, mean_v = sum(times) / len(times), sum(values) / len(values)
        spread = sum((t - mean_t) ** 2 for t in times)
        return 3600 * sum((t - mean_t) * (v - mean_v) for t, v in zip(times, values, strict=True)) / spread

    def leaked(self, name: str) -> int:
        """Descriptors at the end beyond those after the warm-up."""
        counts = self.descriptors[name]
        third = max(1, round(len(counts) * WARM_UP))
        return min(counts[-third:]) - max(counts[third : 2 * third] or counts[:third])

    def holds(self) -> bool:
        grown = all(self.growth(name) <= MOST_MIB_AN_HOUR for name in self.memory)
        return grown and self.wal_mib <= MOST_WAL_MIB and all(self.leaked(name) <= 0 for name in self.memory)

    def table(self) -> Table:
        table = Table(title=f"{self.seconds[-1] / 60:.0f} min of use; {describe()}")
        for column in ("process", "MiB after warm-up", "at the end", "MiB an hour", "descriptors", "leaked"):
            table.add_column(column, justify="left" if column == "process" else "right")
        start = round(len(self.seconds) * WARM_UP)
        for name, values in self.memory.items():
            figures = [f"{values[start]:.1f}", f"{values[-1]:.1f}", f"{self.growth(name):+.2f}"]
            table.add_row(name, *figures, str(self.descriptors[name][-1]), str(self.leaked(name)))
        table.add_row("longest log", "", f"{self.wal_mib:.1f}")
        return table


def _private_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def run(console: Console, minutes: float, rate: float = 5.0) -> bool:
    """Use a house for so long; whether it stayed as small as it was."""
    with tempfile.TemporaryDirectory(prefix="artel-soak-") as folder:
        async with parts_in(Path(folder), settings=NO_LIMITS) as parts, people(parts.page) as (member, _, _):
            await parts.start("bot")
            await online(member)
            await member.answer(await member.type("generate", count=1), like="###")
            watch = Watch(parts)
            looking = asyncio.create_task(watch.look_on())
            async with seeing(member) as seen:
                load = Load(member, seen)
                await load.run(rate, minutes * 60)
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking
    console.print(load.table())
    console.print(watch.table())
    return watch.holds()
