"""The people's side of the event stream: one WebSocket a page, each for the person it acts as."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

log = logging.getLogger(__name__)
_QUEUE = 1000
"""A page that falls further behind is cut off; it reads everything again when it comes back."""


@dataclass(eq=False)
class Page:
    person: str
    queue: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(_QUEUE))
    lagging: bool = False

    def push(self, kind: str, data: Any) -> None:
        try:
            self.queue.put_nowait(json.dumps({"t": kind, "d": data}))
        except asyncio.QueueFull:
            self.lagging = True


class Hub:
    """Hands events to the pages that may see them."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()

    def tell(self, kind: str, data: Any, only: Callable[[str], bool] | None = None) -> None:
        """Send one thing to all pages, or to those whose person `only` admits."""
        for page in self._pages:
            if only is None or only(page.person):
                page.push(kind, data)

    def tell_each(self, kind: str, make: Callable[[str], Any | None]) -> None:
        """Send what `make` gives for each person; None sends nothing."""
        made: dict[str, Any] = {}
        for page in self._pages:
            if page.person not in made:
                made[page.person] = make(page.person)
            if made[page.person] is not None:
                page.push(kind, made[page.person])

    async def handle(self, request: web.Request, person: str) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(heartbeat=30)
        await ws.prepare(request)
        page = Page(person)
        self._pages.add(page)
        writer = asyncio.create_task(self._write(page, ws), name="playground-page-writer")
        try:
            async for message in ws:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            self._pages.discard(page)
            writer.cancel()
        return ws

    async def _write(self, page: Page, ws: web.WebSocketResponse) -> None:
        while (text := await page.queue.get()) is not None:
            with contextlib.suppress(ConnectionError):
                await ws.send_str(text)
            if page.lagging:
                log.warning("a page fell behind and is cut off")
                await ws.close(code=1013, message=b"too slow")
                return
        await ws.close(code=1001, message=b"The playground stops")

    async def close(self) -> None:
        for page in list(self._pages):
            with contextlib.suppress(asyncio.QueueFull):
                page.queue.put_nowait(None)
