"""`python -m gan runs`, which is also `artel runs`: trainings listed and compared in the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gan.contract import WalkFormat
from gan.errors import WorkerError
from gan.rundir import write_atomically
from gan.tracking.evolution import evolution
from gan.tracking.past import Past, Point, Shelf, options_that_differ

COLOURS = {"finished": "green", "running": "cyan", "paused": "yellow", "queued": "yellow", "failed": "red"}
WIDE = 180
"""Columns when the output is no terminal: a line a run, for grep."""
COLUMNS = 28
"""Characters of a curve."""
BARS = "▁▂▃▄▅▆▇█"
SPIKE = 0.98
"""Quantile above which a curve is cut off, so that the first wild steps do not flatten the rest."""
BETTER = {"kid_x1000": min, "coverage": max, "coverage_k5": max, "new": max, "copies": min}
FIGURES = {
    "kid_x1000": "KID x 1000",
    "coverage": "coverage",
    "coverage_k5": "kinds covered",
    "new": "new",
    "copies": "copies",
}


def show_runs(folder: Path, names: Sequence[str], family: str | None, limit: int, as_json: bool) -> int:
    """List the runs of `folder`, or compare those named. Returns the exit status."""
    shelf = Shelf(folder)
    try:
        runs = [shelf.named(name) for name in names] or shelf.newest(family)[:limit]
    except WorkerError as error:
        print(error.detail, file=sys.stderr)
        return 2
    if as_json:
        for run in runs:
            print(json.dumps(run.told(), ensure_ascii=False))
        return 0
    console = Console()
    if not console.is_terminal:
        console.width = WIDE
    if not runs:
        console.print(f"There are no runs in {folder} yet. `/train` in the chat starts one.")
    elif names:
        console.print(*comparison(runs), sep="\n\n")
    else:
        console.print(listing(runs))
        console.print("[dim]artel runs ID ID …  compares them · artel evolution ID  makes a film of one[/]")
    return 0


def save_evolution(folder: Path, name: str, to: Path | None) -> int:
    """Write the animation of a run's samples to a file, WebP, GIF or MP4 by its name. Returns the exit status."""
    try:
        run = Shelf(folder).named(name)
        target = to or Path(f"artel-{run.id}-evolution.webp")
        kinds = {kind.value: kind for kind in WalkFormat}
        wanted = kinds.get(target.suffix.lstrip(".").lower())
        if wanted is None:
            print(f"{target.name}: name a file that ends in .webp, .gif or .mp4.", file=sys.stderr)
            return 2
        write_atomically(target, evolution(sorted(run.run.samples.glob("[0-9]*.png")), wanted))
    except WorkerError as error:
        print(error.detail, file=sys.stderr)
        return 2
    print(target)
    return 0


def listing(runs: Sequence[Past]) -> Table:
    """One line a run, newest first."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("run", "title", "when", "state", "family"):
        table.add_column(name, overflow="fold")
    for name in ("works", "seen", "time", "KID x 1000", "covered"):
        table.add_column(name, justify="right")
    table.add_column("loss", no_wrap=True)
    for run in runs:
        figures = run.figures
        table.add_row(
            run.id,
            escape(run.request.title),
            f"{datetime.fromtimestamp(run.created):%Y-%m-%d %H:%M}",
            Text(run.state, COLOURS.get(run.state, "")),
            run.request.family + (f" from {run.request.base}" if run.request.base else ""),
            f"{len(run.request.works):,}",
            f"{run.pictures_seen:,}",
            _time(run.seconds),
            _number(figures.kid_x1000),
            _number(figures.coverage),
            _first_curve(run),
        )
    return table


def comparison(runs: Sequence[Past]) -> list[Table]:
    """The same runs side by side: how they differ, what came of them, and their losses on one scale."""
    return [_facts(runs), *([_curves(runs)] if any(run.curves() for run in runs) else [])]


def _facts(runs: Sequence[Past]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for run in runs:
        table.add_column(Text.assemble(run.id, "\n", (run.request.title, "dim")), justify="right")

    def line(name: str, told: Callable[[Past], str]) -> None:
        table.add_row(name, *(told(run) for run in runs))

    line("state", lambda run: f"[{COLOURS.get(run.state, 'white')}]{run.state}[/]")
    line("works", lambda run: f"{len(run.request.works):,}")
    for name, row in options_that_differ(runs).items():
        table.add_row(f"[magenta]{escape(name)}[/]", *(escape(value) or "[dim]as usual[/]" for value in row))
    line("pictures seen", lambda run: f"{run.pictures_seen:,}")
    line("time", lambda run: _time(run.seconds))
    line("pictures a second", lambda run: _number(run.figures.pictures_per_second or None))
    for name, title in FIGURES.items():
        values = [getattr(run.figures, name) for run in runs]
        known = [value for value in values if value is not None]
        if known:
            best = BETTER[name](known) if len(set(known)) > 1 else None
            shown = (
                f"[bold green]{_number(one)}[/]" if one is not None and one == best else _number(one) for one in values
            )
            table.add_row(title, *shown)
    judges = {run.figures.judge for run in runs if run.figures.judge}
    if len(judges) > 1:
        table.caption = "Figures of different judges cannot be compared."
    for run in runs:
        if run.error:
            table.add_row("error", *(escape(one.error) for one in runs))
            break
    return table


def _curves(runs: Sequence[Past]) -> Table:
    """Every loss of every run, drawn over pictures seen; all runs of one loss share both scales."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("loss", "run", "over pictures seen"):
        table.add_column(name, no_wrap=True)
    for name in ("first", "last", "least"):
        table.add_column(name, justify="right")
    found = [run.curves() for run in runs]
    for name in dict.fromkeys(name for curves in found for name in curves):
        told = [(run, curves[name]) for run, curves in zip(runs, found, strict=True) if curves.get(name)]
        values = sorted(value for _, points in told for _, value in points)
        low, high = values[0], values[min(len(values) - 1, int(len(values) * SPIKE))]
        far = max(points[-1][0] for _, points in told)
        for number, (run, points) in enumerate(told):
            row = (_number(points[0][1]), _number(points[-1][1]), _number(min(value for _, value in points)))
            table.add_row("" if number else name, run.id, drawn(points, low, high, far), *row)
    return table


def drawn(points: Sequence[Point], low: float, high: float, far: float, columns: int = COLUMNS) -> str:
    """A curve in block characters: means over equal stretches of pictures seen up to `far`; blank where it has none."""
    sums: list[list[float]] = [[] for _ in range(columns)]
    for seen, value in points:
        sums[min(columns - 1, int(seen / max(far, 1) * columns))].append(value)
    told = [number for number, values in enumerate(sums) if values]
    line, level = "", low
    for number, values in enumerate(sums):
        level = sum(values) / len(values) if values else level
        share = (min(level, high) - low) / (high - low) if high > low else 0.0
        line += BARS[round(share * (len(BARS) - 1))] if told[0] <= number <= told[-1] else " "
    return line


def _first_curve(run: Past) -> str:
    curves = run.curves()
    points = next(iter(curves.values()), [])
    if not points:
        return ""
    values = sorted(value for _, value in points)
    high = values[min(len(values) - 1, int(len(values) * SPIKE))]
    return drawn(points, values[0], high, points[-1][0], 16) + f" {_number(points[-1][1])} {next(iter(curves))}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
