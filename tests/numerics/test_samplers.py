"""The samplers' shared parts: losses by known numbers, augments, codes, and a run killed and taken up again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan import families
from gan.blocks.adversary import discriminator_loss, generator_loss, r1_penalty
from gan.blocks.augment import Augment
from gan.contract import Blend, Edit, Point, Prompt, Recipe, Seed, TrainingRequest, Truncate, Vary, Work
from gan.errors import WorkerError
from gan.evaluate.metrics import judged_recipes
from gan.families.dense.config import Config
from gan.families.dense.step import build, train_step
from gan.families.diffusion import noise
from gan.families.diffusion.config import Predicts, Schedule
from gan.families.progressive import config as progressive
from gan.families.progressive import networks as progressive_nets
from gan.families.progressive.growth import Stage, stage_at
from gan.families.vae import VAE
from gan.families.vae.step import divergence
from gan.rundir import RunConfig, RunDir
from gan.sampling.latent import LatentSampler, along_sphere, normal
from gan.spec import Aids, Seen
from gan.training.duel import Duel, optimise

TINY: dict[str, dict[str, int]] = {
    "dense": {"size": 16, "width": 8, "judge_width": 8, "code": 4, "batch": 8},
    "dcgan": {"size": 16, "width": 4, "widest": 8, "code": 4, "batch": 8},
    "vae": {"size": 16, "width": 4, "widest": 8, "hidden": 8, "code": 4, "batch": 8},
    "diffusion": {"size": 16, "width": 8, "batch": 8, "steps": 3},
    "progressive": {"size": 16, "width": 8, "widest": 8, "code": 4, "batch": 8},
}
STEPS = 6
SMALL = Config.model_validate(
    {"size": 8, "channels": 1, "width": 16, "judge_width": 32, "code": 8, "batch": 32, "lr": 1e-3}
)


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


def test_losses_at_zero_logits_are_the_known_numbers() -> None:
    zero = torch.zeros(5)
    assert float(discriminator_loss(zero, zero)) == pytest.approx(1.3863, abs=1e-4)
    assert float(generator_loss(zero)) == pytest.approx(0.6931, abs=1e-4)
    assert float(generator_loss(torch.tensor([3.0]))) < float(generator_loss(torch.tensor([-3.0])))


def test_r1_is_half_the_squared_slope() -> None:
    weight = torch.tensor([3.0, 4.0])
    assert float(r1_penalty(lambda x: x.flatten(1) @ weight, torch.randn(7, 2, 1, 1))) == pytest.approx(12.5)


def test_augments_are_done_to_a_share_and_let_gradients_through() -> None:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(64, 4, 16, 16, requires_grad=True)
    assert Augment(0.0, 0.0, ("shift",), random)(x) is x
    for kind in ("shift", "cutout", "flip", "colour"):
        out = Augment(0.5, 0.0, (kind,), random)(x)
        changed = (out != x).flatten(1).any(1).float().mean()
        assert 0.2 < float(changed) < 0.8, kind
        (grad,) = torch.autograd.grad(out.sum(), x)
        assert grad.abs().sum() > 0
    with pytest.raises(ValueError, match="there are shift"):
        Augment(1.0, 0.0, ("blur",), random)


def test_the_share_of_augments_follows_over_fitting() -> None:
    augment = Augment(0.0, 0.6, ("shift",), torch.Generator())
    for _ in range(20):
        augment.adapt(torch.full((64,), 5.0))
    risen = augment.share
    assert risen == pytest.approx(20 * 64 / 20_000)
    augment.adapt(torch.full((64,), -5.0))
    assert augment.share < risen


def test_codes_go_along_the_sphere() -> None:
    a, b = normal(1, 256), normal(2, 256)
    middle = along_sphere(a, b, 0.5)
    assert np.linalg.norm(middle) == pytest.approx((np.linalg.norm(a) + np.linalg.norm(b)) / 2, rel=1e-5)
    assert np.array_equal(along_sphere(a, b, 0.0), a)
    assert np.array_equal(along_sphere(a, b, 1.0), b)
    assert normal(1, 3).tolist() == pytest.approx([-0.7801459, 0.8401660, -3.0132041])  # numpy's frozen stream


@pytest.mark.parametrize("family", TINY)
def test_a_run_killed_and_taken_up_again_ends_as_an_unbroken_one(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    whole, broken = make_run(tmp_path / "whole", family), make_run(tmp_path / "broken", family)
    families.get(family).train(whole)
    die_after(broken, 3, monkeypatch)
    families.get(family).train(broken)
    assert broken.report() is not None
    assert [e.text for e in broken.events() if "Goes on" in e.text] == [
        f"Goes on from {3 * TINY[family]['batch']} pictures."
    ]
    assert whole.model.read_bytes() == broken.model.read_bytes()[: whole.model.stat().st_size] or _same(whole, broken)


def _same(a: RunDir, b: RunDir) -> bool:
    """The header tells the time; the weights must not differ by a bit."""
    from safetensors.torch import load_file

    one, two = load_file(a.model), load_file(b.model)
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize("family", TINY)
def test_a_picture_depends_on_its_recipe_alone(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    run = make_run(tmp_path / "run", family, holes=True)
    families.get(family).train(run)
    model = families.get(family).load(run.model)
    assert model.card.alpha
    assert (model.card.works, model.card.family) == (12, family)
    one, two = Seed(seed=1), Seed(seed=2)
    known = families.get(family).info.recipes
    recipes: list[Recipe] = [one, two, Vary(of=one, seed=5, amount=0.0), Vary(of=one, seed=5, amount=0.4)]
    recipes += [Blend(a=one, b=two, t=1.0), Blend(a=one, b=two, t=0.5)]
    if "truncate" in known:
        recipes.append(Truncate(of=one, psi=0.5))
    together = [picture.pixels for picture in model.render(recipes)]
    alone = [model.render([recipe])[0].pixels for recipe in recipes]
    assert all(np.array_equal(a, b) for a, b in zip(together, alone, strict=True))
    assert np.array_equal(together[2], together[0])
    assert np.array_equal(together[4], together[1])
    assert not np.array_equal(together[3], together[0])
    assert together[0].shape == (16, 16, 4)
    assert together[0][..., 3].min() < 255, "works with holes make pictures with holes"
    if "edit" not in known:
        with pytest.raises(WorkerError, match="Anchored GAN") as refused:
            model.render([Edit(of=one, direction="rounder", amount=1)])
        assert refused.value.code == "recipe_unsupported"


def test_greys_are_learned_as_greys_and_a_stop_keeps_what_was_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    run = make_run(tmp_path / "run", "dense", pictures=10**7)
    for path in run.pictures.iterdir():
        Image.open(path).convert("L").save(path)
    run.set_control("stop")
    families.get("dense").train(run)
    model = families.get("dense").load(run.model)
    pixels = model.render([Seed(seed=1)])[0].pixels
    assert (pixels[..., 0] == pixels[..., 1]).all()
    assert (pixels[..., 3] == 255).all()


def bars(count: int, random: torch.Generator) -> torch.Tensor:
    """Works of two kinds [count, 1, 8, 8] in [−1, 1]: a bright left half or a bright upper half."""
    x = torch.full((count, 1, 8, 8), -0.8)
    left = torch.rand(count, generator=random) < 0.5
    x[left, :, :, :4] = 0.8
    x[~left, :, :4] = 0.8
    return x


def survey_step(duel: Duel, config: Config, real: torch.Tensor) -> None:
    """The loss of the listing that this project grew from: probabilities where logits belong, drawn pictures labelled
    as real, and the generator's loss with the wrong sign."""
    fake = duel.generator(duel.noise(len(real), config.code))
    ones = torch.ones(len(real))
    says = torch.nn.functional.binary_cross_entropy_with_logits
    real_p, fake_p = duel.discriminator(real).sigmoid(), duel.discriminator(fake.detach()).sigmoid()
    optimise(duel.discriminator_optimiser, says(real_p, ones) + says(fake_p, ones))
    optimise(duel.generator_optimiser, -says(duel.discriminator(fake).sigmoid(), ones))
    duel.seen(len(real))


