"""The figures against cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from gan.evaluate.metrics import copies, coverage, distances, kid

RANDOM = np.random.RandomState(0)


def test_kid_of_one_crowd_with_itself_is_about_nothing() -> None:
    a, b = RANDOM.standard_normal((2, 300, 8))
    assert abs(kid(a, b)) < 0.2
    assert kid(a, b + 1) > 1


def test_kid_is_unbiased_for_small_crowds() -> None:
    draws = [kid(*RANDOM.standard_normal((2, 10, 4))) for _ in range(400)]
    assert abs(np.mean(draws)) < 4 * np.std(draws) / 20


def test_coverage_falls_when_a_kind_is_forgotten() -> None:
    real = np.concatenate([RANDOM.standard_normal((50, 4)), RANDOM.standard_normal((50, 4)) + 20])
    assert coverage(real, real + 1e-3) == 1
    assert coverage(real, real[:50] + 1e-3) == 0.5


def test_copies_are_counted() -> None:
    real = RANDOM.standard_normal((40, 4))
    assert copies(real, real + 1e-6) == 1
    assert copies(real, real + 30) == 0


def test_distances() -> None:
    assert distances(np.zeros((1, 2)), np.array([[3.0, 4.0]]))[0, 0] == pytest.approx(5)
