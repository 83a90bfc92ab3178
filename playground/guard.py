"""Keeps foreign web pages out: the playground has no password, so only its own page and local programs may drive it."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.settings import LOOPBACK


def _host(netloc: str) -> str:
    return urlsplit(f"//{netloc}").hostname or ""


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a `Host` that is not this machine (DNS rebinding) and an `Origin` other than our own page."""
    if _host(request.headers.get("Host", "")) not in LOOPBACK:
        raise web.HTTPForbidden(text="The playground answers on 127.0.0.1 and localhost only.")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
        raise web.HTTPForbidden(text="Another web page may not use the playground.")
    return await handler(request)
