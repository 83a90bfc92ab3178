"""One browser and one fake server for all tests of the page; each test gets a fresh chat and a fresh tab."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import web
from page_fake import FakeChat
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip("the page's tests need Debian's chromium: apt install chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def chat() -> AsyncIterator[FakeChat]:
    fake = FakeChat()
    runner = web.AppRunner(fake.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    for task in list(fake.tasks):
        task.cancel()
    await runner.cleanup()


@dataclass
class Tabs:
    """Opens the page; `errors` holds what the console complained about, so that no test passes over an exception."""

    browser: Browser
    chat: FakeChat
    errors: list[str]

    async def open(self, width: int = 1280, height: int = 800, person: str = "1001", strict: bool = False) -> Page:
        """`strict` keeps the page's content security policy, under which Playwright cannot wait for expressions."""
        context = await self.browser.new_context(viewport={"width": width, "height": height}, bypass_csp=not strict)
        page = await context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda said: "Content Security" in said.text and self.errors.append(said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.goto(f"{self.chat.address}/?as={person}")
        await page.wait_for_selector("body.ready")
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def tabs(browser: Browser, chat: FakeChat) -> AsyncIterator[Tabs]:
    opened = Tabs(browser, chat, [])
    yield opened
    for context in browser.contexts:
        await context.close()
    assert not opened.errors


@pytest_asyncio.fixture(loop_scope="session")
async def page(tabs: Tabs) -> Page:
    return await tabs.open()
