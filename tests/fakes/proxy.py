"""A TCP proxy that misbehaves on request: cut what is open, refuse what is new, swallow what is said."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Proxy:
    port: int = 0
    refusing: bool = False
    mute: bool = False
    """Takes connections and passes nothing on."""
    connections: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Reset every open connection."""
        for writer in list(self._open):
            writer.transport.abort()


@asynccontextmanager
async def proxy(target_port: int) -> AsyncIterator[Proxy]:
    """A proxy on a free port of loopback to another port of loopback."""
    state = Proxy()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        state.connections += 1
        if state.refusing:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target_port)
        state._open |= {writer, far_writer}
        try:
            await asyncio.gather(_pipe(state, reader, far_writer), _pipe(state, far_reader, writer))
        finally:
            state._open -= {writer, far_writer}
            for one in (writer, far_writer):
                one.transport.abort()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        state.cut()
        await asyncio.sleep(0.05)


async def _pipe(state: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(64 * 1024):
            if not state.mute:
                writer.write(data)
                await writer.drain()
    writer.transport.abort()
