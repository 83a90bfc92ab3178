"""What a member hears while the worker is away, hangs, or is busy; and that no one is starved before its door."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories import Generate, NoticeView, PicturesView
from bot.worker import WorkerBusy
from bot.workflows.lines import Claim, Line, fair_order
from bot.workflows.waiting import HOLD_ON, SLOW
from gan.contract import Health, HealthState
from tests.flow.conftest import ADA, BEN, OTHER_GUILD, House
from tests.flow.test_making import settled


async def passing(house: House, request_id: int, words: str) -> NoticeView:
    """The word about waiting once it stands, and then the pictures in its place."""

    def found() -> NoticeView | None:
        view = house.messenger.standing.get(request_id)
        return view if isinstance(view, NoticeView) and words in view.text else None

    notice = await house.messenger.until(found, 5)
    assert notice.passing
    return notice


async def then_pictures(house: House, request_id: int) -> None:
    await house.messenger.until(lambda: isinstance(house.messenger.standing.get(request_id), PicturesView) or None, 5)
    assert (await settled(house, request_id)).state == "done"


async def test_a_worker_that_hangs_is_told_as_one_that_is_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the request and says nothing any more, not even how it is: stopped, or its machine is."""
    thawed = asyncio.Event()
    render, health = house.worker.render, house.worker.health

    async def stuck_render(*args: object, **options: object) -> object:
        await thawed.wait()
        return await render(*args, **options)  # type: ignore[arg-type]

    async def stuck_health() -> Health:
        await thawed.wait()
        return await health()

    monkeypatch.setattr(house.worker, "render", stuck_render)
    monkeypatch.setattr(house.worker, "health", stuck_health)
    origin = await house.ask(Generate(count=1))
    await passing(house, origin.interaction_id, HOLD_ON)
    thawed.set()
    await then_pictures(house, origin.interaction_id)
    assert len(house.worker.asked) == 1


async def test_a_worker_that_is_only_slow_is_not_told_as_away(house: House) -> None:
    await house.messenger.pictures(await house.ask(Generate(count=1)))
    house.worker.render_seconds = 1.6
    origin = await house.ask(Generate(count=1))
    await passing(house, origin.interaction_id, SLOW)
    await then_pictures(house, origin.interaction_id)
    words = [view.text for view in house.messenger.views if isinstance(view, NoticeView)]
    assert words == [SLOW]


async def test_a_full_worker_gives_a_place_and_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    render, free = house.worker.render, asyncio.Event()

    async def full(*args: object, **options: object) -> object:
        if not free.is_set():
            raise WorkerBusy("512 pictures are waiting; try again in a moment.", after=0.2)
        return await render(*args, **options)  # type: ignore[arg-type]

    async def health() -> Health:
        return Health(state=HealthState.busy, version="1", render_queue=512)

    monkeypatch.setattr(house.worker, "render", full)
    monkeypatch.setattr(house.worker, "health", health)
    origin = await house.ask(Generate(count=1))
    notice = await passing(house, origin.interaction_id, "busy")
    assert "512" in notice.text
    assert "by itself" in notice.text
    free.set()
    await then_pictures(house, origin.interaction_id)


