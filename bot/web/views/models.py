"""The models: a list, and for each its card, how it was trained, and its sliders to play with."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from bot.errors import Refused, Retry
from bot.language import said
from bot.records.gallery import Hung, Wanted
from bot.slider_texts import ends
from bot.web import words
from bot.web.catalogue import Exhibit, Sliders
from bot.web.curves import HEIGHT, WIDTH, compared, curves
from bot.web.easel import READ_RECIPE, Drawn
from bot.web.site import GUEST, SITE, Guest, Missing, again, number, page, real
from bot.web.views.gallery import NO_PICTURE, image
from gan.contract import (
    MAX_RECIPE_DEPTH,
    SEED_LIMIT,
    Direction,
    DirectionsState,
    Edit,
    PictureFormat,
    Recipe,
    RenderRequest,
    Seed,
    Truncate,
    depth,
)

COVERS = 4
COVER, LIVE, FRAME = 128, 256, 96
"""Sides in pixels: of a cover's pictures, of the one that is played with, of a frame of a slider's strip."""
STRIP = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Where a slider's strip is drawn, as shares of its ends."""
NEWEST = 12
MOST_BESIDE = 4
"""Other trainings beside one; more lines could not be told apart."""
WAIT_S = 8.0
"""Longest that a page waits for sliders that are being found; it asks again after that."""
NO_MODEL = "There is no such model, or it is not for you to see."
TOO_DEEP = "This picture has been changed as often as a picture can be. Start from a new one."


async def models(request: web.Request) -> web.Response:
    site, guest = request.app[SITE], request[GUEST]
    found = await site.catalogue.models(guest.visitor, guest.access)
    return page(request, "models.html", exhibits=found, covers=range(1, COVERS + 1), words=words)


async def model(request: web.Request) -> web.Response:
    """`?from=OUTPUT` plays with a picture on record, else with a new one."""
    site, guest = request.app[SITE], request[GUEST]
    exhibit = await _exhibit(request)
    sight = guest.access.sight(guest.visitor)
    newest = await site.records.gallery.page(sight, Wanted(model=exhibit.card.id), count=NEWEST)
    base = await _base(request, exhibit)
    return page(
        request,
        "model.html",
        exhibit=exhibit,
        card=exhibit.card,
        figures=words.figure_lines(exhibit.card.figures),
        newest=newest,
        base=base,
        studio_query=urlencode(list(request.query.items())),
        trained=bool(exhibit.owner and exhibit.owner.training_id),
        words=words,
    )


async def studio(request: web.Request) -> web.Response:
    """The part of the page that plays with the model: asked for when the page stands, since finding sliders may take
    seconds the first time."""
    site, exhibit = request.app[SITE], await _exhibit(request)
    base = await _base(request, exhibit)
    sliders = await site.catalogue.sliders(exhibit, wait_s=WAIT_S)
    if sliders.state is DirectionsState.finding:
        return page(request, "finding.html", exhibit=exhibit, query=request.query_string)
    amounts = _amounts(request.query, sliders)
    names = labels(sliders.directions, await _voted(request, exhibit))
    return page(
        request,
        "studio.html",
        exhibit=exhibit,
        sliders=[(one, name, amounts.get(one.id, 0.0)) for one, name in zip(sliders.directions, names, strict=True)],
        base=base,
        seed=_seed(request.query),
        psi=_psi(request.query),
        **await _live(request, exhibit, base, sliders),
    )


async def live(request: web.Request) -> web.Response:
    """One picture as the sliders of the form stand; for htmx, and as a page of its own without it."""
    exhibit = await _exhibit(request)
    base = await _base(request, exhibit)
    sliders = await request.app[SITE].catalogue.sliders(exhibit, wait_s=WAIT_S)
    return page(request, "live.html", exhibit=exhibit, base=base, **await _live(request, exhibit, base, sliders))


