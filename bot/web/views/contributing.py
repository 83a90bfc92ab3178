"""Art as a zip file: the chat's form, on a page, for more than ten pictures. It is handed over, not asked (0063).

What is laid down here becomes a contribution when the member sends `/contribute` in the server that it is for; its card
stands there, with Withdraw below it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, MultipartReader, web

from bot.art_policy import LONGEST_TAGS, LONGEST_TITLE
from bot.consent_words import CONSENT, LICENCES
from bot.errors import Refused
from bot.language import said
from bot.licences import Licence
from bot.parcels import MIB, MOST_BYTES, Slip
from bot.safety.archives import shown_name
from bot.web.site import GUEST, SITE, page

MOST_FIELD_BYTES = 4 * 1024
MOST_PARTS = 10
CHUNK = 256 * 1024
NOT_TICKED = "Nothing was taken: tick the box that says that it is yours to give."
NO_FILE = "Nothing was taken: choose a zip file with your pictures."
NO_LICENCE = "Nothing was taken: choose one of the licences."
NOT_THE_FORM = "That is not what the form sends. Open the page again and send it from there."


async def form(request: web.Request) -> web.Response:
    """The form, and what lies ready."""
    site, guest = request.app[SITE], request[GUEST]
    return page(
        request,
        "contribute.html",
        slip=await site.parcels.slip(guest.visitor.id),
        servers=sorted(guest.access.servers.values()),
        licences=LICENCES,
        labels={one.value: one.label for one in Licence},
        consent=said(CONSENT),
        most_mib=MOST_BYTES // MIB,
        longest_title=LONGEST_TITLE,
        longest_tags=LONGEST_TAGS,
    )


async def lay_down(request: web.Request) -> web.Response:
    """`POST` of the form: the zip is written as it comes and thrown away again unless all else is in order."""
    site, guest = request.app[SITE], request[GUEST]
    if not request.content_type.startswith("multipart/form-data"):
        raise Refused(NOT_THE_FORM)
    try:
        told, zip_part = await _fields(await request.multipart())
        slip = _slip(told, zip_part.filename or "")
        await site.parcels.lay_down(guest.visitor.id, slip, _chunks(zip_part))
    except ValueError as error:  # aiohttp's own word for a form that is none
        raise Refused(NOT_THE_FORM) from error
    raise web.HTTPSeeOther("/contribute")


async def throw_away(request: web.Request) -> web.Response:
    """`POST`: what lies ready is not to be given after all."""
    await request.app[SITE].parcels.forget(request[GUEST].visitor.id)
    raise web.HTTPSeeOther("/contribute")


async def _fields(parts: MultipartReader) -> tuple[dict[str, str], BodyPartReader]:
    """What was typed and ticked, up to the file, which the form sends last. Raises `Refused`."""
    told: dict[str, str] = {}
    for _ in range(MOST_PARTS):
        part = await parts.next()
        if not isinstance(part, BodyPartReader):
            break
        if part.name == "zip":
            return told, part
        data = bytearray()
        while chunk := await part.read_chunk(MOST_FIELD_BYTES):
            data += chunk
            if len(data) > MOST_FIELD_BYTES:
                raise Refused(NOT_THE_FORM)
        told[part.name or ""] = data.decode("utf-8", "replace")
    raise Refused(NO_FILE)


def _slip(told: dict[str, str], name: str) -> Slip:
    if told.get("rights") != "on":
        raise Refused(NOT_TICKED)
    if told.get("licence") not in set(Licence):
        raise Refused(NO_LICENCE)
    if not name:
        raise Refused(NO_FILE)
    return Slip(
        file=shown_name(name),
        pictures=0,
        title=" ".join(told.get("title", "").split())[:LONGEST_TITLE],
        tags=" ".join(told.get("tags", "").split())[:LONGEST_TAGS],
        licence=told["licence"],
        words=said(CONSENT),
    )


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield chunk


ROUTES = (
    web.get("/contribute", form),
    web.post("/contribute", lay_down),
    web.post("/contribute/throw-away", throw_away),
)