async def test_whoever_waits_in_our_own_line_hears_the_place_and_one_server_does_not_starve_another(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.messenger.pictures(await house.ask(Generate(count=1)))
    render, doors = house.worker.render, asyncio.Event()
    turns: list[object] = []

    async def when_open(*args: object, **options: object) -> object:
        turns.append(options["request_id"])
        await doors.wait()
        return await render(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(house.worker, "render", when_open)
    house.parts.line.at_once = 1
    crowd = [await house.ask(Generate(count=1), member=ADA) for _ in range(5)]
    assert "before yours" in (await passing(house, crowd[-1].interaction_id, "before yours")).text
    other = await house.ask(Generate(count=1), member=BEN, guild=OTHER_GUILD)
    assert "1 picture or request before yours" in (await passing(house, other.interaction_id, "before yours")).text
    doors.set()
    for one in (other, *crowd):
        await then_pictures(house, one.interaction_id)
    order = list(dict.fromkeys(turns))
    assert order.index(str(other.interaction_id)) == 1, "its turn came as soon as the one before was over"


claims = st.builds(Claim, server=st.integers(0, 3), member=st.integers(0, 3), at=st.floats(0, 100))


class TestAFairLine:
    @given(st.lists(claims, max_size=30), st.lists(claims, max_size=6))
    def test_serves_everyone_once(self, waiting: list[Claim], busy: list[Claim]) -> None:
        assert sorted(fair_order(waiting, busy, {})) == list(range(len(waiting)))

    @given(st.lists(claims, min_size=1, max_size=30))
    def test_lets_nobody_have_two_turns_while_another_waits_for_a_first(self, waiting: list[Claim]) -> None:
        """In any stretch of the line each server that still waits gets as many turns as any other, give or take one;
        so do the members within a server."""
        order = [waiting[place] for place in fair_order(waiting, (), {})]
        for key in (lambda one: one.server, lambda one: (one.server, one.member)):
            left = Counter(key(one) for one in order)
            had: Counter[object] = Counter()
            for one in order:
                mine = key(one)
                rivals = [name for name in left if left[name] > 0 and _same_server(name, mine)]
                assert had[mine] <= min(had[name] for name in rivals)
                had[mine] += 1
                left[mine] -= 1

    @given(st.lists(claims, max_size=12), st.lists(claims, max_size=6), st.permutations(range(16)), st.integers(0, 12))
    def test_follows_the_rule_as_it_is_written(
        self, waiting: list[Claim], busy: list[Claim], turns: list[int], most: int
    ) -> None:
        keys = sorted({key for one in (*waiting, *busy) for key in one.keys}, key=str)
        served = {key: float(turn) for key, turn in zip(keys, turns, strict=False)}
        order = _one_after_another(waiting, busy, served)
        assert fair_order(waiting, busy, served) == order
        assert fair_order(waiting, busy, served, most) == order[:most]

    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=20), st.integers(1, 4))
    async def test_is_kept_by_the_line_itself_with_newcomers(self, asks: list[tuple[int, int]], at_once: int) -> None:
        line = Line(at_once=at_once)
        turns: list[tuple[int, int]] = []
        most, now = 0, 0

        async def one(server: int, member: int) -> None:
            nonlocal most, now
            async with line.spot(server, member):
                now += 1
                most = max(most, now)
                turns.append((server, member))
                await asyncio.sleep(0)
                now -= 1

        await asyncio.gather(*(one(*ask) for ask in asks))
        assert sorted(turns) == sorted(asks)
        assert most <= at_once

    async def test_gives_the_turn_on_when_the_one_who_was_called_has_left(self) -> None:
        line = Line(at_once=1)
        first = line.spot(1, 1)
        await line.enter(first)
        second, third = (asyncio.create_task(_turn(line, 1, n)) for n in (2, 3))
        await asyncio.sleep(0)
        line.leave(first)
        second.cancel()
        assert await asyncio.wait_for(third, 1) == 3
        assert line.before(line.spot(1, 4)) == 0


async def _turn(line: Line, server: int, member: int) -> int:
    async with line.spot(server, member):
        return member


def _same_server(name: object, mine: object) -> bool:
    return not isinstance(mine, tuple) or (isinstance(name, tuple) and name[0] == mine[0])


def _one_after_another(waiting: list[Claim], busy: list[Claim], served: dict[Hashable, float]) -> list[int]:
    """The order by ranking everyone anew for every turn."""
    load, last, order = Counter(key for one in busy for key in one.keys), dict(served), list[int]()
    for turn in range(len(waiting)):
        left = [place for place in range(len(waiting)) if place not in order]

        def rank(place: int) -> list[float]:
            by_key = [number for key in waiting[place].keys for number in (load[key], last.get(key, -1.0))]
            return [*by_key, waiting[place].at, place]

        order.append(min(left, key=rank))
        for key in waiting[order[-1]].keys:
            load[key] += 1
            last[key] = 100.0 + turn
    return order
