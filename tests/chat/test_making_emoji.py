"""A picture becomes an emoji or a sticker of the server, by those who may."""

from __future__ import annotations

from bot.stories import (
    MakeEmoji,
    MakeSticker,
)
from tests.chat.conftest import Chat
from tests.chat.views import PNG, png


async def test_making_a_sticker(chat: Chat) -> None:
    ada, juno = await chat.artist(), await chat.member()
    panel = await ada.grid(count=1)
    refused = await juno.answer(await juno.press(panel, "🏷️ Sticker"))
    assert "Create Expressions" in refused.text
    pressed = await ada.press(panel, "🏷️ Sticker")
    shown = await ada.answer(await ada.submit(pressed, {"name": "tiny fox"}))
    assert chat.studio.asks()[-1] == MakeSticker(output_id=panel.outputs[0], name="tiny fox")
    assert [one["name"] for one in chat.playground.world.stickers.values()] == ["tiny fox"]
    assert "tiny fox is here" in shown.text
    origin = chat.studio.asked[-1][0]
    await chat.messenger.make_sticker(origin, "tiny fox", png(side=320))
    assert len(chat.playground.world.stickers) == 1


async def test_making_an_emoji(chat: Chat) -> None:
    ada = await chat.artist()
    before = await ada.grid(count=1)
    pressed = await ada.press(before, "😀 Emoji")
    await ada.modal(pressed)
    shown = await ada.answer(await ada.submit(pressed, {"name": "tiny_fox"}))
    assert chat.studio.asks()[1] == MakeEmoji(output_id=before.outputs[0], name="tiny_fox")
    made = [emoji for emoji in chat.playground.world.emojis.values() if emoji["name"] == "tiny_fox"]
    assert len(made) == 1
    assert f"<:tiny_fox:{made[0]['id']}> is here." in shown.text
    assert shown.ephemeral


async def test_an_emoji_is_made_once_for_each_request(chat: Chat) -> None:
    ada = await chat.artist()
    pressed = await ada.press(await ada.grid(count=1), "😀 Emoji")
    await ada.answer(await ada.submit(pressed, {"name": "tiny_fox"}))
    origin = chat.studio.asked[-1][0]
    again = await chat.messenger.make_emoji(origin, "tiny_fox", PNG)
    made = [emoji for emoji in chat.playground.world.emojis.values() if emoji["name"] == "tiny_fox"]
    assert len(made) == 1
    assert again == f"<:tiny_fox:{made[0]['id']}>"


async def test_an_emojis_bad_name_is_explained(chat: Chat) -> None:
    ada = await chat.artist()
    pressed = await ada.press(await ada.grid(count=1), "😀 Emoji")
    shown = await ada.answer(await ada.submit(pressed, {"name": "tiny fox!"}))
    assert "2 to 32 letters" in shown.text


async def test_a_member_without_the_permission_cannot_make_emoji(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.press(await juno.grid(count=1), "😀 Emoji"))
    assert "Create Expressions" in shown.text
    assert shown.ephemeral


async def test_what_was_made_can_be_taken_out_again_as_long_as_we_may(chat: Chat) -> None:
    ada = await chat.artist()
    panel = await ada.grid(count=1)
    await ada.answer(await ada.submit(await ada.press(panel, "😀 Emoji"), {"name": "tiny_fox"}))
    await ada.answer(await ada.submit(await ada.press(panel, "🏷️ Sticker"), {"name": "tiny fox"}))
    world, guild = chat.playground.world, chat.studio.asked[-1][0].guild_id or 0
    made = next(int(one["id"]) for one in world.emojis.values() if one["name"] == "tiny_fox")
    await chat.messenger.delete_expression(guild, "emoji", made)
    (sticker,) = (int(one) for one in world.stickers)
    await chat.messenger.delete_expression(guild, "sticker", sticker)
    assert not any(one["name"] == "tiny_fox" for one in world.emojis.values())
    assert world.stickers == {}
    await chat.messenger.delete_expression(guild, "emoji", made)
    await chat.messenger.delete_expression(guild, "sticker", sticker)
