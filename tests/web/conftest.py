from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fakes.databases import drop, fresh_url
from tests.web.house import Gallery, gallery


@pytest.fixture
def url(tmp_path: Path) -> str:
    return fresh_url("sqlite", tmp_path)


@pytest.fixture
async def house(url: str, tmp_path: Path) -> AsyncIterator[Gallery]:
    async with gallery(url, tmp_path) as made:
        yield made


@pytest.fixture(params=("sqlite", "postgres"))
def either_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    made = fresh_url(str(request.param), tmp_path)
    yield made
    drop(made)


@pytest.fixture
async def either(either_url: str, tmp_path: Path) -> AsyncIterator[Gallery]:
    """The gallery on SQLite and on Postgres."""
    async with gallery(either_url, tmp_path) as made:
        yield made
