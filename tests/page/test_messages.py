"""Messages that live: presses, edits without a blink, modals, ephemeral answers, a server that goes away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import page_art as art
import page_messages as m
import pytest
from page_fake import FakeChat
from page_tabs import Tabs
from page_world import BOT
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def to_channel(page: Page, name: str) -> None:
    await page.locator(f"[data-testid=channel][data-label='{name}']").click()
    await expect(page.locator(".channel.here")).to_have_text(name)


async def test_a_pressed_button_is_busy_until_acknowledged(page: Page, chat: FakeChat) -> None:
    chat.delay_s = 0.4
    reroll = page.locator("[data-testid=button][data-label=Reroll]").last
    await reroll.click()
    await expect(reroll).to_have_attribute("aria-busy", "true")
    await reroll.dispatch_event("click")
    await page.wait_for_function("artel.lastInteraction.painted !== null")
    assert await page.locator("[aria-busy=true]").count() == 0
    assert len(chat.bodies("component")) == 1, "a second press while busy is not sent"


async def test_a_failed_press_says_so_under_its_message(page: Page) -> None:
    await to_channel(page, "showcase")
    await page.locator("[data-testid=button][data-label=Breaks]").click()
    await expect(page.get_by_test_id("failure")).to_have_text("This interaction failed")


async def test_an_edit_swaps_pictures_without_a_blink_and_keeps_menu_and_place(page: Page, chat: FakeChat) -> None:
    menu = m.select("pick", "Pick one", [{"label": n, "value": n} for n in ("fox", "owl")])

    def panel(step: int, *more: m.Json) -> list[m.Json]:
        drawn = m.gallery(m.media(f"/art/critters/live{step}/128.png", 128))
        return [m.container(m.text(f"Step {step}"), drawn, m.row(menu), *more)]

    live = m.v2(BOT, "201", *panel(1))
    await chat.post(live)
    row = page.locator(f"[data-message-id='{live['id']}']")
    first = row.locator("img[src*=live1]")
    await expect(first).to_have_js_property("complete", True)
    await row.get_by_test_id("select").click()
    await expect(page.get_by_role("option")).to_have_count(2)
    await page.evaluate("""(id) => {
        window.blinks = 0;
        const look = () => {
            const img = document.querySelector(`[data-message-id='${id}'] .tile img`);
            if (!img || !img.complete || !img.naturalWidth) window.blinks++;
            requestAnimationFrame(look);
        };
        look();
    }""", live["id"])  # fmt: skip
    chat.art_delay_s = 0.3
    await chat.edit(live["id"], components=panel(2, m.text("\n".join("one more line" for _ in range(12)))))
    await expect(row).to_contain_text("Step 2")
    assert await first.count() == 1, "the old picture stays until the new one is there"
    await expect(row.locator("img[src*=live2]")).to_have_count(1)
    assert await page.evaluate("window.blinks") == 0
    await expect(page.get_by_role("option")).to_have_count(2)
    assert await page.evaluate("document.activeElement.closest('.select-menu') !== null")
    below = await page.locator("#scroller").evaluate("(s) => s.scrollHeight - s.scrollTop - s.clientHeight")
    assert below < 2, "still at the bottom"
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_function("artel.lastInteraction?.id")
    assert chat.bodies("component")[0]["values"] == ["owl"]


async def test_a_thinking_message_becomes_the_training_that_lives(page: Page, chat: FakeChat) -> None:
    chat.go_on.clear()
    await page.get_by_test_id("composer").fill("/train")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Foxes")
    await page.keyboard.press("Tab")
    await page.keyboard.type("server")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("thinking")).to_have_text("Artel is thinking…")
    await page.wait_for_function("artel.lastInteraction.acknowledged !== null")
    assert await page.evaluate("artel.lastInteraction.message") is None
    chat.go_on.set()
    await expect(page.get_by_test_id("message").last).to_contain_text("Training Our emoji")
    below = "(s) => s.scrollHeight - s.scrollTop - s.clientHeight"
    assert await page.locator("#scroller").evaluate(below) < 2
    await page.wait_for_function("artel.lastInteraction.painted !== null")


async def test_a_modal_checks_its_fields_and_sends_values_and_files(page: Page, chat: FakeChat, tmp_path: Path) -> None:
    await page.locator("[data-testid=button][data-label='Make emoji']").last.click()
    modal = page.get_by_test_id("modal")
    await modal.get_by_test_id("modal-submit").click()
    await expect(modal.locator(".field-error:not(:empty)")).to_have_count(3)
    drawing = tmp_path / "fox.png"
    drawing.write_bytes(art.picture("adventurer", "fox", 64))
    await modal.get_by_test_id("field-files").set_input_files([drawing, drawing])
    await expect(modal.locator(".shelf img")).to_have_count(2)
    await modal.locator("input[data-custom-id=title]").fill("Foxes")
    await modal.locator("[data-testid=choice][data-value=cc0]").check()
    await page.keyboard.press("Control+Enter")
    await expect(modal).to_have_count(0)
    sent = chat.bodies("modal")[0]
    assert sent["values"] == {"files": [0, 1], "title": "Foxes", "licence": "cc0", "note": "", "mine": False}
    assert [name for name, _ in sent["files"]] == ["fox.png", "fox.png"]


async def test_an_ephemeral_answer_is_for_one_and_can_be_dismissed(page: Page, tabs: Tabs, chat: FakeChat) -> None:
    other = await tabs.open(person="1002")
    await page.locator("[data-testid=button][data-label='Open large']").last.click()
    note = page.locator("[data-testid=message].ephemeral")
    await expect(note).to_contain_text("Only you can see this")
    assert await other.locator(".ephemeral").count() == 0
    await note.get_by_test_id("dismiss").click()
    await expect(note).to_have_count(0)
    assert len(chat.bodies("delete")) == 1


async def test_message_commands_are_in_the_context_menu(page: Page, chat: FakeChat) -> None:
    row = page.get_by_test_id("message").last
    target = await row.get_attribute("data-message-id")
    await row.locator(".byline").click(button="right")
    await page.locator("[data-testid=app-command][data-label=Remix]").click()
    await page.wait_for_function("artel.lastInteraction?.id")
    sent = chat.bodies("command")[0]
    assert (sent["command_id"], sent["target_id"]) == ("711", target)


async def test_a_lost_server_is_announced_and_what_was_missed_is_read(page: Page, chat: FakeChat) -> None:
    await chat.hang_up()
    banner = page.get_by_test_id("banner")
    await expect(banner).to_contain_text("The playground is away")
    await chat.post(m.message(BOT, "201", "said while nobody listened"))
    await banner.get_by_role("button").click()
    chat.away = False
    await expect(page.get_by_test_id("message").last).to_contain_text("said while nobody listened")
    await expect(banner).to_be_hidden()


async def test_reading_above_is_not_disturbed_by_what_comes(page: Page, chat: FakeChat) -> None:
    await page.evaluate("document.querySelector('#scroller').scrollTop = 0")
    await asyncio.sleep(0.1)
    await chat.post(m.message(BOT, "201", "news"))
    await expect(page.locator("#jump")).to_have_text("1 new message")
    assert await page.evaluate("document.querySelector('#scroller').scrollTop") == 0
    await page.locator("#jump").click()
    await expect(page.locator("#jump")).to_be_hidden()


async def test_the_three_people_are_explained_and_exchanged(page: Page, chat: FakeChat) -> None:
    await page.get_by_test_id("person-switcher").click()
    await expect(page.locator("[data-testid=person][data-user-id='1003']")).to_contain_text("Delete anyone's messages")
    await page.locator("[data-testid=person][data-user-id='1002']").click()
    await expect(page.get_by_test_id("person-switcher")).to_contain_text("Theo")
    await page.locator("[data-testid=button][data-label=V1]").last.click()
    await page.wait_for_function("artel.lastInteraction?.id")
    assert chat.bodies("component")[0]["as"] == "1002"


async def test_messages_are_walked_with_the_arrow_keys(page: Page) -> None:
    await page.get_by_test_id("composer").press("ArrowUp")
    rows = page.get_by_test_id("message")
    await expect(rows.last).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(rows.nth(-2)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem").first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
