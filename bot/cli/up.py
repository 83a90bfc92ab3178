"""`artel up`: the whole house from one command, for as long as the person wants it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import webbrowser
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from bot.cli.console import HouseLog, welcome
from bot.cli.invite import invite_link
from bot.cli.lock import HouseLock
from bot.settings import WORKER_PORT, Settings, SettingsError
from bot.supervisor import Child, Program, supervise
from gan.contract import PREFIX, Health, HealthState

LOW_DISK_BYTES = 1024**3
PULSE_FRESH_S = 20.0
"""The bot touches its pulse file every few seconds; a busy machine may delay that, a hung bot never does it again."""
WORKER_GRACE_S = 11.0
"""Somewhat more than the eight seconds that the worker itself gives a training to save its state."""


@dataclass(frozen=True)
class Plan:
    """What will be started, and where it will answer."""

    worker_url: str
    worker_token: str
    playground_url: str | None
    pulse: Path
    data: Path
    own_worker: bool
    own_playground: bool
    web_port: int | None
    """Where the bot serves the gallery; none when it is switched off."""

    @property
    def bot_environment(self) -> dict[str, str]:
        told = {
            "ARTEL_DATA": str(self.data),
            "WORKER_URL": self.worker_url,
            "WORKER_TOKEN": self.worker_token,
            "ARTEL_PULSE": str(self.pulse),
            "ARTEL_LOG_FORMAT": "json",
        }
        if self.web_port is not None:
            told["ARTEL_WEB_PORT"] = str(self.web_port)
        return told | ({"PLAYGROUND_URL": self.playground_url} if self.playground_url else {})


def plan(settings: Settings, environment: Mapping[str, str]) -> Plan:
    """Choose ports and tokens; nothing is started yet."""
    data = settings.data.absolute()
    own_worker = settings.worker.url is None
    own_playground = settings.discord.token is None and settings.playground.url is None
    playground_url = settings.playground_url
    if own_playground:
        playground_url = f"http://127.0.0.1:{free_port(settings.playground.port)}"
    return Plan(
        worker_url=f"http://127.0.0.1:{free_port(_worker_port(environment))}" if own_worker else settings.worker_url,
        worker_token=settings.worker_token() or _new_token(data / "worker"),
        playground_url=playground_url,
        pulse=data / "run" / "bot.pulse",
        data=data,
        own_worker=own_worker,
        own_playground=own_playground,
        web_port=free_port(settings.web.port) if settings.web.enabled else None,
    )


def _worker_port(environment: Mapping[str, str]) -> int:
    """The port our worker should have; its own settings say more, but only it reads them."""
    given = environment.get("ARTEL_WORKER_PORT", "").strip() or str(WORKER_PORT)
    if not given.isdecimal() or int(given) > 65535:
        raise SettingsError(f"ARTEL_WORKER_PORT is {given!r}, which cannot be used: it should be 0 to 65535.")
    return int(given)


async def up(settings: Settings, environment: Mapping[str, str]) -> None:
    """Run everything until Ctrl-C or SIGTERM.

    Raises `AlreadyRunning` when the data folder is taken, `StartFailed` with the sentence that helps when a part
    cannot be brought up, `OSError` when the data folder cannot be written.
    """
    started = time.monotonic()
    console = Console(stderr=False, soft_wrap=True)
    with HouseLock(settings.data) as lock:
        house = plan(settings, environment)
        lock.tell(house.playground_url or "Discord")
        log = HouseLog(settings.data / "logs" / "artel.log", console)
        _prepare(settings, house)
        stop = asyncio.Event()
        _stop_on_signals(stop, console)
        async with aiohttp.ClientSession() as session:
            children = [Child(program, log.output, log.notice) for program in programs(settings, house, session)]
            names = ", ".join(child.program.name for child in children)
            waiting = console.status(f"Starting {names} …") if console.is_terminal else contextlib.nullcontext()
            with waiting as spinner:

                async def announce() -> None:
                    if spinner is not None:
                        spinner.stop()
                    await _greet(console, settings, house, session, time.monotonic() - started)

                try:
                    await supervise(children, stop, announce)
                finally:
                    log.close()
    console.print("[dim]Everything is stopped.[/]")


def programs(settings: Settings, house: Plan, session: aiohttp.ClientSession) -> list[Program]:
    """The parts of the house in the order in which they are started; they are stopped the other way round."""
    python = (sys.executable, "-m")
    found: list[Program] = []
    if house.own_worker:
        port = house.worker_url.rpartition(":")[2]
        told = {"ARTEL_WORKER_PORT": port, "ARTEL_WORKER_TOKEN": house.worker_token, "ARTEL_WORKER_LOG_FORMAT": "json"}
        told["ARTEL_WORKER_DATA"] = os.environ.get("ARTEL_WORKER_DATA") or str(house.data / "worker")
        asked = _worker_answers(session, house.worker_url)
        found.append(Program("worker", (*python, "gan", "serve"), asked, told, grace_s=WORKER_GRACE_S))
    if house.own_playground and house.playground_url:
        port = house.playground_url.rpartition(":")[2]
        command = (*python, "playground", "--port", port, "--data", str(house.data / "playground"))
        found.append(Program("playground", command, _page_answers(session, house.playground_url)))
    found.append(
        Program("bot", (*python, "bot", "bot"), _pulse_is_fresh(house.pulse), house.bot_environment, grace_s=12.0)
    )
    return found


def free_port(wanted: int) -> int:
    """`wanted` if nothing listens there, else one that the system chooses."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise OSError("this machine has no free port on 127.0.0.1")


