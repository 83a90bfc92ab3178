"""New pictures, from the ask to the answer."""

from __future__ import annotations

from bot.stories import Generate
from tests.flow.conftest import House


async def test_generate_answers_with_pictures_and_puts_all_on_record(house: House) -> None:
    origin = await house.ask(Generate(count=4))
    view = await house.messenger.pictures(origin)
    assert view.headline == "Four new pictures"
    assert len({bytes(one.data) for one in view.pictures}) == 4