def off(step: Callable[[Duel, Config, torch.Tensor], object]) -> tuple[float, set[int]]:
    """After a small budget: mean distance of drawn pictures to the nearer of two works, and which of them are met."""
    config = SMALL.model_copy(update={"ema_half_life": 500})
    random = torch.Generator().manual_seed(1)
    torch.manual_seed(1)
    duel = build(config, random, "cpu")
    for _ in range(200):
        step(duel, config, bars(32, random))
    drawn = duel.average(torch.randn(64, 8, generator=random))
    kinds = torch.full((2, 1, 8, 8), -0.8)
    kinds[0, :, :, :4] = kinds[1, :, :4] = 0.8
    distance, nearest = (drawn[:, None] - kinds[None]).abs().mean((2, 3, 4)).min(1)
    return float(distance.detach().mean()), set(nearest[distance < 0.15].tolist())


def test_the_surveys_loss_learns_nothing_where_ours_learns_both_kinds() -> None:
    ours, met = off(train_step)
    theirs, met_by_theirs = off(survey_step)
    assert ours < 0.15
    assert met == {0, 1}
    assert theirs > 0.5, "no better than grey"
    assert not met_by_theirs


def test_one_step_of_the_generator_raises_what_the_judge_says_of_its_pictures() -> None:
    config = SMALL.model_copy(update={"dropout": 0.0})
    duel = build(config, torch.Generator().manual_seed(0), "cpu")
    z = duel.noise(64, 8)
    before = duel.discriminator(duel.generator(z)).mean().detach()
    optimise(duel.generator_optimiser, generator_loss(duel.discriminator(duel.generator(z))))
    assert float(duel.discriminator(duel.generator(z)).mean().detach()) > float(before)


