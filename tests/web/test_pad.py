"""The sketch pad, drawn on with a mouse and a finger in real Chromium, and what it hands over to the chat."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.errors import Refused
from bot.sketches import KEPT_S, MOST_BYTES, Sketchbook
from gan.contract import ModelCard, ModelInfo
from tests.web.house import ADA, JUNO, PIXEL, Gallery
from tests.web.test_in_a_browser import PHONE, come_in, fits

SKETCHER = ModelInfo(
    card=ModelCard(id="sketcher", title="Sketcher", family="pix2pix", size=64), sha256="9" * 64, bytes=1, shipped=True
)


async def test_one_draws_and_sees_what_becomes_of_it(house: Gallery, chromium: str) -> None:
    house.worker.transformers = (SKETCHER,)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        page = await context.new_page()
        page.set_default_timeout(15_000)
        trouble: list[str] = []
        page.on("console", lambda one: trouble.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        await come_in(page, house.url)
        await page.get_by_role("link", name="Draw").click()
        await fits(page)
        await stroke(page, (0.2, 0.2), (0.8, 0.5))
        await expect(page.get_by_role("button", name="Save the picture")).to_be_enabled()
        first = await drawn(page)
        assert first, "the model's picture is there"
        await stroke(page, (0.2, 0.8), (0.8, 0.8))
        await page.wait_for_function("before => document.getElementById('drawn').toDataURL() !== before", arg=first)
        asked = [one.recipes[0] for one in house.worker.asked if one.model == "sketcher"]
        assert len(asked) >= 2
        assert all(one.kind == "transform" for one in asked)
        await page.get_by_role("button", name="Take it to the chat").click()
        await expect(page.get_by_role("status")).to_contain_text("/draw")
        for _ in range(2):
            await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("button", name="Take it to the chat")).to_be_disabled()
        assert trouble == []
        await browser.close()
    sketch = await house.site.sketches.take_up(JUNO.id)
    assert sketch is not None
    assert sketch.startswith(b"\x89PNG")
    assert await house.site.sketches.take_up(ADA.id) is None, "a sketch is its maker's alone"


async def stroke(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    sheet = page.locator("#sketch")
    await sheet.scroll_into_view_if_needed()
    box = await sheet.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    await page.mouse.move(*places[0])
    await page.mouse.down()
    await page.mouse.move(*places[1], steps=6)
    await page.mouse.up()


async def drawn(page: Page) -> str:
    answer: str = await page.evaluate("document.getElementById('drawn').toDataURL()")
    return answer


async def test_what_the_pad_does_not_take_is_said(house: Gallery) -> None:
    house.worker.transformers = (SKETCHER,)
    juno, stranger = await house.visitor(), await house.visitor(None)
    for path, body, status in (
        ("/draw/live?model=sketcher", PIXEL, 200),
        ("/draw/live?model=sketcher", b"no picture", 422),
        ("/draw/live?model=sketcher", PIXEL + bytes(MOST_BYTES), 422),
        ("/draw/live?model=secret", PIXEL, 404),
        ("/draw/live?model=drawings", PIXEL, 404),
        ("/draw/sketch", b"", 422),
    ):
        async with juno.post(path, data=body) as answer:
            assert (path, answer.status) == (path, status)
    async with stranger.post("/draw/sketch", data=PIXEL, allow_redirects=False) as answer:
        assert answer.status == 303
    async with juno.post("/draw/sketch", data=PIXEL, headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 403
    assert await house.site.sketches.take_up(JUNO.id) is None


async def test_a_sketch_is_kept_for_a_day(tmp_path: Path) -> None:
    now = [1_000_000.0]
    book = Sketchbook(tmp_path, lambda: now[0])
    await book.lay_down(1, PIXEL)
    os.utime(tmp_path / "1.png", (now[0], now[0]))
    assert await Sketchbook(tmp_path, lambda: now[0]).take_up(1) == PIXEL, "a restart loses none"
    now[0] += KEPT_S + 1
    assert await book.take_up(1) is None
    await book.lay_down(2, PIXEL)
    assert not (tmp_path / "1.png").exists()
    await book.forget(2)
    assert await book.take_up(2) is None
    await book.forget(2)
    with pytest.raises(Refused):
        await book.lay_down(3, b"GIF89a")
