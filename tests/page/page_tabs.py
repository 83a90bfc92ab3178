"""Opens tabs of the page, and hears what their consoles complain about."""

from __future__ import annotations

from dataclasses import dataclass

from page_fake import FakeChat
from playwright.async_api import BrowserContext, Page, expect

PATIENCE_MS = 20_000  # the machine may be training a model beside us
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Tabs:
    """Opens the page; `errors` holds what the console complained about, so that no test passes over an exception."""

    context: BrowserContext
    chat: FakeChat
    errors: list[str]
    opened: list[Page]

    async def open(self, person: str = "1001", context: BrowserContext | None = None) -> Page:
        page = await (context or self.context).new_page()
        self.opened.append(page)
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: "Content Security" in said.text and self.errors.append(said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.add_init_script("localStorage.clear()")
        await page.goto(f"{self.chat.address}/?as={person}")
        await page.wait_for_selector("body.ready")
        return page
