"""A training on the demo server's emoji from the chat: how soon, how good, and what members feel meanwhile."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from playwright.async_api import Locator
from rich.console import Console
from rich.table import Table

from benchmarks.chat import print_table, stages
from benchmarks.machine import describe
from gan.contract import Figures
from tests.e2e.house import House
from tests.e2e.visitor import Timing, Visitor, visitor


async def run(console: Console, minutes: float = 2.5) -> None:
    """`/train emoji` from the shipped base; `/generate` every few seconds meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        house = await House.start(Path(folder) / "data")
        console.print(describe())
        try:
            async with visitor(house.url) as member:
                await train_and_play(console, member, minutes)
            print_table(console, "generate while it learns", [], stages(house.data, "generate"))
            print_figures(console, house.data)
        finally:
            await house.stop()


async def train_and_play(console: Console, member: Visitor, minutes: float) -> None:
    await member.command("train emoji", name="Emoji", minutes=f"{minutes:g}")
    await member.wait_for_text(member.newest(), "Before it learns")
    began = time.monotonic()
    await member.press(member.newest(), "begin")
    living = member.message(await member.id_of(member.newest()))
    await living.locator('[data-testid="picture"] img').first.wait_for()
    first_sample = time.monotonic() - began
    gaps: list[float] = []
    watching = asyncio.create_task(watch_edits(living, gaps))
    timings: list[Timing] = []
    while not await member.button(living, "make").count():
        await member.command("generate")
        await member.wait_for_pictures(member.newest(), 4)
        await member.page.wait_for_function("window.artel.lastInteraction?.painted")
        if timing := await member.last_timing():
            timings.append(timing)
        await asyncio.sleep(3)
    usable = time.monotonic() - began
    watching.cancel()
    print_table(console, "generate while it learns, as the page saw it", timings, {})
    console.print(f"first sample after {first_sample:.1f} s, usable model after {usable:.0f} s")
    if gaps:
        console.print(f"{len(gaps)} edits of the living message, longest gap {max(gaps):.1f} s")


async def watch_edits(living: Locator, gaps: list[float]) -> None:
    """Note the seconds between changes of the message's text or pictures."""
    last, seen = time.monotonic(), ""
    while True:
        now = await living.inner_html()
        if now != seen:
            if seen:
                gaps.append(time.monotonic() - last)
            last, seen = time.monotonic(), now
        await asyncio.sleep(0.2)


def print_figures(console: Console, data: Path) -> None:
    """The model's own figures, from the card in its file."""
    from gan.families.anchored.modelfile import read_model

    for path in sorted((data / "worker" / "models").glob("*.safetensors")):
        figures: Figures = read_model(path).card.figures
        table = Table(title=f"{path.stem}: judged by {figures.judge}")
        for column in ("KID x 1000", "the base's", "coverage", "copies", "pictures seen", "pictures/s", "seconds"):
            table.add_column(column, justify="right")
        values = (
            figures.kid_x1000,
            figures.base_kid_x1000,
            figures.coverage,
            figures.copies,
            figures.pictures_seen,
            figures.pictures_per_second,
            figures.seconds,
        )
        table.add_row(*(str(value) for value in values))
        console.print(table)
