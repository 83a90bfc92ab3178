"""The terminal's side of `artel up`: the log file that gets everything, and the few lines a person sees."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from logging import INFO, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

LOG_BYTES = 8 * 1024 * 1024
LOG_FILES = 3
COLOURS = {"worker": "cyan", "playground": "magenta", "bot": "green"}
SHOWN = {"warning": "yellow", "error": "red", "critical": "bold red"}


class HouseLog:
    """Every line of every child in one file; on the terminal only what a person should know."""

    def __init__(self, path: Path, console: Console) -> None:
        """Makes the folder of `path`. Raises `OSError` when it cannot be written."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._console = console
        self._file = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")

    def output(self, program: str, line: str) -> None:
        """A line that a child wrote; shown when it is a warning or worse."""
        self._keep(program, line)
        entry = _parsed(line)
        level = str(entry.get("level", "")).lower()
        if level in SHOWN:
            self._show(program, f"[{SHOWN[level]}]{escape(_brief(entry))}[/]")

    def notice(self, program: str, text: str) -> None:
        """A line about a child, for the file and for the person."""
        self._keep(program, text)
        self._show(program, f"[yellow]{escape(text)}[/]")

    def close(self) -> None:
        self._file.close()

    def _keep(self, program: str, line: str) -> None:
        text = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {program:<10} | {line}"
        self._file.emit(LogRecord("artel", INFO, "", 0, text, (), None))

    def _show(self, program: str, markup: str) -> None:
        colour = COLOURS.get(program, "white")
        self._console.print(f"[dim]{time.strftime('%H:%M:%S')}[/] [{colour}]{program:<10}[/] {markup}", highlight=False)


def _parsed(line: str) -> Mapping[str, Any]:
    if not line.startswith("{"):
        return {}
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _brief(entry: Mapping[str, Any]) -> str:
    """The event in one line: what happened, the request it belongs to, and the last line of a traceback."""
    parts = [str(entry.get("event", ""))]
    if request := entry.get("request"):
        parts.append(f"(request {request})")
    if trace := entry.get("exception"):
        parts.append("· " + str(trace).strip().splitlines()[-1])
    return " ".join(parts)[:300]


def welcome(console: Console, address: str, label: str, facts: Mapping[str, str]) -> None:
    """The block that is the answer to `make run`: one address, and the few facts one wants at once."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row(label, f"[bold link={address}]{address}[/]")
    for name, fact in facts.items():
        table.add_row(name, escape(fact))
    console.print()
    console.print(Panel(table, title="[bold]Artel[/]", border_style="green", expand=False, padding=(1, 2)))
    console.print()
