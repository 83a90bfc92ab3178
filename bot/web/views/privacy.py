"""The privacy page and the terms, open to everybody; and all that is kept of a visitor, as one file."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.exporting import Piece, packed
from bot.web.site import GUEST, SITE, page

MOST_BYTES = 256 * 1024 * 1024
"""Of one export: a thousand pictures at their largest. It is put together in memory."""
ABOUT = "All rows that are kept of you, by table. Times are UTC. Pictures are made again from their recipes."


async def privacy(request: web.Request) -> web.Response:
    return page(request, "privacy.html")


async def terms(request: web.Request) -> web.Response:
    return page(request, "terms.html")


async def my_data(request: web.Request) -> web.Response:
    """Every row that is about the visitor, and the works they gave."""
    site, visitor = request.app[SITE], request[GUEST].visitor
    rows = await site.records.erasing.everything_of(visitor.id)
    works = await site.records.art.of_member(visitor.id)
    pieces = [Piece(f"works/{one.id}.png", partial(site.catalogue.work, one.sha256)) for one in works]
    data, _ = await packed(pieces, {"about": ABOUT, **rows}, MOST_BYTES, "data.json")
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"', "Cache-Control": "no-store"}
    return web.Response(body=data, content_type="application/zip", headers=headers)


ROUTES = [web.get("/privacy", privacy), web.get("/terms", terms), web.get("/my-data.zip", my_data)]