async def strip(request: web.Request) -> web.Response:
    """What one slider does: a picture at five places of it."""
    site, exhibit = request.app[SITE], await _exhibit(request)
    sliders = await site.catalogue.sliders(exhibit)
    direction = next((one for one in sliders.directions if one.id == request.match_info["direction"]), None)
    if direction is None:
        raise Missing(NO_MODEL)
    of = _recipe(request.query, await _base(request, exhibit))
    ends = (abs(direction.low), direction.high)
    amounts = [share * ends[share > 0] for share in STRIP]
    recipes = tuple(Edit(of=of, direction=direction.id, amount=one) if one else of for one in amounts)
    frames = await _draw(request, exhibit, recipes, FRAME)
    shown = [(round(amount, 1), data_url(one)) for amount, one in zip(amounts, frames, strict=True)]
    return page(request, "strip.html", frames=shown, side=FRAME, direction=direction)


async def training(request: web.Request) -> web.Response:
    """The part of the page that tells how its training went."""
    exhibit = await _exhibit(request)
    course = await request.app[SITE].catalogue.course(exhibit)
    others, chosen = await _others(request, exhibit)
    told: dict[str, Any] = {"exhibit": exhibit, "course": course, "words": words, "others": others, "chosen": chosen}
    courses = [(one.card.title, await request.app[SITE].catalogue.course(one)) for one in (exhibit, *chosen)]
    there = [(title, one) for title, one in courses if one is not None]
    told |= {
        "comparisons": compared(there) if chosen else [],
        "curves": curves(course) if course and not chosen else [],
    }
    return page(request, "training.html", width=WIDTH, height=HEIGHT, **told)


async def _others(request: web.Request, exhibit: Exhibit) -> tuple[list[Exhibit], list[Exhibit]]:
    """The other models in sight that were trained here, and those of them that `?with=ID` names, in its order."""
    site, guest = request.app[SITE], request[GUEST]
    models = await site.catalogue.models(guest.visitor, guest.access)
    trained = [one for one in models if one.owner and one.owner.training_id and one.card.id != exhibit.card.id]
    by_id = {one.card.id: one for one in trained}
    named = dict.fromkeys(name for name in request.query.getall("with", ()) if name in by_id)
    return trained, [by_id[name] for name in list(named)[:MOST_BESIDE]]


async def sample(request: web.Request) -> web.Response:
    """What it drew at some moment of its training."""
    data = await request.app[SITE].catalogue.sample(await _exhibit(request), number(request.match_info["n"]) or 0)
    if data is None:
        raise Missing("There is no such sample.")
    return web.Response(body=data, content_type="image/png", headers=_kept())


async def cover(request: web.Request) -> web.Response:
    """One of the pictures that show on the list what a model draws."""
    seed = number(request.match_info["n"])
    if seed is None or not 1 <= seed <= COVERS:
        raise Missing(NO_PICTURE)
    (drawn,) = await _draw(request, await _exhibit(request), (Seed(seed=seed),), COVER)
    return image(drawn, _kept())


# --- what is drawn --------------------------------------------------------------------------------------------------


async def _live(request: web.Request, exhibit: Exhibit, base: Hung | None, sliders: Sliders) -> dict[str, Any]:
    """What `live.html` shows; a picture that cannot be drawn is a sentence in its place."""
    recipe = _recipe(request.query, base)
    for direction, amount in _amounts(request.query, sliders).items():
        recipe = Edit(of=recipe, direction=direction, amount=amount)
    psi = _psi(request.query)
    if psi != 1.0:
        recipe = Truncate(of=recipe, psi=psi)
    told: dict[str, Any] = {
        "picture": None,
        "trouble": "",
        "shares": [],
        "steps": words.steps(recipe, sliders.directions),
    }
    try:
        if depth(recipe) > MAX_RECIPE_DEPTH:
            raise Refused(TOO_DEEP)
        (drawn,) = await _draw(request, exhibit, (recipe,), LIVE)
    except Refused as refused:
        return {**told, "trouble": said(str(refused))}
    except Retry as retry:
        return {**told, "trouble": again(retry)}
    return {**told, "picture": data_url(drawn), "shares": words.shares(drawn.credits)}


