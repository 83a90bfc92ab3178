"""What the studio remembers: families of pictures, stars, names of sliders, animations, the showcase."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from bot.records import Records
from bot.records.animations import NewAnimation
from bot.records.favourites import Pick
from bot.records.lineage import SAME, Link
from bot.records.outputs import NewOutput
from bot.records.people import Person
from bot.records.requests import NewRequest
from bot.records.schema import now

NETS, ADA, BEN = Person(20, "Net people"), Person(30, "Ada"), Person(31, "Ben")


@pytest.fixture
def ids() -> Iterator[int]:
    return itertools.count(1000)


async def drawn(
    records: Records, request_id: int, *parents: int, relation: str = "", member: Person = ADA, count: int = 1
) -> list[int]:
    """Outputs of a new request."""
    asked = NewRequest(request_id, NETS, 40, member, "generate", {}, now())
    await records.requests.accept(asked)
    new = [
        NewOutput(n, "base", "a" * 64, {"kind": "seed"}, 256, "auto", "png", "b" * 64, (), parents, relation)
        for n in range(count)
    ]
    return await records.outputs.record(request_id, new)


async def test_a_family_is_read_up_to_its_first_pictures(records: Records, ids: Iterator[int]) -> None:
    [first], [other] = await drawn(records, next(ids)), await drawn(records, next(ids))
    [child] = await drawn(records, next(ids), first, other, relation="breed")
    [grandchild] = await drawn(records, next(ids), child, relation="pull")
    [copy] = await drawn(records, next(ids), grandchild, relation=SAME)
    assert await records.lineage.original(copy) == grandchild
    assert await records.lineage.original(first) == first
    assert await records.lineage.copies(grandchild) == [copy]
    assert await records.lineage.parents(copy) == []
    assert await records.lineage.parents(child) == [Link(child, first, 0, "breed"), Link(child, other, 1, "breed")]
    up = await records.lineage.ancestry(grandchild, 5)
    assert [(one.output_id, one.parent_id) for one in up] == [(grandchild, child), (child, first), (child, other)]
    assert len(await records.lineage.ancestry(grandchild, 1)) == 1


async def test_recording_twice_gives_the_same_family(records: Records, ids: Iterator[int]) -> None:
    [first] = await drawn(records, next(ids))
    request = next(ids)
    once = await drawn(records, request, first, relation="vary", count=4)
    assert await drawn(records, request, first, relation="vary", count=4) == once
    assert [await records.lineage.parents(one) for one in once] == [[Link(one, first, 0, "vary")] for one in once]


async def test_favourites_come_first_then_ones_own_newest(records: Records, ids: Iterator[int]) -> None:
    mine = await drawn(records, next(ids), count=3)
    [theirs] = await drawn(records, next(ids), member=BEN)
    [copy] = await drawn(records, next(ids), mine[0], relation=SAME)
    await records.favourites.star(ADA, theirs, "Ben's fox")
    await records.favourites.star(ADA, mine[0], None)
    await records.favourites.star(ADA, theirs, None)  # a second star keeps the name
    picks = await records.favourites.picks(ADA.id, NETS.id)
    assert picks[:2] == [Pick(mine[0], "base", "", True), Pick(theirs, "base", "Ben's fox", True)]
    assert [one.output_id for one in picks[2:]] == [mine[2], mine[1]]
    assert copy not in [one.output_id for one in picks]
    assert await records.favourites.picks(ADA.id, 21) == []
    await records.favourites.star(BEN, theirs, None)
    assert await records.favourites.stars([theirs, mine[0], mine[1]]) == {theirs: 2, mine[0]: 1}
    await records.favourites.unstar(ADA.id, theirs)
    assert await records.favourites.name(ADA.id, theirs) is None
    assert await records.favourites.stars([theirs]) == {theirs: 1}


async def test_what_is_taken_back_can_no_longer_be_chosen(records: Records, ids: Iterator[int]) -> None:
    request = next(ids)
    [mine] = await drawn(records, request)
    await records.favourites.star(ADA, mine, "gone soon")
    await records.outputs.forget(request)
    assert await records.favourites.picks(ADA.id, NETS.id) == []


async def test_the_name_with_the_most_votes_is_a_sliders_name(records: Records) -> None:
    vote = records.slider_names.vote
    cleo = Person(32, "Cleo")
    await vote(NETS, ADA, "a" * 64, "d1", "Rounder")
    await vote(NETS, BEN, "a" * 64, "d1", "night")
    assert await records.slider_names.chosen(NETS.id, "a" * 64) == {"d1": "Rounder"}
    await vote(NETS, cleo, "a" * 64, "d1", "Night")
    assert await records.slider_names.chosen(NETS.id, "a" * 64) == {"d1": "night"}
    await vote(NETS, BEN, "a" * 64, "d1", "rounder")
    assert await records.slider_names.chosen(NETS.id, "a" * 64) == {"d1": "Rounder"}
    assert await records.slider_names.chosen(21, "a" * 64) == {}
    assert await records.slider_names.chosen(NETS.id, "b" * 64) == {}


async def test_an_animation_and_a_showcase(records: Records, ids: Iterator[int]) -> None:
    request = next(ids)
    [first] = await drawn(records, request)
    new = NewAnimation("base", "a" * 64, {"kind": "walk"}, (first,), "c" * 64, "image/webp", 1234)
    made = await records.animations.record(request, new)
    assert await records.animations.record(request, new) == made
    kept = await records.animations.get(made)
    assert kept is not None
    assert (kept.stops, kept.member_id, kept.deleted_at) == ([first], ADA.id, None)
    assert await records.animations.forget(request) == 1

    assert await records.showcases.of(NETS.id) is None
    await records.showcases.set(NETS, 41, 3, BEN)
    shown = await records.showcases.of(NETS.id)
    assert shown is not None
    assert (shown.channel_id, shown.stars) == (41, 3)
    await records.showcases.shown(first, 41, 99)
    assert await records.showcases.is_shown(first)
    await records.showcases.set(NETS, None, 3, BEN)
    assert await records.showcases.of(NETS.id) is None
