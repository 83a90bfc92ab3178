"""`artel bot`: point discord.py at the playground when there is no token, then hand over to the composition root."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from pathlib import Path

from bot.settings import Settings

PULSE_S = 2.0


async def run_bot(settings: Settings, pulse: str | None = None) -> None:
    """Migrate, then run the bot until SIGTERM or Ctrl-C.

    `pulse` names a file that is touched every `PULSE_S` seconds while the event loop runs, for a supervisor to see.
    """
    from bot import app
    from bot.records import migrate

    if settings.playground_url is not None:
        from bot.discord_endpoint import point_discord_at

        point_discord_at(settings.playground_url)
    await migrate(settings.database_url)
    running = asyncio.create_task(app.run(settings))
    beating = asyncio.create_task(_beat(Path(pulse))) if pulse else None
    _cancel_on_signals(running)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        if beating:
            beating.cancel()


async def _beat(pulse: Path) -> None:
    while True:
        _touch(pulse)
        await asyncio.sleep(PULSE_S)


def _touch(pulse: Path) -> None:
    pulse.touch()


def _cancel_on_signals(task: asyncio.Task[None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
