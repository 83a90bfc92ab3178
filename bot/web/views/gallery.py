"""The gallery itself: all pictures in sight, and each one on a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.errors import Retry
from bot.language import said
from bot.records.gallery import Facet, Hung, Wanted
from bot.web import family, words
from bot.web.easel import READ_RECIPE, Drawn, Gone
from bot.web.site import GUEST, SITE, Guest, Missing, is_part, number, page
from gan.contract import Credit

PAGE = 24
OLDER, YOUNGER, FAMILY = 8, 3, 60
"""Generations of a family that are drawn up and down, and most links each way."""
THUMB, LARGE = 256, 512
KEEP_S = 7 * 24 * 3600
"""A picture never changes; its address names its row."""
NO_PICTURE = "There is no such picture, or it is not for you to see. It may have been taken back."


async def gallery(request: web.Request) -> web.Response:
    """`?model=&maker=&kind=&server=&before=`: a page of pictures; htmx gets the pictures alone."""
    site, guest = request.app[SITE], request[GUEST]
    sight = guest.access.sight(guest.visitor)
    wanted = _wanted(request)
    before = number(request.query.get("before"))
    found = await site.records.gallery.page(sight, wanted, before=before, count=PAGE + 1)
    titles = await site.catalogue.titles()
    chosen = {name: value for name, value in vars(wanted).items() if value is not None and value is not False}
    told: dict[str, Any] = {
        "pictures": found[:PAGE],
        "titles": titles,
        "more": _address(chosen, before=found[PAGE - 1].id) if len(found) > PAGE else None,
        "chosen": chosen,
        "words": words,
        "first": before is None,
    }
    if is_part(request):
        return page(request, "gallery_part.html", **told)
    facets = await site.records.gallery.facets(sight)
    kinds = {one.value: words.kind(one.value) for one in facets.kinds}
    filters = [
        ("model", said("Model"), said("All models"), _named(facets.models, titles)),
        ("maker", said("Made by"), said("Everyone"), _named(facets.makers, {str(guest.visitor.id): said("You")})),
        ("kind", said("How"), said("Every way"), _named(facets.kinds, kinds)),
        ("server", said("Server"), said("All servers"), facets.servers if len(facets.servers) > 1 else ()),
    ]
    starred = await site.records.gallery.starred(sight)
    return page(request, "gallery.html", filters=filters, starred=starred, **told)


async def picture(request: web.Request) -> web.Response:
    """One picture with all that is known of it."""
    site, guest = request.app[SITE], request[GUEST]
    hung = await _hung(request)
    original = await site.records.lineage.original(hung.id)
    if original != hung.id:  # an enlarged copy has its page at the picture itself
        raise web.HTTPSeeOther(f"/pictures/{original}")
    exhibit = await site.catalogue.model(guest.visitor, guest.access, hung.model_id)
    directions = (await site.catalogue.sliders(exhibit)).directions if exhibit and exhibit.present else ()
    newer, older = await site.records.gallery.neighbours(guest.access.sight(guest.visitor), hung.id)
    return page(
        request,
        "picture.html",
        hung=hung,
        title=exhibit.card.title if exhibit else hung.model_id,
        exhibit=exhibit,
        playable=exhibit is not None and exhibit.present and exhibit.info.sha256 == hung.model_sha256,
        steps=words.steps(READ_RECIPE.validate_python(hung.recipe), directions),
        shares=words.shares([Credit.model_validate(one) for one in hung.credits]),
        newer=newer,
        older=older,
        words=words,
        mine=hung.member_id == guest.visitor.id,
        stars=(await site.records.favourites.stars([hung.id])).get(hung.id, 0),
    )


async def relatives(request: web.Request) -> web.Response:
    """What it came from and what came of it, as a drawing; those out of sight stand there without a face."""
    site, guest = request.app[SITE], request[GUEST]
    hung = await _hung(request)
    links = await site.records.lineage.ancestry(hung.id, OLDER, FAMILY)
    links += await site.records.gallery.offspring(hung.id, YOUNGER, FAMILY)
    ids = {one for link in links for one in (link.output_id, link.parent_id)}
    seen = await site.records.gallery.pictures(guest.access.sight(guest.visitor), sorted(ids))
    return page(request, "family.html", drawing=family.draw(hung.id, links, seen), of=hung.id)


async def thumb(request: web.Request) -> web.Response:
    return await _image(request, THUMB)


async def large(request: web.Request) -> web.Response:
    return await _image(request, LARGE)


async def original(request: web.Request) -> web.Response:
    """The file as it was posted, with a manifest that says what it is."""
    answer = await _image(request, None)
    answer.headers["Content-Disposition"] = f'attachment; filename="artel-{request.match_info["id"]}.png"'
    return answer


async def _image(request: web.Request, size: int | None) -> web.Response:
    hung = await _hung(request)
    tag = f'"{hung.sha256[:32]}-{size or 0}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=_kept(tag))
    try:
        drawn = await request.app[SITE].easel.picture(hung, request[GUEST].visitor.id, size=size)
    except Gone:
        return placeholder(request, said("The model of this picture is gone"), 410)
    except Retry as retry:
        answer = placeholder(request, said("Not just now"), 503)
        answer.headers["Retry-After"] = str(max(1, round(retry.after)))
        return answer
    return image(drawn, _kept(tag))


def image(drawn: Drawn, headers: dict[str, str]) -> web.Response:
    return web.Response(body=drawn.data, content_type=drawn.media_type, headers=headers)


def _kept(tag: str) -> dict[str, str]:
    """Only the visitor's own browser may keep it: who may see it depends on who asks."""
    return {"ETag": tag, "Cache-Control": f"private, max-age={KEEP_S}, immutable"}


def placeholder(request: web.Request, text: str, status: int) -> web.Response:
    """A drawing in the place of a picture: browsers show it whatever the status."""
    drawn = request.app[SITE].pages.get_template("placeholder.svg").render(text=text)
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=drawn, status=status, content_type="image/svg+xml", headers=headers)


async def _hung(request: web.Request) -> Hung:
    """The picture of the address, if the visitor may see it. Raises `Missing`."""
    guest: Guest = request[GUEST]
    output_id = number(request.match_info["id"])
    found = None
    if output_id is not None:
        sight = guest.access.sight(guest.visitor)
        found = await request.app[SITE].records.gallery.picture(sight, output_id)
    if found is None:
        raise Missing(NO_PICTURE)
    return found


def _wanted(request: web.Request) -> Wanted:
    """The filters of the address; what is none of ours is left out."""
    asked = request.query
    model, kind = asked.get("model", "")[:64], asked.get("kind", "")[:20]
    maker, server = number(asked.get("maker")), number(asked.get("server"))
    starred = bool(asked.get("starred"))
    return Wanted(model=model or None, maker=maker, kind=kind or None, server=server, starred=starred)


def _named(facets: Sequence[Facet], names: dict[str, str]) -> list[Facet]:
    return [Facet(one.value, names.get(one.value, one.label), one.count) for one in facets]


def _address(chosen: dict[str, object], **more: object) -> str:
    return f"/gallery?{urlencode({name: 1 if value is True else value for name, value in (chosen | more).items()})}"


ROUTES = (
    web.get("/gallery", gallery),
    web.get(r"/pictures/{id:\d+}", picture),
    web.get(r"/pictures/{id:\d+}/family", relatives),
    web.get(r"/pictures/{id:\d+}/thumb.webp", thumb),
    web.get(r"/pictures/{id:\d+}/large.webp", large),
    web.get(r"/pictures/{id:\d+}/original", original),
)