def _new_token(folder: Path) -> str:
    """A token for our own worker, kept where it looks for one, so that every command on this folder can reach it."""
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe(32)
    with os.fdopen(os.open(folder / "token", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token + "\n")
    return token


def _prepare(settings: Settings, house: Plan) -> None:
    house.pulse.parent.mkdir(parents=True, exist_ok=True)
    house.pulse.unlink(missing_ok=True)
    settings.folders.mkdir(parents=True, exist_ok=True)


def _stop_on_signals(stop: asyncio.Event, console: Console) -> None:
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if not stop.is_set():
            console.print("\n[dim]Stopping …[/]")
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked)


def _worker_answers(session: aiohttp.ClientSession, url: str) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        health = await worker_health(session, url)
        return health is not None and health.state in {HealthState.ready, HealthState.busy}

    return asked


def _page_answers(session: aiohttp.ClientSession, url: str) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        try:
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=5)) as answer:
                return answer.status < 500
        except aiohttp.ClientError:
            return False

    return asked


def _pulse_is_fresh(pulse: Path) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        try:
            return _age_s(pulse) < PULSE_FRESH_S
        except OSError:
            return False

    return asked


def _age_s(path: Path) -> float:
    return time.time() - path.stat().st_mtime


async def worker_health(session: aiohttp.ClientSession, url: str) -> Health | None:
    """What the worker says of itself; none when it does not answer."""
    try:
        async with session.get(f"{url}{PREFIX}/health", timeout=aiohttp.ClientTimeout(total=5)) as answer:
            return Health.model_validate_json(await answer.read())
    except (aiohttp.ClientError, ValueError):
        return None


async def _greet(
    console: Console, settings: Settings, house: Plan, session: aiohttp.ClientSession, took_s: float
) -> None:
    health = await worker_health(session, house.worker_url)
    facts: dict[str, str] = {}
    if house.web_port is not None:
        facts["gallery"] = settings.web.address or f"http://127.0.0.1:{house.web_port}"
    facts["ready in"] = f"{took_s:.1f} s"
    if health:
        models = f"{health.models} model{'' if health.models == 1 else 's'}"
        facts["worker"] = " · ".join(part for part in (health.device, models) if part)
    facts |= {"data": str(house.data), "log": str(house.data / "logs" / "artel.log"), "stop": "Ctrl-C"}
    if shutil.disk_usage(house.data).free < LOW_DISK_BYTES:
        facts["disk"] = "under 1 GiB free: make room before you train"
    if house.playground_url:
        welcome(console, house.playground_url, "open", facts)
        _open_page(house.playground_url, settings)
    else:
        welcome(console, invite_link(settings.bot_token) or "https://discord.com/app", "invite", facts)


def _open_page(address: str, settings: Settings) -> None:
    display: Any = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin"
    if settings.playground.browser and display and not os.environ.get("CI"):
        asyncio.get_running_loop().run_in_executor(None, webbrowser.open, address)
