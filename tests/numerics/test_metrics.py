"""The figures against cases whose answer is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gan.contract import Figures
from gan.data.pictures import straight
from gan.evaluate import crowds, judge
from gan.evaluate.crowds import Features, Measured, copies, coverage, deciles, density, distances, kid
from gan.evaluate.metrics import judge_samples, on_white

RANDOM = np.random.RandomState(0)
needs_judge = pytest.mark.skipif(not judge.available(), reason="the judge's weights are not installed")


def crowd(count: int, width: int = 6, spread: float = 1.0, move: float = 0.0) -> Features:
    return RANDOM.standard_normal((count, width)) * spread + move


def test_kid_of_one_crowd_with_itself_is_about_nothing() -> None:
    a, b = RANDOM.standard_normal((2, 300, 8))
    assert abs(kid(a, b)) < 0.2
    assert kid(a, b + 1) > 1


def test_kid_is_unbiased_for_small_crowds() -> None:
    draws = [kid(*RANDOM.standard_normal((2, 10, 4))) for _ in range(400)]
    assert abs(np.mean(draws)) < 4 * np.std(draws) / 20


def test_kid_is_the_mean_over_pairs_of_different_pictures() -> None:
    real, fake = crowd(5), crowd(7, move=0.4)

    def k(x: Features, y: Features) -> float:
        return float((x @ y / 6 + 1) ** 3)

    within = [np.mean([k(x, y) for i, x in enumerate(c) for j, y in enumerate(c) if i != j]) for c in (real, fake)]
    assert kid(real, fake) == pytest.approx(sum(within) - 2 * np.mean([k(x, y) for x in real for y in fake]))


@settings(max_examples=25, deadline=None)
@given(st.integers(4, 40), st.integers(4, 40), st.integers(0, 2**31))
def test_shares_are_shares_and_do_not_heed_order(n: int, m: int, seed: int) -> None:
    random = np.random.RandomState(seed)
    real, fake = random.standard_normal((n, 4)), random.standard_normal((m, 4)) * 1.2
    shuffled = random.permutation(real), random.permutation(fake)
    for figure in (coverage, copies, density, kid, lambda a, b: sum(deciles(a, b))):
        assert figure(real, fake) == pytest.approx(figure(*shuffled))
    for share in (coverage(real, fake), copies(real, fake), *deciles(real, fake)):
        assert 0 <= share <= 1
    assert sum(deciles(real, fake)) == pytest.approx(1)
    assert coverage(real, fake, 5) >= coverage(real, fake)
    assert coverage(real, real) == 1


def test_coverage_falls_when_a_kind_is_forgotten() -> None:
    real = np.concatenate([RANDOM.standard_normal((50, 4)), RANDOM.standard_normal((50, 4)) + 20])
    assert coverage(real, real + 1e-3) == 1
    assert coverage(real, real[:50] + 1e-3) == 0.5


@pytest.mark.parametrize("k", [1, 5])
def test_new_works_of_the_same_hand_reach_the_perfect_coverage(k: int) -> None:
    reached = [coverage(crowd(30), crowd(40), k) for _ in range(120)]
    assert np.mean(reached) == pytest.approx(crowds.perfect_coverage(30, 40, k), abs=0.03)


def test_density_is_one_for_the_same_hand_and_nothing_for_noise() -> None:
    assert np.mean([density(crowd(60), crowd(60)) for _ in range(40)]) == pytest.approx(1, abs=0.08)
    assert density(crowd(60), crowd(60, spread=20)) < 0.02


def test_copies_are_counted() -> None:
    real = RANDOM.standard_normal((40, 4))
    assert copies(real, real + 1e-6) == 1
    assert copies(real, real + 30) == 0
    assert deciles(real, real + 1e-6)[0] == 1
    assert deciles(real, real + 30)[-1] == 1


def test_new_works_of_the_same_hand_are_new_and_spread_over_the_deciles() -> None:
    """What is drawn from the works' own crowd lies from them as they lie from each other."""
    draws = [(crowd(80), crowd(200)) for _ in range(60)]
    assert np.mean([1 - copies(*draw) for draw in draws]) == pytest.approx(0.9, abs=0.03)
    assert np.mean([deciles(*draw) for draw in draws], 0) == pytest.approx(np.full(10, 0.1), abs=0.03)


def test_a_copy_of_a_work_that_is_not_judged_is_found_among_the_suspects() -> None:
    real, other = crowd(40), crowd(40)
    assert crowds.measured_new(real, other + 1e-6).value > 0.5
    assert crowds.measured_new(real, other + 1e-6, other).value == 0