async def _draw(request: web.Request, exhibit: Exhibit, recipes: tuple[Recipe, ...], size: int) -> list[Drawn]:
    asked = RenderRequest(model=exhibit.card.id, recipes=recipes, size=size, format=PictureFormat.webp)
    visitor = request[GUEST].visitor
    return list(await request.app[SITE].easel.draw(asked, exhibit.info.sha256, visitor.id))


def data_url(drawn: Drawn) -> str:
    """The picture inside the page itself: one way to the server and back instead of two."""
    return f"data:{drawn.media_type};base64,{b64encode(drawn.data).decode()}"


def labels(directions: Sequence[Direction], voted: Mapping[str, str]) -> list[str]:
    """What the sliders are called: by the members' vote, else by what they do where that could be measured; those that
    do the same are numbered."""
    names = [
        voted.get(one.id) or ends(one, " – ") or said("slider {number}", number=n)
        for n, one in enumerate(directions, 1)
    ]
    counted = [names[: place + 1].count(name) for place, name in enumerate(names)]
    return [f"{name} {count}" if count > 1 else name for name, count in zip(names, counted, strict=True)]


async def _voted(request: web.Request, exhibit: Exhibit) -> Mapping[str, str]:
    """The names that members gave the sliders: those of the model's own server, else of the visitor's first one."""
    servers = request[GUEST].access.servers
    own = exhibit.owner.server_id if exhibit.owner else None
    server = own if own in servers else next(iter(servers), None)
    return await request.app[SITE].records.slider_names.chosen(server, exhibit.info.sha256)


def _recipe(query: MultiMapping[str], base: Hung | None) -> Recipe:
    return READ_RECIPE.validate_python(base.recipe) if base else Seed(seed=_seed(query))


def _seed(query: MultiMapping[str]) -> int:
    return number(query.get("seed"), SEED_LIMIT - 1) or 1


def _psi(query: MultiMapping[str]) -> float:
    return real(query.get("psi"), 0.0, 2.0, 1.0)


def _amounts(query: MultiMapping[str], sliders: Sliders) -> dict[str, float]:
    """Amounts by the direction's id, as the form names them; those that change nothing are left out."""
    found = {one.id: real(query.get(f"d.{one.id}"), one.low, one.high, 0.0) for one in sliders.directions}
    return {direction: amount for direction, amount in found.items() if amount}


# --- who may see it -------------------------------------------------------------------------------------------------


async def _exhibit(request: web.Request) -> Exhibit:
    """The model of the address, if the visitor may see it. Raises `Missing`."""
    guest: Guest = request[GUEST]
    found = await request.app[SITE].catalogue.model(guest.visitor, guest.access, request.match_info["model"])
    if found is None:
        raise Missing(NO_MODEL)
    return found


async def _base(request: web.Request, exhibit: Exhibit) -> Hung | None:
    """The picture to play with, where the address names one. Raises `Missing` for one of another model or not in
    sight."""
    if "from" not in request.query:
        return None
    guest: Guest = request[GUEST]
    output_id = number(request.query["from"])
    sight = guest.access.sight(guest.visitor)
    found = await request.app[SITE].records.gallery.picture(sight, output_id) if output_id is not None else None
    if found is None or found.model_sha256 != exhibit.info.sha256:
        raise Missing(NO_PICTURE)
    return found


def _kept() -> dict[str, str]:
    return {"Cache-Control": "private, max-age=3600"}


MODEL = r"/models/{model:[a-z0-9][a-z0-9._-]{0,63}}"
ROUTES = (
    web.get("/models", models),
    web.get(MODEL, model),
    web.get(f"{MODEL}/studio", studio),
    web.get(f"{MODEL}/live", live),
    web.get(f"{MODEL}/strips/{{direction}}", strip),
    web.get(f"{MODEL}/training", training),
    web.get(f"{MODEL}/samples/{{n:\\d+}}.png", sample),
    web.get(f"{MODEL}/covers/{{n:\\d+}}.webp", cover),
)
