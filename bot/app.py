"""The composition root: everything of the bot is built here, handed down by argument, and closed in reverse order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain, repeat

import aiohttp
import discord

from bot.chat.client import ArtelBot
from bot.chat.messenger import DiscordMessenger
from bot.metrics import Metrics, serving
from bot.parcels import Parcels
from bot.records import Records, open_records
from bot.safety.fetch import Fetcher
from bot.safety.folders import Folders
from bot.safety.gatekeeper import Gatekeeper
from bot.safety.intake import Intake
from bot.safety.seal import open_seal
from bot.settings import Settings, SettingsError
from bot.sketches import Sketchbook
from bot.tracing import open_tracing
from bot.web.app import build_site, create_app, serve
from bot.worker import WorkerClient
from bot.workflows.durable import Durable
from bot.workflows.library import Library
from bot.workflows.parts import Parts
from bot.workflows.studio import WRITTEN_TYPES, Studio

log = logging.getLogger(__name__)

LOGIN_PAUSES_S = (0.3, 0.6, 1.2, 2.5, 5.0, 10.0, 30.0)
"""Between tries to reach Discord at the start; the last one is repeated."""
QUIET_PAUSE_S = 2.0
"""A playground that starts beside us needs a second or two; only longer trouble is worth a line."""
BAD_TOKEN = (
    "Discord does not accept DISCORD_TOKEN. Copy the token anew from the Bot page of your application at "
    "https://discord.com/developers/applications (README, “With a real Discord server”)."
)


@dataclass(frozen=True)
class Rooms:
    """What a command that works without Discord needs: the records, the worker, and the stories' parts."""

    records: Records
    worker: WorkerClient
    parts: Parts


async def run(settings: Settings, made: Callable[[discord.Client], None] | None = None) -> None:
    """Run the bot until cancelled; the database must have been migrated. `made` gets the client before it connects.

    The worker may be away: members are told so until it is back. Raises `SettingsError` for a token that Discord does
    not accept.
    """
    messenger = DiscordMessenger()
    async with open_rooms(settings, messenger) as rooms:
        durable = Durable(settings.database_url, settings.discord.process_name, WRITTEN_TYPES)
        metrics = rooms.parts.metrics
        metrics.watch(durable.unfinished, rooms.parts.line.waiting)
        studio = Studio(rooms.parts, durable, version("artel"))
        await rooms.parts.gate.open()
        await studio.open()
        try:
            trace = metrics.of_discord()
            bot = await log_in(lambda: ArtelBot(studio, messenger, http_trace=trace), settings.bot_token)
            if made is not None:
                made(bot)
            try:
                async with gallery(settings, rooms, bot), counting(settings, metrics):
                    await bot.connect()
            finally:
                await studio.close()  # first, so that answers that are nearly done still find the connection
                await bot.close()
        finally:
            await studio.close()


async def log_in(make: Callable[[], ArtelBot], token: str) -> ArtelBot:
    """A bot that is logged in; a Discord (or playground) that is not up yet is tried again for ever.

    Raises `SettingsError` for a token that Discord does not accept.
    """
    for pause in chain(LOGIN_PAUSES_S, repeat(LOGIN_PAUSES_S[-1])):
        bot = make()  # a new one each time: half a login cannot be taken up again
        try:
            await bot.login(token)
            return bot
        except discord.LoginFailure as error:
            await bot.close()
            raise SettingsError(BAD_TOKEN) from error
        except (aiohttp.ClientError, OSError, discord.HTTPException) as error:
            await bot.close()
            if pause >= QUIET_PAUSE_S:
                log.warning("Discord cannot be reached (%s); the next try is in %.0f s", error, pause)
        await asyncio.sleep(pause)
    raise AssertionError("the pauses never end")


@asynccontextmanager
async def gallery(settings: Settings, rooms: Rooms, client: discord.Client) -> AsyncIterator[None]:
    """Serve the web gallery for the length of the block, if it is wanted; a port that is taken is no reason to stop."""
    if not settings.web.enabled:
        yield
        return
    host = settings.web.host if settings.playground_url is None else "127.0.0.1"
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        site = await build_site(
            settings,
            rooms.records,
            rooms.worker,
            session,
            client,
            rooms.parts.seal,
            rooms.parts.sketches,
            rooms.parts.parcels,
        )
        app = create_app(site, playground=settings.playground_url)
        try:
            address = await stack.enter_async_context(serve(app, host, settings.web.port))
            log.info("the gallery is at %s", settings.web.address or address)
        except OSError as error:
            log.warning("the gallery is not served: %s (ARTEL_WEB_PORT names another port)", error.strerror or error)
        yield


@asynccontextmanager
async def counting(settings: Settings, metrics: Metrics) -> AsyncIterator[None]:
    """Show the bot's counts for the length of the block, if that is wanted."""
    async with AsyncExitStack() as stack:
        if settings.log.metrics_port is not None:
            try:
                address = await stack.enter_async_context(serving(metrics, settings.log.metrics_port))
                log.info("metrics are at %s", address)
            except OSError as error:
                log.warning("no metrics: %s (ARTEL_METRICS_PORT names another port)", error.strerror or error)
        yield


@asynccontextmanager
async def open_rooms(settings: Settings, messenger: DiscordMessenger) -> AsyncIterator[Rooms]:
    """Open everything below the chat."""
    async with AsyncExitStack() as stack:
        metrics, tracing = Metrics(), open_tracing(settings.log.traces)
        stack.push_async_callback(asyncio.to_thread, tracing.close)
        records = open_records(settings.database_url)
        stack.push_async_callback(records.close)
        worker = await stack.enter_async_context(
            WorkerClient(
                settings.worker_url,
                settings.worker_token,
                trace=metrics.of_worker(),
                spans=tracing.headers,
                render_seconds=settings.worker.render_seconds,
                call_seconds=settings.worker.call_seconds,
            )
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        intake = Intake(settings.intake)
        stack.push_async_callback(intake.close)
        gate = Gatekeeper(settings.gate)
        stack.push_async_callback(gate.close)
        folders = Folders([settings.folders, settings.data / "playground" / "art"], file_mib=settings.intake.file_mib)
        fetcher = Fetcher(session, file_mib=settings.intake.file_mib, playground_url=settings.playground_url)
        parts = Parts(
            records=records,
            worker=worker,
            messenger=messenger,
            library=Library(records, worker, folders),
            fetcher=fetcher,
            folders=folders,
            intake=intake,
            gate=gate,
            limits=settings.limits,
            seal=open_seal(settings.data / "provenance", settings.marking),
            marks=settings.marking.marks,
            metrics=metrics,
            tracing=tracing,
            emoji_are_free=settings.playground_url is not None,
            pages=_pages(settings),
            sketches=Sketchbook(settings.data / "sketches"),
            parcels=Parcels(settings.data / "parcels"),
        )
        yield Rooms(records, worker, parts)


def _pages(settings: Settings) -> str | None:
    """Where members find the web pages; none where they are not served."""
    if not settings.web.enabled:
        return None
    return settings.web.address or f"http://127.0.0.1:{settings.web.port}"
