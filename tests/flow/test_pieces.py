"""The small parts of the stories that need no house: what is written down, which recipes, what a message shows."""

from __future__ import annotations

import asyncio
import logging
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Bug, Refused, Retry
from bot.safety.intake import Accepted, Reason, Rejected, SetReport
from bot.stories import Origin, Posted, Train, Upload
from bot.workflows.background import Background
from bot.workflows.collecting import told_twice, too_few
from bot.workflows.library import rank
from bot.workflows.live import MOST_POINTS, MOST_SILENT_S, LiveTraining, Ticket
from bot.workflows.recipes import DRAWN_SEEDS, drawn_seed, fresh
from bot.workflows.serial import JsonSerializer
from bot.workflows.shelf import Shelf
from bot.workflows.studio import WRITTEN_TYPES
from bot.workflows.telling import patiently
from bot.workflows.words import credit_lines, expected_line, figures_line, milliseconds, plural, seeds_line
from gan.contract import (
    SEED_LIMIT,
    Credit,
    Estimate,
    Event,
    EventKind,
    Figures,
    Progress,
    Seed,
    Training,
    TrainingState,
)

ORIGIN = Origin(interaction_id=1, application_id=1, token="t", at=0.0, channel_id=1, member_id=30, member_name="Ada")


class TestWritingDown:
    json = JsonSerializer(WRITTEN_TYPES)

    def back(self, value: object) -> object:
        return self.json.deserialize(self.json.serialize(value))

    def test_listed_types_come_back_as_themselves(self) -> None:
        posted = Posted(channel_id=2**63 - 1, message_id=None, route="callback")
        inputs = {"args": (ORIGIN, posted), "kwargs": {}}
        assert self.back(inputs) == {"args": [ORIGIN, posted], "kwargs": {}}

    def test_failures_come_back_as_what_the_stories_know(self) -> None:
        retry = self.back(Retry("busy", after=2.5))
        assert isinstance(retry, Retry)
        assert (str(retry), retry.after) == ("busy", 2.5)
        assert isinstance(self.back(Refused("no")), Refused)
        bug = self.back(ZeroDivisionError("over"))
        assert isinstance(bug, Bug)
        assert str(bug) == "ZeroDivisionError: over"

    def test_anything_else_is_an_error_where_it_happens(self) -> None:
        with pytest.raises(TypeError, match="Upload cannot be written down"):
            self.json.serialize(Upload(filename="a", url="b", size=1))


class TestSeeds:
    @given(st.integers(min_value=0, max_value=2**63))
    def test_are_drawn_from_the_request_alone_and_can_be_typed(self, request_id: int) -> None:
        assert drawn_seed(request_id) == drawn_seed(request_id) < DRAWN_SEEDS

    def test_spread_over_their_whole_range(self) -> None:
        seeds = [drawn_seed(n) for n in range(2000)]
        assert len(set(seeds)) == 2000
        assert abs(sum(seeds) / 2000 / DRAWN_SEEDS - 0.5) < 0.03

    @given(st.integers(min_value=0, max_value=SEED_LIMIT - 1))
    def test_of_a_grid_follow_each_other_and_never_leave_the_contract(self, first: int) -> None:
        recipes = fresh(first, 9, 0.5)
        assert all(isinstance(one, Seed) for one in recipes)
        assert len({one.model_dump_json() for one in recipes}) == 9