def grown(size: int = 16) -> tuple[progressive.Config, progressive_nets.Generator, progressive_nets.Discriminator]:
    config = progressive.Config.model_validate({"size": size, "channels": 3, "width": 16, "widest": 8, "code": 4})
    torch.manual_seed(0)
    return config, progressive_nets.Generator(config), progressive_nets.Discriminator(config)


def test_a_new_side_begins_exactly_as_the_old_one_enlarged() -> None:
    _, generator, discriminator = grown()
    z = torch.randn(4, 4)
    for level in (1, 2):
        old = generator(z, Stage(level - 1, 1.0))
        new = generator(z, Stage(level, 0.0))
        assert torch.equal(new, progressive_nets.doubled(old))
        assert torch.equal(discriminator(new, Stage(level, 0.0)), discriminator(old, Stage(level - 1, 1.0)))
        assert not torch.equal(generator(z, Stage(level, 0.5)), new)


def test_sides_fade_in_one_after_another_and_the_last_stays_longest() -> None:
    stages = [stage_at(n / 1000, 5) for n in range(1001)]
    assert (stages[0].side, stages[-1].side, stages[-1].alpha) == (4, 64, 1.0)
    assert [s.level for s in stages] == sorted(s.level for s in stages)
    time_at = {level: sum(s.level == level for s in stages) for level in range(5)}
    assert time_at[4] == max(time_at.values())
    for level in range(1, 5):
        alphas = [s.alpha for s in stages if s.level == level]
        assert alphas == sorted(alphas)
        assert (alphas[0] < 0.05, alphas[-1]) == (True, 1.0)
    assert stage_at(0.0, 5, grow=False) == Stage(4, 1.0)


def test_the_deviation_of_a_batch_tells_sameness() -> None:
    same = torch.randn(1, 3, 4, 4).repeat(8, 1, 1, 1)
    told = progressive_nets.with_deviation
    assert float(told(same)[:, 3].max()) < 1e-3 < float(told(torch.randn(8, 3, 4, 4))[:, 3].min())


def test_the_paper_s_own_loss_trains_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    run = make_run(tmp_path / "run", "progressive", loss="wgan-gp")
    families.get("progressive").train(run)
    report = run.report()
    assert report is not None
    assert report.state == "finished", report.error


def tagged_run(folder: Path, family: str) -> RunDir:
    """Discs in two colours that are tagged `red` and `blue`, and one tag that all share."""
    run = make_run(folder, family, count=24, most_labels=4)
    config = run.config()
    works = tuple(
        work.model_copy(update={"tags": ("Red" if n % 2 else "blue", "disc")})
        for n, work in enumerate(config.request.works)
    )
    request = config.request.model_copy(update={"works": works})
    run.create(config.model_copy(update={"request": request}))
    return run


