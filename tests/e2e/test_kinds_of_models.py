"""A classroom GAN through the chat: chosen by its kind, watched with its losses explained, and drawn with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.house import House
from tests.e2e.visitor import CHROMIUM, visitor

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt install chromium"),
]


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    running = await House.start(tmp_path / "data")
    yield running
    await running.stop()


@pytest.mark.parametrize("family", ["dense", "dcgan", "vae", "diffusion", "progressive"])
async def test_a_kind_of_model_from_the_command_to_its_pictures(house: House, family: str) -> None:
    async with visitor(house.url) as member:
        await member.command("train emoji", name="Classroom", minutes="0.5", family=family)
        living = member.newest()
        await expect(living).to_contain_text("Before it learns: Classroom", timeout=60_000)
        await member.press(living, "begin")
        living = member.message(await member.id_of(living))
        await expect(living).to_contain_text("Loss", timeout=150_000)
        await member.picture(f"kinds-{family}-learning")
        await member.button(living, "make").wait_for(timeout=240_000)
        await member.picture(f"kinds-{family}-learned")
        await member.press(living, "make")
        message = member.newest()
        await expect(message).to_contain_text("Classroom", timeout=60_000)
        await member.wait_for_pictures(message, 4)
        await member.picture(f"kinds-{family}-drawn")
    assert "Traceback" not in house.log
