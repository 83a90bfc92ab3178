"""Recipes are linear algebra on tables of weights: invariants that must hold for every recipe."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gan.contract import Anchor, Blend, Edit, Mix, Point, Prompt, Recipe, Seed, Truncate, Vary, Work, depth
from gan.errors import WorkerError
from gan.families.anchored.mixing import Mean, Mixer, Move, credits_of, nearest, pool_size

WORKS, LAYERS = 11, 4
FEATURES = np.random.RandomState(0).standard_normal((WORKS, 6)).astype(np.float32)
MIXER = Mixer(WORKS, LAYERS, nearest(FEATURES), {"d1": (0, 1), "d2": (2, 3)})
NAMED = [Work(sha256=f"{n:064x}", title=f"work {n}") for n in range(WORKS)]

units = st.floats(0, 1)
seeds = st.integers(0, 2**53 - 1)
leaves = (
    st.builds(Seed, seed=seeds, variety=units)
    | st.builds(Anchor, index=st.integers(0, WORKS - 1))
    | st.builds(Point, blob=st.sampled_from(["a" * 64, "b" * 64]))
)
recipes = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Vary, of=inner, seed=seeds, amount=units)
        | st.builds(Blend, a=inner, b=inner, t=units)
        | st.builds(Mix, a=inner, b=inner, layers=st.lists(st.integers(0, LAYERS - 1), max_size=4).map(tuple))
        | st.builds(Edit, of=inner, direction=st.sampled_from(["d1", "d2"]), amount=st.floats(-5, 5))
        | st.builds(Truncate, of=inner, psi=st.floats(0, 2))
    ),
    max_leaves=6,
)


@given(recipes)
def test_every_layer_of_every_recipe_sums_to_one(recipe: Recipe) -> None:
    mixture = MIXER.mixture(recipe)
    for weights, others in zip(mixture.weights, mixture.others, strict=True):
        shares = [*weights.values(), *(weight for key, weight in others.items() if not isinstance(key, Move))]
        assert sum(shares) == pytest.approx(1, abs=1e-3)
        assert all(0 <= index < WORKS and weight > 0 for index, weight in weights.items())


@given(recipes)
def test_a_recipe_survives_json_and_means_the_same(recipe: Recipe) -> None:
    adapter: TypeAdapter[Recipe] = TypeAdapter(Recipe)
    again = adapter.validate_json(adapter.dump_json(recipe))
    assert again == recipe
    assert MIXER.mixture(again) == MIXER.mixture(recipe)
    assert depth(recipe) >= 1


@given(recipes)
def test_every_table_of_credits_sums_to_one(recipe: Recipe) -> None:
    mixture = MIXER.mixture(recipe)
    assert sum(mixture.shares().values()) == pytest.approx(1)
    named = credits_of(mixture, NAMED, 4)
    assert 1 <= len(named) <= 4
    assert sum(credit.weight for credit in named) == pytest.approx(1, abs=1e-9)
    works = [credit for credit in named if credit.kind != "rest"]
    assert works == sorted(works, key=lambda credit: -credit.weight)
    assert all(credit.kind != "rest" for credit in named[:-1])


@given(recipes)
def test_every_work_that_can_be_seen_is_named(recipe: Recipe) -> None:
    """A withdrawal and a licence look there, and must not miss one for want of room."""
    mixture = MIXER.mixture(recipe)
    owed = {key for key, share in mixture.shares().items() if isinstance(key, int) and share >= 0.001}
    assert {credit.title for credit in credits_of(mixture, NAMED)} >= {NAMED[key].title for key in owed}


@given(recipes, seeds)
def test_varying_by_nothing_changes_nothing(recipe: Recipe, seed: int) -> None:
    before, still = MIXER.mixture(recipe), MIXER.mixture(Vary(of=recipe, seed=seed, amount=0))
    assert still == before
    assert MIXER.mixture(Truncate(of=recipe, psi=1)) == before
    assert MIXER.mixture(Edit(of=recipe, direction="d1", amount=0)) == before


def test_truncating_draws_to_the_mean_and_editing_moves_its_layers_alone() -> None:
    halved = MIXER.mixture(Truncate(of=Anchor(index=3), psi=0.5))
    assert halved.weights == ({3: 0.5},) * LAYERS
    assert halved.others == ({Mean(): 0.5},) * LAYERS
    assert [credit.kind for credit in credits_of(halved, NAMED)] == ["work", "all"]
    bolder = MIXER.mixture(Truncate(of=Anchor(index=3), psi=1.5))
    assert [(credit.kind, credit.weight) for credit in credits_of(bolder, NAMED)] == [("work", 1.0)]
    edited = MIXER.mixture(Edit(of=Edit(of=Anchor(index=3), direction="d1", amount=2), direction="d1", amount=-0.5))
    assert edited.others == ({Move("d1"): 1.5}, {Move("d1"): 1.5}, {}, {})
    assert credits_of(edited, NAMED) == credits_of(MIXER.mixture(Anchor(index=3)), NAMED)


def test_a_found_picture_says_so() -> None:
    bred = Blend(a=Point(blob="a" * 64), b=Anchor(index=1), t=0.25)
    told = [(credit.kind, credit.title, credit.weight) for credit in credits_of(MIXER.mixture(bred), NAMED)]
    assert told == [("found", "found from an upload", 0.75), ("work", "work 1", 0.25)]


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
    with pytest.raises(WorkerError, match="This model knows no words"):
        MIXER.mixture(Prompt(text="a cat", seed=1))
    with pytest.raises(WorkerError, match="it has d1, d2"):
        MIXER.mixture(Edit(of=Seed(seed=1), direction="rounder", amount=1))
    with pytest.raises(WorkerError, match="works 0 to 10"):
        MIXER.mixture(Anchor(index=WORKS))
    with pytest.raises(WorkerError, match="layers 0 to 3"):
        MIXER.mixture(Mix(a=Anchor(index=0), b=Anchor(index=1), layers=(9,)))


def test_nearest_gives_others_in_order() -> None:
    rows = nearest(np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], np.float32))
    assert rows[:, 0].tolist() == [1, 0, 3, 2]
    assert rows.shape == (4, 3)
