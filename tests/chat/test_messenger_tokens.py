"""A token lives fifteen minutes, a message for ever: what becomes of an answer after its token's death."""

from __future__ import annotations

import pytest

from bot.errors import Refused, Retry
from tests.chat.slow import (
    CHANNEL_MESSAGE,
    CHANNEL_MESSAGES,
    WEBHOOK_MESSAGE,
    release,
    slow,
    take_permissions,
    until_the_token_dies,
)
from tests.chat.studio import drawn, training


async def test_an_answer_after_the_tokens_death_is_a_post() -> None:
    async with slow(token_seconds=0.6) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        await until_the_token_dies(chat)
        release(chat)
        await juno.find(lambda shown: len(shown.pictures) == 4)
        await chat.studio.settle()
        (only,) = await juno.messages_of_bot()
        assert not only.thinking
        assert chat.studio.posted[int(asked)].route == "post"


async def test_a_post_whose_answer_is_lost_stands_once() -> None:
    async with slow(token_seconds=0.6) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        await until_the_token_dies(chat)
        await chat.fault(f"POST {CHANNEL_MESSAGES}", drop_answer=True)
        release(chat)
        await juno.find(lambda shown: len(shown.pictures) == 4)
        await chat.studio.settle()
        (only,) = await juno.messages_of_bot()
        assert str(chat.studio.posted[int(asked)].message_id) == only.id
        await chat.studio.show(drawn(chat.studio.asked[0][0], 4, "Once more"))
        assert "Once more" in (await juno.read(only)).text
        assert len(await juno.messages_of_bot()) == 1


async def test_a_training_outlives_its_token() -> None:
    """The token dies; from then on the message is edited by its id with the bot's own token."""
    async with slow(defer_after=2.0, token_seconds=1.2) as (chat, juno):
        release(chat)
        shown = await juno.answer(await juno.command("train emoji", name="Foxes"))
        await chat.studio.settle()
        origin = chat.studio.asked[0][0]
        first = await chat.studio.show(training(origin, "running", fraction=0.1))
        await until_the_token_dies(chat)
        second = await chat.studio.show(training(origin, "running", fraction=0.5))
        third = await chat.studio.show(training(origin, "finished", model_id="foxes-1"))
        assert (first.route, second.route, third.route) == ("original", "message", "message")
        now = await juno.read(shown)
        assert "is ready" in now.text
        assert now.files == ["sample.png", "chart.png"]
        assert len(await juno.messages_of_bot()) == 1
        await juno.answer(await juno.press(now, "🎨 Generate with it"))


async def test_an_old_token_is_not_even_tried() -> None:
    async with slow(defer_after=2.0, token_life=0.0) as (chat, juno):
        release(chat)
        await juno.answer(await juno.command("train emoji", name="Foxes"))
        await chat.studio.settle()
        posted = await chat.studio.show(training(chat.studio.asked[0][0], "running"))
        assert posted.route == "message"
        assert await chat.requests("PATCH", WEBHOOK_MESSAGE) == []


async def test_a_deleted_message_counts_as_delivered() -> None:
    async with slow(defer_after=2.0, token_seconds=1.4) as (chat, juno):
        release(chat)
        shown = await juno.answer(await juno.command("train emoji", name="Foxes"))
        await chat.studio.settle()
        moss = await chat.moderator()
        async with chat.http.delete(f"/_/channels/{juno.channel}/messages/{shown.id}", params={"as": moss.id}) as gone:
            assert gone.status == 200
        origin = chat.studio.asked[0][0]
        by_token = await chat.studio.show(training(origin, "running"))
        await until_the_token_dies(chat)
        by_id = await chat.studio.show(training(origin, "running"))
        assert str(by_token.message_id) == str(by_id.message_id) == shown.id
        assert await juno.messages_of_bot() == []


async def test_an_old_message_whose_edits_discord_throttles_is_edited_once_it_may_be() -> None:
    """30046: a training that is older than an hour. It is told to wait, and stands nowhere twice."""
    async with slow(defer_after=2.0, token_seconds=0.6) as (chat, juno):
        release(chat)
        shown = await juno.answer(await juno.command("train emoji", name="Foxes"))
        await chat.studio.settle()
        origin = chat.studio.asked[0][0]
        await until_the_token_dies(chat)
        await chat.fault(f"PATCH {CHANNEL_MESSAGE}", status=429, code=30046, retry_after=0.1, times=6)
        view = training(origin, "finished", model_id="foxes-1")
        with pytest.raises(Retry) as told:
            await chat.studio.show(view)
        assert told.value.after >= 0.1
        await chat.http.delete("/_/faults")
        await chat.studio.show(view)
        assert "is ready" in (await juno.read(shown)).text
        assert len(await juno.messages_of_bot()) == 1


async def test_without_permission_the_member_is_told_what_is_missing() -> None:
    async with slow(token_seconds=0.6) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        await until_the_token_dies(chat)
        await take_permissions(chat)
        origin = chat.studio.asked[0][0]
        with pytest.raises(Refused, match="Send Messages"):
            await chat.messenger.deliver(origin, drawn(origin, 4, "Nowhere"))
        release(chat)
        chat.studio.failures.clear()
