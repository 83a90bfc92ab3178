"""Transforms: pictures taken in, one made of them, recorded so that it is opened, made again, rebuilt and credited."""

from __future__ import annotations

import pytest

from bot.stories import Generate, OpenLarge, PicturesView, Play, Reroll, ShowAgain, Source, TransformPicture
from bot.workflows.rebuilding import rebuild
from tests.fakes.files import drawing
from tests.fakes.worker import REDRAWER, RESTORER, STYLE
from tests.flow.conftest import OTHER_GUILD, House
from tests.flow.test_making import settled


@pytest.fixture
async def studio(house: House) -> House:
    """A house whose worker has a model of each family that changes pictures."""
    house.worker.transformers = (STYLE, RESTORER)
    await house.parts.library.refresh()
    return house


def upload(house: House, number: int) -> Source:
    return Source(upload=house.files.put(f"upload-{number}.png", drawing(number)))


async def made(house: House, ask: TransformPicture | Play | OpenLarge | ShowAgain) -> PicturesView:
    return await house.messenger.pictures(await house.ask(ask))


async def test_an_upload_in_the_style_of_a_picture_made_here(studio: House) -> None:
    artwork = (await studio.messenger.pictures(await studio.ask(Generate(count=1)))).pictures[0].output_id
    ask = TransformPicture(family="style", picture=upload(studio, 1), second=Source(output_id=artwork), strength=0.75)
    view = await made(studio, ask)
    await settled(studio, view.request_id)
    assert (view.large, view.model_title) == (True, "Style")
    assert [one.name for one in view.before] == ["before", "artwork"]
    assert "strength 75 %" in view.details
    assert "seed" not in view.abilities, "there is no other picture to be had of the same"
    output = view.pictures[0].output_id
    row = await studio.records.outputs.get(output)
    assert row is not None
    assert row.recipe["options"]["strength"] == 0.75
    parents = await studio.records.lineage.parents(output)
    assert [(one.parent_id, one.relation) for one in parents] == [(artwork, "transform")]
    assert await rebuild(studio.records, studio.worker, output) == bytes(view.pictures[0].data)

    again = await made(studio, OpenLarge(output_id=output))
    assert [one.data for one in again.before] == [one.data for one in view.before]
    shown = await made(studio, ShowAgain(request_id=view.request_id))
    assert shown.pictures[0].data == view.pictures[0].data
    credits_ = await studio.studio.credits(studio.origin(), output)
    assert credits_.shares[0].startswith(f"#{artwork}: 41 %"), "the works behind the artwork are named"
    assert not credits_.exact
    assert "in the style of an artwork" in credits_.steps[0]


async def test_weaker_and_stronger_go_on_from_the_same_pictures(studio: House) -> None:
    view = await made(studio, TransformPicture(family="restorer", picture=upload(studio, 2)))
    assert [one.name for one in view.before] == ["before"]
    weaker = await made(studio, Play(output_id=view.pictures[0].output_id, move="weaker"))
    assert "strength 75 %" in weaker.details
    assert weaker.before[0].data == view.before[0].data
    assert weaker.back == f"open:{view.pictures[0].output_id}"
    stronger = Play(output_id=view.pictures[0].output_id, move="stronger")
    assert "strongest" in (await studio.messenger.notice(await studio.ask(stronger))).text
    plain = (await studio.messenger.pictures(await studio.ask(Generate(count=1)))).pictures[0].output_id
    assert (
        "made of another"
        in (await studio.messenger.notice(await studio.ask(Play(output_id=plain, move="weaker")))).text
    )
    rerolled = await studio.messenger.notice(await studio.ask(Reroll(request_id=view.request_id)))
    assert rerolled.tone == "refused"


