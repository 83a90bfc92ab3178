"""Small runs of the sampler families on drawn discs, for their tests."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan import families
from gan.contract import TrainingRequest, Work
from gan.rundir import RunConfig, RunDir

TINY: dict[str, dict[str, int]] = {
    "dense": {"size": 16, "width": 8, "judge_width": 8, "code": 4, "batch": 8},
    "dcgan": {"size": 16, "width": 4, "widest": 8, "code": 4, "batch": 8},
    "vae": {"size": 16, "width": 4, "widest": 8, "hidden": 8, "code": 4, "batch": 8},
    "diffusion": {"size": 16, "width": 8, "batch": 8, "steps": 3},
    "progressive": {"size": 16, "width": 8, "widest": 8, "code": 4, "batch": 8},
}
STEPS = 6


def disc(n: int, *, holes: bool = False) -> Image.Image:
    """A coloured disc that differs by number."""
    picture = Image.new("RGBA", (20, 20), (0, 0, 0, 0) if holes else (250, 250, 250, 255))
    pixels = np.asarray(picture).copy()
    y, x = np.mgrid[:20, :20]
    pixels[(x - 10) ** 2 + (y - 10) ** 2 < (4 + n % 5) ** 2] = (200, 30 * (n % 8), 90, 255)
    return Image.fromarray(pixels)


def make_run(
    folder: Path, family: str, *, holes: bool = False, count: int = 12, **options: float | int | str | bool
) -> RunDir:
    run = RunDir(folder)
    pngs = [disc(n, holes=holes) for n in range(count)]
    works = tuple(Work(sha256=hashlib.sha256(p.tobytes() + bytes([n])).hexdigest()) for n, p in enumerate(pngs))
    settings: dict[str, float | int | str | bool] = {
        **TINY[family],
        "judged": 0,
        "pictures": STEPS * TINY[family]["batch"],
        "threads": 1,
        **options,
    }
    request = TrainingRequest(title="Discs", family=family, works=works, seconds=60, seed=3, options=settings)
    run.create(RunConfig(id="discs", request=request, threads=1))
    for n, picture in enumerate(pngs):
        picture.save(run.pictures / f"{n:05d}.png")
    return run


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge and the sample grids are others' tests, and most of the time."""
    monkeypatch.setattr("gan.evaluate.judge.available", lambda: False)
    monkeypatch.setattr("gan.training.samplers.SAMPLE_SEEDS", range(4))
    monkeypatch.setattr("gan.families.diffusion.train.SHOWN", 4)


class Killed(Exception):
    pass


def die_after(run: RunDir, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train as a process that saves after so many steps and is killed in the next."""
    from gan.training import loop

    real, done = loop.Loop._every, 0

    def every(self: loop.Loop, seconds: float, mark: str, action: object) -> None:
        nonlocal done
        if mark == "_last_checkpoint":
            done += 1
            if done == steps:
                self._save()
            if done > steps:
                raise Killed
        real(self, seconds, mark, action)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(loop.Loop, "_every", every)
        with pytest.raises(Killed):
            families.get(run.config().request.family).train(run)
