"""Tiny real pictures and run folders: coloured shapes on nothing, enough for a net to learn from in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gan.contract import TrainingRequest, Work
from gan.rundir import RunConfig, RunDir

SMALL = {"size": 32, "code": 16, "width": 64, "widest": 32, "batch": 8, "threads": 1}


def draw_shape(number: int, side: int = 32) -> Image.Image:
    random = np.random.RandomState(number)
    picture = Image.new("RGBA", (side, side))
    colour = (*(int(c) for c in random.randint(40, 255, 3)), 255)
    left, top = (int(c) for c in random.randint(2, 9, 2))
    shape = ImageDraw.Draw(picture)
    (shape.ellipse if number % 2 else shape.rectangle)((left, top, left + 18, top + 18), fill=colour)
    return picture


@pytest.fixture(scope="module", autouse=True)
def few_are_judged() -> Iterator[None]:
    """The judge looks at some works of a run and not at hundreds, which would be most of a small run's time."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("JUDGED_SAMPLES", "JUDGED_BASE_SAMPLES"):
            patched.setattr(f"gan.families.anchored.train.{name}", 16)
        yield


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., RunDir]:
    return run_maker(tmp_path)


def run_maker(folder: Path) -> Callable[..., RunDir]:
    """A function that makes run folders of shapes under `folder`."""

    def make(
        name: str = "run",
        count: int = 12,
        base: Path | None = None,
        first: int = 0,
        **options: float | int | str | bool,
    ) -> RunDir:
        run = RunDir(folder / name)
        run.pictures.mkdir(parents=True)
        works = []
        for number in range(count):
            path = run.pictures / f"{number:05d}.png"
            draw_shape(first + number).save(path)
            digest = sha256(path.read_bytes()).hexdigest()
            works.append(Work(sha256=digest, title=f"shape {number}", artist="Ada", licence="CC0 1.0"))
        request = TrainingRequest(title="Shapes", works=tuple(works), seconds=600, options=SMALL | options)
        run.create(RunConfig(id=name, request=request, base_path=str(base) if base else None))
        return run

    return make
