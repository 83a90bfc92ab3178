"""The loop that every family's run goes through: control, budget, samples, checkpoints, events, the last word.

A family hands in a `Learner`; the loop never looks inside. Progress counts pictures seen. With a budget in seconds the
total is estimated from the measured speed, so schedules end in time on a slow machine and a fast one; with a budget in
pictures a run is reproducible bit for bit on a CPU, however often it is killed and resumed.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gan.contract import Figures, Progress, TrainingState
from gan.data.frames import scaled
from gan.rundir import EventLog, Report, RunDir, write_atomically
from gan.tracking.evolution import write_evolution
from gan.tracking.sinks import open_sinks
from gan.training.checkpoint import load_resume, save_resume

log = logging.getLogger(__name__)

PROGRESS_EVERY = 1.0
"""Seconds between progress events: often enough for a lively bar, rare enough to cost nothing."""
CHECKPOINT_EVERY = 20.0
"""Seconds between checkpoints: what a kill costs at most."""
FIRST_SAMPLES = (0.0, 3.0, 7.0, 11.0, 16.0, 21.0)
SAMPLE_EVERY, SAMPLE_SHARE = 6.0, 0.03
"""Seconds between sample grids, and at least this share of the time so far: most happens at the start, and a long run
should not fill the disk."""


class Learner(Protocol):
    """One family's training, step by step."""

    batch: int

    def phase(self, progress: float) -> str:
        """A word for what happens now, such as `rebuilding` or `inventing`."""

    def step(self, progress: float) -> dict[str, Tensor]:
        """Train on one batch; losses stay on the device."""

    def remark(self) -> str | None:
        """What the last step has to tell people, such as that it went back to an earlier state."""

    def sample(self) -> NDArray[np.uint8]:
        """A square number of new pictures, always of the same seeds: uint8 RGBA [n, H, W, 4]."""

    def state(self) -> dict[str, Tensor]: ...

    def load_state(self, state: dict[str, Tensor]) -> None: ...

    def export(self, figures: Figures) -> None:
        """Write the served model into the run folder."""

    def judge(self) -> Figures:
        """Quality by held-out means; may take some seconds."""


@runtime_checkable
class Ending(Protocol):
    """A learner that may end its run before the budget does."""

    def ended(self) -> bool: ...


@dataclass
class Clock:
    """Time that the run has trained, pauses left out, over all its processes."""

    budget: float
    pictures: int
    """Pictures seen so far."""
    target: int
    """Pictures after which to end; 0 goes by time."""
    trained: float = 0.0
    started: float = field(default_factory=time.monotonic)
    first_pictures: int = 0

    def seconds(self) -> float:
        return self.trained + time.monotonic() - self.started

    def speed(self) -> float:
        """Pictures a second of this process."""
        here = time.monotonic() - self.started
        return (self.pictures - self.first_pictures) / here if here > 0.5 else 0.0

    def progress(self) -> float:
        if self.target:
            return min(1.0, self.pictures / self.target)
        return min(1.0, self.seconds() / self.budget)


def run_training(run: RunDir, learner: Learner, generator: torch.Generator, pictures_target: int) -> None:
    """Train until the budget ends or `control` says stop, then judge, export and report.

    `generator` is the run's source of random numbers; its state is part of the checkpoint.
    """
    events = run.event_log()
    config = run.config()
    clock = Clock(config.request.seconds, 0, pictures_target)
    resumed = load_resume(run)
    if resumed is not None:
        learner.load_state(resumed.tensors)
        generator.set_state(resumed.random)
        clock.pictures = clock.first_pictures = resumed.pictures
        clock.trained = resumed.seconds
        events.write("note", text=f"Goes on from {resumed.pictures} pictures.")
    events.write("state", state=TrainingState.running)
    Loop(run, learner, generator, events, clock).run()


