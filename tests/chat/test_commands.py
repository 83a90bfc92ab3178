"""Every command, typed by a person at the playground, through the unmodified discord.py client."""

from __future__ import annotations

from conftest import Chat

from bot.stories import Generate


async def test_generate_shows_four_pictures_in_one_message(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.command("generate"))
    assert chat.studio.asks() == [Generate()]
    assert len(shown.pictures) == 4
    assert not shown.ephemeral
    assert "4 new pictures" in shown.text
    assert await chat.problems() == []
    assert len(await chat.answers_of(juno)) == 1
