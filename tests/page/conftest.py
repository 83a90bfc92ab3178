"""One browser and one fake server for all tests of the page; each test gets a fresh chat and a fresh tab."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import web
from page_fake import FakeChat
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip("the page's tests need Debian's chromium: apt install chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[FakeChat]:
    fake = FakeChat()
    runner = web.AppRunner(fake.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def chat(server: FakeChat) -> FakeChat:
    server.reset()
    return server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def context(browser: Browser) -> BrowserContext:
    """One for all tests of a wide window, so that scripts and fonts are read once.

    Without the page's content security policy: under it Playwright cannot wait for expressions.
    """
    return await browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)


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
        page.set_default_timeout(8000)
        page.on("console", lambda said: "Content Security" in said.text and self.errors.append(said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.add_init_script("localStorage.clear()")
        await page.goto(f"{self.chat.address}/?as={person}")
        await page.wait_for_selector("body.ready")
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def tabs(context: BrowserContext, chat: FakeChat) -> AsyncIterator[Tabs]:
    tabs = Tabs(context, chat, [], [])
    yield tabs
    for page in tabs.opened:
        await page.close()
    assert not tabs.errors


@pytest_asyncio.fixture(loop_scope="session")
async def page(tabs: Tabs) -> Page:
    return await tabs.open()
