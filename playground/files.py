"""Everything that is not JSON: the CDN's pictures and files, and the chat page."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from playground.playing import PLAYGROUND
from playground.uploads import sniff

WEB = Path(__file__).parent / "web"
DEMO = Path(__file__).parent / "demo"
_LONG = {"Cache-Control": "public, max-age=31536000, immutable"}
_SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
_NO_PAGE = "<!doctype html><title>Playground</title><p>The playground runs, but its chat page is not installed."


async def attachment(request: web.Request) -> web.Response:
    """GET /attachments/{channel}/{id}/{name}: only over an address that we signed and that still lives."""
    play = request.app[PLAYGROUND]
    found = play.world.attachments.get(request.match_info["attachment"])
    ends, signature = request.query.get("ex", ""), request.query.get("hm", "")
    if not found or not play.cdn.is_good(request.path, ends, signature):
        raise web.HTTPNotFound(text="This content is no longer available.")
    data = await play.store.load_blob(found["id"])
    if data is None:
        raise web.HTTPNotFound(text="This content is no longer available.")
    kind = str(found.get("content_type") or "application/octet-stream")
    inline = kind.startswith(("image/", "video/"))
    disposition = "inline" if inline else f'attachment; filename="{found["filename"]}"'
    headers = {"Content-Type": kind, "Content-Disposition": disposition, **_LONG, **_SAFE}
    return web.Response(body=data, headers=headers)


async def expression(request: web.Request) -> web.Response:
    """GET /emojis/{id}.png and /stickers/{id}.png: open to all, as on Discord."""
    play = request.app[PLAYGROUND]
    record_id = request.match_info["name"].split(".")[0]
    world = play.world
    known = record_id in world.emojis or record_id in world.app_emojis or record_id in world.stickers
    data = await play.store.load_blob(record_id) if known else None
    if data is None:
        raise web.HTTPNotFound()
    return web.Response(body=data, content_type=sniff(data).content_type, headers={**_LONG, **_SAFE})


async def portrait(request: web.Request) -> web.Response:
    """GET /avatars/{user}/{hash}.png and /icons/{guild}/{hash}.png"""
    play, owner = request.app[PLAYGROUND], request.match_info["owner"]
    known = owner in play.world.users or owner == play.world.guild_id
    data = await play.store.load_blob(f"portrait-{owner}") if known else None
    if data is None:
        raise web.HTTPNotFound()
    return web.Response(body=data, content_type="image/png", headers={**_LONG, **_SAFE})


async def page(_: web.Request) -> web.Response:
    index = WEB / "index.html"
    if not await asyncio.to_thread(index.is_file):
        return web.Response(text=_NO_PAGE, content_type="text/html")
    text = await asyncio.to_thread(index.read_text, "utf-8")
    return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-cache"})
