"""Where a run's numbers and samples go, beside its events: `metrics.jsonl` and TensorBoard always, W&B when asked for.

All are told the same by the shared loop, so no family needs anything of its own. Numbers are counted in pictures seen.
A run that was killed repeats what came after its last checkpoint: what was written of that is taken back first.
"""

from __future__ import annotations

import io
import json
import logging
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from PIL import Image

from gan.contract import Figures, Progress
from gan.rundir import RunDir

log = logging.getLogger(__name__)

FLUSH_S = 10
"""Seconds after which TensorBoard sees what is new."""
NO_WANDB = (
    "W&B was asked for (WANDB_API_KEY or WANDB_MODE is set) and is not installed: pip install 'artel[wandb]'. "
    "The training goes on without it."
)


class Sink(Protocol):
    """One place that a run is written to. What it raises ends the run, so it raises for a full disk at most."""

    def progress(self, progress: Progress) -> None: ...

    def sample(self, png: bytes, pictures_seen: int) -> None: ...

    def end(self, figures: Figures) -> None:
        """The run has ended well; nothing comes after."""


class Sinks:
    """Several as one."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks

    def progress(self, progress: Progress) -> None:
        for sink in self._sinks:
            sink.progress(progress)

    def sample(self, png: bytes, pictures_seen: int) -> None:
        for sink in self._sinks:
            sink.sample(png, pictures_seen)

    def end(self, figures: Figures) -> None:
        for sink in self._sinks:
            sink.end(figures)


def open_sinks(run: RunDir, pictures_seen: int) -> Sinks:
    """All sinks of a run that goes on from so many pictures seen, 0 for a new one."""
    sinks: list[Sink] = [MetricsFile(run, pictures_seen), TensorBoard(run, pictures_seen)]
    if run.wandb and (remote := open_wandb(run)) is not None:
        sinks.append(remote)
    return Sinks(sinks)


def numbers(progress: Progress) -> dict[str, float]:
    """What is plotted: losses by their names, the speed, and the time."""
    losses = {f"loss/{name}": value for name, value in progress.losses.items() if math.isfinite(value)}
    return {**losses, "pictures_per_second": progress.pictures_per_second, "seconds": progress.seconds}


def final_numbers(figures: Figures) -> dict[str, float]:
    """The figures that are plain numbers."""
    told = figures.model_dump(exclude={"pictures_seen", "seconds", "pictures_per_second"})
    return {f"figures/{name}": float(value) for name, value in told.items() if type(value) in (int, float)}


class MetricsFile:
    """`metrics.jsonl`: one JSON object a line, the newest last; flushed at each."""

    def __init__(self, run: RunDir, pictures_seen: int) -> None:
        kept = []
        with suppress(FileNotFoundError):
            kept = [line for line in run.metrics.read_bytes().splitlines(keepends=True) if _before(line, pictures_seen)]
        self._file = run.metrics.open("wb")
        self._file.writelines(kept)
        self._file.flush()

    def progress(self, progress: Progress) -> None:
        told = {
            "pictures_seen": progress.pictures_seen,
            "seconds": progress.seconds,
            "pictures_per_second": progress.pictures_per_second,
            "phase": progress.phase,
            "losses": {name: value for name, value in progress.losses.items() if math.isfinite(value)},
        }
        self._write(told)

    def sample(self, png: bytes, pictures_seen: int) -> None:
        self._write({"pictures_seen": pictures_seen, "sample": f"{pictures_seen:09d}.png"})

    def end(self, figures: Figures) -> None:
        told = figures.model_dump(mode="json", exclude_none=True)
        self._write({"pictures_seen": figures.pictures_seen, "figures": told})
        self._file.close()

    def _write(self, told: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(told, separators=(",", ":")).encode() + b"\n")
        self._file.flush()


def _before(line: bytes, pictures_seen: int) -> bool:
    """Whether the line stands: whole, and of pictures that the run still has behind it."""
    try:
        return bool(line.endswith(b"\n") and json.loads(line)["pictures_seen"] <= pictures_seen and pictures_seen)
    except (ValueError, KeyError, TypeError):
        return False


class TensorBoard:
    """Event files in `tensorboard/`, written by tensorboardX, which needs no TensorFlow."""

    def __init__(self, run: RunDir, pictures_seen: int) -> None:
        from tensorboardX import SummaryWriter

        purge = {"purge_step": pictures_seen + 1} if pictures_seen else {}
        self._writer = SummaryWriter(str(run.tensorboard), flush_secs=FLUSH_S, **purge)

    def progress(self, progress: Progress) -> None:
        for name, value in numbers(progress).items():
            self._writer.add_scalar(name, value, progress.pictures_seen)

    def sample(self, png: bytes, pictures_seen: int) -> None:
        from tensorboardX.proto.summary_pb2 import Summary

        with Image.open(io.BytesIO(png)) as picture:
            width, height = picture.size
        image = Summary.Image(height=height, width=width, colorspace=4, encoded_image_string=png)
        # as it is: the writer's own way would unpack and pack the picture once more
        self._writer._get_file_writer().add_summary(
            Summary(value=[Summary.Value(tag="samples", image=image)]), pictures_seen
        )

    def end(self, figures: Figures) -> None:
        for name, value in final_numbers(figures).items():
            self._writer.add_scalar(name, value, figures.pictures_seen)
        self._writer.close()


class Wandb:
    """Weights & Biases, by whatever its own environment says (`WANDB_MODE=offline` writes to the run folder alone).

    A service elsewhere must not end a training here: what it raises is logged, and it is told nothing more.
    """

    def __init__(self, run: RunDir, module: Any) -> None:
        config = run.config()
        told = config.request.model_dump(mode="json", exclude={"works"})
        self._wandb = module
        self._run: Any = module.init(
            project="artel",
            id=config.id,
            name=config.request.title,
            resume="allow",
            dir=str(run.path),
            config={**told, "works": len(config.request.works), "device": config.device},
        )

    def progress(self, progress: Progress) -> None:
        self._log({**numbers(progress), "pictures_seen": progress.pictures_seen})

    def sample(self, png: bytes, pictures_seen: int) -> None:
        with Image.open(io.BytesIO(png)) as picture:
            self._log({"samples": self._wandb.Image(picture), "pictures_seen": pictures_seen})

    def end(self, figures: Figures) -> None:
        self._log({**final_numbers(figures), "pictures_seen": figures.pictures_seen})
        if self._run is not None:
            with suppress(Exception):
                self._run.finish()

    def _log(self, told: Mapping[str, Any]) -> None:
        if self._run is None:
            return
        try:
            self._run.log(dict(told))
        except Exception:
            log.exception("W&B takes no more; the training goes on without it")
            self._run = None


def open_wandb(run: RunDir) -> Wandb | None:
    """None where it is not installed or does not start; the log says why."""
    try:
        import wandb
    except ImportError:
        log.warning(NO_WANDB)
        return None
    try:
        return Wandb(run, wandb)
    except Exception:
        log.exception("W&B does not start; the training goes on without it")
        return None
