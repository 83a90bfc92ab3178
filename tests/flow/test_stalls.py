"""The databases stall or are full: nothing is acknowledged that is not on record, and all heals without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from dbos._dbos import _get_dbos_instance

from bot.errors import Retry
from bot.records.database import sqlite_library
from bot.stories import Generate, NoticeView
from bot.workflows.telling import RECORDS_AWAY
from tests.chat.people import eventually
from tests.fakes.databases import fresh_url
from tests.flow.conftest import PATIENCE, House, open_house
from tests.flow.test_making import settled
from tests.flow.test_waiting import passing, then_pictures


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    url = await asyncio.to_thread(fresh_url, "sqlite", tmp_path)
    async for made in open_house(url, tmp_path):
        await made.messenger.pictures(await made.ask(Generate(count=4)))
        object.__setattr__(made.parts, "patience", replace(PATIENCE, commit=0.4, stuck=0.4))
        yield made


@asynccontextmanager
async def locked(file: Path) -> AsyncIterator[None]:
    """Someone else writes, and does not come to an end."""
    other = sqlite_library().connect(str(file), isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


async def test_what_cannot_be_committed_in_time_is_not_accepted_and_ends_uncharged(house: House) -> None:
    origin = house.origin()
    async with locked(house.folder / "artel.workflows.sqlite"):
        with pytest.raises(Retry, match="not accepted"):
            await house.studio.ask(origin, Generate(count=4))

    async def ended() -> bool | None:
        line = await house.records.requests.get(origin.interaction_id)
        return True if line is not None and line.state == "cancelled" else None

    await eventually(ended, "its end", 15)
    assert await house.records.usage.of_request(origin.interaction_id) == {}
    assert origin.interaction_id not in house.messenger.standing, "its member was told by the chat already"
    await then_pictures(house, (await house.ask(Generate(count=4))).interaction_id)


async def test_records_that_stall_after_the_commit_are_told_and_waited_for(house: House) -> None:
    async with locked(house.folder / "artel.sqlite"):
        origin = await house.ask(Generate(count=4))
        await passing(house, origin.interaction_id, RECORDS_AWAY)
    await then_pictures(house, origin.interaction_id)
    assert await house.records.usage.of_request(origin.interaction_id) == {"renders": 1.0}
    said = [view.text for view in house.messenger.views if isinstance(view, NoticeView)]
    assert said == [RECORDS_AWAY]


async def test_steps_that_cannot_be_written_down_are_gone_on_with_once_there_is_room(house: House) -> None:
    house.worker.render_seconds = 0.3
    asked = [await house.ask(Generate(count=9)) for _ in range(5)]
    await asyncio.wait_for(house.worker.begun.wait(), 5)
    await asyncio.to_thread(_pages, "(SELECT 1)")  # as many as there are, so that the next one is too many
    await asyncio.sleep(1.5)
    waiting = len(asked) - sum([await _is_done(house, one.interaction_id) for one in asked])
    assert waiting, "the file took everything, so this shows nothing"
    await asyncio.to_thread(_pages, "1073741823")
    for one in asked:
        line = await settled(house, one.interaction_id)
        assert (line.state, len(line.outputs)) == ("done", 9)
    assert len(await house.records.every_request()) == 1 + len(asked)


async def _is_done(house: House, request_id: int) -> bool:
    line = await house.records.requests.get(request_id)
    return line is not None and line.answered_at is not None


def _pages(most: str) -> None:
    """How large the workflows' own database may become, which is how SQLite sees a disk."""
    with _get_dbos_instance()._sys_db.engine.connect() as connection:
        number = 1 if most.startswith("(") else int(most)
        connection.exec_driver_sql(f"PRAGMA max_page_count = {number}")
