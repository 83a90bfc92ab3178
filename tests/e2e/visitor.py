"""A person at the playground's page: types commands, presses buttons, looks at what comes, in real Chromium."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MS = 30_000
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


@dataclass(frozen=True)
class Timing:
    """Milliseconds from the click, as the page measured them."""

    acknowledged: float
    message: float
    painted: float


@asynccontextmanager
async def visitor(url: str, scheme: str = "dark") -> AsyncIterator[Visitor]:
    """Open the page in a browser of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = await browser.new_context(
            viewport={"width": 1280, "height": 860},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(url)
        await page.get_by_test_id("composer").first.wait_for()
        yield Visitor(page)
        await browser.close()


@dataclass
class Visitor:
    page: Page

    async def command(self, words: str, **options: str) -> None:
        """Type `/words`, fill in options by name, send."""
        composer = self.page.get_by_test_id("composer").first
        await composer.click()
        await self.page.keyboard.type(f"/{words}")
        await self.page.get_by_test_id("picker-entry").first.wait_for()
        await self.page.keyboard.press("Enter")
        for name, value in options.items():
            await self._fill(name, value)
        await self.page.get_by_test_id("send").first.click()

    async def _fill(self, name: str, value: str) -> None:
        field = self.page.locator(f'[data-testid="option"][data-name="{name}"]')
        if not await field.count():
            tail = self.page.get_by_test_id("command-tail")
            await tail.focus()
            await self.page.keyboard.type(name)
            await self.page.get_by_test_id("option-choice").first.wait_for()
            await self.page.keyboard.press("Enter")
        await field.locator("input").first.fill(value)

    def messages(self) -> Locator:
        return self.page.get_by_test_id("message")

    def newest(self) -> Locator:
        return self.messages().last

    def button(self, message: Locator, verb: str) -> Locator:
        """The buttons of one verb (`reroll`, `vary`, `open`), in the order of the pictures."""
        return message.locator(f'[data-testid="button"][data-custom-id^="a:{verb}:"]')

    async def press(self, message: Locator, verb: str, number: int = 1) -> None:
        await self.button(message, verb).nth(number - 1).click()

    async def choose(self, message: Locator, number: int) -> None:
        """Choose the option of that number in the message's first menu."""
        await message.get_by_test_id("select").first.click()
        await self.page.get_by_role("option").nth(number - 1).click()

    def message(self, message_id: str) -> Locator:
        return self.page.locator(f'[data-testid="message"][data-message-id="{message_id}"]')

    async def id_of(self, message: Locator) -> str:
        return str(await message.get_attribute("data-message-id"))

    async def wait_for_pictures(self, message: Locator, count: int, timeout_s: float = 30) -> None:
        """Until that many pictures stand in the message, all decoded."""
        pictures = message.locator('[data-testid="picture"] img')
        await expect(pictures).to_have_count(count, timeout=timeout_s * 1000)
        for number in range(count):
            await pictures.nth(number).evaluate("image => image.decode()")

    async def wait_for_text(self, message: Locator, text: str, timeout_s: float = 30) -> None:
        await expect(message).to_contain_text(text, timeout=timeout_s * 1000)

    async def sources(self, message: Locator) -> list[str]:
        found = await message.locator('[data-testid="picture"] img').evaluate_all("all => all.map(i => i.src)")
        return [str(source) for source in found]

    async def wait_for_other_pictures(self, message: Locator, before: list[str], timeout_s: float = 30) -> None:
        """Until every picture of the message is another one than `before`, decoded and as many."""
        await self.page.wait_for_function(
            """([id, before]) => {
                const all = document.querySelectorAll(`[data-message-id="${id}"] [data-testid="picture"] img`)
                return all.length === before.length && [...all].every(image => !before.includes(image.src))
            }""",
            arg=[await self.id_of(message), before],
            timeout=timeout_s * 1000,
        )
        await self.wait_for_pictures(message, len(before))

    async def last_timing(self) -> Timing | None:
        read = await self.page.evaluate("window.artel.lastInteraction ?? null")
        if not read or not read.get("painted"):
            return None
        click = read["click"]
        return Timing(read["acknowledged"] - click, read["message"] - click, read["painted"] - click)

    async def picture(self, name: str, *, full: bool = False) -> None:
        """A screenshot for the documentation, kept only when asked for (`make pictures`)."""
        folder = PICTURES if os.environ.get("KEEP_PICTURES") else None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            await self.page.wait_for_timeout(400)
            await self.page.screenshot(path=str(folder / f"{name}.png"), full_page=full)
