"""`PUT|GET|HEAD|DELETE /v1/blobs/{sha256}`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from gan.blobs import media_type
from gan.contract import MAX_BLOB_BYTES, ErrorCode
from gan.errors import WorkerError
from gan.server.services import SERVICES

IDLE_SECONDS = 20.0
"""An upload of which nothing arrives for so long is given up; the sender tries again."""


async def put(request: web.Request) -> web.Response:
    """201 when stored, 200 when it was there (the body is then not read: nothing in it can change anything)."""
    blobs, sha256 = request.app[SERVICES].blobs, request.match_info["sha256"]
    if (request.content_length or 0) > MAX_BLOB_BYTES:
        raise WorkerError(ErrorCode.too_large, f"A blob may have at most {MAX_BLOB_BYTES} bytes.")
    if sha256 in blobs:
        return web.Response(status=200)
    return web.Response(status=201 if await blobs.put(sha256, _chunks(request)) else 200)


async def get(request: web.Request) -> web.StreamResponse:
    path = request.app[SERVICES].blobs.existing(request.match_info["sha256"])
    kind = await asyncio.to_thread(media_type, path)
    headers = {
        "Content-Type": kind,
        "Cache-Control": "private, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


async def delete(request: web.Request) -> web.Response:
    """204, whether it was there or not: whoever forgets wants it gone."""
    await asyncio.to_thread(request.app[SERVICES].blobs.remove, request.match_info["sha256"])
    return web.Response(status=204)


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    stream = request.content.iter_chunked(256 * 1024)
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            detail = f"Nothing arrived for {IDLE_SECONDS:.0f} s; send it again."
            raise WorkerError(ErrorCode.timeout, detail) from error
        yield chunk
