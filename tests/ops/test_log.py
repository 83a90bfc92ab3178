"""Log lines: the same from both libraries, with the request's id, and without secrets."""

from __future__ import annotations

import asyncio
import io
import json
import logging

import discord
import pytest
import structlog

from bot import log


@pytest.fixture
def lines(own_logging: None) -> io.StringIO:
    stream = io.StringIO()
    log.configure("json", "info", secrets=["a-very-secret-token"], stream=stream)
    return stream


def entries(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_both_libraries_give_the_same_kind_of_line(lines: io.StringIO) -> None:
    logging.getLogger("bot.x").warning("made %d", 3, extra={"model": "fox"})
    structlog.get_logger("bot.x").warning("made 3", model="fox")
    first, second = entries(lines)
    for entry in (first, second):
        assert entry.pop("time")
        assert entry == {"event": "made 3", "model": "fox", "level": "warning", "logger": "bot.x"}


async def test_the_request_id_follows_into_tasks_and_ends_with_its_block(lines: io.StringIO) -> None:
    async def deeper() -> None:
        await asyncio.sleep(0)
        logging.getLogger("bot.x").info("deep")

    async def one(request: int) -> None:
        with log.request_context(request):
            await asyncio.create_task(deeper())

    await asyncio.gather(one(1), one(2))
    logging.getLogger("bot.x").info("outside")
    found = entries(lines)
    assert sorted(str(entry.get("request")) for entry in found) == ["1", "2", "None"]
    assert log.current_request() is None


def test_no_line_shows_a_secret_even_in_a_traceback(lines: io.StringIO) -> None:
    try:
        raise ValueError("token a-very-secret-token is bad")
    except ValueError:
        logging.getLogger("bot.x").exception("failed with %s", "a-very-secret-token")
    assert "a-very-secret-token" not in lines.getvalue()
    assert "Traceback" in str(entries(lines)[0]["exception"])


def test_libraries_are_quiet_and_their_warnings_come_through(lines: io.StringIO) -> None:
    logging.getLogger("discord.gateway").info("a heartbeat")
    logging.getLogger("discord.gateway").warning("cannot keep up")
    assert [entry["event"] for entry in entries(lines)] == ["cannot keep up"]


def test_what_has_nothing_to_do_with_us_is_left_out(lines: io.StringIO) -> None:
    logging.getLogger("discord.client").warning("PyNaCl is not installed, voice will NOT be supported")
    assert entries(lines) == []


@pytest.mark.parametrize(("code", "heard"), [(10062, False), (50013, True)])
def test_suggestions_that_came_too_late_are_no_failure(lines: io.StringIO, code: int, heard: bool) -> None:
    """As discord.py logs them, from an answer to autocomplete that Discord no longer waits for."""
    try:
        raise discord.HTTPException(FakeResponse(), {"code": code, "message": "Unknown interaction"})  # type: ignore[arg-type]
    except discord.HTTPException:
        logging.getLogger("discord.app_commands.tree").exception("Ignoring exception in autocomplete for %r", "train")
    assert bool(entries(lines)) is heard


class FakeResponse:
    status, reason = 404, "Not Found"
