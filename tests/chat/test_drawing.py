"""`/draw` and `/restyle`: what is asked with an upload, and without one."""

from __future__ import annotations

from bot.stories import Source, TransformPicture
from tests.chat.conftest import Chat
from tests.chat.views import PNG


async def test_a_sketch_is_drawn(chat: Chat) -> None:
    juno = await chat.member()
    await juno.answer(await juno.command("draw", {"cat.png": PNG}, sketch=0, colours=7))
    ask = chat.studio.asks()[-1]
    assert isinstance(ask, TransformPicture)
    assert ask.picture.upload is not None
    assert (ask.family, ask.seed, ask.picture.upload.filename) == ("pix2pix", 7, "cat.png")
    await juno.answer(await juno.command("draw"))
    assert chat.studio.asks()[-1] == TransformPicture(family="pix2pix", picture=Source(pad=True))
    assert await chat.problems() == []


async def test_ones_own_avatar_is_restyled_where_no_picture_is_sent(chat: Chat) -> None:
    juno = await chat.member()
    await juno.answer(await juno.command("restyle", strength=40, back=True, prompt="a fox"))
    ask = chat.studio.asks()[-1]
    assert isinstance(ask, TransformPicture)
    assert ask.picture.upload is not None
    assert (ask.family, ask.strength, ask.back, ask.prompt) == ("cyclegan", 0.4, True, "a fox")
    assert str(juno.id) in ask.picture.upload.url or "avatars" in ask.picture.upload.url
    await juno.answer(await juno.command("restyle", {"me.png": PNG}, picture=0))
    restyled = chat.studio.asks()[-1]
    assert isinstance(restyled, TransformPicture)
    assert restyled.picture.upload is not None
    assert restyled.picture.upload.filename == "me.png"
    assert await chat.problems() == []
