"""New pictures, from the ask to the answer, and back from the row to the file."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from bot.errors import Refused
from bot.records.outputs import NewOutput
from bot.records.store import RequestLine
from bot.settings import Limits
from bot.stories import Generate, OpenLarge, Reroll, Variations
from bot.workflows.rebuilding import rebuild
from gan.contract import MAX_RECIPE_DEPTH, Recipe, Seed, Vary, depth
from tests.fakes import worker
from tests.flow.conftest import BEN, OTHER_GUILD, House


async def test_generate_answers_with_pictures_and_puts_all_on_record(house: House) -> None:
    origin = await house.ask(Generate(count=4, variety=0.2))
    view = await house.messenger.pictures(origin)
    assert (view.headline, view.model_title, view.owner_name) == ("Four new pictures", "Drawings", "Ada")
    assert len({bytes(one.data) for one in view.pictures}) == 4
    assert view.pictures[0].credits == ("Ada's fox 41 %", "work cat 59 %")
    seeds = [one.seed for one in view.pictures]
    assert view.details[:2] == (f"seeds {seeds[0]} to {seeds[-1]}", "variety 20 %")

    line = await settled(house, origin.interaction_id)
    assert (line.state, line.member, line.server, line.model) == ("done", "Ada", "Net people", "drawings")
    assert line.outputs == tuple(one.output_id for one in view.pictures)
    assert {"render", "worker_render", "worker_encode", "deliver", "whole"} <= set(line.timings)


async def test_the_same_interaction_twice_is_one_request_and_one_answer(house: House) -> None:
    origin = house.origin()
    await asyncio.gather(*(house.studio.ask(origin, Generate()) for _ in range(3)))
    await house.messenger.pictures(origin)
    await house.studio.ask(origin, Generate())
    await asyncio.sleep(0.1)
    assert len(house.messenger.views) == len(house.worker.asked) == len(await house.records.every_request()) == 1


async def test_a_seed_gives_the_same_pictures_again_and_none_gives_others(house: House) -> None:
    seeded = [await house.messenger.pictures(await house.ask(Generate(count=4, seed=7))) for _ in range(2)]
    assert [one.data for one in seeded[0].pictures] == [one.data for one in seeded[1].pictures]
    assert [one.seed for one in seeded[0].pictures] == [7, 8, 9, 10]
    drawn = [await house.messenger.pictures(await house.ask(Generate())) for _ in range(2)]
    assert not {one.seed for one in drawn[0].pictures} & {one.seed for one in drawn[1].pictures}


async def test_a_prompt_goes_into_every_recipe_and_stays_through_a_reroll(house: House) -> None:
    first = await house.messenger.pictures(await house.ask(Generate(count=4, prompt="  happy\n blue   cat ")))
    again = await house.messenger.pictures(await house.ask(Reroll(request_id=first.request_id)))
    for view, asked in zip((first, again), house.worker.asked, strict=True):
        assert view.details[0] == "“happy blue cat”"
        assert view.notes == ()
        assert [(one.kind, one.text) for one in asked.recipes] == [("prompt", "happy blue cat")] * 4
        assert [one.seed for one in asked.recipes] == [one.seed for one in view.pictures]
    assert len({one.seed for view in (first, again) for one in view.pictures}) == 8


async def test_words_that_the_model_does_not_know_are_told(house: House) -> None:
    view = await house.messenger.pictures(await house.ask(Generate(count=1, prompt="a red zeppelin")))
    assert view.notes == ("This model knows no word like “zeppelin”; nearest: “balloon”, “airship”.",)


async def test_a_model_that_knows_no_words_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RECIPES", ("seed", "vary"))
    await house.studio._parts.library.refresh()
    refused = await house.messenger.notice(await house.ask(Generate(prompt="a cat")))
    assert refused.tone == "refused"
    assert "“Drawings” cannot be asked in words" in refused.text


async def test_reroll_keeps_the_settings_and_changes_the_seeds(house: House) -> None:
    first = await house.messenger.pictures(await house.ask(Generate(count=9, variety=0.9)))
    again = await house.messenger.pictures(await house.ask(Reroll(request_id=first.request_id), member=BEN))
    third = await house.messenger.pictures(await house.ask(Reroll(request_id=again.request_id)))
    assert [len(one.pictures) for one in (first, again, third)] == [9, 9, 9]
    assert again.owner_name == "Ben"
    assert all(isinstance(one, Seed) and one.variety == 0.9 for one in house.worker.asked[-1].recipes)
    assert len({one.seed for view in (first, again, third) for one in view.pictures}) == 27


async def test_variations_are_neighbours_of_the_picture_and_can_be_rerolled(house: House) -> None:
    first = await house.messenger.pictures(await house.ask(Generate(count=1, seed=7)))
    picture = first.pictures[0].output_id
    varied = await house.messenger.pictures(await house.ask(Variations(output_id=picture)))
    assert varied.headline == f"Variations of #{picture}"
    again = await house.messenger.pictures(await house.ask(Reroll(request_id=varied.request_id)))
    assert again.headline == varied.headline
    recipes = [recipe for request in house.worker.asked[1:] for recipe in request.recipes]
    assert all(isinstance(one, Vary) and one.of == Seed(seed=7, variety=0.5) for one in recipes)
    assert len({one.model_dump_json() for one in recipes}) == 8


async def test_variations_of_variations_end_before_the_worker_refuses_them(house: House) -> None:
    view = await house.messenger.pictures(await house.ask(Generate(count=1)))
    recipe: Recipe = Seed(seed=1)
    while depth(recipe) < MAX_RECIPE_DEPTH:
        recipe = Vary(of=recipe, seed=2)
    fields = {"model_id": "drawings", "model_sha256": "d" * 64, "size": 256, "upscaler": "auto", "format": "png"}
    deep = NewOutput(place=1, recipe=recipe.model_dump(mode="json"), sha256="0" * 64, **fields)
    *_, output_id = await house.records.outputs.record(view.request_id, [deep])
    notice = await house.messenger.notice(await house.ask(Variations(output_id=output_id)))
    assert notice.tone == "refused"
    assert "new picture" in notice.text


async def test_open_large_is_the_same_picture_larger_with_its_own_row(house: House) -> None:
    grid = await house.messenger.pictures(await house.ask(Generate(count=4)))
    second = grid.pictures[1]
    large = await house.messenger.pictures(await house.ask(OpenLarge(output_id=second.output_id)))
    assert (large.large, large.headline) == (True, f"Picture #{second.output_id}")
    assert large.pictures[0].seed == second.seed
    assert house.worker.asked[-1].size == 512
    reroll = await house.messenger.notice(await house.ask(Reroll(request_id=large.request_id)))
    assert reroll.tone == "refused"


async def test_every_posted_picture_can_be_rebuilt_from_its_row(house: House) -> None:
    grid = await house.messenger.pictures(await house.ask(Generate(count=4)))
    varied = await house.messenger.pictures(await house.ask(Variations(output_id=grid.pictures[0].output_id)))
    large = await house.messenger.pictures(await house.ask(OpenLarge(output_id=varied.pictures[2].output_id)))
    for shown in (*grid.pictures, *varied.pictures, *large.pictures):
        row = await house.records.outputs.get(shown.output_id)
        assert row is not None
        data = await rebuild(house.records, house.worker, shown.output_id)
        assert data == shown.data
        assert hashlib.sha256(data).hexdigest() == row.sha256
    with pytest.raises(Refused, match="no output 999"):
        await rebuild(house.records, house.worker, 999)


async def test_pictures_of_another_server_are_none_of_ours(house: House) -> None:
    theirs = await house.messenger.pictures(await house.ask(Generate(count=1), guild=OTHER_GUILD))
    for ask in (
        Variations(output_id=theirs.pictures[0].output_id),
        OpenLarge(output_id=theirs.pictures[0].output_id),
        Reroll(request_id=theirs.request_id),
    ):
        assert (await house.messenger.notice(await house.ask(ask))).tone == "refused"


async def test_generate_works_in_a_direct_message(house: House) -> None:
    origin = await house.ask(Generate(count=1), guild=None)
    assert len((await house.messenger.pictures(origin)).pictures) == 1
    assert (await settled(house, origin.interaction_id)).server is None


class TestALimit:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(renders_per_minute=2)

    async def test_is_kept_for_each_member_and_failures_do_not_count(self, house: House) -> None:
        house.worker.down = True
        failed = await house.ask(Generate())
        assert (await settled(house, failed.interaction_id)).state == "failed"
        house.worker.down = False
        for _ in range(2):
            await house.messenger.pictures(await house.ask(Generate()))
        refused = await house.messenger.notice(await house.ask(Generate()))
        assert refused.tone == "refused"
        assert "2 requests" in refused.text
        await house.messenger.pictures(await house.ask(Generate(), member=BEN))


async def settled(house: House, request_id: int) -> RequestLine:
    """The request's line once its answer is on record."""
    async with asyncio.timeout(10):
        while True:
            line = next((one for one in await house.records.every_request() if one.id == request_id), None)
            if line is not None and line.answered_at is not None:
                return line
            await asyncio.sleep(0.02)
