"""Emoji and stickers go when the picture goes that they were made of; those that cannot be deleted are named."""

from __future__ import annotations

import pytest

from bot.art_asks import EraseMe, WithdrawArt
from bot.stories import Generate, MakeEmoji, MakeSticker
from tests.flow.conftest import BEN, House
from tests.flow.test_moderation import decided, reported
from tests.flow.test_playing import grid, opened
from tests.flow.test_sheets import full_collection
from tests.flow.test_withdrawing import learned

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def given(house: House, output: int) -> None:
    await house.messenger.notice(await house.ask(MakeEmoji(output_id=output, name="party_fox"), member=BEN))
    await house.messenger.notice(await house.ask(MakeSticker(output_id=output, name="a fox"), member=BEN))
    assert (len(house.messenger.emoji), len(house.messenger.stickers)) == (1, 1)


async def test_what_moderators_remove_is_no_emoji_any_more(house: House) -> None:
    four = await grid(house)
    bad, good = four.pictures[1].output_id, four.pictures[2].output_id
    large = await opened(house, bad)
    await given(house, large.pictures[0].output_id)
    await reported(house, good)
    assert "emoji" not in (await decided(house, "remove")).done, "those of other pictures stay"
    assert house.messenger.emoji
    await reported(house, bad)
    assert "2 emoji and stickers made of it are gone too." in (await decided(house, "remove", 2)).done
    assert (house.messenger.emoji, house.messenger.stickers) == ({}, {})
    assert await house.records.expressions.of_pictures([bad]) == []


async def test_those_that_we_may_not_delete_any_more_are_named(house: House) -> None:
    bad = (await grid(house)).pictures[1].output_id
    await given(house, bad)
    await reported(house, bad)
    house.messenger.may_delete_expressions = False
    done = (await decided(house, "remove")).done
    assert "I may no longer delete `party_fox`, `a fox`: remove it in the server's settings" in done
    assert len(await house.records.expressions.of_pictures([bad])) == 2, "on record for another try"


async def test_a_withdrawn_work_takes_the_emoji_along_that_owe_it_something(house: House) -> None:
    house.worker.credits_works = True
    frogs = await full_collection(house, 8)
    model = await learned(house, frogs, "Frogs")
    view = await house.messenger.pictures(await house.ask(Generate(count=9, model=model)))
    rows = await house.records.outputs.several([one.output_id for one in view.pictures])
    works = await house.records.collections.works(frogs)
    gone = next(one for one in works if one.sha256 == rows[0].credits[0]["work"])
    await given(house, rows[0].id)
    done = await house.messenger.notice(await house.ask(WithdrawArt(artworks=(gone.id,))))
    assert "2 emoji and stickers made of it are gone too." in done.text
    assert (house.messenger.emoji, house.messenger.stickers) == ({}, {})


async def test_whoever_is_erased_leaves_no_emoji_behind(house: House) -> None:
    await given(house, (await grid(house)).pictures[0].output_id)
    await house.messenger.notice(await house.ask(EraseMe(), member=BEN))
    assert (house.messenger.emoji, house.messenger.stickers) == ({}, {})
