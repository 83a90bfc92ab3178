"""The `artel` command. The only module that reads the environment; it also turns every failure into one sentence."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from dotenv import dotenv_values

from bot import log
from bot.settings import Settings, SettingsError, read
from bot.supervisor import EX_CONFIG

app = typer.Typer(
    help="Artel: a Discord server's own art studio.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def up() -> None:
    """Start everything: worker, bot and (without DISCORD_TOKEN) the playground. Ctrl-C stops it."""
    from bot.cli.lock import AlreadyRunning
    from bot.cli.up import up as run_all
    from bot.supervisor import StartFailed

    settings = _settings()
    try:
        _run(run_all(settings, os.environ))
    except (AlreadyRunning, StartFailed) as error:
        _end(str(error))
    except PermissionError as error:
        _end(f"{error.filename}: {error.strerror}. Make the folder writable, or name another with ARTEL_DATA.")


@app.command()
def bot() -> None:
    """Run the bot alone, against Discord or a running playground."""
    from bot.cli.botting import run_bot

    settings = _settings()
    _log(settings)
    pulse = os.environ.get("ARTEL_PULSE")
    _run(run_bot(settings, Path(pulse) if pulse else None))


@app.command()
def worker() -> None:
    """Run the worker alone; its settings are the variables ARTEL_WORKER_…"""
    settings = _settings()
    os.environ.setdefault("ARTEL_WORKER_DATA", str(settings.data / "worker"))
    _become("gan", "serve")


@app.command()
def playground(
    port: Annotated[int | None, typer.Option(help="TCP port on 127.0.0.1; 0 takes a free one.")] = None,
) -> None:
    """Run the playground alone: a Discord of its own in the browser."""
    settings = _settings()
    chosen = settings.playground.port if port is None else port
    _become("playground", "--port", str(chosen), "--data", str(settings.data / "playground"))


def main() -> None:
    """Entry point of the `artel` script and of `python -m bot`."""
    app()


def _settings() -> Settings:
    """Settings from `.env` in the working folder and the environment, which wins; children get to see both."""
    try:
        for name, value in dotenv_values(Path(".env")).items():
            if value:
                os.environ.setdefault(name, value)
        return read(os.environ)
    except SettingsError as error:
        _end(str(error))


def _log(settings: Settings) -> None:
    held = (settings.discord.token, settings.worker.token)
    secrets = [one.get_secret_value() for one in held if one is not None]
    log.configure(settings.log.format, settings.log.level, secrets=secrets)


def _run(story: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(story)


def _become(module: str, *arguments: str) -> NoReturn:
    """Let this process become another program of ours, so that signals reach it directly."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])


def _end(sentence: str) -> NoReturn:
    """Say what is wrong and what to do, and tell a supervisor that starting again would not help."""
    typer.echo(f"artel: {sentence}", err=True)
    raise typer.Exit(EX_CONFIG)


if __name__ == "__main__":
    main()
