"""Bad lines between bot and worker and between bot and Discord: answers lost, errors, limits, delays. Nobody may see an
answer twice, and nobody may be left without one.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.kills import SETTINGS, put_away
from benchmarks.machine import describe
from tests.e2e.crowd import Account, Crowd, draw_up
from tests.e2e.ledger import seeing
from tests.e2e.parts import online, parts_in
from tests.e2e.person import people
from tests.fakes.faulty import Fault, Faulty, faulty

SHARES: dict[Fault, float] = {"lost": 0.10, "failed": 0.05, "limited": 0.05, "slow": 0.05}
SETTLE_S = 120.0


@dataclass
class Result:
    account: Account
    to_worker: Faulty
    to_discord: Faulty
    sends_each: float
    seconds: float


async def measure(folder: Path, requests: int) -> Result:
    """So many requests over bad lines, then the account."""
    async with (
        parts_in(folder, settings=SETTINGS) as parts,
        faulty(parts.worker, "worker") as to_worker,
        faulty(parts.page, "discord", seed=2) as to_discord,
        people(parts.page) as persons,
        seeing(persons[0]) as seen,
    ):
        parts.worker_seen_as, parts.page_seen_as = to_worker.url, to_discord.url
        await parts.start("bot")
        await online(persons[0])
        await persons[0].answer(await persons[0].type("generate", count=1), like="###")
        to_worker.shares = to_discord.shares = SHARES
        crowd, began = Crowd(persons, seen), time.monotonic()
        await crowd.ask_for(requests)
        seconds = time.monotonic() - began
        await parts.settled(SETTLE_S)
        await seen.read()
        to_worker.shares = to_discord.shares = {}
        account = await draw_up(crowd, parts)
        await parts.end("bot")
        sends = seen.sends_for(crowd.asked) / max(1, account.answered)
        return Result(account, to_worker, to_discord, sends, seconds)


async def run(console: Console, requests: int) -> bool:
    """Measure and print; true when nothing was lost, doubled or wrongly charged."""
    folder = Path(tempfile.mkdtemp(prefix="artel-faults-"))
    result = await measure(folder, requests)
    table = Table(title=f"{requests} requests over bad lines; {describe()}", show_header=False)
    for name, figure in result.account.lines().items():
        table.add_row(name, figure)
    for name, line in (("bot to worker", result.to_worker), ("bot to Discord", result.to_discord)):
        table.add_row(name, ", ".join(f"{count} {what}" for what, count in sorted(line.done.items())))
    table.add_row("answers a second", f"{result.account.answered / result.seconds:.1f}")
    table.add_row("sends for each answer", f"{result.sends_each:.2f}")
    console.print(table)
    put_away(console, folder, result.account.clean)
    return result.account.clean
