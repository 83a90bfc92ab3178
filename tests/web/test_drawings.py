"""Families, curves and recipes as the pages draw and word them."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Retry
from bot.records.gallery import Hung
from bot.records.lineage import Link
from bot.web import family, words
from bot.web.budget import Budget
from bot.web.catalogue import Course, read_course, thinned
from bot.web.curves import HEIGHT, WIDTH, curves
from gan.contract import Blend, Event, EventKind, Mix, Progress, Seed, Truncate


def hung(output_id: int) -> Hung:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    return Hung(
        output_id, 1, "m", "a" * 64, {}, 256, "auto", "png", "b" * 64, (), at, "generate", None, 1, "Net", 2, "Ada"
    )


@st.composite
def families(draw: st.DrawFn) -> list[Link]:
    """Any family: each picture has up to two parents among the older ones."""
    rng = random.Random(draw(st.integers(0, 10_000)))
    links = []
    for child in range(1, draw(st.integers(2, 40))):
        for place, parent in enumerate(rng.sample(range(child), min(child, rng.randrange(3)))):
            links.append(Link(child, parent, place, "breed"))
    return links


@given(families())
def test_children_stand_below_all_their_parents_and_nobody_on_another(links: list[Link]) -> None:
    drawn = family.draw(0, links, {})
    assert (drawn is None) == (not links)
    if drawn is None:
        return
    at = {node.id: (node.x, node.y) for node in drawn.nodes}
    assert len(set(at.values())) == len(at), "two in one place"
    for link in links:
        assert at[link.output_id][1] > at[link.parent_id][1]
    for x, y in at.values():
        assert 0 <= x <= drawn.width - drawn.side
        assert 0 <= y <= drawn.height - drawn.side
    rows: dict[int, list[int]] = {}
    for x, y in at.values():
        rows.setdefault(y, []).append(x)
    for row in rows.values():
        assert all(b - a >= drawn.side for a, b in zip(sorted(row), sorted(row)[1:], strict=False))


def test_a_damaged_family_that_goes_round_in_a_circle_is_drawn_all_the_same() -> None:
    drawn = family.draw(1, [Link(1, 2, 0, "vary"), Link(2, 1, 0, "vary")], {1: hung(1)})
    assert drawn is not None
    assert {node.id for node in drawn.nodes} == {1, 2}


def test_a_relative_is_named_by_who_made_it_and_from_what() -> None:
    drawn = family.draw(3, [Link(3, 1, 0, "mix"), Link(3, 2, 1, "mix")], {3: hung(3), 1: hung(1)})
    assert drawn is not None
    said = {node.id: node.words for node in drawn.nodes}
    assert said[3] == "Picture 3 by Ada, bred from picture 1 and picture 2"
    assert "not for you to see" in said[2]


def test_curves_stay_within_their_frame_whatever_the_losses() -> None:
    wild = [(float(n), 1e9 if n == 3 else math.sin(n)) for n in range(100)]
    flat = [(float(n), 0.5) for n in range(5)]
    course = Course({"rebuild": wild, "other": flat, "one": [(0.0, 1.0)]}, ((0.0, "rebuilding"),), (), 100.0)
    drawn = curves(course)
    assert [one.name for one in drawn] == ["Redrawing the works", "Other"]
    for one in drawn:
        points = [pair.split() for pair in one.raw[1:].split("L")]
        assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in points)
        assert len(one.rows) >= 5
        assert one.summary


def test_losses_that_are_no_numbers_leave_no_hole_in_the_page() -> None:
    nothing = [(1.0, math.nan), (2.0, math.inf)]
    assert curves(Course({"rebuild": nothing}, (), (), 2.0)) == []


def test_a_long_training_is_thinned_and_keeps_its_ends() -> None:
    told = [
        Event(n=n, at=n, kind=EventKind.progress, progress=Progress(seconds=n, losses={"rebuild": 1.0}))
        for n in range(1, 5000)
    ]
    course = read_course(told)
    points = course.curves["rebuild"]
    assert len(points) <= 240
    assert (points[0][0], points[-1][0]) == (1, 4999)
    assert thinned([1, 2, 3], 5) == [1, 2, 3]


def test_two_parents_are_told_one_inside_the_other() -> None:
    other = Mix(a=Seed(seed=2), b=Seed(seed=3), layers=(4, 5))
    told = words.steps(Truncate(of=Blend(a=Seed(seed=1), b=other, t=0.25), psi=0.7))
    first, blended, calmer = (one.text.split(":")[0] for one in told)
    assert (first, blended, calmer) == ("A new picture from the seed 1, freely mixed", "Blended", "Made calmer")
    assert "75 % of this, 25 % of another" in told[1].text
    assert [one.text for one in told[1].other][1] == "Took colours and details (layers 4 to 5) from another picture"


@pytest.mark.parametrize(("seconds", "said"), [(7.4, "7 s"), (60, "1 min"), (150, "2 min 30 s"), (3900, "1 h 5 min")])
def test_times_are_said_as_one_says_them(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


def test_a_budget_fills_up_again_and_is_each_visitors_own() -> None:
    clock = [0.0]
    budget = Budget(60, clock=lambda: clock[0])
    budget.spend(1, 60)
    with pytest.raises(Retry) as spent:
        budget.spend(1)
    assert spent.value.after == pytest.approx(1.0)
    budget.spend(2, 60)
    clock[0] = 2.0
    budget.spend(1, 2)
    clock[0] = 1e9
    budget.spend(1, 60)
    with pytest.raises(Retry):
        budget.spend(1)
