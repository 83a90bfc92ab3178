"""Fetching from Discord's hosts alone, against a real server on loopback that plays the playground."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.errors import Refused, Retry
from bot.safety import fetch
from bot.safety.fetch import Fetcher
from bot.safety.intake import Given, Reason, Rejected
from bot.stories import Upload


@dataclass
class Server:
    url: str
    fetcher: Fetcher
    asked: list[str] = field(default_factory=list)
    fail_first: int = 0


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    async def small(request: web.Request) -> web.StreamResponse:
        found.asked.append(request.path)
        if found.fail_first:
            found.fail_first -= 1
            return web.Response(status=503)
        return web.Response(body=b"picture of " + request.match_info["name"].encode())

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"\0" * 64 * 1024)

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/files/secret")

    app = web.Application()
    app.router.add_get("/files/{name}", small)
    app.router.add_get("/endless", endless)
    app.router.add_get("/moved", elsewhere)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        found = Server(url, Fetcher(session, file_mib=1, playground_url=url))
        yield found
    await runner.cleanup()


async def test_a_file_of_the_playground_is_fetched(server: Server) -> None:
    assert await server.fetcher.fetch(f"{server.url}/files/fox.png") == b"picture of fox.png"


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/attachments/1/2/a.png",
        "https://cdn.discordapp.com.evil.example/a.png",
        "https://evil.example/cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com:8443/a.png",
        "https://user@cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com@evil.example/a.png",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://cdn.discordapp.com/a.png",
        "http://127.0.0.1:1/a.png",
        "http://localhost/a.png",
        "//cdn.discordapp.com/a.png",
        "not an address",
        "https://[::1/",
        "",
    ],
)
async def test_no_other_address_is_ever_asked(server: Server, url: str) -> None:
    with pytest.raises(Refused, match="does not lie on Discord"):
        await server.fetcher.fetch(url)


@pytest.mark.parametrize(
    "url", ["https://cdn.discordapp.com/emojis/1.png?size=128", "https://media.discordapp.net/attachments/1/2/a.png"]
)
async def test_discord_itself_passes_the_list(server: Server, url: str) -> None:
    assert str(server.fetcher._checked(url, "a")) == url


async def test_without_a_playground_loopback_is_refused(server: Server) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Refused):
            await Fetcher(session).fetch(f"{server.url}/files/fox.png")
    assert not server.asked


async def test_redirects_are_not_followed(server: Server) -> None:
    with pytest.raises(Refused, match="no longer has"):
        await server.fetcher.fetch(f"{server.url}/moved", "fox.png")
    assert not server.asked


async def test_a_file_that_never_ends_is_cut_at_the_limit(server: Server) -> None:
    with pytest.raises(Refused, match="larger than 1 MiB"):
        await server.fetcher.fetch(f"{server.url}/endless")


async def test_a_trouble_that_passes_is_tried_again(server: Server) -> None:
    server.fail_first = 2
    assert await server.fetcher.fetch(f"{server.url}/files/owl.png") == b"picture of owl.png"
    assert len(server.asked) == 3


async def test_a_trouble_that_stays_is_for_later(server: Server) -> None:
    server.fail_first = 99
    with pytest.raises(Retry, match="in time"):
        await server.fetcher.fetch(f"{server.url}/files/owl.png")
    assert len(server.asked) == fetch.ATTEMPTS


async def test_a_set_is_fetched_in_order_and_says_what_is_missing(server: Server) -> None:
    def upload(name: str, url: str, size: int = 10) -> Upload:
        return Upload(filename=name, url=url, size=size)

    uploads = [upload(f"{n}.png", f"{server.url}/files/{n}.png") for n in range(30)]
    uploads[3] = upload("gone.png", f"{server.url}/nowhere")
    uploads[5] = upload("far.png", "https://example.org/far.png")
    uploads[7] = upload("huge.png", f"{server.url}/files/huge.png", size=50 * 1024 * 1024)
    async with asyncio.timeout(10):
        found = await server.fetcher.fetch_all(uploads, author="Ada")
    assert [one.name for one in found] == [one.filename for one in uploads]
    assert {one.name: one.reason for one in found if isinstance(one, Rejected)} == {
        "gone.png": Reason.not_fetched,
        "far.png": Reason.not_fetched,
        "huge.png": Reason.too_many_bytes,
    }
    assert isinstance(found[0], Given)
    assert (found[0].data, found[0].author) == (b"picture of 0.png", "Ada")
    assert "/files/huge.png" not in server.asked
