"""Opens tabs of the page, and hears what their consoles complain about."""

from __future__ import annotations

from dataclasses import dataclass, field

from page_fake import FakeChat
from playwright.async_api import BrowserContext, Page, expect

PATIENCE_MS = 20_000  # the machine may be training a model beside us
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Tabs:
    """Opens the page; `errors` holds what the console complained about, so that no test passes over an exception.

    The first tab stays, and is loaded anew for each test: a new one takes three times as long.
    """

    context: BrowserContext
    chat: FakeChat
    errors: list[str] = field(default_factory=list)
    opened: list[Page] = field(default_factory=list)
    first: Page | None = None

    async def load_first(self) -> Page:
        if self.first is None:
            self.first = await self._new(self.context)
        await self._load(self.first, "1001")
        return self.first

    async def open(self, person: str = "1001", context: BrowserContext | None = None) -> Page:
        page = await self._new(context or self.context)
        self.opened.append(page)
        await self._load(page, person)
        return page

    async def end_test(self) -> None:
        """Close what was opened beside the first tab. Raises `AssertionError` for what was complained about."""
        for page in self.opened:
            await page.close()
        self.opened.clear()
        errors, self.errors[:] = list(self.errors), []
        assert not errors

    async def _new(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: "Content Security" in said.text and self.errors.append(said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.add_init_script("localStorage.clear()")
        return page

    async def _load(self, page: Page, person: str) -> None:
        await page.goto(f"{self.chat.address}/?as={person}")
        await page.wait_for_selector("body.ready")
