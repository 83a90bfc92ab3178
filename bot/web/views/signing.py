"""Coming in and going out."""

from __future__ import annotations

from aiohttp import web

from bot.errors import Refused
from bot.web.discord_door import DiscordDoor
from bot.web.doors import PlaygroundDoor
from bot.web.guard import local_path
from bot.web.site import SITE, number, page

BACK = "/sign-in/back"
DENIED = "Discord says that you did not let the gallery know who you are. It needs no more than that."
STALE = "That sign-in was begun elsewhere, or too long ago. Start again."


async def sign_in(request: web.Request) -> web.Response:
    """Choose who to be (playground), go to Discord, or read how to set it up."""
    entrance = request.app[SITE].entrance
    people = await entrance.people() if isinstance(entrance, PlaygroundDoor) else []
    way = "playground" if people else "discord" if isinstance(entrance, DiscordDoor) else "closed"
    return page(request, "sign_in.html", way=way, people=people, then=local_path(request.query.get("then")))


async def enter(request: web.Request) -> web.Response:
    """POST: come in as one of the playground's people."""
    site = request.app[SITE]
    if not isinstance(site.entrance, PlaygroundDoor):
        raise web.HTTPNotFound
    form = await request.post()
    visitor = await site.entrance.enter(number(str(form.get("person", ""))) or 0)
    answer = _go(local_path(str(form.get("then", ""))))
    site.sessions.enter(answer, visitor)
    return answer


async def go_to_discord(request: web.Request) -> web.Response:
    site = request.app[SITE]
    if not isinstance(site.entrance, DiscordDoor):
        raise web.HTTPNotFound
    answer = _go("")
    state = site.sessions.ask(answer, local_path(request.query.get("then")))
    answer.headers["Location"] = site.entrance.ask_at(state, _here(request) + BACK)
    return answer


async def come_back(request: web.Request) -> web.Response:
    """Discord sends the visitor here, with a code or with an error."""
    site = request.app[SITE]
    if not isinstance(site.entrance, DiscordDoor):
        raise web.HTTPNotFound
    then = site.sessions.asked(request, request.query.get("state", ""))
    if then is None:
        raise Refused(STALE)
    code = request.query.get("code", "")
    if not code:
        raise Refused(DENIED)
    visitor = await site.entrance.enter(code, _here(request) + BACK)
    answer = _go(then)
    site.sessions.enter(answer, visitor)
    return answer


async def sign_out(request: web.Request) -> web.Response:
    answer = _go("/sign-in")
    request.app[SITE].sessions.leave(answer)
    return answer


def _go(where: str) -> web.Response:
    return web.Response(status=303, headers={"Location": where, "Cache-Control": "no-store"})


def _here(request: web.Request) -> str:
    """Our own address as the visitor's browser knows it; the guard has looked at the name in it."""
    return request.app[SITE].address or f"http://{request.host}"


ROUTES = (
    web.get("/sign-in", sign_in),
    web.post("/sign-in", enter),
    web.get("/sign-in/discord", go_to_discord),
    web.get(BACK, come_back),
    web.post("/sign-out", sign_out),
)
