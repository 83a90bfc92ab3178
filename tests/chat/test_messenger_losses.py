"""Answers that get lost, and acknowledgements that are not ours any more: still one message, or none."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat import routes
from bot.errors import Retry, Unseen
from tests.chat.conftest import Chat
from tests.chat.slow import (
    CALLBACK,
    CHANNEL_MESSAGES,
    WAIT,
    WEBHOOK_MESSAGE,
    release,
    slow,
    the_one_message,
    until_asked,
)
from tests.chat.studio import drawn, training

ALREADY = "40060 Interaction has already been acknowledged."


# --- answers that get lost -------------------------------------------------------------------------------------------


async def test_the_answer_to_the_answer_is_lost(chat: Chat) -> None:
    juno = await chat.member()
    await chat.fault(f"POST {CALLBACK}", drop_answer=True)
    asked = await juno.command("generate")
    await juno.answer(asked)
    shown = await the_one_message(chat, juno, ALREADY)
    assert len(shown.pictures) == 4
    (posted,) = chat.studio.posted.values()
    assert (posted.route, str(posted.message_id)) == ("original", shown.id)


async def test_an_answer_that_went_through_unknown_to_us_is_not_a_mistake(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """discord.py took the answer to the acknowledgement, and our own clock ran out in the same moment."""
    sent = routes._sent

    async def too_late(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(routes, "_sent", sent)
        await sent(*args, **options)
        raise TimeoutError

    monkeypatch.setattr(routes, "_sent", too_late)
    juno = await chat.member()
    await juno.answer(await juno.command("generate"))
    shown = await the_one_message(chat, juno)
    assert len(shown.pictures) == 4


async def test_the_answer_itself_is_lost_on_its_way(chat: Chat) -> None:
    juno = await chat.member()
    await chat.fault(f"POST {CALLBACK}", status=502)
    await juno.answer(await juno.command("generate"))
    await the_one_message(chat, juno)


async def test_the_answer_to_a_deferral_is_lost() -> None:
    async with slow() as (chat, juno):
        await chat.fault(f"POST {CALLBACK}", drop_answer=True)
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        release(chat)
        await juno.answer(asked)
        await the_one_message(chat, juno, ALREADY)


async def test_the_answer_to_an_edit_is_lost() -> None:
    async with slow() as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        await chat.fault(f"PATCH {WEBHOOK_MESSAGE}", drop_answer=True)
        release(chat)
        await juno.answer(asked)
        shown = await the_one_message(chat, juno)
        assert len(shown.files) == 4
        assert len(await chat.requests("PATCH", WEBHOOK_MESSAGE)) == 2


async def test_a_notice_beside_a_panel_whose_answer_is_lost_stands_once(chat: Chat) -> None:
    juno = await chat.member()
    panel = await juno.answer(await juno.command("train emoji", name="Foxes"))
    await chat.studio.settle()
    await chat.studio.show(training(chat.studio.asked[0][0], "running"))
    await chat.fault(f"POST {CALLBACK}", drop_answer=True)
    await juno.press(await juno.read(panel), "⏸️ Pause")
    await juno.find(lambda shown: "Will pause." in shown.text)
    await chat.studio.settle()
    notices = [shown for shown in await juno.messages_of_bot() if "Will pause." in shown.text]
    assert len(notices) == 1
    assert "is learning" in (await juno.read(panel)).text


async def test_being_told_to_wait_is_obeyed() -> None:
    async with slow() as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        await chat.fault(f"PATCH {WEBHOOK_MESSAGE}", status=429, retry_after=0.2)
        release(chat)
        await juno.answer(asked)
        await chat.studio.settle()
        assert len(await juno.messages_of_bot()) == 1


async def test_a_delivery_on_the_way_out_is_tried_again_later(chat: Chat) -> None:
    juno = await chat.member()
    await juno.answer(await juno.command("generate"))
    origin = chat.studio.asked[0][0]
    await chat.bot.close()
    with pytest.raises(Retry):
        await chat.messenger.deliver(origin, drawn(origin, 4, "Too early to give up"))


# --- the acknowledgement is not ours any more ------------------------------------------------------------------------


async def test_acknowledged_elsewhere_is_answered_by_editing() -> None:
    async with slow(defer_after=30) as (chat, juno):
        asked = await juno.command("generate")
        await until_asked(chat)
        origin = chat.studio.asked[0][0]
        path = f"/api/v10/interactions/{origin.interaction_id}/{origin.token}/callback"
        async with chat.http.post(path, json={"type": 5}) as answer:
            assert answer.status < 300
        release(chat)
        await juno.answer(asked)
        await chat.studio.settle()
        assert len(await juno.messages_of_bot()) == 1
        assert [one["status"] for one in await chat.requests("POST", CALLBACK)][1] == 400
        assert chat.studio.posted[int(asked)].route == "original"


async def test_a_command_that_was_acknowledged_too_late_is_answered_by_a_post() -> None:
    async with slow(defer_after=0.5, ack_seconds=0.2) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "failed")
        release(chat)
        shown = await juno.find(lambda shown: len(shown.pictures) == 4)
        await chat.studio.settle()
        assert len(await juno.messages_of_bot()) == 1
        assert not shown.ephemeral
        assert chat.studio.posted[int(asked)].route == "post"
        (post,) = await chat.requests("POST", CHANNEL_MESSAGES)
        assert (post["body"]["nonce"], post["body"]["enforce_nonce"]) == (f"{asked}-0", True)
        assert post["body"]["allowed_mentions"]["parse"] == []


async def test_the_post_of_a_late_answer_replaces_the_word_about_waiting() -> None:
    async with slow(defer_after=0.5, ack_seconds=0.2) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "failed")
        origin = chat.messenger.origin_of(int(asked))
        assert origin is not None
        await chat.messenger.deliver(origin, WAIT)
        release(chat)
        await juno.find(lambda shown: len(shown.pictures) == 4)
        await chat.studio.settle()
        assert len(await juno.messages_of_bot()) == 1, "the same nonce would have kept the word"
        assert chat.studio.posted[int(asked)].route == "post"


async def test_a_press_that_was_acknowledged_too_late_posts_nothing() -> None:
    async with slow(defer_after=0.5, ack_seconds=0.2) as (chat, juno):
        release(chat)
        grid = await juno.answer(await juno.command("generate"))
        chat.studio.hold.clear()  # type: ignore[union-attr]
        pressed = await juno.press(grid, "✨ 1")
        await juno.until(pressed, "failed")
        release(chat)
        with pytest.raises(Unseen):
            await chat.studio.settle()
        chat.studio.failures.clear()
        assert len(await juno.messages_of_bot()) == 1