@pytest.mark.parametrize(
    ("works", "figure", "truth", "least"),
    [
        (20, crowds.measured_kid, kid, 0.85),
        (60, crowds.measured_kid, kid, 0.85),
        (60, crowds.measured_coverage, coverage, 0.85),
        (60, crowds.measured_density, density, 0.8),
        (60, crowds.measured_new, lambda a, b: 1 - copies(a, b), 0.8),
        (20, crowds.measured_new, lambda a, b: 1 - copies(a, b), 0.7),
    ],
)
def test_intervals_hold_the_figure_of_many_draws(
    works: int,
    figure: Callable[[Features, Features], Measured],
    truth: Callable[[Features, Features], float],
    least: float,
) -> None:
    """Nominally 95 of 100 do; on 20 works the decile that says what is new is known too ill for that."""

    def draw() -> tuple[Features, Features]:
        return crowd(works), crowd(100, spread=0.9, move=0.3)

    mean = np.mean([truth(*draw()) for _ in range(200)])
    found = [figure(*draw()) for _ in range(30)]
    assert np.mean([one.low <= mean <= one.high for one in found]) >= least
    assert all(one.low <= one.value <= one.high for one in found)
    assert figure(*(same := draw())) == figure(*same), "the same draws every time"


def test_distances() -> None:
    assert distances(np.zeros((1, 2)), np.array([[3.0, 4.0]]))[0, 0] == pytest.approx(5)


# --- with the real judge --------------------------------------------------------------------------------------------


def discs(count: int, seed: int, frames: bool = False) -> torch.Tensor:
    """Works: a coloured disc each (or a square frame), of its own place and size, on nothing. Premultiplied RGBA."""
    random = np.random.RandomState(seed)
    rows, columns = np.mgrid[:64, :64]
    out = np.zeros((count, 4, 64, 64), np.float32)
    for picture in out:
        x, y, radius = random.uniform(16, 48), random.uniform(16, 48), random.uniform(6, 22)
        inside = (rows - y) ** 2 + (columns - x) ** 2 < radius**2
        if frames:
            inside = np.abs(np.maximum(abs(rows - y), abs(columns - x)) - radius) < 2
        picture[:3, inside] = random.uniform(0, 0.5, 3)[:, None]
        picture[3, inside] = 1
    return torch.from_numpy(out)


@needs_judge
def test_the_judge_tells_copies_new_works_strangers_and_noise_apart() -> None:
    works = discs(40, 0)
    noise = torch.rand(40, 4, 64, 64, generator=torch.Generator().manual_seed(0))
    noise[:, :3] *= noise[:, 3:]
    copied, fresh, strange, noisy = (
        judge_samples(straight(samples), works) for samples in (works, discs(40, 1), discs(40, 2, frames=True), noise)
    )
    assert (copied.coverage, copied.copies, copied.new) == (1, 1, 0)
    for kid_x1000, kid_interval in ((one.kid_x1000, one.kid_interval) for one in (copied, fresh, strange, noisy)):
        assert kid_x1000 is not None
        assert kid_interval is not None
        assert kid_interval[0] <= kid_x1000 <= kid_interval[1]
    assert fresh.kid_interval is not None
    assert fresh.kid_interval[0] < 0 < fresh.kid_interval[1], "new works of the same hand cannot be told apart"
    assert fresh.kid_x1000 < strange.kid_x1000 < noisy.kid_x1000  # type: ignore[operator]
    assert fresh.new is not None
    assert fresh.new > 0.7
    assert (noisy.coverage_k5, noisy.density_k5, noisy.new) == (0, 0, 1)
    assert (fresh.judge, fresh.works_judged, fresh.samples_judged) == (judge.NAME, 40, 40)


@needs_judge
def test_a_copy_of_any_work_of_a_large_set_is_found() -> None:
    works = discs(60, 3)
    few = judge_samples(straight(works[1::2]), works, most=20)
    assert few.works_judged == 20
    assert few.new is not None
    assert few.new < 0.1


@needs_judge
def test_too_few_works_have_no_kid_and_fewer_no_figures() -> None:
    samples = straight(discs(8, 4))
    assert judge_samples(samples, discs(5, 5)).kid_x1000 is None
    assert judge_samples(samples, discs(5, 5)).new is not None
    assert judge_samples(samples, discs(2, 5)) == Figures()


@needs_judge
def test_pictures_are_made_smaller_without_jagged_edges() -> None:
    """A picture of fine stripes is a grey one to the eye from afar; without a filter it would be black or white."""
    stripes = torch.full((1, 3, 256, 256), -0.5)
    stripes[..., 64:192, 64:192] = -1
    stripes[..., 64:192, 64:192:4] = 1
    even = torch.full((1, 3, 256, 256), -0.5)
    seen, grey, unfiltered = (judge.features(picture) for picture in (stripes, even, stripes[..., ::4, ::4]))
    assert np.linalg.norm(seen - grey) < 0.5 * np.linalg.norm(unfiltered - grey)


def test_a_picture_that_is_no_square_keeps_its_aspect() -> None:
    wide = torch.zeros(1, 4, 32, 64)
    wide[:, 3] = 1
    square = on_white(wide)
    assert square.shape == (1, 3, 64, 64)
    assert square[0, :, :16].min() == 1
    assert square[0, :, 16:48].max() == -1
    assert square[0, :, 48:].min() == 1
