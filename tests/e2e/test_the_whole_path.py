"""From an empty folder to a picture in the chat, and on: the product's main job, as one person does it in a browser.

`make pictures` runs the same test and keeps its screenshots for the documentation.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.house import House, free_port
from tests.e2e.visitor import CHROMIUM, Visitor, visitor

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="the end-to-end test needs Debian's chromium: apt install chromium"
    ),
]
FOR_SHOW = bool(os.environ.get("KEEP_PICTURES"))
TRAINING_MINUTES = 1 if FOR_SHOW else 0.25
"""What is learned in a minute is worth a picture; a quarter does for a test."""
GALLERY_PORT = free_port()


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    running = await House.start(tmp_path / "data", ARTEL_WEB_PORT=str(GALLERY_PORT))
    yield running
    await running.stop()


async def test_a_member_generates_plays_trains_and_comes_back(house: House) -> None:
    async with visitor(house.url) as member:
        await member.picture("01-hello")
        panel = await generate(member)
        await play(member, panel)
        await ask_in_words(member)
        await open_and_move(member)
        await breed(member)
        await pull_sliders(member)
        model_panel = await train_and_generate(member)
        await member.page.reload()
        await restart_the_bot(house)
        await press_an_old_button(member, model_panel)
        await look_at_the_gallery(member)
    assert "Traceback" not in house.log
    assert_every_request_is_on_record(house.data)


async def generate(member: Visitor) -> str:
    """`/generate` → four pictures; the id of its message."""
    await member.command("generate")
    message = member.newest()
    await member.wait_for_pictures(message, 4)
    await member.picture("02-generate")
    return await member.id_of(message)


async def play(member: Visitor, panel: str) -> None:
    """Reroll changes the pictures in place; variations come as an answer of their own."""
    message = member.message(panel)
    before = await member.sources(message)
    await member.press(message, "reroll")
    await member.wait_for_other_pictures(message, before)
    await member.picture("03-reroll")

    await member.press(message, "vary", 2)
    await expect(member.messages().last).not_to_have_attribute("data-message-id", panel)
    await member.wait_for_pictures(member.newest(), 4)
    await member.picture("04-variations")


async def ask_in_words(member: Visitor) -> None:
    """A prompt brings pictures of what the base knows, and a word on what it does not; reroll keeps the prompt."""
    await member.command("generate", prompt="purple umbrella under a zeppelin")
    panel = member.page.get_by_test_id("message").filter(has_text="“purple umbrella under a zeppelin”").last
    await member.wait_for_text(panel, "This model knows no word like “zeppelin”")
    await member.wait_for_pictures(panel, 4)
    await panel.scroll_into_view_if_needed()
    await member.picture("04b-in-words")
    panel = member.message(await member.id_of(panel))
    before = await member.sources(panel)
    await member.press(panel, "reroll")
    await member.wait_for_other_pictures(panel, before)
    await member.wait_for_text(panel, "“purple umbrella under a zeppelin”")


async def open_and_move(member: Visitor) -> None:
    """A picture opens in place of its grid, and a move makes the next one of it, all in one message."""
    panel = member.message(await member.id_of(member.newest()))
    await member.press(panel, "look", 1)
    await member.wait_for_text(panel, "Picture #")
    await member.wait_for_pictures(panel, 1)
    await member.picture("05-open-large")
    before = await member.sources(panel)
    await member.press(panel, "play:bolder")
    await member.wait_for_other_pictures(panel, before)
    await member.picture("06-bolder")
    await member.press(panel, "star")
    await member.wait_for_text(member.newest(), "among your favourites")


async def breed(member: Visitor) -> None:
    """With one of one's own: nine children, of which one is opened; its credits lead to its family."""
    panel = member.page.get_by_test_id("message").filter(has=member.page.locator('[data-custom-id^="a:breed:"]')).last
    panel = member.message(await member.id_of(panel))
    await member.press(panel, "breed")
    await member.wait_for_text(panel, "Breed #")
    await member.wait_for_pictures(panel, 1)
    await member.picture("07-breed-with")
    await member.choose(panel, 1)
    await member.wait_for_text(panel, "Children of")
    await member.wait_for_pictures(panel, 10)
    await member.picture("08-children")
    await member.choose(panel, 6)
    await member.wait_for_text(panel, "Picture #")
    await member.press(panel, "credits")
    await member.wait_for_text(member.newest(), "Whose art is in")
    await member.picture("09-credits")
    await member.press(member.newest(), "family")
    await member.wait_for_text(member.newest(), "The family of")
    await member.wait_for_pictures(member.newest(), 1)
    await member.picture("10-family")