async def test_what_a_sampler_drew_and_what_it_redrew_are_changed_in_their_own_ways(studio: House) -> None:
    studio.worker.transformers = (REDRAWER,)
    await studio.parts.library.refresh()
    drawn = await studio.messenger.pictures(await studio.ask(Generate(count=1, model=REDRAWER.card.id)))
    assert set(drawn.abilities) == {"seed", "vary", "blend"}
    ask = TransformPicture(family="diffusion", picture=upload(studio, 3), strength=0.6, prompt="a blue  fox")
    redrawn = await made(studio, ask)
    assert set(redrawn.abilities) == {"transform", "strength", "seed", "text"}
    assert "“a blue fox”" in redrawn.details
    assert redrawn.headline.startswith("Restyled")
    other = await made(studio, Play(output_id=redrawn.pictures[0].output_id, move="again"))
    assert other.pictures[0].data != redrawn.pictures[0].data
    assert other.abilities == redrawn.abilities
    assert "“a blue fox”" in other.details
    back = TransformPicture(family="diffusion", picture=upload(studio, 3), strength=0.6, back=True)
    assert "one way only" in (await studio.messenger.notice(await studio.ask(back))).text
    studio.worker.transformers = (RESTORER,)
    await studio.parts.library.refresh()
    deaf = TransformPicture(family="restorer", picture=upload(studio, 3), prompt="a fox")
    assert "cannot be asked in words" in (await studio.messenger.notice(await studio.ask(deaf))).text


async def test_the_slow_form_shows_how_it_goes_and_can_be_rebuilt(studio: House) -> None:
    studio.worker.task_seconds = 1.6
    ask = TransformPicture(family="style", picture=upload(studio, 5), second=upload(studio, 6), best=True)
    origin = await studio.ask(ask)
    seen = await studio.messenger.pictures(origin)
    if seen.progress is None:  # a slow machine shows only the end
        seen = await studio.messenger.pictures(origin)
    await settled(studio, origin.interaction_id)
    (output,) = await studio.records.outputs.of_request(origin.interaction_id)
    assert output.recipe["painted"], "the painting itself is kept"
    assert await rebuild(studio.records, studio.worker, output.id)
    weaker = await made(studio, Play(output_id=output.id, move="weaker"))
    (changed,) = await studio.records.outputs.of_request(weaker.request_id)
    assert changed.recipe["painted"] is None, "from there on it is made in one pass"


async def test_what_cannot_be_transformed_is_said(studio: House) -> None:
    artwork = (await studio.messenger.pictures(await studio.ask(Generate(count=1)))).pictures[0].output_id
    broken = Source(upload=studio.files.put("broken.png", b"\x89PNG\r\n\x1a\n and then nothing"))
    cases = (
        (TransformPicture(family="style", picture=upload(studio, 3)), "two pictures"),
        (TransformPicture(family="restorer", picture=broken), "not a picture"),
        (TransformPicture(family="restorer", picture=Source()), "Attach a picture"),
        (TransformPicture(family="restorer", picture=upload(studio, 3), model="style"), "cannot do that"),
        (TransformPicture(family="restorer", picture=upload(studio, 3), model="nobody"), "no model called"),
        (TransformPicture(family="cyclegan", picture=upload(studio, 3)), "no model of the kind"),
        (TransformPicture(family="restorer", picture=Source(output_id=99_999)), "no record of a picture"),
    )
    for ask, words in cases:
        notice = await studio.messenger.notice(await studio.ask(ask))
        assert (notice.tone, words in notice.text) == ("refused", True), notice.text
    elsewhere = TransformPicture(family="restorer", picture=Source(output_id=artwork))
    notice = await studio.messenger.notice(await studio.ask(elsewhere, guild=OTHER_GUILD))
    assert "no record of a picture" in notice.text


async def test_models_that_change_pictures_are_not_offered_to_draw_new_ones(studio: House) -> None:
    assert [model for _, model in studio.studio.model_choices(20, "")] == ["drawings"]
    assert [model for _, model in studio.studio.model_choices(20, "", "style")] == ["style"]
    assert studio.parts.library.default(20) == "drawings"
    assert await studio.parts.library.shipped_base() == "drawings"
