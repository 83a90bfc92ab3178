"""Click to pictures: `/generate`, then presses of reroll and moves in the panel in a real browser, by stage."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from pathlib import Path

from playwright.async_api import Locator
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe, percentile
from tests.e2e.house import House
from tests.e2e.visitor import Timing, Visitor, visitor


async def run(console: Console, presses: int = 50, *, training: bool = False) -> None:
    """Start the product on a new folder and measure `presses` rerolls and moves, while a model learns if asked."""
    with tempfile.TemporaryDirectory() as folder:
        house = await House.start(Path(folder) / "data")
        console.print(f"{describe()}\nproduct ready after {house.ready_seconds:.1f} s")
        try:
            async with visitor(house.url) as member:
                if training:
                    await start_training(member)
                timings = await press_reroll(member, presses)
                moves = await press_in_panel(member, presses)
            print_table(
                console, "reroll of four pictures, 256 px, click to painted", timings, stages(house.data, "reroll")
            )
            print_table(console, "another picture in the panel, 512 px", moves, stages(house.data, "play"))
        finally:
            await house.stop()
        if not training:
            await second_start(console, house.data)


async def start_training(member: Visitor) -> None:
    """A training of the demo server's emoji that outlasts the presses."""
    await member.command("train emoji", name="Meanwhile", minutes="30")
    await member.wait_for_text(member.newest(), "Before it learns")
    living = member.message(await member.id_of(member.newest()))
    await member.press(living, "begin")
    await living.locator('[data-testid="picture"] img').first.wait_for(timeout=120_000)


async def press_reroll(member: Visitor, presses: int) -> list[Timing]:
    await member.command("generate")
    await member.wait_for_pictures(member.newest(), 4)
    return await press(member, member.message(await member.id_of(member.newest())), "reroll", presses)


async def press_in_panel(member: Visitor, presses: int) -> list[Timing]:
    """Open one of the four, then move on from picture to picture in its place."""
    message = member.message(await member.id_of(member.newest()))
    await member.press(message, "look")
    await member.wait_for_text(message, "Picture #")
    await member.wait_for_pictures(message, 1)
    return await press(member, message, "play:again", presses)


async def press(member: Visitor, message: Locator, verb: str, presses: int) -> list[Timing]:
    """Press it so often, each time once the pictures before are painted; the first press warms the page up."""
    timings: list[Timing] = []
    for number in range(presses + 1):
        before = await member.sources(message)
        await member.press(message, verb)
        await member.wait_for_other_pictures(message, before)
        await member.page.wait_for_function("window.artel.lastInteraction?.painted")
        timing = await member.last_timing()
        if timing and number:
            timings.append(timing)
        await member.page.wait_for_timeout(250)
    return timings


def stages(data: Path, kind: str) -> dict[str, list[float]]:
    """Stage → milliseconds of every request of that kind, from the record."""
    with sqlite3.connect(f"file:{data / 'artel.sqlite'}?mode=ro", uri=True) as database:
        rows = database.execute("select timings from requests where kind = ? order by id", (kind,)).fetchall()
    out: dict[str, list[float]] = {}
    for (text,) in rows:
        for stage, milliseconds in json.loads(text).items():
            out.setdefault(stage, []).append(float(milliseconds))
    return out


def print_table(console: Console, title: str, timings: list[Timing], recorded: dict[str, list[float]]) -> None:
    table = Table(title=f"{title}, milliseconds")
    for column in ("stage", "p50", "p95", "most"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    rows = {f"record: {name}": values for name, values in recorded.items()}
    if timings:
        rows |= _as_the_page_saw(timings)
    for name, values in rows.items():
        table.add_row(name, *(f"{percentile(values, share):.0f}" for share in (0.5, 0.95, 1.0)))
    console.print(table)


def _as_the_page_saw(timings: list[Timing]) -> dict[str, list[float]]:
    return {
        "page: acknowledged": [t.acknowledged for t in timings],
        "page: message arrived": [t.message for t in timings],
        "page: pictures painted": [t.painted for t in timings],
        "page: draw (arrived to painted)": [t.painted - t.message for t in timings],
    }


async def second_start(console: Console, data: Path) -> None:
    again = await House.start(data)
    console.print(f"second start: {again.ready_seconds:.1f} s to the address")
    await again.stop()
