from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.records import Records, open_records
from tests.fakes.databases import KINDS, drop, fresh_url


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(kind: str, tmp_path: Path) -> Iterator[str]:
    made = fresh_url(kind, tmp_path)
    yield made
    drop(made)


@pytest.fixture
async def records(url: str) -> AsyncIterator[Records]:
    opened = open_records(url)
    yield opened
    await opened.close()
