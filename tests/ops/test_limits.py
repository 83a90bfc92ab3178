"""`artel limits`: exceptions are made, seen, and ended from a terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.__main__ import app
from bot.cli.limiting import limits_table
from bot.records import open_records
from bot.records.limits import Scope
from bot.settings import Limits
from tests.fakes.databases import fresh_url


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_logging: None) -> str:
    made = fresh_url("sqlite", tmp_path)
    monkeypatch.setenv("DATABASE_URL", made)
    monkeypatch.chdir(tmp_path)
    return made


def told(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["limits", *arguments])
    return result.exit_code, " ".join(result.output.split())


def test_an_exception_is_made_seen_and_ended(url: str) -> None:
    assert told("renders", "1000", "--member", "30") == (0, "renders: 1000 for the member 30")
    assert told("trainings", "0", "--server", "0") == (0, "trainings: 0 for each server")
    assert told("disk_mib", "65536") == (0, "disk_mib: 65536 for everyone together")
    code, listed = told()
    assert code == 0
    for words in ("the member 30 1,000 artel limits", "each server 0 artel limits", "each member 240 settings"):
        assert words in listed
    assert told("renders", "--usual", "--member", "30") == (0, "renders: as usual for the member 30")
    assert "the member 30" not in told()[1]


def test_it_holds_where_requests_are_counted(url: str) -> None:
    told("renders", "7", "--server", "20")

    async def kept() -> list[tuple[Scope, int, float]]:
        records = open_records(url)
        found = [(one.scope, one.subject_id, one.amount) for one in await records.limits.all()]
        await records.close()
        return found

    assert asyncio.run(kept()) == [(Scope.server, 20, 7.0)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("renders", "--usual", "--member", "30"), "no exception"),
        (("pizzas", "3"), "training_minutes"),
        (("renders", "-1"), ""),
        (("renders",), "amount"),
        (("renders", "3", "--member", "1", "--server", "2"), "neither"),
    ],
)
def test_what_cannot_be_is_said(url: str, arguments: tuple[str, ...], words: str) -> None:
    code, output = told(*arguments)
    assert code != 0
    assert words in output.replace("│ ", "")


def test_the_table_has_every_limit_of_the_settings() -> None:
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(limits_table(Limits(), ()))
    assert len(console.export_text().splitlines()) == 1 + 3 * 4
