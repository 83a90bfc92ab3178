"""Recipes are linear algebra on tables of weights: invariants that must hold for every recipe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gan.contract import Anchor, Blend, Mix, Point, Recipe, Seed, Vary, Work, depth
from gan.errors import WorkerError
from gan.families.anchored.mixing import Mixer, credits_of, nearest, pool_size

WORKS, LAYERS = 11, 4
FEATURES = np.random.RandomState(0).standard_normal((WORKS, 6)).astype(np.float32)
MIXER = Mixer(WORKS, LAYERS, nearest(FEATURES))
NAMED = [Work(sha256=f"{n:064x}", title=f"work {n}") for n in range(WORKS)]

units = st.floats(0, 1)
seeds = st.integers(0, 2**53 - 1)
leaves = st.builds(Seed, seed=seeds, variety=units) | st.builds(Anchor, index=st.integers(0, WORKS - 1))
recipes = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Vary, of=inner, seed=seeds, amount=units)
        | st.builds(Blend, a=inner, b=inner, t=units)
        | st.builds(Mix, a=inner, b=inner, layers=st.lists(st.integers(0, LAYERS - 1), max_size=4).map(tuple))
    ),
    max_leaves=6,
)


@given(recipes)
def test_every_layer_of_every_recipe_sums_to_one(recipe: Recipe) -> None:
    for layer in MIXER.mixture(recipe).weights:
        assert sum(layer.values()) == pytest.approx(1, abs=1e-4)
        assert all(0 <= index < WORKS and 0 < weight <= 1 + 1e-9 for index, weight in layer.items())


@given(recipes)
def test_a_recipe_survives_json_and_means_the_same(recipe: Recipe) -> None:
    adapter: TypeAdapter[Recipe] = TypeAdapter(Recipe)
    again = adapter.validate_json(adapter.dump_json(recipe))
    assert again == recipe
    assert MIXER.mixture(again) == MIXER.mixture(recipe)
    assert depth(recipe) >= 1


@given(recipes)
def test_credits_are_the_mixture(recipe: Recipe) -> None:
    named = credits_of(MIXER.mixture(recipe), NAMED)
    assert named
    assert 0.5 < sum(credit.weight for credit in named) <= 1.001
    assert list(named) == sorted(named, key=lambda credit: -credit.weight)


@given(recipes, seeds)
def test_varying_by_nothing_changes_nothing(recipe: Recipe, seed: int) -> None:
    still = MIXER.mixture(Vary(of=recipe, seed=seed, amount=0)).weights
    for before, after in zip(MIXER.mixture(recipe).weights, still, strict=True):
        assert before == pytest.approx(after, abs=1e-5)


def test_ends_of_a_blend_are_its_parents() -> None:
    a, b = Seed(seed=1), Seed(seed=2)
    assert MIXER.mixture(Blend(a=a, b=b, t=0)).weights == MIXER.mixture(a).weights
    assert MIXER.mixture(Blend(a=a, b=b, t=1)).weights == MIXER.mixture(b).weights


def test_mixing_takes_whole_layers() -> None:
    mixed = MIXER.mixture(Mix(a=Anchor(index=0), b=Anchor(index=5), layers=(2, 3)))
    assert mixed.weights == ({0: 1.0}, {0: 1.0}, {5: 1.0}, {5: 1.0})


def test_a_seed_means_the_same_for_ever() -> None:
    """Frozen values: a change here would change every picture that members ever made."""
    assert MIXER.mixture(Seed(seed=42)).shares() == pytest.approx({10: 0.65519442, 8: 0.34480558}, abs=1e-6)


def test_low_variety_keeps_to_the_nearest() -> None:
    near = nearest(FEATURES)
    for seed in range(60):
        shares = list(MIXER.mixture(Seed(seed=seed, variety=0)).shares())
        if len(shares) == 2:
            close = {int(n) for n in near[shares[0], :2]} | {int(n) for n in near[shares[1], :2]}
            assert close & set(shares)


def test_pools_grow_from_two_to_all() -> None:
    assert pool_size(100, 0) == 2
    assert pool_size(100, 1) == 99
    assert pool_size(2, 0.5) == 1
    sizes = [pool_size(100, v / 20) for v in range(21)]
    assert sizes == sorted(sizes)


def test_unknown_kinds_and_places_are_refused_with_help() -> None:
    with pytest.raises(WorkerError, match="it knows seed"):
        MIXER.mixture(Point(blob="0" * 64))
    with pytest.raises(WorkerError, match="works 0 to 10"):
        MIXER.mixture(Anchor(index=WORKS))
    with pytest.raises(WorkerError, match="layers 0 to 3"):
        MIXER.mixture(Mix(a=Anchor(index=0), b=Anchor(index=1), layers=(9,)))


def test_nearest_gives_others_in_order() -> None:
    rows = nearest(np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], np.float32))
    assert rows[:, 0].tolist() == [1, 0, 3, 2]
    assert rows.shape == (4, 3)
