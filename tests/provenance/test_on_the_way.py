"""What members get: every file with its manifest, on every way out, and the record still makes the plain file again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.marking import Marking
from bot.safety.seal import LABEL, open_seal
from bot.stories import Generate, MakeEmoji, MakeSticker, OpenLarge, PicturesView, ShowAgain
from bot.workflows.rebuilding import rebuild
from tests.fakes.databases import fresh_url
from tests.flow.conftest import House, open_house
from tests.flow.test_making import settled
from tests.provenance.reader import check


@pytest.fixture
def url(tmp_path: Path) -> str:
    return fresh_url("sqlite", tmp_path)


@pytest.fixture
async def house(url: str, tmp_path: Path) -> AsyncIterator[House]:
    async for made in open_house(url, tmp_path, seal=open_seal(tmp_path / "provenance", Marking())):
        yield made


def numbers(view: PicturesView) -> list[int]:
    return [check(bytes(one.data))[0][LABEL]["number"] for one in view.pictures]


async def test_pictures_carry_their_own_number_model_recipe_and_credits(house: House) -> None:
    view = await house.messenger.pictures(await house.ask(Generate(count=4, seed=7)))
    assert numbers(view) == [one.output_id for one in view.pictures]
    told = check(bytes(view.pictures[2].data))[0][LABEL]
    row = await house.records.outputs.get(view.pictures[2].output_id)
    assert row is not None
    assert (told["recipe"], told["model"]["sha256"], told["size"]) == (row.recipe, row.model_sha256, row.size)
    assert told["credits"][0] == {"work": "fox", "weight": 0.41, "kind": "work", "title": "fox", "artist": "Ada"}
    plain = await rebuild(house.records, house.worker, row.id)
    assert b"c2pa" not in plain  # the record is of the file as it was made, before its manifest


async def test_a_picture_made_again_after_a_restart_is_sealed_too(house: House) -> None:
    first = await house.messenger.pictures(await house.ask(Generate(count=4)))
    await settled(house, first.request_id)
    house.parts.shelf.__init__()  # type: ignore[misc]
    again = await house.messenger.pictures(await house.ask(ShowAgain(request_id=first.request_id)))
    assert numbers(again) == numbers(first)


async def test_a_large_one_an_emoji_and_a_sticker_carry_the_number_of_their_own_row(house: House) -> None:
    grid = await house.messenger.pictures(await house.ask(Generate(count=1)))
    picture = grid.pictures[0].output_id
    large = await house.messenger.pictures(await house.ask(OpenLarge(output_id=picture)))
    assert numbers(large) == [large.pictures[0].output_id]
    for ask, made in (
        (MakeEmoji(output_id=picture, name="party_fox"), house.messenger.emoji),
        (MakeSticker(output_id=picture, name="party fox"), house.messenger.stickers),
    ):
        origin = await house.ask(ask)
        await house.messenger.notice(origin)
        (row,) = await house.records.outputs.of_request(origin.interaction_id)
        (data,) = made.values()
        assert check(data)[0][LABEL]["number"] == row.id
