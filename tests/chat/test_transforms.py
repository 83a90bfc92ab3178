"""`/style` and `/restore`: what is asked, what is shown before and after, and what can be done with it."""

from __future__ import annotations

import pytest

from bot.stories import Play, Source, TransformPicture
from tests.chat.conftest import Chat
from tests.chat.views import PNG


async def test_a_picture_in_the_style_of_an_artwork(chat: Chat) -> None:
    juno = await chat.member()
    files = {"me.png": PNG, "art.png": PNG}
    panel = await juno.answer(await juno.command("style", files, picture=0, artwork=1, strength=60))
    ask = chat.studio.asks()[-1]
    assert isinstance(ask, TransformPicture)
    assert ask.second is not None
    assert ask.picture.upload is not None
    assert ask.second.upload is not None
    names = (ask.picture.upload.filename, ask.second.upload.filename)
    assert (ask.family, ask.strength, names) == ("style", 0.6, ("me.png", "art.png"))
    assert panel.files[1:] == ["before.png", "artwork.png"], "of three the first is shown largest"
    assert "🔁 Another" not in panel.controls, "nothing else would come of the same two"
    output = panel.outputs[0]
    await juno.press(panel, "🔅 Weaker")
    await juno.find(lambda shown: shown.id == panel.id and shown.files != panel.files)
    assert chat.studio.asks()[-1] == Play(output_id=output, move="weaker")
    assert await chat.problems() == []


async def test_a_picture_made_here_is_mended(chat: Chat) -> None:
    juno = await chat.member()
    panel = await juno.answer(await juno.command("restore", own_picture="#12"))
    assert chat.studio.asks()[-1] == TransformPicture(family="restorer", picture=Source(output_id=12))
    assert panel.files[0] == "before.png"
    assert await chat.problems() == []


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("restore", {}, "Attach a picture"),
        ("style", {"own_picture": "12"}, "Attach an artwork"),
        ("style", {"own_picture": "no number"}, "type its number"),
    ],
)
async def test_what_is_missing_is_said(chat: Chat, command: str, options: dict[str, str], words: str) -> None:
    juno = await chat.member()
    asked = len(chat.studio.asks())
    answer = await juno.answer(await juno.command(command, **options))
    assert words in answer.text
    assert answer.ephemeral
    assert len(chat.studio.asks()) == asked
