"""An HTTP proxy that does what networks do: loses answers, answers 500 or 429, takes two seconds. Each by its share."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

import aiohttp
from aiohttp import web

Fault = Literal["lost", "failed", "limited", "slow"]
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse
SLOW_S = 2.0
RETRY_AFTER_S = 1.0
DECK = 20
"""Requests among which the shares are kept exactly."""


@dataclass
class Faulty:
    """`shares` may be changed at any time; empty lets everything through."""

    target: str
    dialect: Literal["worker", "discord"]
    """How a 429 is told."""
    shares: dict[Fault, float] = field(default_factory=dict)
    seed: int = 1
    url: str = ""
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance, self._halves = random.Random(self.seed), random.Random(self.seed)
        self._deck: list[Fault | None] = []

    def draw(self) -> Fault | None:
        """From a shuffled deck, so that few requests already meet every fault, and the same ones each time."""
        if not self.shares:
            return None
        if not self._deck:
            faults: list[Fault | None] = [f for f, share in self.shares.items() for _ in range(round(share * DECK))]
            self._deck = [*faults, *[None] * (DECK - len(faults))]
            self._chance.shuffle(self._deck)
        return self._deck.pop()

    async def handle(self, request: web.Request, session: aiohttp.ClientSession) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await _pass_socket(request, session, self.target)
        fault = self.draw()
        self.done[fault or "passed"] += 1
        if fault == "limited":
            return _limited(self.dialect)
        if fault == "failed" and self._halves.random() < 0.5:  # the other half fails after the work was done
            return _failed()
        if fault == "slow":
            await asyncio.sleep(SLOW_S)
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        async with session.request(
            request.method, f"{self.target}{request.raw_path}", data=body, headers=headers, allow_redirects=False
        ) as answer:
            if fault == "failed":
                return _failed()
            if fault == "lost":
                await answer.read()
                raise asyncio.CancelledError  # the connection is cut
            return await _pass_on(request, answer)


async def _pass_on(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    """Piece by piece, since a stream of events has no end."""
    response = web.StreamResponse(status=answer.status)
    for name, value in answer.headers.items():
        if name.lower() not in HOP_BY_HOP:
            response.headers.add(name, value)
    with suppress(ConnectionResetError):  # whoever asked has gone
        await response.prepare(request)
        async for piece in answer.content.iter_any():
            await response.write(piece)
        await response.write_eof()
    return response


def _failed() -> web.Response:
    return web.Response(status=500, text="made to fail")


async def _pass_socket(request: web.Request, session: aiohttp.ClientSession, target: str) -> web.StreamResponse:
    near = web.WebSocketResponse(max_msg_size=0)
    await near.prepare(request)
    async with session.ws_connect(f"{target}{request.raw_path}", max_msg_size=0) as far:

        async def pump(source: Socket, sink: Socket) -> None:
            async for message in source:
                await (sink.send_str if message.type is aiohttp.WSMsgType.TEXT else sink.send_bytes)(message.data)
            await sink.close(code=source.close_code or 1000)

        await asyncio.gather(pump(near, far), pump(far, near), return_exceptions=True)
    return near


def _limited(dialect: str) -> web.Response:
    told: dict[str, object] = {"message": "made to wait", "retry_after": RETRY_AFTER_S, "global": False}
    if dialect == "worker":
        told = {"title": "made to wait", "status": 429, "code": "full", "retry_after": RETRY_AFTER_S}
    headers = {"Retry-After": str(int(RETRY_AFTER_S)), "Via": "1.1 faulty"}
    # without a charset, as Discord says it and discord.py wants it
    return web.Response(status=429, body=json.dumps(told).encode(), content_type="application/json", headers=headers)


@asynccontextmanager
async def faulty(target: str, dialect: Literal["worker", "discord"], seed: int = 1) -> AsyncIterator[Faulty]:
    """A proxy on a free port of loopback before `target`, such as `http://127.0.0.1:8790`."""
    made = Faulty(target, dialect, seed=seed)
    async with aiohttp.ClientSession(auto_decompress=False, timeout=aiohttp.ClientTimeout(total=None)) as session:
        server = web.Server(lambda request: made.handle(request, session))  # type: ignore[arg-type]
        runner = web.ServerRunner(server)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield made
        finally:
            await runner.cleanup()
