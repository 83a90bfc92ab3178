"""The family on real torch with tiny nets: it learns, resumes bit for bit, and serves the same bytes in any company."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from gan.contract import Anchor, ErrorCode, EventKind, Seed, TrainingState, Upscaler, Vary
from gan.data.pictures import load_pictures, premultiplied, straight
from gan.errors import WorkerError
from gan.families import get
from gan.families.anchored.config import Config
from gan.families.anchored.modelfile import read_model
from gan.families.anchored.serve import AnchoredModel
from gan.families.anchored.state import Nets
from gan.families.anchored.step import heritage_loss, train_step
from gan.rundir import RunDir
from gan.training.checkpoint import load_resume
from tests.numerics.conftest import SMALL, run_maker

MakeRun = Callable[..., RunDir]


def train_in_child(run: RunDir) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with run.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "gan", "train", str(run.path)], stdout=log, stderr=log, env=environment
        )


def wait(child: subprocess.Popen[bytes], check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 100
    while not check():
        assert child.poll() is None, "the trainer ended by itself; its log has the reason"
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """One finished run for all tests that only look at it."""
    run = run_maker(tmp_path_factory.mktemp("trained"))(pictures=320)
    get("anchored").train(run)
    return run


def test_it_learns_to_rebuild_and_the_adversary_is_heard(make_run: MakeRun) -> None:
    run = make_run(count=16)
    torch.manual_seed(0)
    config = Config.model_validate(SMALL)
    pictures = load_pictures(run.pictures, config.size)
    nets = Nets(config, len(pictures))
    nets.study(pictures)
    random = torch.Generator().manual_seed(0)
    first = [float(train_step(nets, config, pictures, 0.0, random)["rebuild"].detach()) for _ in range(5)]
    for _ in range(60):
        last = train_step(nets, config, pictures, 0.1, random)
    assert float(last["rebuild"]) < 0.7 * np.mean(first)
    losses = train_step(nets, config, pictures, 0.9, random)
    assert {"rebuild", "discriminator", "adversary", "fooled"} <= set(losses)
    assert all(np.isfinite(float(value)) for value in losses.values())


def test_a_generator_step_raises_the_judgement_of_inventions(make_run: MakeRun) -> None:
    """Anchor of facts: one step against a fixed discriminator must raise the mean logit of what is invented."""
    run = make_run(count=16)
    torch.manual_seed(0)
    config = Config.model_validate(SMALL | {"adversary": 50.0, "lr_discriminator": 0.0, "noise": 0.0})
    pictures = load_pictures(run.pictures, config.size)
    nets = Nets(config, len(pictures))
    nets.study(pictures)
    values = []
    for _ in range(30):
        random = torch.Generator().manual_seed(7)
        values.append(float(train_step(nets, config, pictures, 0.5, random)["adversary"]))
    assert values[-1] < values[0]


def test_a_run_leaves_a_model_events_samples_and_a_report(trained: RunDir) -> None:
    events = list(trained.events())
    assert [event.n for event in events] == list(range(1, len(events) + 1))
    assert events[-1].state is TrainingState.finished
    assert {EventKind.progress, EventKind.sample, EventKind.figures} <= {event.kind for event in events}
    assert len(list(trained.samples.glob("*.png"))) >= 2
    report = trained.report()
    assert report is not None
    assert report.figures.pictures_seen == 320
    file = read_model(trained.model)
    assert file.card.works == 12
    assert file.card.upscaler is Upscaler.nearest  # small shapes in few colours
    assert file.card.sources == ("12 works by Ada (CC0 1.0)",)
    assert len(file.card.data_version) == 64
    assert "made by an AI" in file.card.intended_use
    assert file.card.alpha


def test_the_same_recipe_gives_the_same_bytes_in_any_company(trained: RunDir) -> None:
    model = get("anchored").load(trained.model)
    recipes = [Seed(seed=n, variety=0.8) for n in range(9)] + [Vary(of=Seed(seed=1), seed=5), Anchor(index=3)]
    together = [picture.pixels.tobytes() for picture in model.render(recipes)]
    alone = [model.render([recipe])[0].pixels.tobytes() for recipe in recipes]
    backwards = [picture.pixels.tobytes() for picture in model.render(recipes[::-1])][::-1]
    assert together == alone == backwards
    assert len(set(together)) > 5


def test_credits_name_the_works(trained: RunDir) -> None:
    rendered = get("anchored").load(trained.model).render([Anchor(index=3)])[0]
    assert [(credit.title, credit.artist, credit.weight) for credit in rendered.credits] == [("shape 3", "Ada", 1.0)]
    assert rendered.pixels.shape == (32, 32, 4)


def test_killed_and_resumed_equals_unbroken(make_run: MakeRun) -> None:
    unbroken, killed = (make_run(name, pictures=320) for name in ("unbroken", "killed"))
    get("anchored").train(unbroken)
    child = train_in_child(killed)
    wait(child, lambda: any(event.kind is EventKind.sample for event in killed.events()))
    killed.set_control("pause")  # a pause saves, so the kill falls after a checkpoint in the middle
    wait(child, killed.resume.exists)
    child.send_signal(signal.SIGKILL)
    child.wait(20)
    saved = load_resume(killed)
    assert saved is not None
    assert 0 < saved.pictures < 320, "the kill falls into the middle"
    killed.set_control("run")
    get("anchored").train(killed)
    first, second = read_model(unbroken.model).tensors, read_model(killed.model).tensors
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


def test_stop_keeps_what_was_learned(make_run: MakeRun) -> None:
    run = make_run(pictures=100_000)
    run.set_control("stop")
    get("anchored").train(run)
    report = run.report()
    assert report is not None
    assert report.state is TrainingState.finished
    assert run.model.exists()


def test_starting_from_a_base_takes_its_networks_over(trained: RunDir, make_run: MakeRun) -> None:
    tuned = make_run("tuned", count=9, base=trained.model, pictures=8)
    get("anchored").train(tuned)
    base, after = read_model(trained.model), read_model(tuned.model)
    name = "generator.conv.weight"
    near = (base.tensors[name] - after.tensors[name]).abs().mean()
    assert near < 0.05 * base.tensors[name].abs().mean()
    assert len(after.works) == 9


@pytest.mark.parametrize("content", [b"", b"not a model", b"\xff" * 64])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(WorkerError) as error:
        AnchoredModel.read(path)
    assert error.value.code is ErrorCode.bad_model


def test_no_pictures_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="no picture to learn from"):
        load_pictures(tmp_path, 32)


def test_premultiplied_and_back() -> None:
    pixels = np.random.RandomState(0).randint(0, 256, (3, 8, 8, 4)).astype(np.uint8)
    pixels[..., 3] = np.where(pixels[..., 3] < 128, 0, 255)
    back = straight(torch.from_numpy(premultiplied(pixels)).permute(0, 3, 1, 2))
    seen = pixels[..., 3] == 255
    assert np.array_equal(back[seen], pixels[seen])
    assert np.array_equal(back[..., 3], pixels[..., 3])


def test_a_large_set_is_learned_through_an_encoder_and_keeps_its_best_drawn(make_run: MakeRun) -> None:
    run = make_run("broad", count=24, pictures=160, encoder=32, anchors=10)
    get("anchored").train(run)
    file = read_model(run.model)
    assert len(file.works) == len(file.tensors["styles"]) == 10
    assert file.card.works == 24
    assert int(file.tensors["neighbours"].max()) < 10
    assert len(get("anchored").load(run.model).render([Seed(seed=1)])) == 1


def test_a_start_from_a_base_with_an_encoder_draws_the_newcomers_own_pictures(make_run: MakeRun) -> None:
    """The encoder alone must already tell works apart: what it gives a work is nearer to that work than to others."""
    base = make_run("broad", count=24, pictures=1000, encoder=64, rebuild_share=1.0)
    get("anchored").train(base)
    tuned = make_run("tuned", count=12, first=100)
    pictures = load_pictures(tuned.pictures, 32)
    file = read_model(base.model)
    nets = Nets(file.config, len(pictures))
    nets.study(pictures)
    nets.start_from(file.tensors, file.config.size)
    with torch.no_grad():
        codes = nets.styles_of(torch.arange(12))[:, None].expand(-1, nets.generator.layers, -1)
        drawn = nets.generator_average(codes)
    distances = (drawn[:, None] - pictures[None]).abs().mean((2, 3, 4))
    own, others = distances.diagonal().mean(), distances.sum(1).sub(distances.diagonal()).mean() / 11
    assert own < 0.7 * others
    random = torch.Generator().manual_seed(0)
    assert np.isfinite(float(train_step(nets, file.config, pictures, 0.9, random)["rebuild"]))


def test_a_larger_model_starts_as_its_base_draws(trained: RunDir, make_run: MakeRun) -> None:
    file = read_model(trained.model)
    small = AnchoredModel.read(trained.model)
    config = file.config.model_copy(update={"size": 64})
    pictures = load_pictures(make_run().pictures, 64)
    nets = Nets(config, len(pictures))
    nets.study(pictures)
    nets.start_from(file.tensors, 32)
    styles = torch.from_numpy(small.styles)
    with torch.no_grad():
        before = small.generator(styles[:, None].expand(-1, small.layers, -1))
        after = nets.generator_average(styles[:, None].expand(-1, nets.generator.layers, -1))
    shrunk = torch.nn.functional.interpolate(after, (32, 32), mode="area")
    away = (shrunk - before).abs().mean((1, 2, 3))
    assert float(away.mean()) < 0.5 * float((before - before.mean(0)).abs().mean())
    random = torch.Generator().manual_seed(0)
    assert np.isfinite(float(train_step(nets, config, pictures, 0.9, random)["rebuild"]))
    with pytest.raises(WorkerError, match="128 pixels; a model that starts from it cannot draw at 64"):
        nets.start_from(file.tensors, 128)


FINGERPRINT = (
    *(7.1844, 6.514, 5.5749, 5.14, 4.5252, 4.2246, 4.0926, 4.0996, 3.7153, 3.8668),
    *(3.7207, 4.0036, 3.8116, 3.5364, 3.963, 3.1175, 3.3447, 3.065, 2.9631, 3.2234),
)


def test_losses_of_the_first_steps_are_what_they_were(make_run: MakeRun) -> None:
    """A fingerprint: a change of it means that the training computes something else, which must be meant."""
    run = make_run(count=16)
    torch.manual_seed(0)
    config = Config.model_validate(SMALL)
    pictures = load_pictures(run.pictures, config.size)
    nets = Nets(config, len(pictures))
    nets.study(pictures)
    random = torch.Generator().manual_seed(0)
    losses = [float(train_step(nets, config, pictures, step / 20, random)["rebuild"]) for step in range(20)]
    assert losses == pytest.approx(FINGERPRINT, rel=0.03)  # machines with and without bf16 differ a little


def test_the_guard_turns_down_an_adversary_that_destroys(make_run: MakeRun) -> None:
    run = make_run(count=40, pictures=320, rebuild_share=0.5, adversary=3000.0, lr_adversarial=0.01, silhouette=0.0)
    get("anchored").train(run)
    notes = [event.text for event in run.events() if event.kind is EventKind.note and "earlier state" in event.text]
    assert notes
    assert "adversary at 50%" in notes[0]
    report = run.report()
    assert report is not None
    assert report.state is TrainingState.finished


def test_the_guard_lets_a_sound_run_be(make_run: MakeRun) -> None:
    run = make_run(count=40, pictures=320, rebuild_share=0.5)
    get("anchored").train(run)
    assert not [event for event in run.events() if "earlier state" in (event.text or "")]


def test_heritage_asks_nothing_of_what_lies_between_the_parents_and_much_of_what_neither_shows() -> None:
    first, second = torch.rand(2, 3, 8, 5, 5)
    between, scales = torch.lerp(first, second, 0.3), torch.ones(1)
    assert float(heritage_loss([between], [first], [second], scales)) == 0
    beside = between.roll(1, 3)
    beside[..., 0] = between[..., 0]
    assert float(heritage_loss([beside], [first], [second], scales)) == 0
    stamped = between.clone()
    stamped[:, :, 2, 2] += 3
    stamped.requires_grad_()
    loss = heritage_loss([stamped], [first], [second], scales)
    loss.backward()
    assert float(loss.detach()) > 0
    assert stamped.grad is not None
    assert (stamped.grad[:, :, 2, 2] > 0).all()
