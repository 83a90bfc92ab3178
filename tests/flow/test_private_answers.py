"""What only its asker saw is noted as theirs: the gallery shows it to nobody else."""

from __future__ import annotations

from typing import Any

from bot.stories import Generate
from tests.flow.conftest import House

ANSWERS: tuple[tuple[dict[str, Any], bool], ...] = (
    ({"placing": "new"}, False),
    ({"placing": "private"}, True),
    ({"placing": "panel", "private": False}, False),
    ({"placing": "panel", "private": True}, True),
    ({"placing": "new", "private": True}, False),
)


async def test_an_answer_for_its_asker_alone_is_on_record_as_one(house: House) -> None:
    for placed, private in ANSWERS:
        origin = house.origin().model_copy(update=placed)
        await house.studio.ask(origin, Generate(count=1))
        await house.messenger.pictures(origin)
        found = await house.records.requests.get(origin.interaction_id)
        assert found is not None
        assert found.private is private, placed
