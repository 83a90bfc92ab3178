"""A full disk, processes that stand still, a clock that jumps, bad lines: it is said aloud, and it heals by itself."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks import faults
from benchmarks.kills import SETTINGS
from tests.e2e.crowd import Account, Crowd, draw_up
from tests.e2e.ledger import seeing
from tests.e2e.parts import Parts, online, parts_in
from tests.e2e.person import people

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

DAY_S = 86_400


@asynccontextmanager
async def crowded(folder: Path, **more: Any) -> AsyncIterator[tuple[Parts, Crowd]]:
    """A running house with people in it; the first pictures have been made."""
    async with parts_in(folder, settings=SETTINGS, **more) as parts, people(parts.page) as persons:
        await parts.start("bot")
        await online(persons[0])
        await persons[0].answer(await persons[0].type("generate", count=1), like="###")
        async with seeing(persons[0]) as seen:
            yield parts, Crowd(persons, seen, at_once=3)


async def account_of(crowd: Crowd, parts: Parts) -> Account:
    await parts.settled()
    await crowd.seen.read()
    return await draw_up(crowd, parts)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


async def test_a_full_disk_is_said_and_more_room_heals_it(tmp_path: Path, small_disk: Path) -> None:
    async with crowded(tmp_path, home=small_disk / "data") as (parts, crowd):
        await parts.settled()
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"):
            await asyncio.to_thread(filler.write_bytes, bytes(4 * 1024 * 1024))
        await crowd.ask_for(6)
        told = await draw_up(crowd, parts)
        assert told.clean, told.lines()
        assert told.answered == 6
        assert all("disk" in text for text in told.notices), told.notices
        waits = [entry["answered_ms"] for entry in crowd.seen.interactions.values()]
        assert max(waits) < 3000
        assert not set(crowd.asked) & set(parts.requests()), "what could not be written down was not taken"
        filler.unlink()
        before = len(crowd.asked)
        await crowd.ask_for(6)
        healed = await account_of(crowd, parts)
        assert healed.clean, healed.lines()
        assert sum(healed.notices.values()) == 6, "only the first six were turned away"
        assert len(crowd.asked) == before + 6


async def test_stopped_processes_and_a_jumping_clock_lose_and_double_nothing(tmp_path: Path) -> None:
    async with crowded(tmp_path, own_clock=True) as (parts, crowd):
        for name, seconds in (("worker", 3.5), ("bot", 3.5)):
            asking = asyncio.create_task(crowd.ask_for(5))
            await asyncio.sleep(0.3)
            async with parts.frozen(name):
                await asyncio.sleep(seconds)
            await asking
        for moved in (DAY_S, -DAY_S, 0):
            asking = asyncio.create_task(crowd.ask_for(4))
            await asyncio.sleep(0.2)
            parts.clock.write_text(str(moved))
            await asking
        account = await account_of(crowd, parts)
        assert account.clean, account.lines()
        assert not account.notices, "nobody was refused because of the clock"
        assert account.answered >= account.sent / 2
        began = time.monotonic()
        await crowd.ask_for(1)
        assert time.monotonic() - began < 10


async def test_bad_lines_lose_and_double_nothing(tmp_path: Path) -> None:
    result = await faults.measure(tmp_path, 20)
    assert result.account.clean, result.account.lines()
    account = result.account
    assert account.answered + len(account.late) + account.unseen + account.barred == 20
    for line in (result.to_worker, result.to_discord):
        assert line.done["lost"], line.done
        assert line.done["failed"] + line.done["limited"], line.done
