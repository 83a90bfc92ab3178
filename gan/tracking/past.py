"""Runs as their folders tell of them: what was asked for, how far it came, the numbers on the way. No torch here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from gan.contract import ErrorCode, Figures, TrainingRequest, TrainingState
from gan.errors import WorkerError
from gan.rundir import RunDir
from gan.server.runs.record import RECORD, Record

Point = tuple[float, float]
"""(pictures seen, value)."""


@dataclass(frozen=True)
class Past:
    """One run."""

    run: RunDir
    request: TrainingRequest
    state: str
    created: float
    figures: Figures
    error: str = ""

    @property
    def id(self) -> str:
        return self.run.path.name

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The whole lines of its `metrics.jsonl`; of runs from before there was one, the progress in its events."""
        try:
            found = [_json(line) for line in self.run.metrics.read_bytes().splitlines()]
            return [line for line in found if line]
        except FileNotFoundError:
            told = (event.progress for event in self.run.events() if event.progress is not None)
            return [one.model_dump(include={"pictures_seen", "seconds", "losses", "phase"}) for one in told]

    @property
    def pictures_seen(self) -> int:
        return self.figures.pictures_seen or max((line.get("pictures_seen", 0) for line in self.lines), default=0)

    @property
    def seconds(self) -> float:
        return self.figures.seconds or max((line.get("seconds", 0.0) for line in self.lines), default=0.0)

    def curves(self) -> dict[str, list[Point]]:
        """Each loss by its name, oldest first."""
        curves: dict[str, list[Point]] = {}
        for line in self.lines:
            for name, value in line.get("losses", {}).items():
                curves.setdefault(name, []).append((line["pictures_seen"], value))
        return curves

    def told(self) -> dict[str, Any]:
        """All of it as JSON, the curves among it."""
        return {
            "id": self.id,
            "folder": str(self.run.path),
            "title": self.request.title,
            "state": self.state,
            "created": datetime.fromtimestamp(self.created).astimezone().isoformat(timespec="seconds"),
            "family": self.request.family,
            "base": self.request.base,
            "works": len(self.request.works),
            "budget_seconds": self.request.seconds,
            "seed": self.request.seed,
            "options": self.request.options,
            "pictures_seen": self.pictures_seen,
            "seconds": self.seconds,
            "figures": self.figures.model_dump(mode="json", exclude_none=True),
            "curves": self.curves(),
            "error": self.error,
        }


@dataclass
class Shelf:
    """All runs under a folder."""

    folder: Path
    _read: list[Past] = field(default_factory=list)

    def newest(self, family: str | None = None) -> list[Past]:
        """Newest first. Folders that hold no run are passed over."""
        if not self._read and self.folder.is_dir():
            found = [read for path in sorted(self.folder.iterdir()) if (read := read_run(path)) is not None]
            self._read = sorted(found, key=lambda one: -one.created)
        return [one for one in self._read if family is None or one.request.family == family]

    def named(self, name: str) -> Past:
        """By its id, the beginning of one, its title, or as the path of its folder.

        Raises `WorkerError(not_found)` for none, or where several are meant.
        """
        if ("/" in name or name.startswith(".")) and (here := read_run(Path(name))) is not None:
            return here
        runs = self.newest()
        exact = [one for one in runs if one.id == name]
        meant = exact or [
            one for one in runs if one.id.startswith(name) or one.request.title.casefold() == name.casefold()
        ]
        if len(meant) == 1:
            return meant[0]
        if meant:
            which = ", ".join(one.id for one in meant[:6])
            raise WorkerError(ErrorCode.not_found, f"“{name}” may be any of {which}; give more of the id.")
        raise WorkerError(ErrorCode.not_found, f"There is no run “{name}” in {self.folder}; `artel runs` lists them.")


def read_run(path: Path) -> Past | None:
    """The run of a folder; None when there is none, or nothing that can be read."""
    run = RunDir(path)
    try:
        request, report = run.config().request, run.report()
    except (OSError, ValueError):
        return None
    state = report.state.value if report else _unfinished(run)
    figures, error = (report.figures, report.error) if report else (Figures(), "")
    created = (path / "config.json").stat().st_mtime
    try:
        record = Record.model_validate_json((path / RECORD).read_bytes())
    except (OSError, ValueError):  # a run by hand: the server knows nothing of it
        return Past(run, request, state, created, figures, error)
    told = record.error.detail if record.error else error
    return Past(run, request, record.state.value, record.created, record.figures if not report else figures, told)


def _unfinished(run: RunDir) -> str:
    return TrainingState.running.value if run.resume.exists() or run.events_file.exists() else "new"


def options_that_differ(runs: Sequence[Past]) -> dict[str, list[str]]:
    """What these runs were told differently: option → one value a run, empty where it was left at its default."""
    asked = [
        {"family": one.request.family, "base": one.request.base or "", "seed": one.request.seed, **one.request.options}
        for one in runs
    ]
    names = list(dict.fromkeys(name for one in asked for name in one))
    rows = {name: [str(one.get(name, "")) for one in asked] for name in names}
    return {name: row for name, row in rows.items() if len(set(row)) > 1}


def _json(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "pictures_seen" in found else {}
