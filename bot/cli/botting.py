"""`artel bot`: point discord.py at the playground when there is no token, then hand over to the composition root."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path

import discord

from bot.settings import Settings

PULSE_S = 2.0
LOOK_S = 0.1


NO_DATABASE = (
    "The database cannot be opened or brought up to date: check DATABASE_URL, and that the data folder can be written."
)


class DatabaseTrouble(Exception):
    """The database is not there, or not in a shape we know; the text says what to look at."""


async def run_bot(settings: Settings, pulse: Path | None = None) -> None:
    """Migrate, then run the bot until SIGTERM or Ctrl-C.

    `pulse` is a file for a supervisor: it is touched once the bot is connected, and every `PULSE_S` seconds from then
    on for as long as the event loop runs (a trouble of Discord's is no reason to start the bot again).
    """
    from bot import app
    from bot.discord_endpoint import point_discord_at
    from bot.records import UnsafeSqlite, migrate

    if settings.playground_url is not None:
        point_discord_at(settings.playground_url)
    try:
        await migrate(settings.database_url)
    except UnsafeSqlite:
        raise
    except Exception as error:
        raise DatabaseTrouble(f"{NO_DATABASE} ({type(error).__name__}: {str(error).splitlines()[0][:200]})") from error
    beats: list[asyncio.Task[None]] = []

    def made(client: discord.Client) -> None:
        if pulse is not None:
            beats.append(asyncio.create_task(_beat(pulse, client), name="pulse"))

    running = asyncio.create_task(app.run(settings, made), name="bot")
    _cancel_on_signals(running)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        for task in beats:
            task.cancel()


async def _beat(pulse: Path, client: discord.Client) -> None:
    connected = False
    while True:
        # Its guilds are known some seconds before discord.py calls it ready, and commands work from then on.
        connected = connected or bool(client.guilds) or client.is_ready()
        if connected:
            _touch(pulse)
        await asyncio.sleep(PULSE_S if connected else LOOK_S)


def _touch(pulse: Path) -> None:
    pulse.touch()


def _cancel_on_signals(task: asyncio.Task[None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