class TestALivingTraining:
    def live(self) -> LiveTraining:
        return LiveTraining(Ticket(training_id="t1", title="Cats"), ORIGIN)

    def progress(self, n: int, seconds: float, at: float) -> Event:
        made = Progress(
            pictures_seen=int(seconds * 100),
            seconds=seconds,
            budget_seconds=60.0,
            pictures_per_second=100.0,
            fraction=seconds / 60,
            phase="rebuilding",
            losses={"adversary": 9.0, "rebuild": 1.0 / (1 + seconds)},
        )
        return Event(n=n, at=at, kind=EventKind.progress, progress=made)

    def test_tells_that_it_gets_ready_before_the_first_progress(self) -> None:
        live = self.live()
        assert live.take(Event(n=1, at=100.0, kind=EventKind.state, state=TrainingState.running))
        assert live.view(None, at=112.4).activity == "getting ready · 12 s"

    def test_goes_on_between_two_words_of_a_busy_trainer_but_not_for_ever(self) -> None:
        live = self.live()
        live.take(Event(n=1, at=100.0, kind=EventKind.state, state=TrainingState.running))
        live.take(self.progress(2, 10.0, at=110.0))
        shown = [live.view(None, at=110.0 + silent) for silent in (0, 5, MOST_SILENT_S, 1000)]
        assert [view.seconds_left for view in shown] == [50.0, 45.0, 35.0, 35.0]
        assert shown[0].fraction < shown[1].fraction < shown[2].fraction == shown[3].fraction
        assert shown[0].activity == "learning to redraw each picture"

    def test_shows_what_the_trainer_says_to_people_and_for_how_long_it_has_been_at_it(self) -> None:
        live = self.live()
        live.take(self.progress(1, 60.0, at=100.0))
        live.take(Event(n=2, at=101.0, kind=EventKind.note, text="Looks at what it has learned."))
        live.take(Event(n=3, at=101.0, kind=EventKind.sample, sample="a" * 64, text="000000256.png"))
        assert live.view(None, at=101.0).activity == "Looks at what it has learned"
        assert live.view(None, at=121.0).activity == "Looks at what it has learned · 20 s"
        live.take(self.progress(4, 60.0, at=130.0))
        assert live.view(None, at=130.0).activity == "learning to redraw each picture"

    def test_never_shows_more_than_all_of_it(self) -> None:
        live = self.live()
        live.take(self.progress(1, 59.0, at=100.0))
        view = live.view(None, at=110.0)
        assert (view.fraction, view.seconds_left) == (1.0, 0.0)

    def test_a_pause_stands_still(self) -> None:
        live = self.live()
        live.take(self.progress(1, 30.0, at=100.0))
        live.take(Event(n=2, at=101.0, kind=EventKind.state, state=TrainingState.paused))
        assert live.view(None, at=110.0).fraction == live.view(None, at=500.0).fraction == 0.5

    def test_charts_the_rebuilding_and_thins_it_out(self) -> None:
        live = self.live()
        for n in range(1, 1001):
            live.take(self.progress(n, n * 0.05, at=float(n)))
        assert MOST_POINTS // 2 <= len(live.history) <= MOST_POINTS
        assert live.history[-1][0] >= 49.0
        assert all(loss <= 1.0 for _, loss in live.history), "the adversary's loss is not charted"

    def test_events_seen_twice_change_nothing(self) -> None:
        once, twice = self.live(), self.live()
        events = [self.progress(n, float(n), at=float(n)) for n in range(1, 20)]
        for live, told in ((once, events), (twice, events[:10] + events)):
            for event in told:
                live.take(event)
        assert once.outcome() == twice.outcome()

    def test_the_workers_own_account_is_right_where_it_differs(self) -> None:
        from gan.contract import Problem, TrainingRequest, Work

        body = TrainingRequest(title="Cats", works=tuple(Work(sha256=f"{n:064x}") for n in range(8)), seconds=60)
        problem = Problem(title="Failed", status=500, code="internal", detail="It ran out of room.")
        live = self.live()
        live.settle(Training(id="t1", request=body, state=TrainingState.failed, error=problem))
        assert (live.state, live.outcome().error) == (TrainingState.failed, "It ran out of room.")


