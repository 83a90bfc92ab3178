"""The folder of one training run: its record, and the only way the trainer and the server talk.

The trainer appends to `events.jsonl` and the server follows it, so a run outlives its server; the server writes
`control` and the trainer reads it between steps. Every other file is written beside its name and then renamed, so a
reader never sees half of one. No torch here: the server imports this module.

    config.json          the training request and what the server decided; written once
    pictures/            the works, PNG files named `00000.png` … in the order of the request
    control              one word: run · pause · stop (stop keeps what was learned)
    events.jsonl         one `gan.contract.Event` a line, `n` rising by one from 1
    log.txt              standard output and error of the trainer
    resume.safetensors   full state to go on from
    model.safetensors    the served model (EMA), its card and credits in the header; there when finished
    samples/             sample grids, PNG, named by pictures seen
    metrics.jsonl        losses, speed, phase, samples, figures: one JSON object a line, by pictures seen
    tensorboard/         the same for TensorBoard
    evolution.webp       the samples one after another; there when finished
    report.json          the last word: state, figures, error
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from gan.contract import Event, Figures, TrainingRequest, TrainingState

Control = Literal["run", "pause", "stop"]


class RunConfig(BaseModel):
    """`config.json`: all that decides what the run will do."""

    id: str
    request: TrainingRequest
    base_path: str | None = None
    """The base model's file, resolved by the server."""
    threads: int = 0
    """CPU threads; 0 lets the trainer choose by load."""
    device: str = "cpu"


class Report(BaseModel):
    """`report.json`: how the run ended."""

    state: TrainingState
    figures: Figures = Figures()
    error: str = ""
    code: str = ""


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside `path` and rename, so a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@dataclass(frozen=True)
class RunDir:
    """Paths and small reads and writes of one run folder."""

    path: Path
    wandb: bool = False
    """Tell W&B of the run as well."""

    @property
    def pictures(self) -> Path:
        return self.path / "pictures"

    @property
    def samples(self) -> Path:
        return self.path / "samples"

    @property
    def model(self) -> Path:
        return self.path / "model.safetensors"

    @property
    def resume(self) -> Path:
        return self.path / "resume.safetensors"

    @property
    def events_file(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def tensorboard(self) -> Path:
        return self.path / "tensorboard"

    @property
    def evolution(self) -> Path:
        return self.path / "evolution.webp"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    def create(self, config: RunConfig) -> None:
        """Make the folder and its config; a second call with the same config changes nothing."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.samples.mkdir(exist_ok=True)
        write_atomically(self.path / "config.json", config.model_dump_json(indent=1).encode())

    def config(self) -> RunConfig:
        return RunConfig.model_validate_json((self.path / "config.json").read_bytes())

    def set_control(self, word: Control) -> None:
        write_atomically(self.path / "control", word.encode())

    def control(self) -> Control:
        try:
            word = (self.path / "control").read_text()
        except FileNotFoundError:
            return "run"
        return word if word in ("run", "pause", "stop") else "run"  # type: ignore[return-value]

    def write_report(self, report: Report) -> None:
        write_atomically(self.path / "report.json", report.model_dump_json(indent=1).encode())

    def report(self) -> Report | None:
        try:
            return Report.model_validate_json((self.path / "report.json").read_bytes())
        except FileNotFoundError:
            return None

    def events(self, after: int = 0) -> Iterator[Event]:
        """Whole lines with `n` above `after`; a torn last line is left for the next read."""
        try:
            lines = self.events_file.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return
        for line in lines[after:]:
            yield Event.model_validate_json(line)

    def event_log(self) -> EventLog:
        return EventLog(self)


class EventLog:
    """The trainer's pen on `events.jsonl`; numbering goes on where an earlier process stopped."""

    def __init__(self, run: RunDir) -> None:
        data = run.events_file.read_bytes() if run.events_file.exists() else b""
        whole = data[: data.rfind(b"\n") + 1]
        self._file = run.events_file.open("r+b" if run.events_file.exists() else "wb")
        self._file.truncate(len(whole))  # a line torn by a kill is dropped, never glued to the next
        self._file.seek(0, os.SEEK_END)
        self._n = whole.count(b"\n")

    def write(self, kind: str, **fields: Any) -> None:
        """Append one event and flush it; cheap enough for every tick, not for every step."""
        self._n += 1
        event = Event.model_validate({"n": self._n, "at": time.time(), "kind": kind, **fields})
        self._file.write(json.dumps(event.model_dump(mode="json", exclude_none=True)).encode() + b"\n")
        self._file.flush()
