"""Slash commands by keyboard: the picker, options and their checks, autocomplete, files, subcommands."""

from __future__ import annotations

from pathlib import Path

import page_art as art
import pytest
from page_fake import FakeChat
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def choose(page: Page, typed: str) -> None:
    await page.get_by_test_id("composer").fill(typed)
    await expect(page.get_by_test_id("picker-entry").first).to_be_visible()
    await page.keyboard.press("Enter")


async def test_a_command_from_the_keyboard_ends_in_painted_pictures(page: Page, chat: FakeChat) -> None:
    rows = page.get_by_test_id("message")
    before = await rows.count()
    await choose(page, "/gen")
    await page.keyboard.press("Enter")
    await expect(rows).to_have_count(before + 1)
    await page.wait_for_function("artel.lastInteraction.painted !== null")
    pictures = rows.last.locator("img[src^='/art/']")
    assert await pictures.count() == 4
    assert await pictures.evaluate_all("all => all.every((img) => img.complete && img.naturalWidth === 128)")
    timing = await page.evaluate("artel.lastInteraction")
    assert timing["click"] < timing["message"] < timing["painted"]
    assert timing["click"] < timing["acknowledged"]
    assert chat.bodies("command")[0]["command_id"] == "701"
    assert chat.bodies("command")[0]["options"] == []
    assert await page.get_by_test_id("composer").input_value() == ""


async def test_the_picker_searches_names_and_descriptions(page: Page) -> None:
    composer, entries = page.get_by_test_id("composer"), page.get_by_test_id("picker-entry")
    await composer.fill("/")
    assert await entries.count() == 9
    await composer.fill("/device")
    assert await entries.evaluate_all("all => all.map((e) => e.dataset.label)") == ["/about"]
    await composer.fill("/nothing")
    await expect(page.get_by_test_id("panel")).to_contain_text("No command called /nothing")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("panel")).to_be_hidden()


async def test_options_are_checked_in_plain_words_and_sent_with_their_types(page: Page, chat: FakeChat) -> None:
    await choose(page, "/generate")
    await page.keyboard.type("seed")
    await page.keyboard.press("Enter")
    await page.keyboard.type("1.5")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("trouble")).to_have_text("seed needs a whole number from 0 to 2147483648.")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("7")
    await page.keyboard.press("Tab")
    await page.keyboard.type("count")
    await page.keyboard.press("Tab")
    await page.keyboard.type("9")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("message").last.locator(".tile")).to_have_count(9)
    sent = {o["name"]: o["value"] for o in chat.bodies("command")[0]["options"]}
    assert sent == {"seed": 7, "count": 9}


async def test_autocomplete_asks_the_bot_and_sends_the_value_behind_the_name(page: Page, chat: FakeChat) -> None:
    await choose(page, "/generate")
    await page.keyboard.press("Tab")
    suggestions = page.get_by_test_id("suggestion")
    await expect(suggestions).to_have_count(4)
    await page.keyboard.type("our")
    await expect(suggestions).to_have_count(1)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.wait_for_function("artel.lastInteraction?.id")
    assert chat.bodies("command")[0]["options"] == [{"name": "model", "type": 3, "value": "emoji"}]
    asked = chat.bodies("autocomplete")[-1]["options"][0]
    assert asked["focused"] is True
    assert asked["value"] == "our"


async def test_a_required_file_is_asked_for_then_dropped_in(page: Page, chat: FakeChat, tmp_path: Path) -> None:
    await choose(page, "/restyle")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("trouble")).to_contain_text("picture is required")
    drawing = tmp_path / "fox.png"
    drawing.write_bytes(art.picture("adventurer", "fox", 64))
    await page.locator("input[data-name=picture]").set_input_files(drawing)
    await expect(page.locator("[data-testid=option][data-name=picture]")).to_contain_text("fox.png")
    await page.get_by_test_id("send").click()
    await page.wait_for_function("artel.lastInteraction?.id")
    sent = chat.bodies("command")[0]
    assert sent["options"] == [{"name": "picture", "type": 11, "value": 0}]
    assert sent["files"] == [("fox.png", drawing.stat().st_size)]


async def test_a_subcommand_is_nested_and_opens_its_modal(page: Page, chat: FakeChat) -> None:
    await choose(page, "/collection add")
    await page.keyboard.type("Foxes")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("modal")).to_be_visible()
    inner = [{"name": "title", "type": 3, "value": "Foxes"}]
    assert chat.bodies("command")[0]["options"] == [{"name": "add", "type": 1, "options": inner}]


async def test_a_command_nobody_answers_says_so_and_can_be_tried_again(page: Page, chat: FakeChat) -> None:
    await choose(page, "/about")
    await page.keyboard.press("Enter")
    failed = page.get_by_test_id("command-failed")
    await expect(failed).to_contain_text("The application did not respond")
    await failed.get_by_text("Try again").click()
    await expect(failed).to_have_count(0)
    await expect(failed).to_have_count(1)
    assert len(chat.bodies("command")) == 2


async def test_a_plain_message_goes_out_in_wire_form(page: Page, chat: FakeChat) -> None:
    composer = page.get_by_test_id("composer")
    await composer.fill("look :art_003: @Theo in #showcase, not @Theodora")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("message").last.locator("img.emoji")).to_have_count(1)
    assert chat.bodies("say")[0]["content"] == "look <:art_003:5003> <@1002> in <#203>, not @Theodora"


async def test_the_welcome_chip_prefills_the_command(page: Page) -> None:
    await page.locator("[data-testid=try-chip][data-label='/generate']").click()
    await expect(page.get_by_test_id("command")).to_contain_text("/generate")
    await expect(page.get_by_test_id("command-tail")).to_be_focused()
