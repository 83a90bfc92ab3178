"""`/verify` and Apps → Verify, by a person at the playground."""

from __future__ import annotations

from tests.chat.conftest import Chat
from tests.chat.conftest import chat as chat
from tests.chat.views import PNG


async def test_a_picture_is_verified_by_command_for_the_asker_alone(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.command("verify", {"seen.png": PNG}, picture=0))
    assert shown.ephemeral
    (looked,) = chat.studio.looked_at
    assert (looked.filename, looked.size) == ("seen.png", len(PNG))
    for words in (
        "Made here, by an AI",
        "invisible mark, of picture #12",
        "“Little things”",
        "fox, by Ada",
        "CC BY 4.0",
    ):
        assert words in shown.text
    await juno.press(shown, "📜 Credits")
    assert await chat.problems() == []


async def test_all_pictures_of_anybodys_message_are_verified_from_its_menu(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    grid = await juno.answer(await juno.command("generate"))
    shown = await ada.answer(await ada.apps(grid, "Verify"))
    assert shown.ephemeral
    assert [one.filename for one in chat.studio.looked_at] == grid.files
    assert shown.text.count("Made here, by an AI") == 4
    about = await ada.answer(await ada.command("about"))
    refused = await ada.answer(await ada.apps(about, "Verify"))
    assert "no picture in this message" in refused.text
    assert await chat.problems() == []
