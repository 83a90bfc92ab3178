"""`artel requests` and `artel rebuild`: what the records say, and that a picture is a function of its row."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.errors import Refused
from bot.records import open_records
from bot.records.outputs import Output
from bot.records.store import RequestLine
from bot.settings import Settings
from bot.worker import WorkerClient
from gan.contract import PictureFormat, Recipe, RenderRequest, Upscaler

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
    for name in ("when", "who", "where", "what", "state", "timings", "model", "outputs"):
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
            timings(line.timings),
            line.model or "",
            ", ".join(f"#{one}" for one in line.outputs) or line.training or "",
        )
    return table


def timings(stages: Mapping[str, float]) -> str:
    """Such as `whole 212 ms · render 96`; a training's in seconds."""
    order = sorted(stages, key=lambda name: (name != "whole", name))
    shown = [
        f"{name} {stages[name]:.0f} ms" if stages[name] < 10_000 else f"{name} {stages[name] / 1000:.0f} s"
        for name in order
    ]
    return " · ".join(shown)


async def rebuild(settings: Settings, output_id: int, target: Path | None) -> bool:
    """Make a posted picture again from its row and write it; whether its bytes are those of then.

    Raises `Refused` when there is no such row, or the worker no longer has what it takes.
    """
    records = open_records(settings.database_url)
    try:
        output = await records.outputs.get(output_id)
    finally:
        await records.close()
    if output is None:
        raise Refused(f"There is no output {output_id}. `artel requests` lists those there are.")
    async with WorkerClient(
        settings.worker_url, settings.worker_token, render_seconds=settings.worker.render_seconds
    ) as worker:
        await _check_model(worker, output)
        answer = await worker.render(request_of(output), request_id=f"rebuild-{output_id}")
    picture = answer.pictures[0]
    path = target or Path(f"artel-{output_id}.{output.format}")
    path.write_bytes(picture.data)
    same = picture.sha256 == output.sha256
    print(f"{picture.sha256}  {path}")
    if not same:
        print(f"The record says {output.sha256}: made by another version, device kind or precision.")
    return same


def request_of(output: Output) -> RenderRequest:
    """The render that makes this output again."""
    try:
        recipe: Recipe = TypeAdapter(Recipe).validate_python(dict(output.recipe))
    except ValidationError as error:
        raise Refused(f"The recipe of output {output.id} is of a kind that this version does not know.") from error
    return RenderRequest(
        model=output.model_id,
        recipes=(recipe,),
        size=output.size,
        upscaler=Upscaler(output.upscaler),
        format=PictureFormat(output.format),
    )


async def _check_model(worker: WorkerClient, output: Output) -> None:
    found = {info.card.id: info.sha256 for info in await worker.models()}
    if output.model_id not in found:
        raise Refused(
            f"The worker no longer has the model {output.model_id}. Restore it from a backup: artel restore FILE"
        )
    if found[output.model_id] != output.model_sha256:
        raise Refused(
            f"The model {output.model_id} is another one now ({found[output.model_id][:12]}…, then "
            f"{output.model_sha256[:12]}…), so it makes other pictures. Restore the old one from a backup."
        )


def _what(line: RequestLine) -> str:
    parts = [f"{name}={value}" for name, value in line.ask.items() if name != "kind" and _short(value)]
    return " ".join([line.kind, *parts])[:80]


def _short(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)
