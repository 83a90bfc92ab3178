"""The restorer and the style family with tiny networks: that they learn, resume bit for bit, and serve."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from gan import families
from gan.contract import TrainingRequest, TransformOptions, Work
from gan.data.pixels import crops, load_pixels
from gan.errors import WorkerError
from gan.families.restorer.config import Config as RestorerConfig
from gan.families.restorer.damage import damage
from gan.families.restorer.networks import Cascade, fill
from gan.families.restorer.serve import parts
from gan.families.restorer.train import RestorerLearner, psnr
from gan.families.style.config import Config as StyleConfig
from gan.families.style.serve import trimmed
from gan.families.style.statistics import colours, recoloured
from gan.families.style.train import StyleLearner
from gan.rundir import RunConfig, RunDir
from gan.spec import Transforming
from gan.training.checkpoint import load_resume, save_resume

TINY: dict[str, dict[str, float | int | str | bool]] = {
    "restorer": {"size": 32, "crop": 32, "width": 8, "stages": 2, "batch": 8, "ema_half_life": 50},
    "style": {"size": 64, "crop": 64, "width": 4, "code": 16, "batch": 2, "ema_half_life": 10},
}
CONFIGS: dict[str, Any] = {"restorer": RestorerConfig, "style": StyleConfig}
LEARNERS: dict[str, Any] = {"restorer": RestorerLearner, "style": StyleLearner}
EVERY = pytest.mark.parametrize("family", [*TINY])


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def shape(number: int, side: int = 32) -> Image.Image:
    """A disc in a colour of its own, on nothing."""
    picture = Image.new("RGBA", (side, side))
    colour = (80 * number % 256, 220 - 20 * number, 40 + 20 * number, 255)
    ImageDraw.Draw(picture).ellipse((side // 8, side // 6, side - 6, side - 3), fill=colour)
    return picture


def make_run(folder: Path, family: str, **options: float | int | str | bool) -> RunDir:
    run = RunDir(folder)
    run.pictures.mkdir(parents=True)
    works = []
    for number in range(10):
        path = run.pictures / f"{number:05d}.png"
        shape(number).save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        works.append(Work(sha256=digest, title=f"{number}", part="b" if number % 2 else "a"))
    chosen = TINY[family] | options
    request = TrainingRequest(title="Shapes", family=family, works=tuple(works), seconds=600, options=chosen)
    run.create(RunConfig(id=folder.name, request=request))
    return run


def learner_of(run: RunDir) -> tuple[Any, torch.Generator]:
    config, random = run.config(), torch.Generator().manual_seed(0)
    family = config.request.family
    return LEARNERS[family](run, config, CONFIGS[family].model_validate(config.request.options), random), random


@EVERY
def test_killed_and_resumed_equals_unbroken(family: str, tmp_path: Path) -> None:
    ends = []
    for name, stop in (("unbroken", 4), ("broken", 2)):
        run = make_run(tmp_path / name, family)
        learner, random = learner_of(run)
        for step in range(stop):
            learner.step(step / 4)
        if stop < 4:
            save_resume(run, learner.state(), random.get_state(), stop, 1.0)
            learner, random = learner_of(run)
            resumed = load_resume(run)
            assert resumed is not None
            learner.load_state(resumed.tensors)
            random.set_state(resumed.random)
            for step in range(stop, 4):
                learner.step(step / 4)
        ends.append(learner.state())
    assert [name for name, value in ends[0].items() if not torch.equal(value, ends[1][name])] == []


@EVERY
def test_it_shows_judges_exports_and_serves(family: str, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", family)
    learner, _ = learner_of(run)
    learner.step(0.0)
    assert learner.sample().shape[0] == 36
    learner.export(learner.judge())
    model: Any = families.get(family).load(run.model)
    assert model.card.family == family
    assert ("dB" if family == "restorer" else "style") in model.card.notes
    wide = np.asarray(shape(1, 96).resize((96, 40)))
    artwork = np.asarray(shape(2, 64)) if family == "style" else None
    asked = [Transforming(wide, artwork, TransformOptions(side=96, strength=s)) for s in (1.0, 0.4)]
    first, weaker = model.transform(asked)
    assert first.pixels.shape == (40, 96, 4), "in the shape of what it was given"
    assert np.array_equal(first.pixels[..., 3], wide[..., 3]), "what is clear around a figure stays clear"
    assert np.array_equal(weaker.pixels, model.transform(asked[1:])[0].pixels), "whatever company it is in"


# --- restorer -------------------------------------------------------------------------------------------------------


def test_a_restorer_learns_to_take_noise_off(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", "restorer", always=True, noise_least=0.3, noise_most=0.3, lr=5e-3)
    config = RestorerConfig.model_validate({**run.config().request.options, "kinds": ("noise",)})
    learner = RestorerLearner(run, run.config(), config, torch.Generator().manual_seed(0))
    for step in range(80):
        learner.step(step / 80)
    first, last = (float(gain.removesuffix(" dB")) for gain in learner.gains().split(", "))
    assert last > 3
    assert last >= first - 0.05


def test_an_untrained_cascade_leaves_what_is_known_as_it_is() -> None:
    x, known = torch.rand(2, 3, 24, 16), torch.ones(2, 1, 24, 16)
    known[:, :, 4:9, 4:9] = 0
    for estimate in Cascade(3, 8).requires_grad_(False)(x, known):
        assert torch.allclose(estimate * known, x * known, atol=1e-6)
        assert 0.2 < float(estimate[:, :, 4:9, 4:9].mean()) < 0.8, "holes begin as what is around them"
    assert float(fill(torch.full((1, 3, 8, 8), 0.5), torch.ones(1, 1, 8, 8)).mean()) == pytest.approx(0.5)


def test_each_damage_takes_something_away_and_holes_are_known(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", "restorer")
    clean = crops(load_pixels(sorted(run.pictures.glob("*.png")), 32), 24, 32, torch.Generator().manual_seed(0))
    for kind in ("noise", "blur", "jpeg", "low", "holes"):
        config = RestorerConfig.model_validate({"kinds": (kind,), "always": True})
        damaged, known = damage(clean, config, torch.Generator().manual_seed(1))
        assert psnr(damaged * known, clean) < 45, kind
        assert bool((known == 0).any()) == (kind == "holes")


def test_clear_places_are_holes_only_within_a_frame() -> None:
    framed = np.full((32, 32, 4), 200, np.uint8)
    framed[..., 3] = 255
    framed[10:14, 10:14, 3] = 0
    _, known, alpha = parts(framed)
    assert float(known.mean()) == pytest.approx(1 - 16 / 1024)
    assert alpha.min() == 255
    _, known, alpha = parts(np.asarray(shape(3, 32)))
    assert float(known.min()) == 1
    assert alpha.min() == 0


# --- style ----------------------------------------------------------------------------------------------------------


def test_colours_come_from_the_artwork_alone() -> None:
    picture, artwork = torch.rand(1, 3, 20, 20), torch.rand(1, 3, 8, 30) * torch.tensor([0.9, 0.3, 0.1])[:, None, None]
    assert torch.allclose(colours(recoloured(picture, artwork)), colours(artwork), atol=0.02)
    assert torch.allclose(recoloured(picture, picture), picture, atol=1e-3)


def test_no_strength_is_the_picture_and_no_artwork_is_refused(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", "style")
    learner, _ = learner_of(run)
    learner.export(learner.judge())
    model: Any = families.get("style").load(run.model)
    picture = np.asarray(Image.new("RGBA", (64, 64), (10, 200, 90, 255)))
    none = model.transform([Transforming(picture, np.asarray(shape(1, 64)), TransformOptions(strength=0))])[0].pixels
    assert int(np.abs(none.astype(int) - picture).max()) <= 1
    with pytest.raises(WorkerError, match="two pictures"):
        model.transform([Transforming(picture, None, TransformOptions())])


def test_clear_margins_are_no_part_of_an_artwork() -> None:
    sheet = Image.new("RGBA", (40, 40))
    sheet.paste((200, 0, 0, 255), (10, 5, 30, 25))
    assert trimmed(np.asarray(sheet)).shape == (20, 20, 4)
    assert trimmed(np.zeros((8, 8, 4), np.uint8)).shape == (8, 8, 4)
