"""The panel: moves from picture to picture, the way back, sliders, stars, stickers, credits."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from bot.errors import Refused
from bot.stories import (
    Favour,
    Generate,
    MakeSticker,
    OpenLarge,
    PicturesView,
    Play,
    ShowAgain,
    Variations,
)
from bot.workflows.rebuilding import rebuild
from gan.contract import Edit, Seed, Truncate
from tests.flow.conftest import BEN, OTHER_GUILD, House
from tests.flow.test_making import settled


async def grid(house: House, count: int = 4) -> PicturesView:
    return await house.messenger.pictures(await house.ask(Generate.model_validate({"count": count})))


async def opened(house: House, output_id: int, **how: object) -> PicturesView:
    ask = OpenLarge.model_validate({"output_id": output_id, **how})
    return await house.messenger.pictures(await house.ask(ask))


async def played(house: House, output_id: int, move: str, **how: object) -> PicturesView:
    ask = Play.model_validate({"output_id": output_id, "move": move, **how})
    return await house.messenger.pictures(await house.ask(ask))


async def recipe_of(house: House, output_id: int) -> dict[str, object]:
    output = await house.records.outputs.get(output_id)
    assert output is not None
    return dict(output.recipe)


async def test_an_opened_picture_keeps_its_number_and_leads_back_to_its_grid(house: House) -> None:
    four = await grid(house)
    first = four.pictures[0].output_id
    large = await opened(house, first)
    assert (large.large, large.subject_id, large.headline) == (True, first, f"Picture #{first}")
    assert large.back == f"show:{four.request_id}"
    assert large.pictures[0].output_id != first  # another file, so another row
    again = await opened(house, large.pictures[0].output_id)
    assert (again.subject_id, again.pictures[0].output_id) == (first, large.pictures[0].output_id)
    back = await house.messenger.pictures(await house.ask(ShowAgain(request_id=four.request_id)))
    assert [one.output_id for one in back.pictures] == [one.output_id for one in four.pictures]
    assert [one.data for one in back.pictures] == [one.data for one in four.pictures]


async def test_moves_make_the_next_picture_of_the_one_before(house: House) -> None:
    first = (await grid(house, 1)).pictures[0].output_id
    calm = await played(house, first, "calmer")
    one = calm.pictures[0].output_id
    assert calm.large
    assert calm.back == f"open:{first}"
    assert await recipe_of(house, one) == Truncate(of=_seed(await recipe_of(house, first)), psi=0.8).model_dump()
    undone = await played(house, one, "bolder")
    assert await recipe_of(house, undone.pictures[0].output_id) == await recipe_of(house, first)
    near = await played(house, first, "little")
    far = await played(house, first, "lot")
    assert len(near.pictures) == len(far.pictures) == 4
    assert (near.back, near.large) == (f"open:{first}", False)
    amounts = [(await recipe_of(house, view.pictures[0].output_id))["amount"] for view in (near, far)]
    assert amounts == [0.15, 0.5]
    other = await played(house, one, "again")
    changed = await recipe_of(house, other.pictures[0].output_id)
    assert (changed["kind"], changed["psi"]) == ("truncate", 0.8)
    assert changed["of"] != await recipe_of(house, first)


async def test_lineage_is_recorded_and_copies_are_no_children(house: House) -> None:
    first = (await grid(house, 1)).pictures[0].output_id
    large = (await opened(house, first)).pictures[0].output_id
    varied = await house.messenger.pictures(await house.ask(Variations(output_id=large)))
    child = varied.pictures[2].output_id
    pulled = (await played(house, child, "pull", direction="d1", amount=1.5)).pictures[0].output_id
    links = await house.records.lineage.ancestry(pulled, 5)
    assert [(one.output_id, one.parent_id, one.relation) for one in links] == [
        (pulled, child, "pull"),
        (child, first, "vary"),
    ]
    assert await house.records.lineage.original(large) == first


async def test_sliders_open_pull_stop_and_go_back_to_the_middle(house: House) -> None:
    first = (await grid(house, 1)).pictures[0].output_id
    view = await opened(house, first, direction="")
    board = view.board
    assert board is not None
    assert [(one.id, one.name, one.value) for one in board.sliders] == [
        ("d1", "darker ⇄ brighter", 0.0),
        ("d2", "", 0.0),
    ]
    assert board.chosen == "d1"
    assert all(one.less and one.more for one in board.sliders)
    view = await played(house, first, "pull", direction="d2", amount=1.5)
    assert view.board is not None
    assert (view.board.chosen, view.board.sliders[1].value) == ("d2", 1.5)
    at_end = await played(house, view.pictures[0].output_id, "pull", direction="d2", amount=1.5)
    assert at_end.board is not None
    assert at_end.board.sliders[1].value == 2.0
    drawn = len(house.worker.asked)
    notice = await house.messenger.notice(
        await house.ask(Play(output_id=at_end.pictures[0].output_id, move="pull", direction="d2", amount=0.5))
    )
    assert "at its end" in notice.text
    both = await played(house, at_end.pictures[0].output_id, "pull", direction="d1", amount=-0.5)
    middle = await played(house, both.pictures[0].output_id, "pull", direction="d2", amount=0.0)
    expected = Edit(of=_seed(await recipe_of(house, first)), direction="d1", amount=-0.5).model_dump()
    assert await recipe_of(house, middle.pictures[0].output_id) == expected
    assert len(house.worker.asked) == drawn + 2  # the small pictures are those of the unpulled one, drawn once


async def test_a_model_without_sliders_says_so(house: House) -> None:
    house.worker.sliders = ()
    first = (await grid(house, 1)).pictures[0].output_id
    notice = await house.messenger.notice(await house.ask(OpenLarge(output_id=first, direction="")))
    assert "no sliders" in notice.text


async def test_every_posted_picture_can_be_rebuilt_from_its_row(house: House) -> None:
    four = await grid(house)
    first = four.pictures[1].output_id
    views = [
        four,
        await opened(house, first),
        await played(house, first, "little"),
        await played(house, first, "bolder"),
        await played(house, first, "again"),
        await played(house, first, "pull", direction="d1", amount=1.5),
    ]
    for picture in (one for view in views for one in view.pictures):
        made = await rebuild(house.records, house.worker, picture.output_id)
        assert hashlib.sha256(made).digest() == hashlib.sha256(picture.data).digest()


async def test_a_star_is_put_named_and_taken_off(house: House) -> None:
    first = (await grid(house, 1)).pictures[0].output_id
    large = (await opened(house, first)).pictures[0].output_id
    notice = await house.messenger.notice(await house.ask(Favour(output_id=large), member=BEN))
    assert notice.text.startswith(f"#{first} is among your favourites")
    await house.messenger.notice(await house.ask(Favour(output_id=first, name="  The  fox ", starred=True), member=BEN))
    assert await house.records.favourites.name(BEN, first) == "The fox"
    assert (await opened(house, first)).stars == 1
    notice = await house.messenger.notice(await house.ask(Favour(output_id=first), member=BEN))
    assert "no longer" in notice.text
    assert (await opened(house, first)).stars == 0


async def test_a_sticker_has_the_size_that_discord_asks_for(house: House) -> None:
    first = (await grid(house, 1)).pictures[0].output_id
    origin = await house.ask(MakeSticker(output_id=first, name=" tiny   fox "))
    assert "**tiny fox**" in (await house.messenger.notice(origin)).text
    assert Image.open(io.BytesIO(house.messenger.stickers["tiny fox"])).size == (320, 320)
    bad = await house.messenger.notice(await house.ask(MakeSticker(output_id=first, name="x")))
    assert "2 to 30" in bad.text


async def test_credits_are_told_from_the_record_even_without_the_worker(house: House) -> None:
    first = (await grid(house, 1)).pictures[0].output_id
    pulled = (await played(house, first, "pull", direction="d1", amount=-1.5)).pictures[0].output_id
    house.worker.down = True
    view = await house.studio.credits(house.origin(), pulled)
    assert view.shares == ("41 % · fox, by Ada", "59 % · work cat")
    assert view.steps[0].startswith("a new picture from seed")
    assert view.steps[1] == "slider “darker ⇄ brighter” to −1.5"
    assert view.thumbnail is None
    with pytest.raises(Refused, match="no record"):
        await house.studio.credits(house.origin(guild=OTHER_GUILD), pulled)


async def test_pictures_of_a_direct_message_are_their_makers_own(house: House) -> None:
    mine = await house.messenger.pictures(await house.ask(Generate(count=1), guild=None))
    notice = await house.messenger.notice(
        await house.ask(OpenLarge(output_id=mine.pictures[0].output_id), guild=None, member=BEN)
    )
    assert "no record" in notice.text


async def test_what_was_taken_back_cannot_be_opened(house: House) -> None:
    four = await grid(house)
    await house.records.outputs.forget(four.request_id)
    for ask in (OpenLarge(output_id=four.pictures[0].output_id), ShowAgain(request_id=four.request_id)):
        assert "taken back" in (await house.messenger.notice(await house.ask(ask))).text
    assert (await settled(house, four.request_id)).state == "done"


def _seed(recipe: dict[str, object]) -> Seed:
    return Seed.model_validate(recipe)
