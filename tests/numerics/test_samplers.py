"""The samplers' shared parts: losses by known numbers, augments, codes, and a run killed and taken up again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan import families
from gan.blocks.adversary import discriminator_loss, generator_loss, r1_penalty
from gan.blocks.augment import Augment
from gan.contract import Blend, Edit, Recipe, Seed, Truncate, Vary
from gan.errors import WorkerError
from gan.rundir import RunDir
from gan.sampling.latent import along_sphere, normal
from tests.numerics.discs import TINY, die_after, make_run, quick


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