async def pull_sliders(member: Visitor) -> None:
    """They are found once for a model, which takes some seconds; then a pull is as quick as any move."""
    panel = member.page.get_by_test_id("message").filter(has=member.page.locator('[data-custom-id^="a:slide:"]')).last
    panel = member.message(await member.id_of(panel))
    await member.press(panel, "slide")
    await member.wait_for_text(panel, "Done", timeout_s=180)
    await member.wait_for_pictures(panel, 2)
    await panel.scroll_into_view_if_needed()
    await member.picture("11-sliders")
    before = await member.sources(panel)
    await member.press(panel, "pull", 5)
    await expect(panel).to_contain_text("+1.5")
    pulled = panel.locator('[data-testid="picture"] img').first  # the page changes it once the new one is decoded
    await expect(pulled).not_to_have_attribute("src", before[0])
    await member.picture("12-pulled")


async def train_and_generate(member: Visitor) -> str:
    """A while on the server's emoji, the answer while it learns, then four pictures of the new model."""
    await member.command("train emoji", name="Critters", minutes=str(TRAINING_MINUTES))
    living = member.newest()
    await expect(living).to_contain_text("Before it learns: Critters", timeout=20_000)
    await member.picture("12b-before-it-learns")
    await member.press(living, "begin")
    training = await member.id_of(living)
    living = member.message(training)
    await expect(living.locator('[data-testid="picture"] img').first).to_be_visible(timeout=60_000)
    if FOR_SHOW:
        await asyncio.sleep(8)
    await member.picture("13-training")

    await member.command("generate")
    await member.wait_for_pictures(member.newest(), 4)  # a training never stops generation

    done = member.button(living, "make")
    await done.wait_for(timeout=300_000)  # the trainer yields to everything else on the machine
    await done.evaluate("button => button.scrollIntoView({block: 'end'})")
    await member.picture("14-trained")
    await member.press(living, "make")
    message = member.newest()
    await expect(message).to_contain_text("Critters", timeout=20_000)
    await member.wait_for_pictures(message, 4)
    await member.picture("15-the-new-model")
    return await member.id_of(message)


async def restart_the_bot(house: House) -> None:
    """Kill the bot the hard way; it is back within seconds."""
    before = house.part("bot", "bot")
    await house.kill_part("bot", "bot")
    async with asyncio.timeout(30):
        while True:
            await asyncio.sleep(0.2)
            try:
                if house.part("bot", "bot") != before and house.log.count('"connected"') >= 2:
                    return
            except LookupError:
                continue


async def press_an_old_button(member: Visitor, panel: str) -> None:
    message = member.message(panel)
    await message.scroll_into_view_if_needed()
    before = await member.sources(message)
    await member.press(message, "reroll")
    await member.wait_for_other_pictures(message, before)
    await member.picture("16-an-old-button-after-a-restart")


async def look_at_the_gallery(member: Visitor) -> None:
    """All that was made hangs there; a picture has its family, a model its curves and sliders that redraw at once."""
    page, address = member.page, f"http://127.0.0.1:{GALLERY_PORT}"
    await page.goto(f"{address}/gallery?kind=breed")
    await page.get_by_role("button", name="Juno").click()
    await expect(page.locator(".tile").nth(3)).to_be_visible()
    await page.locator(".tile a").first.click()
    await expect(page.locator("[data-family] a").nth(2)).to_be_visible()  # itself and its parents
    await member.picture("21-a-picture-in-the-gallery", full=True)
    await page.goto(f"{address}/gallery")
    await expect(page.locator(".tile").nth(11)).to_be_visible()
    await page.evaluate("Promise.all([...document.images].slice(0, 12).map(image => image.decode()))")
    await member.picture("20-the-gallery")
    await page.goto(f"{address}/models")
    await page.get_by_role("link", name="Critters").click()
    picture = page.locator(".live-picture")
    await expect(picture).to_be_visible(timeout=60_000)  # its sliders are found at the first look
    before = await picture.get_attribute("src")
    await page.locator('.slider input[type="range"]').nth(1).fill("2")
    await expect(picture).not_to_have_attribute("src", before or "")
    await expect(page.locator(".strip").nth(2)).to_be_visible()
    await member.picture("22-a-models-sliders")
    await page.get_by_role("heading", name="How it learned").scroll_into_view_if_needed()
    await expect(page.locator(".curve").first).to_be_visible()
    await page.locator(".film-picture").evaluate("image => image.decode()")
    await member.picture("23-how-a-model-learned")


def assert_every_request_is_on_record(data: Path) -> None:
    with sqlite3.connect(f"file:{data / 'artel.sqlite'}?mode=ro", uri=True) as database:
        states = database.execute("select kind, state from requests order by id").fetchall()
    assert len(states) >= 14
    assert {state for _, state in states} == {"done"}, states