class TestWords:
    def test_figures_say_what_the_training_was_worth(self) -> None:
        assert figures_line(Figures()) == ""
        assert figures_line(Figures(kid_x1000=41.2)) == "KID 41"
        judged = Figures(kid_x1000=41.2, base_kid_x1000=312.0, coverage=0.72, copies=0.0)
        assert figures_line(judged) == "100 of 100 sample pictures are new · coverage 72 % · KID 41 (the base: 312)"
        judged = judged.model_copy(update={"copies": 0.004, "coverage_k5": 0.874})
        words = "99 of 100 sample pictures are new · 87 of 100 works have their like · KID 41 (the base: 312)"
        assert figures_line(judged) == words
        for expected, held in (((20.0, 60.0), "as"), ((5.0, 10.0), "worse than"), ((90.0, 100.0), "better than")):
            estimate = Estimate(seconds=165, pictures_per_second=100, pictures_seen=1, kid_x1000=expected)
            assert figures_line(judged, estimate) == f"{words} · {held} expected"

    def test_what_is_expected_is_said_beforehand(self) -> None:
        assert expected_line(None) == ""
        estimate = Estimate(seconds=165, pictures_per_second=100, pictures_seen=15_000, coverage_k5=(0.55, 0.8))
        words = "about 3 minutes from its start to pictures · 55 to 80 of 100 works should then have their like"
        assert expected_line(estimate) == words
        advised = estimate.model_copy(update={"coverage_k5": None, "advice": "Add more."})
        assert expected_line(advised) == "about 3 minutes from its start to pictures. Add more."

    def test_a_set_that_is_half_there_twice_is_asked_about(self) -> None:
        ask = Train(name="x", source="files")
        twin = Rejected("b.png", Reason.duplicate, "It is the same picture as a.png.")
        work = Accepted("a.png", "", b"", "0" * 64, 64, False, False, "0", "00")
        half = SetReport((work,) * 5, (twin,) * 4, (), ())
        assert told_twice(half) == ("44 % of the files are another one again: is it the right set?",)
        assert told_twice(SetReport((work,) * 9, (twin,), (), ())) == ()
        assert "4 of the 9 are another one again" in too_few(ask, half)
        assert "3 more will do for a start" in too_few(ask, half)

    def test_credits_name_what_is_known_and_leave_out_traces(self) -> None:
        shares = [
            Credit(work="a" * 64, weight=0.6, title="fox", artist="Ada"),
            Credit(work="b" * 64, weight=0.39, title="owl"),
            Credit(work="c" * 64, weight=0.009),
        ]
        assert credit_lines(shares) == ("Ada's fox 60 %", "owl 39 %")
        assert credit_lines([Credit(work="c" * 64, weight=1.0)]) == ("work cccccccc 100 %",)

    def test_small_words(self) -> None:
        assert seeds_line([7]) == "seed 7"
        assert seeds_line([7, 8, 9]) == "seeds 7 to 9"
        assert seeds_line([None, None]) == ""
        assert (milliseconds(91.6), milliseconds(1234)) == ("92 ms", "1.2 s")
        assert (plural(1, "picture"), plural(2, "picture")) == ("1 picture", "2 pictures")


def test_names_are_ranked_by_how_well_they_fit_what_was_typed() -> None:
    assert [rank("cat", name) for name in ("Cats", "Wild cats", "Scatter", "Dogs")] == [0, 1, 2, 3]
    assert rank("", "anything") == 0


def test_the_shelf_keeps_the_newest_within_its_bounds() -> None:
    shelf = Shelf(limit_bytes=100)
    for n in range(5):
        shelf.put(n, bytes([n]) * 40)
    assert shelf.get([0]) is None
    assert shelf.get([3, 4]) == [bytes([3]) * 40, bytes([4]) * 40]
    assert shelf.get([2, 4]) is None, "all or none: half a grid is no answer"
    shelf.put(9, bytes(500))
    assert shelf.get([9]) == [bytes(500)], "one that is larger than the shelf is still delivered"


async def test_patience_waits_as_asked_and_then_gives_up() -> None:
    tries: list[float] = []

    async def busy() -> None:
        tries.append(time.monotonic())
        raise Retry("busy", after=0.05)

    with pytest.raises(Retry):
        await patiently(busy, 0.6)
    assert 2 <= len(tries) <= 4
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(tries))


async def test_an_endless_task_logs_its_failure_once_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    background, calls, enough = Background(), 0, asyncio.Event()

    async def shaky() -> None:
        nonlocal calls
        calls += 1
        if calls < 4:
            raise OSError("no route")
        if calls == 6:
            enough.set()

    background.every("looking around", 0.01, shaky)
    async with asyncio.timeout(5):
        await enough.wait()
    await background.close()
    told = [record.getMessage() for record in caplog.records]
    assert told == ["looking around failed and will be tried again: OSError: no route", "looking around works again"]
