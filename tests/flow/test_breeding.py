"""Breeding, families, and the lists that one chooses from."""

from __future__ import annotations

import hashlib

import pytest

from bot.errors import Refused
from bot.stories import Breed, Favour, PicturesView
from bot.workflows.moves import children, tiers
from bot.workflows.rebuilding import rebuild
from gan.contract import Blend, Mix, Seed
from tests.flow.conftest import BEN, House
from tests.flow.test_playing import grid, played, recipe_of


async def bred(house: House, a: int, b: int, member: int | None = None) -> PicturesView:
    how = {} if member is None else {"member": member}
    return await house.messenger.pictures(await house.ask(Breed(a=a, b=b), **how))


async def test_nine_children_know_their_parents_and_can_be_rebuilt(house: House) -> None:
    four = await grid(house)
    a, b = four.pictures[0].output_id, four.pictures[3].output_id
    sheet = await bred(house, a, b)
    assert sheet.headline == f"Children of #{a} and #{b}"
    assert sheet.captions[1] == "½ A, ½ B"
    assert [one.output_id for one in sheet.parents] == [a, b]
    assert all(one.thumbnail for one in sheet.parents)
    assert sheet.back == f"open:{a}"
    recipes = [await recipe_of(house, one.output_id) for one in sheet.pictures]
    assert [one["kind"] for one in recipes] == ["blend"] * 3 + ["mix"] * 6
    for picture in sheet.pictures:
        links = await house.records.lineage.parents(picture.output_id)
        assert [(one.parent_id, one.relation) for one in links] == [(a, "breed"), (b, "breed")]
        made = await rebuild(house.records, house.worker, picture.output_id)
        assert hashlib.sha256(made).digest() == hashlib.sha256(picture.data).digest()


async def test_a_picture_has_no_children_with_itself(house: House) -> None:
    first = (await grid(house)).pictures[0].output_id
    notice = await house.messenger.notice(await house.ask(Breed(a=first, b=first)))
    assert "two different" in notice.text


async def test_pictures_of_two_models_are_not_mixed(house: House) -> None:
    four = await grid(house)
    a, b = four.pictures[0].output_id, four.pictures[1].output_id
    row = await house.records.outputs.get(b)
    assert row is not None
    async with house.records.database.write() as connection:
        await connection.exec_driver_sql(f"UPDATE outputs SET model_sha256 = '{'f' * 64}' WHERE id = {b}")
    notice = await house.messenger.notice(await house.ask(Breed(a=a, b=b)))
    assert f"#{a} is by “Drawings”" in notice.text
    assert "/find" in notice.text


async def test_a_family_is_told_with_makers_and_slider_moves_as_one_step(house: House) -> None:
    four = await grid(house)
    a, b = four.pictures[0].output_id, four.pictures[1].output_id
    child = (await bred(house, a, b, BEN)).pictures[4].output_id
    moved = child
    for amount in (0.5, 0.5, -1.5):
        moved = (await played(house, moved, "pull", direction="d1", amount=amount)).pictures[0].output_id
    view = await house.studio.family(house.origin(), moved)
    told = [(one.output_id, one.generation, one.maker, one.parents) for one in view.kin]
    assert told == [
        (moved, 0, "Ada", ((child, "3 moves"),)),
        (child, 1, "Ben", ((a, "breed"), (b, "breed"))),
        (a, 2, "Ada", ()),
        (b, 2, "Ada", ()),
    ]
    assert all(one.thumbnail for one in view.kin)


async def test_mates_are_ones_favourites_first_and_never_the_picture_itself(house: House) -> None:
    four = await grid(house)
    theirs = (await grid(house)).pictures[0].output_id
    first, *others = [one.output_id for one in four.pictures]
    await house.messenger.notice(await house.ask(Favour(output_id=theirs, name="Fox"), member=BEN))
    view = await house.studio.mates(house.origin(member=BEN), first, "breed")
    assert [(one.output_id, one.name, one.starred) for one in view.picks] == [(theirs, "Fox", True)]
    mine = await house.studio.mates(house.origin(), first, "breed")
    assert [one.output_id for one in mine.picks if one.output_id in others] == sorted(others, reverse=True)
    assert first not in [one.output_id for one in mine.picks]
    assert all(one.thumbnail for one in mine.picks)
    with pytest.raises(Refused, match="no other picture"):
        await house.studio.mates(house.origin(member=BEN), theirs, "morph")


async def test_choices_are_found_by_name_and_number(house: House) -> None:
    four = await grid(house)
    first, second, *_ = [one.output_id for one in four.pictures]
    await house.messenger.notice(await house.ask(Favour(output_id=first, name="Tiny fox")))
    found = await house.studio.pick_choices(four.owner_id, 20, "fox")
    assert found == [(f"⭐ Tiny fox · #{first} · Drawings", first)]
    assert (await house.studio.pick_choices(four.owner_id, 20, f"#{second}"))[0][1] == second
    assert first not in [output for _, output in await house.studio.pick_choices(four.owner_id, 20, "", first)]
    assert await house.studio.pick_choices(four.owner_id, 21, "") == []


def test_layers_are_split_in_three_for_every_number_of_them() -> None:
    for layers in range(3, 20):
        parts = tiers(layers)
        assert [layer for part in parts for layer in part] == list(range(layers))
        assert all(parts)
    a, b = Seed(seed=1), Seed(seed=2)
    assert all(isinstance(recipe, Blend) for recipe, _ in children(a, b, 0))
    made = children(a, b, 4)
    assert made[5][0] == Mix(a=a, b=b, layers=(3,))
    assert made[5][1] == "A with B's colours"
    assert len({recipe.model_dump_json() for recipe, _ in made}) == 9
