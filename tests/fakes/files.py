"""Files behind real HTTP addresses, as Discord keeps attachments, and pictures to put there."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from PIL import Image, ImageDraw

from bot.stories import Upload


class FileServer:
    """Serves what it was given; `url` is its address."""

    def __init__(self) -> None:
        self.url = ""
        self._files: dict[str, bytes] = {}

    def put(self, name: str, data: bytes) -> Upload:
        self._files[name] = data
        return Upload(filename=name, url=f"{self.url}/{name}", size=len(data))

    async def _get(self, request: web.Request) -> web.Response:
        data = self._files.get(request.match_info["name"])
        return web.Response(body=data) if data is not None else web.Response(status=404)


@asynccontextmanager
async def file_server() -> AsyncIterator[FileServer]:
    server = FileServer()
    app = web.Application()
    app.router.add_get("/{name}", server._get)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


def drawing(number: int, side: int = 48) -> bytes:
    """A PNG with a shape on it; each number gives another one."""
    image = Image.new("RGB", (side, side), "white")
    x, y = 4 + number * 7 % (side // 2), 4 + number * 13 % (side // 2)
    colour = (number * 53 % 256, number * 97 % 256, number * 29 % 256)
    ImageDraw.Draw(image).ellipse((x, y, x + side // 2, y + side // 3 + number % 9), fill=colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
