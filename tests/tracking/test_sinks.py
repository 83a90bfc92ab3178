"""What a run leaves for those who look at numbers: metrics.jsonl, TensorBoard, W&B offline, the evolution."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gan.contract import EventKind, Figures, Progress, TrainingRequest, TrainingState, Work
from gan.rundir import RunConfig, RunDir
from gan.tracking.evolution import HELD, evolution
from gan.tracking.sinks import MetricsFile, open_sinks
from gan.training import loop


class Halving:
    """A learner of any family: its loss halves, its samples get brighter."""

    batch = 4

    def __init__(self) -> None:
        self.steps = 0

    def phase(self, progress: float) -> str:
        return "rebuilding" if progress < 0.5 else "inventing"

    def step(self, progress: float) -> dict[str, Tensor]:
        self.steps += 1
        return {"rebuild": torch.tensor(0.5**self.steps), "odd": torch.tensor(float("nan"))}

    def remark(self) -> str | None:
        return None

    def sample(self) -> NDArray[np.uint8]:
        return np.full((4, 16, 16, 4), min(255, 20 * self.steps), np.uint8)

    def state(self) -> dict[str, Tensor]:
        return {"steps": torch.tensor(self.steps)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self.steps = int(state["steps"])

    def export(self, figures: Figures) -> None:
        pass

    def judge(self) -> Figures:
        return Figures(judge="eye", kid_x1000=41.5, coverage=0.5)


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    works = tuple(Work(sha256=f"{n:064x}") for n in range(8))
    made = RunDir(tmp_path / "run")
    made.create(RunConfig(id="run", request=TrainingRequest(title="Shapes", works=works, seconds=60)))
    return made


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell progress at each step, show a sample at each."""
    monkeypatch.setattr(loop, "PROGRESS_EVERY", 0.0)
    monkeypatch.setattr(loop, "FIRST_SAMPLES", (0.0,) * 64)


def metrics(run: RunDir) -> list[dict[str, object]]:
    return [json.loads(line) for line in run.metrics.read_text().splitlines()]


def tensorboard_records(run: RunDir) -> Iterator[bytes]:
    """The records of the event files: length, its checksum, data, its checksum (TensorFlow's record format)."""
    for path in sorted(run.tensorboard.glob("events.*")):
        data = path.read_bytes()
        while data:
            (length,) = struct.unpack("<Q", data[:8])
            yield data[12 : 12 + length]
            data = data[16 + length :]


def test_a_run_of_any_family_leaves_metrics_tensorboard_and_an_evolution(run: RunDir, hurried: None) -> None:
    loop.run_training(run, Halving(), torch.Generator(), pictures_target=40)
    told = metrics(run)
    losses = [one["losses"] for one in told if "losses" in one]
    assert {"rebuild": 0.5} in losses
    assert all("odd" not in one for one in losses), "what is not finite is no JSON"
    assert [one for one in told if "sample" in one][-1]["sample"] == "000000040.png"
    assert told[-1]["figures"]["kid_x1000"] == 41.5  # type: ignore[index]
    from tensorboardX.proto.event_pb2 import Event

    events = [Event.FromString(record) for record in tensorboard_records(run)]
    values = [(value.tag, event.step, value) for event in events for value in event.summary.value]
    scalars = {(tag, step): value.simple_value for tag, step, value in values if not value.HasField("image")}
    assert scalars["loss/rebuild", 4] == 0.5
    assert scalars["figures/kid_x1000", 40] == 41.5
    pictures = [value.image.encoded_image_string for tag, step, value in values if tag == "samples" and step == 40]
    assert pictures == [(run.samples / "000000040.png").read_bytes()]
    assert [event.text for event in run.events() if event.kind is EventKind.evolution] == ["evolution.webp"]
    with Image.open(run.evolution) as moving:
        first = np.asarray(moving.convert("RGB")).mean()
        moving.seek(moving.n_frames - 1)
        assert np.asarray(moving.convert("RGB")).mean() > first + 50
    assert list(run.events())[-1].state is TrainingState.finished


def test_a_run_that_goes_on_takes_back_what_it_will_tell_again(run: RunDir) -> None:
    sinks = open_sinks(run, 0)
    for seen in (100, 200, 300):
        sinks.progress(Progress(pictures_seen=seen, losses={"rebuild": 1.0}))
    with run.metrics.open("ab") as torn:
        torn.write(b'{"pictures_se')
    again = MetricsFile(run, 200)
    again.progress(Progress(pictures_seen=300, losses={"rebuild": 2.0}))
    assert [(one["pictures_seen"], one["losses"]) for one in metrics(run)] == [
        (100, {"rebuild": 1.0}),
        (200, {"rebuild": 1.0}),
        (300, {"rebuild": 2.0}),
    ]


def test_an_evolution_shows_at_most_so_many_grids_and_stays_on_the_last(tmp_path: Path) -> None:
    for seen in range(100):
        Image.new("RGBA", (32, 24), (2 * seen, 40, 40, 255)).save(tmp_path / f"{seen * 10:09d}.png")
    with Image.open(io.BytesIO(evolution(sorted(tmp_path.glob("*.png")), side=64))) as moving:
        assert moving.n_frames <= 32 + HELD
        assert moving.size == (64, 48 + 12)
        moving.seek(moving.n_frames - 1)
        red = np.asarray(moving.convert("RGB"))[:40, :, 0].mean()
    assert abs(red - 198) < 8


def test_wandb_is_told_offline(run: RunDir, hurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wandb")
    for name, value in {"MODE": "offline", "SILENT": "true", "DIR": str(run.path)}.items():
        monkeypatch.setenv(f"WANDB_{name}", value)
    asked = RunDir(run.path, wandb=True)
    loop.run_training(asked, Halving(), torch.Generator(), pictures_target=8)
    (record,) = run.path.glob("wandb/offline-run-*/*.wandb")
    written = record.read_bytes()
    assert b"loss/rebuild" in written
    assert b"figures/kid_x1000" in written
    assert list(run.events())[-1].state is TrainingState.finished