@pytest.mark.parametrize("family", ["vae", "diffusion"])
def test_prompts_name_the_tags_that_works_share(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    run = tagged_run(tmp_path / "run", family)
    families.get(family).train(run)
    model = families.get(family).load(run.model)
    assert "blue, red" in model.card.notes
    assert "disc" not in model.card.notes.split("name:")[1], "what all share tells nothing"
    asked = Prompt(text="A red dragon", seed=4)
    prompted, again, plain = model.render([asked, Vary(of=asked, seed=1, amount=0.0), Seed(seed=4)])
    assert [word.word for word in prompted.unknown] == ["dragon"]
    assert np.array_equal(prompted.pixels, again.pixels)
    assert again.unknown == prompted.unknown
    assert plain.unknown == ()


def test_an_upload_gets_its_code_at_once_and_is_drawn_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    run = make_run(tmp_path / "run", "vae", pictures=1200, lr=0.01)
    families.get("vae").train(run)
    sha256 = hashlib.sha256(run.model.read_bytes()).hexdigest()
    seen: list[Seen] = []
    found = VAE().find(run.model, sha256, disc(3), 15.0, seen.append)
    assert found.distance < found.mean_distance
    model = families.get("vae").load(run.model)
    assert isinstance(model, LatentSampler)
    model.aid(Aids(points={"a" * 64: found.point}, model_sha256=sha256))
    drawn = model.render([Point(blob="a" * 64)])[0].pixels
    assert np.array_equal(drawn, seen[0].pixels)
    with pytest.raises(WorkerError, match="another model"):
        model.aid(Aids(points={"b" * 64: found.point}, model_sha256="0" * 64))


def test_a_run_that_no_longer_gets_better_ends_with_the_best_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    kids = iter([9.0, 5.0, 7.0, 8.0, 6.0])
    looked: list[torch.Tensor] = []

    def features(rgb: torch.Tensor) -> torch.Tensor:
        looked.append(rgb)
        return rgb

    def kid(real: object, fake: object) -> float:
        return next(kids)

    monkeypatch.setattr("gan.training.samplers.judge.available", lambda: True)
    monkeypatch.setattr("gan.training.samplers.judge.features", features)
    monkeypatch.setattr("gan.training.samplers.crowds.kid", kid)
    monkeypatch.setattr("gan.training.samplers.LOOKED_AT", 4)
    run = make_run(tmp_path / "run", "dense", pictures=8 * 160, early_stop=2)
    families.get("dense").train(run)
    report = run.report()
    assert report is not None
    assert report.figures.pictures_seen < 8 * 60, "two looks without a better one"
    assert any("no longer gets better" in event.text for event in run.events())
    model = families.get("dense").load(run.model)
    pixels = np.stack([picture.pixels for picture in model.render(judged_recipes(4))])
    best = looked[3]  # works and pictures of each look in turn; the second look was the best
    again = torch.from_numpy(pixels[..., :3]).permute(0, 3, 1, 2) / 127.5 - 1
    assert float((again - best).abs().max()) < 0.05, "weights are kept in half precision"


def test_noise_is_taken_away_by_an_oracle() -> None:
    for schedule, predicts in product(Schedule, Predicts):
        table = noise.kept(schedule)
        assert bool((table.diff() < 0).all())
        assert 0 < float(table[-1]) < 0.001 < 0.99 < float(table[0])
        x = torch.rand(3, 1, 4, 4) * 1.6 - 0.8
        e = torch.randn(3, 1, 4, 4)
        level = table[[10, 500, 800]].float()
        x_t = noise.noised(x, e, level)
        for n in range(3):
            answer = noise.wanted(x, e, level, predicts)[n : n + 1]
            found, left = noise.parts(x_t[n : n + 1], answer, float(level[n]), predicts)
            assert torch.allclose(found, x[n : n + 1], atol=2e-3)
            assert torch.allclose(left, e[n : n + 1], atol=2e-2)


def test_the_cost_of_a_code_is_the_known_integral() -> None:
    assert float(divergence(torch.zeros(2, 3), torch.zeros(2, 3))) == 0.0
    assert float(divergence(torch.ones(2, 3), torch.zeros(2, 3))) == pytest.approx(1.5)
    assert float(divergence(torch.zeros(1, 1), torch.full((1, 1), 2.0))) == pytest.approx((math.exp(2) - 3) / 2)
