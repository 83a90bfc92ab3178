"""A themed contest from its start to the winners' children, also when nobody was awake at the time it closed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import Refused
from bot.moderation_asks import EnterContest, StartContest, Vote
from bot.moderation_views import ContestView
from bot.records.contests import contests
from bot.records.schema import now
from bot.stories import Generate, NoticeView, Origin, PicturesView, View
from bot.workflows.contests import due_contests
from tests.fakes.databases import fresh_url
from tests.flow.conftest import ADA, BEN, House, open_house
from tests.flow.test_making import settled


async def started(house: House, theme: str = "frogs") -> ContestView:
    origin = await house.ask(StartContest(theme=theme, hours=1), member=BEN, moderator=True)
    view = await house.messenger.answer(origin)
    assert isinstance(view, ContestView), view
    await settled(house, origin.interaction_id)
    return view


async def grid(house: House, member: int = ADA) -> PicturesView:
    return await house.messenger.pictures(await house.ask(Generate(), member=member))


async def entered(house: House, output: int, member: int) -> str:
    return (await house.messenger.notice(await house.ask(EnterContest(output_id=output), member=member))).text


async def voted(house: House, contest: int, entrant: int, member: int) -> str:
    ask = Vote(contest_id=contest, entrant_id=entrant)
    return (await house.messenger.notice(await house.ask(ask, member=member))).text


async def time_is_over(house: House) -> Origin:
    async with house.records.database.write() as connection:
        await connection.execute(sa.update(contests).values(closes_at=now() - timedelta(seconds=1)))
    ((origin, _),) = await due_contests(house.parts)
    return origin


async def test_one_entry_and_one_vote_a_member_and_none_for_oneself(house: House) -> None:
    contest = await started(house)
    again = await house.messenger.notice(await house.ask(StartContest(theme="cats"), moderator=True))
    assert "goes on here already" in again.text
    mine, theirs = await grid(house), await grid(house, member=BEN)
    first, second = mine.pictures[0].output_id, mine.pictures[1].output_id
    assert "is in the contest" in await entered(house, first, ADA)
    assert "your own" in await entered(house, theirs.pictures[0].output_id, ADA)
    assert f"Your vote is for #{first}" in await voted(house, contest.contest_id, ADA, BEN)
    assert "no vote of yours" in await voted(house, contest.contest_id, ADA, ADA)
    assert "no longer" in await voted(house, contest.contest_id, BEN, ADA)
    assert "is in the contest" in await entered(house, theirs.pictures[0].output_id, BEN)
    assert "Your vote is for" in await voted(house, contest.contest_id, BEN, ADA)
    tally = {one.output_id: one.votes for one in await house.records.contests.entries(contest.contest_id)}
    assert tally == {first: 1, theirs.pictures[0].output_id: 1}
    await entered(house, second, ADA)
    tally = {one.output_id: one.votes for one in await house.records.contests.entries(contest.contest_id)}
    assert tally == {second: 0, theirs.pictures[0].output_id: 1}
    shown = await house.studio.contest(house.origin())
    assert shown.numbers == (second, theirs.pictures[0].output_id)
    assert all(one.thumbnail for one in shown.entries)


async def test_it_closes_by_itself_and_breeds_the_winners(house: House) -> None:
    contest = await started(house)
    mine, theirs = (await grid(house)).pictures[0].output_id, (await grid(house, member=BEN)).pictures[0].output_id
    await entered(house, mine, ADA)
    await entered(house, theirs, BEN)
    await voted(house, contest.contest_id, ADA, BEN)
    await voted(house, contest.contest_id, BEN, ADA)
    origin = await time_is_over(house)
    await house.studio._close_contests()
    await house.studio._close_contests()
    view = await house.messenger.answer(origin)
    assert isinstance(view, PicturesView), view
    assert len(view.pictures) == 9
    assert view.notes[0].startswith("🏆 The contest “frogs” is over: 🥇 #")
    assert f"#{mine} <@{ADA}> (1 vote)" in view.notes[0]
    assert sum(one is view for one in house.messenger.views) == 1
    assert await due_contests(house.parts) == []
    with pytest.raises(Refused, match="no contest here"):
        await house.studio.contest(house.origin())
    assert "over" in await voted(house, contest.contest_id, ADA, BEN)


async def test_without_votes_nobody_wins(house: House) -> None:
    await started(house)
    origin = await time_is_over(house)
    await house.studio._close_contests()
    view = await house.messenger.answer(origin)
    assert isinstance(view, NoticeView)
    assert "Nobody has won" in view.text
    assert not view.ephemeral


async def test_a_contest_whose_time_was_over_while_nobody_ran_closes_at_the_next_start(tmp_path: Path) -> None:
    url = fresh_url("sqlite", tmp_path)
    async for house in open_house(url, tmp_path):
        await started(house)
        await time_is_over(house)
    async for house in open_house(url, tmp_path):
        await house.messenger.until(lambda views=house.messenger.views: nobody_won(views), 15.0)


def nobody_won(views: list[View]) -> NoticeView | None:
    """Said without having been asked: the house looks by itself."""
    return next((one for one in views if isinstance(one, NoticeView) and "Nobody has won" in one.text), None)
