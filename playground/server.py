"""The playground as one aiohttp application, and a way to serve it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from playground import files
from playground.control import chat, presses, testing
from playground.control import commands as people_commands
from playground.control.calls import act
from playground.guard import guard
from playground.playing import PLAYGROUND, Playground
from playground.rest import channels, commands, expressions, interactions, users
from playground.rest.calls import endpoint, no_such_route
from playground.seed import open_world
from playground.settings import Settings

_API = "/api/v10"
_TOKEN_IN_PATH = ("/interactions/", "/webhooks/")


def create_app(settings: Settings) -> web.Application:
    """Build the application. It learns its address from `serve`, or from the first request it gets."""
    app = web.Application(middlewares=[guard, _learn_address], client_max_size=0)
    app[PLAYGROUND] = Playground(settings)
    for topic in (users, commands, channels, interactions, expressions):
        for method, route, handler in topic.ROUTES:
            needs_token = not route.startswith(_TOKEN_IN_PATH)
            app.router.add_route(method, _API + route, endpoint(route, handler, needs_token))
    app.router.add_route("*", "/api/{tail:.*}", endpoint("/{unknown}", no_such_route, needs_token=False))
    for people in (chat, people_commands, presses, testing):
        for method, route, doing in people.ROUTES:
            app.router.add_route(method, route, act(doing))
    app.router.add_get("/gw", _gateway)
    app.router.add_get("/attachments/{channel}/{attachment}/{name}", files.attachment)
    app.router.add_get("/emojis/{name}", files.expression)
    app.router.add_get("/stickers/{name}", files.expression)
    app.router.add_get("/avatars/{owner}/{name}", files.portrait)
    app.router.add_get("/icons/{owner}/{name}", files.portrait)
    app.router.add_get("/", files.page)
    static = files.WEB / "static"
    if static.is_dir():
        app.router.add_static("/static", static)
    app.cleanup_ctx.append(_life)
    app.on_shutdown.append(_hang_up)
    return app


async def _gateway(request: web.Request) -> web.WebSocketResponse:
    return await request.app[PLAYGROUND].gateway.handle(request)


@web.middleware
async def _learn_address(request: web.Request, handler: object) -> web.StreamResponse:
    cdn = request.app[PLAYGROUND].cdn
    if not cdn.base_url:
        cdn.base_url = f"http://{request.host}"
    return await handler(request)  # type: ignore[operator, no-any-return]


async def _life(app: web.Application) -> AsyncIterator[None]:
    play = app[PLAYGROUND]
    await open_world(play)
    yield
    play.store.close()


async def _hang_up(app: web.Application) -> None:
    """End the long connections, so that stopping does not wait for them."""
    await app[PLAYGROUND].gateway.close()
    await app[PLAYGROUND].hub.close()


@asynccontextmanager
async def serve(settings: Settings) -> AsyncIterator[tuple[str, Playground]]:
    """Serve until the block ends; gives the base address (such as `http://127.0.0.1:8765`) and the playground."""
    app = create_app(settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        host, port = runner.addresses[0][:2]
        address = f"http://{host}:{port}"
        app[PLAYGROUND].cdn.base_url = address
        yield address, app[PLAYGROUND]
    finally:
        await runner.cleanup()
