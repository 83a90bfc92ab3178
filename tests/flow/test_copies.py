"""Pictures that are nearly works: marked as a rule, held back where a server settled it so, and told in credits."""

from __future__ import annotations

import pytest

from bot.moderation_asks import SetRule
from bot.stories import Generate, ShowAgain
from bot.workflows.shelf import Shelf
from gan.contract import Mark, Seed
from tests.flow.conftest import House
from tests.flow.test_making import settled
from tests.flow.test_sheets import full_collection
from tests.flow.test_withdrawing import learned

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def taught(house: House) -> str:
    return await learned(house, await full_collection(house, 10), "Frogs")


async def hold(house: House) -> None:
    await house.messenger.answer(await house.ask(SetRule(switch="hold_copies"), moderator=True))


async def test_a_model_that_keeps_no_count_marks_what_looks_like_a_copy(house: House) -> None:
    house.worker.keeps_count = False
    model = await taught(house)
    house.worker.copies = {8}
    view = await house.messenger.pictures(await house.ask(Generate(seed=7, model=model)))
    close = view.pictures[1].output_id
    assert [line for line in view.notes if "copy" in line] == [f"⚠️ #{close} looks like a copy of Ada's frog0"]
    told = await house.studio.credits(house.origin(), close)
    assert (told.nearest, told.exact, told.copied) == (True, False, "Ada's frog0")
    assert told.shares[0].startswith("frog0, by Ada")
    assert not any("%" in line for line in told.shares), "nearest works are no shares"
    assert told.works[0] is not None, "the work itself is shown"
    other = await house.studio.credits(house.origin(), view.pictures[0].output_id)
    assert (other.nearest, other.copied) == (True, "")


async def test_a_server_may_have_them_held_back_and_the_others_are_shown(house: House) -> None:
    model = await taught(house)
    await hold(house)
    house.worker.copies = {8, 9}
    origin = await house.ask(Generate(seed=7, model=model))
    view = await house.messenger.pictures(origin)
    assert [picture.seed for picture in view.pictures] == [7, 10]
    (held,) = [line for line in view.notes if "held back" in line]
    assert held.startswith("🛑 2 pictures were held back: too close to Ada's frog0. Draw again")
    await settled(house, origin.interaction_id)
    rows = await house.records.outputs.of_request(origin.interaction_id)
    assert [row.recipe["seed"] for row in rows] == [7, 10], "what was held back is on no record"
    again = await house.messenger.pictures(await house.ask(ShowAgain(request_id=origin.interaction_id)))
    assert [picture.output_id for picture in again.pictures] == [row.id for row in rows]


async def test_when_all_are_copies_the_member_hears_what_to_do(house: House) -> None:
    model = await taught(house)
    await hold(house)
    house.worker.copies = set(range(7, 11))
    text = (await house.messenger.notice(await house.ask(Generate(seed=7, model=model)))).text
    assert text.startswith("What came out is too close to Ada's frog0")
    assert "a higher variety" in text
    assert len((await house.messenger.pictures(await house.ask(Generate(seed=7)))).pictures) == 4, "a shipped base"


async def test_what_cannot_be_compared_is_not_shown_where_copies_are_held_back(house: House) -> None:
    model = await taught(house)
    await hold(house)
    house.worker.judges = False
    text = (await house.messenger.notice(await house.ask(Generate(seed=7, model=model)))).text
    assert "cannot be compared just now" in text
    await hold(house)
    assert len((await house.messenger.pictures(await house.ask(Generate(seed=7, model=model)))).pictures) == 4


async def test_what_was_held_back_stays_so_when_the_pictures_are_drawn_again_for_their_message(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restart between drawing and showing: the shelf is empty, the record says which were kept."""
    monkeypatch.setattr(Shelf, "put", lambda shelf, output_id, data: None)
    model = await taught(house)
    await hold(house)
    house.worker.copies = {8}
    view = await house.messenger.pictures(await house.ask(Generate(seed=7, model=model)))
    assert [picture.seed for picture in view.pictures] == [7, 9, 10]
    drawn = [[recipe.seed for recipe in one.recipes if isinstance(recipe, Seed)] for one in house.worker.asked]
    assert drawn[-2:] == [[7, 8, 9, 10], [7, 9, 10]]


async def test_a_server_may_have_its_pictures_badged(house: House) -> None:
    plain = await house.ask(Generate(count=1))
    await house.messenger.pictures(plain)
    assert house.worker.asked[-1].marks == ()
    await house.messenger.answer(await house.ask(SetRule(switch="badge"), moderator=True))
    badged = await house.ask(Generate(count=1))
    await house.messenger.pictures(badged)
    assert house.worker.asked[-1].marks == (Mark.bottom_right,)
    await settled(house, badged.interaction_id)
    (row,) = await house.records.outputs.of_request(badged.interaction_id)
    assert row.marks == "bottom_right", "on record, so that the picture can be made again"
