"""Running the worker: token, lock on the data folder, log, signals."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from pydantic import SecretStr

from gan.contract import FamilyInfo
from gan.engines.local import Commands, LocalEngine
from gan.rundir import write_atomically
from gan.server.app import SHIPPED_MODELS, build_app
from gan.settings import WorkerSettings

FINISH_S = 15.0
"""How long open renders may take to finish once the worker is told to stop."""
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
log = structlog.get_logger("artel.worker")


class CannotStart(Exception):
    """The sentence to show to whoever started the worker."""


async def serve(
    settings: WorkerSettings,
    families: tuple[FamilyInfo, ...],
    commands: Commands | None = None,
    shipped_models: Path = SHIPPED_MODELS,
    traces: Any = None,
) -> None:
    """Serve until SIGINT or SIGTERM. Raises `CannotStart`."""
    _make_folder(settings.data)
    with _only_worker_of(settings.data):
        engine, token = LocalEngine(settings, commands), load_token(settings)
        secret = kept_secret(settings.mark_secret, settings.data / "marks.key")
        app = build_app(settings, token, engine, families, shipped_models, traces, secret)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=FINISH_S)
        await runner.setup()
        note = settings.data / "worker.json"
        try:
            port = await _listen(runner, settings)
            address = {"url": f"http://{_for_url(settings.host)}:{port}", "host": settings.host, "port": port}
            about = {**address, "pid": os.getpid(), "version": version("artel"), "started": time.time()}
            write_atomically(note, json.dumps(about).encode())
            log.info("worker listens", **address)
            await _told_to_stop()
            log.info("worker stops: finishing renders, saving trainings")
        finally:
            note.unlink(missing_ok=True)
            await runner.cleanup()
            if traces is not None:
                await asyncio.to_thread(traces.shutdown)  # sends what is left


async def _listen(runner: web.AppRunner, settings: WorkerSettings) -> int:
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise CannotStart(
            f"The worker cannot listen on {where} ({error.strerror}). Set ARTEL_WORKER_PORT to a free port, or to 0."
        ) from error
    port: int = runner.addresses[0][1]
    return port


async def _told_to_stop() -> None:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()
    for number in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C ends it the hard way
        loop.remove_signal_handler(number)


def load_token(settings: WorkerSettings) -> str:
    """The token that was set, else the one of the data folder, made at first start."""
    return kept_secret(settings.token, settings.data / "token")


def kept_secret(given: SecretStr | None, path: Path) -> str:
    """What was set, else what the file holds, which is made at first start and readable by its owner alone."""
    if given is not None and given.get_secret_value():
        return given.get_secret_value()
    with contextlib.suppress(FileNotFoundError):
        if secret := path.read_text().strip():
            return secret
    secret = secrets.token_urlsafe(32)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    return secret


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        detail = f"The data folder {data} cannot be made ({error.strerror}); set ARTEL_WORKER_DATA to one that can."
        raise CannotStart(detail) from error


@contextlib.contextmanager
def _only_worker_of(data: Path) -> Iterator[None]:
    """Two workers on one folder would train the same runs; the second is turned away."""
    with (data / "worker.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            detail = f"Another worker uses {data.resolve()}; stop it, or set ARTEL_WORKER_DATA to another folder."
            raise CannotStart(detail) from error
        yield


def _for_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def configure_logging(settings: WorkerSettings) -> None:
    """One line an event to standard error: JSON for machines, colours on a terminal."""
    terminal = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    last: structlog.typing.Processor
    last = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    between: list[structlog.typing.Processor] = [] if terminal else [structlog.processors.dict_tracebacks]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *between,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
