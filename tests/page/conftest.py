"""One browser and one fake server for all tests of the page; each test gets a fresh chat, and the page loaded anew."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import web
from page_fake import FakeChat
from page_tabs import Tabs
from playwright.async_api import Browser, BrowserContext, Page, async_playwright


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def opened(context: BrowserContext, server: FakeChat) -> Tabs:
    return Tabs(context, server)


@pytest_asyncio.fixture(loop_scope="session")
async def tabs(opened: Tabs, chat: FakeChat) -> AsyncIterator[Tabs]:
    yield opened
    await opened.end_test()


@pytest_asyncio.fixture(loop_scope="session")
async def page(tabs: Tabs) -> Page:
    return await tabs.load_first()
