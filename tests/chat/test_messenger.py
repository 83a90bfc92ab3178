"""One request, one message: how an answer gets out while all is well, or only slow."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.live import CROWD
from bot.errors import Refused
from bot.stories import NoticeView, Posted
from tests.chat.conftest import Chat
from tests.chat.people import eventually
from tests.chat.slow import (
    WAIT,
    WEBHOOK_MESSAGE,
    release,
    slow,
    take_permissions,
    the_one_message,
    types_sent,
    until_asked,
)
from tests.chat.studio import drawn, training
from tests.chat.views import PNG

# --- the clock -------------------------------------------------------------------------------------------------------


async def test_work_that_takes_long_is_deferred_at_two_seconds() -> None:
    async with slow(defer_after=2.0) as (chat, juno):
        asked = await juno.command("generate")
        told = await juno.until(asked, "thinking")
        assert 1500 < told["acknowledged_ms"] < 2700
        release(chat)
        shown = await juno.answer(asked)
        assert len(shown.pictures) == 4
        assert (await the_one_message(chat, juno)).id == shown.id
        assert await types_sent(chat) == [5]


async def test_in_a_crowd_nobody_waits_that_long_to_hear_that_they_wait() -> None:
    async with slow(defer_after=2.0) as (chat, juno):
        asked = await asyncio.gather(*(juno.command("generate") for _ in range(CROWD)))
        for one in asked:
            assert (await juno.until(one, "thinking"))["acknowledged_ms"] < 1200
        release(chat)
        for one in asked:
            assert len((await juno.answer(one)).pictures) == 4
        await chat.studio.settle()
        assert await chat.problems() == []
        assert len(await juno.messages_of_bot()) == CROWD


async def test_quick_work_is_the_acknowledgement(chat: Chat) -> None:
    juno = await chat.member()
    await juno.answer(await juno.command("generate"))
    await the_one_message(chat, juno)
    assert await types_sent(chat) == [4]
    assert await chat.requests("PATCH", WEBHOOK_MESSAGE) == []


async def test_a_reroll_that_takes_long_keeps_the_old_pictures_until_then() -> None:
    async with slow() as (chat, juno):
        release(chat)
        grid = await juno.answer(await juno.command("generate"))
        chat.studio.hold.clear()  # type: ignore[union-attr]
        pressed = await juno.press(grid, "🔁")
        await juno.until(pressed, "thinking")
        assert (await juno.read(grid)).pictures == grid.pictures
        release(chat)
        await juno.find(lambda shown: shown.text.startswith("### Again"))
        assert (await the_one_message(chat, juno)).id == grid.id
        assert await types_sent(chat) == [4, 6]


async def test_a_private_answer_that_takes_long_stays_private() -> None:
    async with slow() as (chat, juno):
        release(chat)
        panel = await juno.answer(await juno.command("train emoji", name="Foxes"))
        await chat.studio.settle()
        await chat.studio.show(training(chat.studio.asked[0][0], "running"))
        chat.studio.hold.clear()  # type: ignore[union-attr]
        pressed = await juno.press(await juno.read(panel), "⏸️ Pause")
        await juno.until(pressed, "thinking")
        release(chat)
        note = await juno.answer(pressed)
        assert note.ephemeral
        assert "Will pause." in note.text
        assert "is learning" in (await juno.read(panel)).text


async def test_acknowledging_is_all_that_a_silent_answer_needs() -> None:
    async with slow(defer_after=30) as (chat, juno):
        asked = await juno.command("generate")
        await until_asked(chat)
        origin = chat.studio.asked[0][0]
        assert await chat.messenger.acknowledge(origin)
        assert await chat.messenger.acknowledge(origin)
        assert (await juno.interaction(asked))["state"] == "thinking"
        assert await types_sent(chat) == [5]
        release(chat)
        await juno.answer(asked)


# --- notices never write over pictures -------------------------------------------------------------------------------


async def test_a_refusal_after_the_deferral_of_a_reroll_comes_beside() -> None:
    async with slow() as (chat, juno):
        release(chat)
        grid = await juno.answer(await juno.command("generate"))
        chat.studio.hold.clear()  # type: ignore[union-attr]
        pressed = await juno.press(grid, "🔁")
        await juno.until(pressed, "thinking")
        origin = chat.studio.asked[-1][0]
        posted = await chat.messenger.deliver(origin, NoticeView(tone="refused", text="Not now."))
        assert posted.route == "post", "a follow-up has no nonce, so it could stand twice"
        assert (await juno.read(grid)).pictures == grid.pictures
        release(chat)


async def test_a_refusal_after_the_deferral_of_a_command_takes_its_place() -> None:
    async with slow() as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        await chat.messenger.deliver(chat.studio.asked[0][0], NoticeView(tone="refused", text="Not now."))
        assert "Not now." in (await juno.answer(asked)).text
        assert len(await juno.messages_of_bot()) == 1
        release(chat)


# --- a word about waiting, at a panel --------------------------------------------------------------------------------


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_word_about_waiting_makes_room_for_the_redrawn_panel(restarted: bool) -> None:
    async with slow(defer_after=30) as (chat, juno):
        release(chat)
        grid = await juno.answer(await juno.command("generate"))
        chat.studio.hold.clear()  # type: ignore[union-attr]
        pressed = await juno.press(grid, "🔁")
        await until_asked(chat, 2)
        origin = chat.studio.asked[-1][0]
        await chat.messenger.deliver(origin, WAIT)
        word = await juno.answer(pressed)
        assert word.ephemeral
        if restarted:
            await chat.kill()
            await chat.start()
        for _ in range(2):
            posted = await chat.messenger.deliver(origin, drawn(origin, 4, "Redrawn"))
            assert (posted.route, str(posted.message_id)) == ("message", grid.id)
        (only,) = await juno.messages_of_bot()
        assert (only.id, "Redrawn" in only.text) == (grid.id, True)


async def test_a_word_about_waiting_becomes_the_refusal() -> None:
    async with slow(defer_after=30) as (chat, juno):
        release(chat)
        grid = await juno.answer(await juno.command("generate"))
        chat.studio.hold.clear()  # type: ignore[union-attr]
        pressed = await juno.press(grid, "🔁")
        await until_asked(chat, 2)
        origin = chat.studio.asked[-1][0]
        await chat.messenger.deliver(origin, WAIT)
        await chat.messenger.deliver(origin, NoticeView(tone="refused", text="Not now."))
        assert "Not now." in (await juno.answer(pressed)).text
        assert len(await juno.messages_of_bot()) == 2
        assert (await juno.read(grid)).pictures == grid.pictures


async def test_after_a_silent_acknowledgement_a_word_about_waiting_says_nothing() -> None:
    async with slow() as (chat, juno):
        release(chat)
        grid = await juno.answer(await juno.command("generate"))
        chat.studio.hold.clear()  # type: ignore[union-attr]
        await juno.until(await juno.press(grid, "🔁"), "thinking")
        origin = chat.studio.asked[-1][0]
        await chat.messenger.deliver(origin, WAIT)
        assert len(await juno.messages_of_bot()) == 1
        await chat.messenger.deliver(origin, drawn(origin, 4, "Redrawn"))
        (only,) = await juno.messages_of_bot()
        assert "Redrawn" in only.text


# --- emoji, and what is taken away -----------------------------------------------------------------------------------


async def test_a_slow_emoji_does_not_hold_up_the_acknowledgement() -> None:
    async with slow() as (chat, _):
        release(chat)
        ada = await chat.artist()
        grid = await ada.answer(await ada.command("generate", count=1))
        await chat.fault("POST /guilds/{guild_id}/emojis", delay_ms=1500)
        pressed = await ada.press(grid, "😀 Emoji")
        submitted = await ada.submit(pressed, {"name": "slow_fox"})
        assert (await ada.until(submitted, "thinking"))["acknowledged_ms"] < 1000
        assert "is here" in (await ada.answer(submitted)).text


async def test_emoji_without_permission_or_slots_are_refused(chat: Chat) -> None:
    ada = await chat.artist()
    grid = await ada.answer(await ada.command("generate"))
    assert grid.pictures
    origin = chat.studio.asked[0][0]
    with pytest.raises(Refused, match="did not take"):
        await chat.messenger.make_emoji(origin, "broken", b"no picture")
    slots = chat.playground.world.slots()[0]
    for number in range(slots - len(chat.playground.world.emojis)):
        chat.playground.world.keep("emoji", {"id": str(number + 1), "name": f"e{number}", "animated": False})
    with pytest.raises(Refused, match="free emoji slot"):
        await chat.messenger.make_emoji(origin, "one_more", PNG)
    await take_permissions(chat)
    with pytest.raises(Refused, match="Create Expressions"):
        await chat.messenger.make_emoji(origin, "forbidden", PNG)


async def test_deleting_twice_is_fine(chat: Chat) -> None:
    juno = await chat.member()
    await juno.answer(await juno.command("generate"))
    await chat.studio.settle()
    ((request, posted),) = chat.studio.posted.items()
    origin = chat.studio.asked[0][0]
    assert origin.interaction_id == request
    for _ in range(2):
        await chat.messenger.delete(origin, posted)
    assert await juno.messages_of_bot() == []
    await chat.messenger.delete(origin, Posted(channel_id=origin.channel_id, message_id=None, route="original"))


async def test_what_the_chat_turns_away_is_told_to_the_studio(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    panel = await juno.answer(await juno.command("train emoji", name="Foxes"))
    await chat.studio.settle()
    await chat.studio.show(training(chat.studio.asked[0][0], "running"))
    told = await ada.answer(await ada.press(await juno.read(panel), "⏸️ Pause"))
    assert "Only the person" in told.text
    await eventually(lambda: _refused(chat), "the record")
    ((origin, asked, notice),) = chat.studio.refused
    assert (str(origin.member_id), notice.tone) == (ada.id, "refused")
    assert asked.startswith("a:pause:")


async def _refused(chat: Chat) -> bool | None:
    return True if chat.studio.refused else None
