"""What is promised before a training starts, from what was measured here and elsewhere."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from gan.contract import Figures, Training, TrainingRequest, TrainingState, Work
from gan.server.runs import estimates
from gan.server.runs.estimates import RECENT, TYPICAL_SPEED, Result, estimate, measured_elsewhere
from tests.worker.conftest import Worker


def request(works: int, seconds: float = 150.0, base: str | None = "base-64") -> TrainingRequest:
    return TrainingRequest(title="x", works=(Work(sha256="0" * 64),) * works, seconds=seconds, base=base)


def finished(speed: float, works: int = 100, kid: float = 50.0) -> Training:
    figures = Figures(pictures_per_second=speed, pictures_seen=round(150 * speed), kid_x1000=kid, coverage_k5=0.8)
    return Training(id="t", request=request(works), state=TrainingState.finished, figures=figures)


def test_the_first_training_is_expected_at_a_typical_speed() -> None:
    first = estimate(request(200), [])
    assert (first.speeds_seen, first.pictures_per_second) == (0, TYPICAL_SPEED)
    assert first.pictures_seen == 150 * TYPICAL_SPEED
    assert 150 < first.seconds < 180


def test_later_ones_go_by_the_speed_seen_here() -> None:
    earlier = [finished(40), finished(60), finished(50), *(finished(500) for _ in range(RECENT))]
    assert estimate(request(200), earlier[:3]).pictures_per_second == 50
    assert estimate(request(200), earlier).pictures_per_second == 60, "the median of the newest five"
    failed = finished(10).model_copy(update={"state": TrainingState.failed})
    assert estimate(request(200), [failed]).speeds_seen == 0


def test_what_came_of_trainings_here_moves_what_is_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "measured_elsewhere", list)
    here = [finished(100, kid=kid) for kid in (30.0, 35.0, 40.0)]
    expected = estimate(request(100), here).kid_x1000
    assert expected is not None
    assert expected[0] < 30 < 40 < expected[1]
    assert estimate(request(100, base=None), here).kid_x1000 is None, "a base makes another training of it"
    assert estimate(request(9), here).kid_x1000 is None, "nothing near was measured"
    assert estimate(request(100, 3600 * 8), here).kid_x1000 is None


def test_near_results_come_before_far_ones() -> None:
    near, far = Result(works=100, from_base=True, seen=10_000), Result(works=800, from_base=True, seen=10_000)
    assert near.far(100, 10_000) == 0
    assert far.far(100, 10_000) == pytest.approx(3)
    assert near.far(200, 20_000) == pytest.approx(math.sqrt(2))


def test_the_shipped_table_speaks_of_usual_sets_and_budgets() -> None:
    assert len(measured_elsewhere()) >= 2
    for works in (100, 200, 400):
        expected = estimate(request(works), []).kid_x1000
        assert expected is not None
        assert 0 < expected[0] <= expected[1] < 2000


def test_few_pictures_come_with_advice_that_gets_shorter_with_more() -> None:
    words = [estimate(request(works), []).advice for works in (8, 12, 19, 20, 59, 60, 500)]
    assert "12 pictures are few" in words[1]
    assert [bool(one) for one in words] == [True] * 5 + [False] * 2
    assert all(len(a) >= len(b) for a, b in pairwise(words[2:]))


async def test_a_training_carries_what_was_expected_of_it(unwarmed: Worker) -> None:
    _, training = await unwarmed.training("t", steps=500)
    assert training["estimate"]["seconds"] > 60
    assert training["estimate"]["advice"].startswith("8 pictures are few")
    _, later, _ = await unwarmed.ask("GET", "/v1/trainings/t")
    assert later["estimate"] == training["estimate"]
