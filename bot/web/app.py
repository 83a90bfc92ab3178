"""The gallery as one aiohttp application, and a way to serve it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord
from aiohttp import web

from bot.parcels import Parcels
from bot.records import Records
from bot.safety.seal import Seal
from bot.settings import Settings
from bot.sketches import Sketchbook
from bot.web.budget import Budget
from bot.web.catalogue import Catalogue
from bot.web.discord_door import Application, DiscordDoor
from bot.web.doors import ClosedDoor, PlaygroundDoor, RememberingDoor
from bot.web.easel import Easel
from bot.web.guard import protecting, signed_in
from bot.web.needs import Worker
from bot.web.sessions import Sessions, kept_key
from bot.web.site import SITE, STATIC, Entrance, Site, templates
from bot.web.views import cards, contributing, drawing, gallery, models, privacy, signing, walks

MOST_FORM_BYTES = 16 * 1024
STATIC_S = 365 * 24 * 3600
GRACE_S = 1.0


def create_app(site: Site, *, playground: str | None = None) -> web.Application:
    """The application. `playground` is its address, where portraits come from."""
    app = web.Application(
        middlewares=[protecting(site.address, playground), signed_in], client_max_size=MOST_FORM_BYTES
    )
    app[SITE] = site
    app.router.add_get("/", home)
    for topic in (signing, gallery, walks, drawing, contributing, models, cards, privacy):
        app.router.add_routes(topic.ROUTES)
    app.router.add_static("/static/", STATIC)
    app.on_response_prepare.append(_keep_static)
    return app


async def home(request: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/gallery")


async def _keep_static(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith("/static/") and request.query.get("v") and response.status == 200:
        response.headers["Cache-Control"] = f"public, max-age={STATIC_S}, immutable"


async def build_site(
    settings: Settings,
    records: Records,
    worker: Worker,
    session: aiohttp.ClientSession,
    client: discord.Client,
    seal: Seal | None = None,
    sketches: Sketchbook | None = None,
    parcels: Parcels | None = None,
) -> Site:
    entrance = _entrance(settings, session, client)
    address = settings.web.address
    key = await asyncio.to_thread(kept_key, settings.data / "run" / "gallery.key")
    return Site(
        records=records,
        entrance=entrance,
        door=RememberingDoor(entrance),
        catalogue=Catalogue(records, worker),
        easel=Easel(worker, Budget(settings.web.renders_per_minute), seal),
        sessions=Sessions(key, secure=bool(address and address.startswith("https://"))),
        pages=templates(),
        sketches=sketches or Sketchbook(settings.data / "sketches"),
        parcels=parcels or Parcels(settings.data / "parcels"),
        address=address,
    )


def _entrance(settings: Settings, session: aiohttp.ClientSession, client: discord.Client) -> Entrance:
    if settings.playground_url is not None:
        return PlaygroundDoor(session, settings.playground_url)
    web_settings = settings.web
    if web_settings.client_id and web_settings.client_secret:
        application = Application(web_settings.client_id, web_settings.client_secret.get_secret_value())
        return DiscordDoor(session, application, client)
    return ClosedDoor()


@asynccontextmanager
async def serve(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve it for the length of the block; gives its address. Raises `OSError` when the port is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
