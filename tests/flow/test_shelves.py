"""Favourites in pages, the Apps menu from the record, names of sliders by vote, the showcase, and taking back."""

from __future__ import annotations

import pytest

from bot.errors import Refused
from bot.stories import DeleteMine, Favour, NameSlider, OpenLarge, PicturesView, SetShowcase
from tests.flow.conftest import ADA, BEN, OTHER_GUILD, House
from tests.flow.test_breeding import bred
from tests.flow.test_making import settled
from tests.flow.test_playing import grid, opened, played


async def test_shelves_hold_ones_own_ones_favourites_and_this_channels(house: House) -> None:
    first, second = await grid(house, 9), await grid(house)
    theirs = await house.messenger.pictures(
        await house.ask(OpenLarge(output_id=first.pictures[0].output_id), member=BEN)
    )
    moved = (await played(house, first.pictures[0].output_id, "calmer")).pictures[0].output_id
    await house.messenger.notice(await house.ask(Favour(output_id=theirs.pictures[0].output_id, name="A"), member=BEN))
    mine = await house.studio.gallery(house.origin(), "mine", 0)
    newest = [one.output_id for one in (*first.pictures, *second.pictures)] + [moved]
    assert [one.output_id for one in mine.picks] == sorted(newest, reverse=True)[:12]
    assert mine.more
    assert all(one.thumbnail for one in mine.picks)
    rest = await house.studio.gallery(house.origin(), "mine", 1)
    assert (len(rest.picks), rest.more) == (2, False)
    starred = await house.studio.gallery(house.origin(member=BEN), "favourites", 0)
    assert [(one.output_id, one.name) for one in starred.picks] == [(first.pictures[0].output_id, "A")]
    here = await house.studio.gallery(house.origin(member=BEN), "here", 0)
    assert [one.output_id for one in here.picks] == [one.output_id for one in mine.picks]
    elsewhere = house.origin(member=BEN).model_copy(update={"channel_id": 41})
    assert (await house.studio.gallery(elsewhere, "here", 0)).picks == ()


async def test_a_messages_pictures_are_known_by_name_or_by_the_record(house: House) -> None:
    four = await grid(house)
    large = await opened(house, four.pictures[2].output_id)
    line = await settled(house, four.request_id)
    answer = await house.records.requests.get(line.id)
    assert answer is not None
    assert answer.answer_message_id is not None
    by_record = await house.studio.pictures_in(house.origin(), answer.answer_message_id, (), "remix")
    assert [one.output_id for one in by_record.picks] == [one.output_id for one in four.pictures]
    by_name = await house.studio.pictures_in(house.origin(), 1, (large.pictures[0].output_id,), "credits")
    assert [one.output_id for one in by_name.picks] == [four.pictures[2].output_id]
    for named in ((), (99_999,)):
        with pytest.raises(Refused, match="no picture of mine"):
            await house.studio.pictures_in(house.origin(), 1, named, "remix")
    elsewhere = house.origin(guild=OTHER_GUILD)
    with pytest.raises(Refused, match="no picture of mine"):
        await house.studio.pictures_in(elsewhere, answer.answer_message_id, (), "remix")


async def test_a_sliders_name_is_a_vote(house: House) -> None:
    sheet = await house.studio.slider_sheet(house.origin(), None)
    assert [one.name for one in sheet.sliders] == ["darker ⇄ brighter", ""]
    assert len(sheet.pictures) == 2 * len(sheet.ends)

    async def vote(name: str, member: int) -> str:
        ask = NameSlider(model_id=sheet.model_id, direction="d2", name=name)
        return (await house.messenger.notice(await house.ask(ask, member=member))).text

    assert "is called “rounder”" in await vote(" rounder ", ADA)
    assert "most members call it “rounder”" in await vote("night", BEN)
    assert "2 to 40" in await vote("x", BEN)
    named = await house.studio.slider_sheet(house.origin(), None)
    assert named.sliders[1].name == "rounder"
    first = (await grid(house, 1)).pictures[0].output_id
    board = (await opened(house, first, direction="d2")).board
    assert board is not None
    assert board.sliders[1].name == "rounder"
    gone = NameSlider(model_id=sheet.model_id, direction="d9", name="gone")
    assert "other sliders" in (await house.messenger.notice(await house.ask(gone))).text


async def test_a_picture_with_enough_stars_is_shown_once(house: House) -> None:
    with pytest.raises(Refused, match="Only a moderator"):
        await house.ask(SetShowcase(channel_id=77, stars=2))
    chosen = await house.messenger.notice(await house.ask(SetShowcase(channel_id=77, stars=2), moderator=True))
    assert "2 stars are shown in <#77>" in chosen.text
    first = (await grid(house, 1)).pictures[0].output_id

    def shown() -> list[PicturesView]:
        return [one for one in house.messenger.views if isinstance(one, PicturesView) and one.showcase]

    await house.messenger.notice(await house.ask(Favour(output_id=first)))
    assert shown() == []
    await house.messenger.notice(await house.ask(Favour(output_id=first), member=BEN))
    assert [(one.subject_id, one.stars) for one in shown()] == [(first, 2)]
    for starred in (False, True):
        await house.messenger.notice(await house.ask(Favour(output_id=first, starred=starred), member=BEN))
    assert len(shown()) == 1


async def test_taking_back_takes_an_opened_picture_and_its_copies_but_nobody_elses(house: House) -> None:
    four = await grid(house)
    first, second = four.pictures[0].output_id, four.pictures[1].output_id
    large = await opened(house, first)
    copy = await house.messenger.pictures(await house.ask(OpenLarge(output_id=second), member=BEN))
    gone = await house.messenger.notice(await house.ask(DeleteMine(request_id=copy.request_id), member=BEN))
    assert gone.text == "Gone: 1 picture and the message."  # their enlarged copy
    assert (await opened(house, second)).subject_id == second
    again = await opened(house, first)  # the row that is there: this request made none of its own
    assert again.pictures[0].output_id == large.pictures[0].output_id
    notice = await house.messenger.notice(await house.ask(DeleteMine(request_id=again.request_id)))
    assert notice.text == "Gone: 1 picture and the message."
    assert "taken back" in (await house.messenger.notice(await house.ask(OpenLarge(output_id=first)))).text
    left = await house.studio.gallery(house.origin(), "mine", 0)
    assert first not in [one.output_id for one in left.picks]
    assert second in [one.output_id for one in left.picks]


async def test_children_stay_when_a_parent_is_taken_back(house: House) -> None:
    four = await grid(house)
    a, b = four.pictures[0].output_id, four.pictures[1].output_id
    child = (await bred(house, a, b)).pictures[0].output_id
    await house.messenger.notice(await house.ask(DeleteMine(request_id=four.request_id)))
    assert (await opened(house, child)).subject_id == child
