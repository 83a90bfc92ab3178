"""Animations: walks from picture to picture, and the pictures that each goes through."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.errors import Retry
from bot.language import said
from bot.web import words
from bot.web.easel import Gone
from bot.web.site import GUEST, SITE, Missing, is_part, number, page
from bot.web.views.gallery import placeholder

PAGE = 12
KINDS = frozenset({"image/webp", "image/gif", "video/mp4"})
"""What a walk may be; anything else in a record is not handed to a browser."""
NO_WALK = "There is no such animation, or it is not for you to see. It may have been taken back."


async def walks(request: web.Request) -> web.Response:
    """`?before=`: a page of animations; htmx gets them alone."""
    site, guest = request.app[SITE], request[GUEST]
    sight = guest.access.sight(guest.visitor)
    before = number(request.query.get("before"))
    found = await site.records.gallery.walks(sight, before=before, count=PAGE + 1)
    stops = sorted({stop for one in found for stop in one.stops})
    told: dict[str, Any] = {
        "walks": found[:PAGE],
        "seen": await site.records.gallery.pictures(sight, stops),
        "titles": await site.catalogue.titles(),
        "more": f"/walks?before={found[PAGE - 1].id}" if len(found) > PAGE else None,
        "words": words,
    }
    name = "walk_tiles.html" if is_part(request) and before is not None else "walks.html"
    return page(request, name, **told)


async def file(request: web.Request) -> web.Response:
    """The animation itself."""
    guest = request[GUEST]
    walk_id = number(request.match_info["id"])
    site, sight = request.app[SITE], guest.access.sight(guest.visitor)
    found = await site.records.gallery.walk(sight, walk_id) if walk_id is not None else None
    if found is None or found.media_type not in KINDS:
        raise Missing(NO_WALK)
    headers = {"ETag": f'"{found.sha256[:32]}"', "Cache-Control": "private, max-age=604800, immutable"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    try:
        data = await site.easel.animation(found, guest.visitor.id)
    except Gone:
        return placeholder(request, said("This animation is gone"), 410)
    except Retry:
        return placeholder(request, said("Not just now"), 503)
    return _ranged(request, data, found.media_type, headers)


def _ranged(request: web.Request, data: bytes, media_type: str, headers: dict[str, str]) -> web.Response:
    """All of it, or the part asked for: Safari plays no video from a server that cannot give parts."""
    headers["Accept-Ranges"] = "bytes"
    try:
        wanted = request.http_range
    except ValueError:
        wanted = slice(len(data), len(data))
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=data, content_type=media_type, headers=headers)
    start, stop, _ = wanted.indices(len(data))
    if start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
    return web.Response(status=206, body=data[start:stop], content_type=media_type, headers=headers)


ROUTES = (
    web.get("/walks", walks),
    web.get(r"/walks/{id:\d+}/file", file),
)