class Loop:
    """The turns of `run_training`, with what they remember between steps."""

    def __init__(
        self, run: RunDir, learner: Learner, generator: torch.Generator, events: EventLog, clock: Clock
    ) -> None:
        self._run, self._learner, self._generator, self._events, self._clock = run, learner, generator, events, clock
        self._sinks = open_sinks(run, clock.pictures)
        self._sums: dict[str, Tensor] = {}
        self._steps = 0
        self._last_progress = self._last_checkpoint = time.monotonic()
        self._samples = 0
        self._next_sample = 0.0

    def run(self) -> None:
        clock = self._clock
        while clock.progress() < 1.0 and not self._ended():
            word = self._run.control()
            if word == "stop":
                self._events.write("note", text="Stopped by hand; what was learned is kept.")
                break
            if word == "pause":
                self._wait_while_paused()
                continue
            self._show_sample_if_due()
            for name, value in self._learner.step(clock.progress()).items():
                self._sums[name] = self._sums.get(name, torch.zeros((), device=value.device)) + value
            if remark := self._learner.remark():
                self._events.write("note", text=remark)
            self._steps += 1
            clock.pictures += self._learner.batch
            self._every(PROGRESS_EVERY, "_last_progress", self._tell_progress)
            self._every(CHECKPOINT_EVERY, "_last_checkpoint", self._save)
        self._finish()

    def _ended(self) -> bool:
        return isinstance(self._learner, Ending) and self._learner.ended()

    def _every(self, seconds: float, mark: str, action: Callable[[], None]) -> None:
        if time.monotonic() - getattr(self, mark) >= seconds:
            action()
            setattr(self, mark, time.monotonic())

    def _wait_while_paused(self) -> None:
        self._save()
        self._events.write("state", state=TrainingState.paused)
        self._clock.trained = self._clock.seconds()
        while self._run.control() == "pause":
            time.sleep(0.2)
        self._clock.started, self._clock.first_pictures = time.monotonic(), self._clock.pictures
        self._events.write("state", state=TrainingState.running)

    def _tell_progress(self) -> None:
        clock, steps = self._clock, max(self._steps, 1)
        progress = Progress(
            pictures_seen=clock.pictures,
            seconds=round(clock.seconds(), 2),
            budget_seconds=clock.budget,
            pictures_per_second=round(clock.speed(), 1),
            fraction=clock.progress(),
            phase=self._learner.phase(clock.progress()),
            losses={name: round(float(value) / steps, 4) for name, value in self._sums.items()},
        )
        self._events.write("progress", progress=progress)
        self._sinks.progress(progress)
        self._sums, self._steps = {}, 0

    def _show_sample_if_due(self) -> None:
        if self._clock.seconds() < self._next_sample:
            return
        self._show_sample()
        self._samples += 1
        seconds = self._clock.seconds()
        later = seconds + max(SAMPLE_EVERY, SAMPLE_SHARE * seconds)
        self._next_sample = FIRST_SAMPLES[self._samples] if self._samples < len(FIRST_SAMPLES) else later

    def _show_sample(self) -> None:
        name = f"{self._clock.pictures:09d}.png"
        png = grid_png(self._learner.sample())
        write_atomically(self._run.samples / name, png)
        self._events.write("sample", text=name)
        self._sinks.sample(png, self._clock.pictures)

    def _save(self) -> None:
        clock = self._clock
        save_resume(self._run, self._learner.state(), self._generator.get_state(), clock.pictures, clock.seconds())

    def _finish(self) -> None:
        self._tell_progress()
        self._save()
        clock = self._clock
        seconds, speed = clock.seconds(), clock.speed()
        self._show_sample()
        self._events.write("note", text="Looks at what it has learned.")
        figures = self._learner.judge().model_copy(
            update={
                "pictures_seen": clock.pictures,
                "seconds": round(seconds, 1),
                "pictures_per_second": round(speed, 1),
            }
        )
        self._learner.export(figures)
        self._events.write("figures", figures=figures)
        self._sinks.end(figures)
        if write_evolution(self._run) is not None:
            self._events.write("evolution", text=self._run.evolution.name)
        self._run.write_report(Report(state=TrainingState.finished, figures=figures))
        self._events.write("state", state=TrainingState.finished)


def grid_png(pictures: NDArray[np.uint8], side: int = 128, gap: int = 8) -> bytes:
    """A sheet of pictures [n, H, W, 4] on nothing, the longer side of each `side` pixels; PNG bytes."""
    columns = max(1, round(len(pictures) ** 0.5))
    rows = -(-len(pictures) // columns)
    width, height = scaled(pictures.shape[2], pictures.shape[1], side)
    sheet = Image.new("RGBA", (columns * (width + gap) - gap, rows * (height + gap) - gap))
    for number, pixels in enumerate(pictures):
        tile = Image.fromarray(pixels).convert("RGBa").resize((width, height), Image.Resampling.BICUBIC)
        sheet.paste(tile.convert("RGBA"), (number % columns * (width + gap), number // columns * (height + gap)))
    out = io.BytesIO()
    sheet.save(out, "PNG", compress_level=4)
    return out.getvalue()
