"""Samplers that learn in a duel: against the survey's loss, and growing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gan import families
from gan.blocks.adversary import generator_loss
from gan.families.dense.config import Config
from gan.families.dense.step import build, train_step
from gan.families.progressive import config as progressive
from gan.families.progressive import networks as progressive_nets
from gan.families.progressive.growth import Stage, stage_at
from gan.training.duel import Duel, optimise
from tests.numerics.discs import make_run, quick

SMALL = Config.model_validate(
    {"size": 8, "channels": 1, "width": 16, "judge_width": 32, "code": 8, "batch": 32, "lr": 1e-3}
)


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
