"""`artel requests` and `artel rebuild`: what the records say, and that a picture is a function of its row."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.errors import Refused
from bot.records import open_records
from bot.records.store import RequestLine
from bot.settings import Settings
from bot.worker import WorkerAway, WorkerClient
from bot.workflows.rebuilding import rebuild as make_again

STATE_COLOURS = {"done": "green", "working": "yellow", "refused": "yellow", "failed": "red"}
WIDE = 200
"""Columns when the output is no terminal: a line a request, for grep."""


async def show_requests(settings: Settings, *, server: int | None, limit: int | None, as_json: bool) -> None:
    """Every request, newest first: who, what, when, state, timings, model, outputs."""
    records = open_records(settings.database_url)
    try:
        lines = await records.every_request(server_id=server, limit=limit)
    finally:
        await records.close()
    if as_json:
        for line in lines:
            print(json.dumps(dataclasses.asdict(line), default=_plain, ensure_ascii=False))
        return
    console = Console()
    if not console.is_terminal:
        console.width = WIDE
    console.print(requests_table(lines))


def requests_table(lines: Sequence[RequestLine]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("when", "who", "where", "what", "state", "passed", "timings", "model", "outputs"):
        table.add_column(name, overflow="fold")
    for line in lines:
        colour = STATE_COLOURS.get(line.state, "white")
        state = f"[{colour}]{line.state}[/]" + ("" if line.answered_at else " · not answered")
        if line.error:
            state += f"\n[dim]{escape(line.error[:120])}[/]"
        table.add_row(
            f"{line.asked_at:%Y-%m-%d %H:%M:%S}",
            escape(line.member),
            escape(line.server or "direct message"),
            escape(_what(line)),
            state,
            passed(line),
            timings(line.timings),
            line.model or "",
            ", ".join(f"#{one}" for one in line.outputs) or line.training or "",
        )
    return table


STATES = ("accepted", "acknowledged", "started", "rendered", "delivered")


def passed(line: RequestLine) -> str:
    """When it passed each state, from the moment it was asked for, such as `accepted +12 ms · delivered +180 ms`; then
    the way the answer took, and how many tries that needed."""
    times = (line.accepted_at, line.acknowledged_at, line.started_at, line.done_at, line.answered_at)
    shown = [
        f"{name} +{_span((at - line.asked_at).total_seconds())}"
        for name, at in zip(STATES, times, strict=True)
        if at is not None
    ]
    if line.route:
        shown.append(f"by {line.route}" + (f" at try {line.attempts}" if line.attempts > 1 else ""))
    return " · ".join(shown)


def _span(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.0f} s"


def timings(stages: Mapping[str, float]) -> str:
    """Such as `whole 212 ms · render 96`; a training's in seconds."""
    order = sorted(stages, key=lambda name: (name != "whole", name))
    shown = [
        f"{name} {stages[name]:.0f} ms" if stages[name] < 10_000 else f"{name} {stages[name] / 1000:.0f} s"
        for name in order
    ]
    return " · ".join(shown)


async def rebuild(settings: Settings, output_id: int, target: Path | None) -> None:
    """Make a posted picture again from its row, byte for byte, write it, and print its hash.

    Raises `Refused` when there is no such row, or when the worker can no longer make those bytes.
    """
    records = open_records(settings.database_url)
    patience_s = settings.worker.render_seconds
    try:
        async with WorkerClient(settings.worker_url, settings.worker_token, render_seconds=patience_s) as worker:
            data = await make_again(records, worker, output_id)
    except WorkerAway as away:
        raise Refused(f"No worker answers at {settings.worker_url}. Start one: artel worker (or make run)") from away
    finally:
        await records.close()
    path = target or Path(f"artel-{output_id}.{_suffix(data)}")
    path.write_bytes(data)
    print(f"{hashlib.sha256(data).hexdigest()}  {path}")


def _suffix(data: bytes) -> str:
    return "webp" if data[:4] == b"RIFF" else "png"


def _what(line: RequestLine) -> str:
    parts = [f"{name}={value}" for name, value in line.ask.items() if name != "kind" and _short(value)]
    return " ".join([line.kind, *parts])[:80]


def _short(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)
