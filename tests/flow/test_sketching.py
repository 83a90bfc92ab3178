"""The story of a drawing: from the pad or an upload, in other colours, and a model that a community taught."""

from __future__ import annotations

from bot.stories import Play, Source, TransformPicture
from bot.workflows.rebuilding import rebuild
from tests.fakes.files import drawing
from tests.fakes.worker import SKETCHER
from tests.flow.conftest import BEN, House
from tests.flow.test_making import settled
from tests.flow.test_privacy import erased

FROM_THE_PAD = TransformPicture(family="pix2pix", picture=Source(pad=True))


async def sketching(house: House) -> None:
    house.worker.transformers = (SKETCHER,)
    await house.parts.library.refresh()


async def test_what_was_drawn_on_the_pad_is_drawn_in_the_chat(house: House) -> None:
    await sketching(house)
    sketches = house.parts.sketches
    assert sketches is not None
    await sketches.lay_down(house.origin().member_id, drawing(1))
    view = await house.messenger.pictures(await house.ask(FROM_THE_PAD))
    await settled(house, view.request_id)
    assert view.headline.startswith("Drawn from a sketch")
    assert [one.name for one in view.before] == ["before"], "the sketch is shown beside it"
    assert not any("strength" in one for one in view.details)
    output = view.pictures[0].output_id
    assert await rebuild(house.records, house.worker, output) == bytes(view.pictures[0].data)
    other = await house.messenger.pictures(await house.ask(Play(output_id=output, move="again")))
    (row,) = await house.records.outputs.of_request(other.request_id)
    assert row.recipe["options"]["seed"] != 0, "other colours of the same sketch"


async def test_nobody_else_has_that_sketch_and_the_way_to_the_pad_is_told(house: House) -> None:
    await sketching(house)
    sketches = house.parts.sketches
    assert sketches is not None
    await sketches.lay_down(house.origin().member_id, drawing(1))
    notice = await house.messenger.notice(await house.ask(FROM_THE_PAD, member=BEN))
    assert notice.tone == "refused"
    assert "http://pages/draw" in notice.text
    await sketches.lay_down(BEN, b"\x89PNG\r\n\x1a\n and nothing more")
    broken = await house.messenger.notice(await house.ask(FROM_THE_PAD, member=BEN))
    assert broken.tone == "refused", "a sketch is looked at as any upload"


async def test_who_is_erased_leaves_no_sketch(house: House) -> None:
    sketches = house.parts.sketches
    assert sketches is not None
    member = house.origin().member_id
    await sketches.lay_down(member, drawing(1))
    await erased(house)
    assert await sketches.take_up(member) is None
