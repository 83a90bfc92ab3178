"""The sketch pad: what one draws, drawn by a model while one draws, and handed over to the chat when it is done."""

from __future__ import annotations

from aiohttp import web

from bot.errors import Refused
from bot.language import said
from bot.sketches import MOST_BYTES, NO_PICTURE, PNG
from bot.web.catalogue import Exhibit
from bot.web.site import GUEST, SITE, Missing, number, page
from gan.contract import SEED_LIMIT, PictureFormat, PictureSource, TransformOptions, TransformRequest

FAMILIES = ("pix2pix", "pix2pixhd")
"""What turns sketches into pictures."""
SIDE = 256
"""Of the answers, in pixels: sharp on a phone, and drawn in a tenth of a second."""
NO_MODEL = "There is no such model for sketches, or it is not for you to use."
TOO_LARGE = "That sketch is too large."
HANDED_OVER = "Your sketch is at hand. Type /draw in the chat, leave the picture out, and press Enter."


async def pad(request: web.Request) -> web.Response:
    """The page."""
    return page(request, "draw.html", models=await _models(request), asked=request.query.get("model", ""))


async def live(request: web.Request) -> web.Response:
    """`POST ?model=&seed=`, a PNG → the picture as WebP. Nothing of it is put on record."""
    site, guest = request.app[SITE], request[GUEST]
    sketch = await _sketch(request)
    known = {one.card.id: one for one in await _models(request)}
    chosen = known.get(request.query.get("model", ""))
    if chosen is None:
        raise Missing(NO_MODEL)
    asked = TransformRequest(
        model=chosen.card.id,
        picture=PictureSource.model_construct(sha256=None, data=sketch),
        options=TransformOptions(seed=number(request.query.get("seed"), SEED_LIMIT - 1) or 0),
        size=SIDE,
        format=PictureFormat.webp,
    )
    drawn = await site.easel.transform(asked, guest.visitor.id)
    return web.Response(body=drawn.data, content_type=drawn.media_type, headers={"Cache-Control": "no-store"})


async def hand_over(request: web.Request) -> web.Response:
    """`POST`, a PNG: laid down for this member's next `/draw`."""
    site, guest = request.app[SITE], request[GUEST]
    await site.sketches.lay_down(guest.visitor.id, await _sketch(request))
    return web.json_response({"said": said(HANDED_OVER)})


async def _models(request: web.Request) -> list[Exhibit]:
    """Those that the visitor may use, their own servers' first."""
    site, guest = request.app[SITE], request[GUEST]
    found = await site.catalogue.models(guest.visitor, guest.access)
    return [one for one in found if one.present and one.card.family in FAMILIES]


async def _sketch(request: web.Request) -> bytes:
    """The body, read no further than a sketch may be. Raises `Refused`."""
    data = bytearray()
    async for part in request.content.iter_chunked(64 * 1024):
        data += part
        if len(data) > MOST_BYTES:
            raise Refused(TOO_LARGE)
    if not data.startswith(PNG):
        raise Refused(NO_PICTURE)
    return bytes(data)


ROUTES = (
    web.get("/draw", pad),
    web.post("/draw/live", live),
    web.post("/draw/sketch", hand_over),
)
