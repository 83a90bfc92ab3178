"""`artel doctor`: each trouble is found and comes with what to do."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from rich.console import Console

from bot import doctor
from bot.cli.invite import PERMISSIONS, application_id, invite_link, permission_bits
from bot.doctor import Finding, Verdict, examine, show
from bot.records.database import sqlite_library
from bot.settings import Settings, read
from tests.fakes.databases import fresh_url

TOKEN = base64.b64encode(b"1234567890123").decode().rstrip("=") + ".abc.def"


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {one.what: one for one in findings}


async def examined(**environment: str) -> dict[str, Finding]:
    return by_name(await examine(read(environment), environment))


async def test_a_fresh_house_has_nothing_that_must_be_mended(tmp_path: Path) -> None:
    found = await examined(ARTEL_DATA=str(tmp_path / "data"))
    assert not [one for one in found.values() if one.verdict is Verdict.bad]
    assert found["torch"].found.startswith("2.13.0")
    assert found["database"].found == "SQLite, made at the first start"
    assert not (tmp_path / "data").exists(), "it only looks"


async def test_every_finding_that_is_not_good_says_what_to_do(tmp_path: Path) -> None:
    found = await examined(ARTEL_DATA=str(tmp_path), WORKER_URL="http://127.0.0.1:9", ARTEL_TYPO="1")
    troubles = [one for one in found.values() if one.verdict is not Verdict.good]
    assert {"worker", "settings"} <= {one.what for one in troubles}
    assert all(len(one.advice) > 15 for one in troubles)
    assert found["worker"].verdict is Verdict.bad
    assert found["settings"].found == "ARTEL_TYPO"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return fresh_url("sqlite", tmp_path)


async def test_databases_are_looked_into(tmp_path: Path, url: str) -> None:
    found = await examined(ARTEL_DATA=str(tmp_path), DATABASE_URL=url)
    assert found["database"].verdict is Verdict.good
    (tmp_path / "old.sqlite").touch()
    found = await examined(DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'old.sqlite'}")
    assert found["database"].verdict is Verdict.note
    found = await examined(DATABASE_URL="postgresql+asyncpg://nobody:secret@127.0.0.1:9/none")
    assert found["database"].verdict is Verdict.bad
    assert "secret" not in found["database"].found


async def test_a_sqlite_that_damages_databases_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sqlite_library(), "sqlite_version_info", (3, 40, 1))
    found = await examined(ARTEL_DATA=str(tmp_path))
    assert found["SQLite"].verdict is Verdict.bad
    assert "pysqlite3" in found["SQLite"].advice


def test_old_python_and_a_folder_in_the_way_are_told(tmp_path: Path) -> None:
    assert "3.11" in doctor.python((3, 10, 4)).advice
    assert doctor.python((3, 12, 0)).verdict is Verdict.good
    assert doctor.disk(tmp_path / "not" / "yet").verdict in (Verdict.good, Verdict.note)


# --- Discord --------------------------------------------------------------------------------------------------------


async def discord_says(monkeypatch: pytest.MonkeyPatch, status: int, body: Any) -> list[Finding]:
    async def guilds(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bot {TOKEN}"
        return web.Response(text=json.dumps(body), status=status, content_type="application/json")

    app = web.Application()
    app.router.add_get("/users/@me/guilds", guilds)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setattr(doctor, "DISCORD_API", f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        return await doctor.discord(read({"DISCORD_TOKEN": TOKEN}))
    finally:
        await runner.cleanup()


async def test_a_good_token_and_all_permissions(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await discord_says(monkeypatch, 200, [{"name": "Home", "permissions": str(permission_bits())}])
    assert [one.verdict for one in found] == [Verdict.good]
    found = await discord_says(monkeypatch, 200, [{"name": "Home", "permissions": str(1 << 3)}])
    assert [one.verdict for one in found] == [Verdict.good]


async def test_missing_permissions_are_named_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    held = permission_bits() & ~PERMISSIONS["Attach Files"]
    found = await discord_says(monkeypatch, 200, [{"name": "Home", "permissions": str(held)}])
    assert found[1].what == "Discord: Home"
    assert "Attach Files" in found[1].advice
    assert "Send Messages" not in found[1].advice


async def test_a_token_that_discord_refuses_and_one_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await discord_says(monkeypatch, 401, {"message": "401: Unauthorized", "code": 0})
    assert found[0].verdict is Verdict.bad
    assert "Reset" in found[0].advice
    found = await doctor.discord(read({"DISCORD_TOKEN": "hello"}))
    assert "three parts" in found[0].advice


async def test_no_server_yet_gives_the_invitation(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await discord_says(monkeypatch, 200, [])
    assert str(invite_link(TOKEN)) in found[0].advice


def test_the_invitation_asks_for_what_is_used_and_nothing_else() -> None:
    link = invite_link(TOKEN)
    assert link is not None
    assert "client_id=1234567890123" in link
    assert "scope=bot+applications.commands" in link
    assert link.endswith(f"permissions={permission_bits()}")
    assert not permission_bits() & (1 << 3), "never administrator"
    assert [application_id(bad) for bad in ("", "x", "MTIz", "####.a.b", "aGVsbG8=.a.b")] == [None] * 5


def test_it_is_shown_line_by_line_and_the_verdict_is_told() -> None:
    console = Console(file=io.StringIO(), width=120)
    assert show([Finding("a", Verdict.good, "fine"), Finding("b", Verdict.note, "meh", "do this")], console)
    assert not show([Finding("[c]", Verdict.bad, "[broken]", "mend it")], console)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "→ do this" in shown
    assert "[broken]" in shown


def test_settings_are_the_default_house() -> None:
    assert Settings() == read({})


async def test_the_operators_gate_is_told_as_it_stands(tmp_path: Path) -> None:
    told = tmp_path / "hashes.txt"
    told.write_text("0123456789abcdef\n# a remark\n")
    found = await examined(ARTEL_DATA=str(tmp_path / "data"), ARTEL_BLOCKED_HASHES=str(told))
    assert "off by choice" in found["gate"].found
    assert found["blocked pictures"].found == "1 hashes"
    told.write_text("nonsense\n")
    found = await examined(ARTEL_DATA=str(tmp_path / "data"), ARTEL_BLOCKED_HASHES=str(told), ARTEL_GATE="on")
    assert found["gate"].found.startswith("on")
    assert found["blocked pictures"].verdict is Verdict.bad
    assert "line 1" in found["blocked pictures"].found
