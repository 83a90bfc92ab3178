"""A new process goes on with what an old one left: deferred, posted, or never acknowledged."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.messenger import DiscordMessenger
from bot.errors import Unseen
from tests.chat.slow import (
    release,
    slow,
    until_asked,
    until_the_token_dies,
)
from tests.chat.studio import drawn

# --- what the old one had begun --------------------------------------------------------------------------------------


async def test_a_new_process_answers_what_an_old_one_deferred() -> None:
    async with slow() as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        origin = chat.studio.asked[0][0]
        await chat.kill()
        await chat.start()
        view = drawn(origin, 4, "After the restart")
        first = await chat.messenger.deliver(origin, view)
        again = await chat.messenger.deliver(origin, view)
        assert first == again
        shown = await juno.answer(asked)
        assert "After the restart" in shown.text
        assert len(shown.files) == 4
        assert len(await juno.messages_of_bot()) == 1


async def test_a_new_process_finds_what_an_old_one_had_posted_already() -> None:
    """Killed between the answer and its record; the token has died since."""
    async with slow(token_seconds=1.2, defer_after=2.0) as (chat, juno):
        release(chat)
        shown = await juno.answer(await juno.command("generate"))
        origin = chat.studio.asked[0][0]
        await chat.kill()
        await until_the_token_dies(chat)
        await chat.start()
        posted = await chat.messenger.deliver(origin, drawn(origin, 4, "After the restart"))
        assert str(posted.message_id) == shown.id
        assert "After the restart" in (await juno.read(shown)).text
        assert len(await juno.messages_of_bot()) == 1


async def test_a_new_process_finds_a_post_of_the_old_one() -> None:
    async with slow(defer_after=0.5, ack_seconds=0.2, token_seconds=0.6) as (chat, juno):
        await juno.until(await juno.command("generate"), "failed")
        release(chat)
        shown = await juno.find(lambda shown: len(shown.pictures) == 4)
        await chat.studio.settle()
        origin = chat.studio.asked[0][0]
        await until_the_token_dies(chat)
        await chat.kill()
        await chat.start()
        posted = await chat.messenger.deliver(origin, drawn(origin, 4, "4 new pictures"))
        assert str(posted.message_id) == shown.id
        assert len(await juno.messages_of_bot()) == 1


async def test_stopping_acknowledges_what_is_in_the_air() -> None:
    async with slow(defer_after=30) as (chat, juno):
        asked = await juno.command("generate")
        await until_asked(chat)
        await chat.stop()
        assert (await juno.interaction(asked))["state"] == "thinking"
        await chat.start()


async def test_a_delivery_waits_for_the_connection() -> None:
    async with slow() as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        early = DiscordMessenger()
        origin = chat.studio.asked[0][0]
        waiting = asyncio.create_task(early.deliver(origin, drawn(origin, 4, "Early")))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        early.attach(chat.bot)
        await waiting
        assert "Early" in (await juno.answer(asked)).text


async def test_a_new_process_posts_and_tidies_up_when_the_old_one_only_deferred() -> None:
    async with slow(token_seconds=0.6) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        origin = chat.studio.asked[0][0]
        await chat.kill()
        await until_the_token_dies(chat)
        await chat.start()
        view = drawn(origin, 4, "After the restart")
        first = await chat.messenger.deliver(origin, view)
        again = await chat.messenger.deliver(origin, view)
        assert first.message_id == again.message_id
        (only,) = await juno.messages_of_bot()
        assert (only.id, only.thinking) == (str(first.message_id), False)


# --- never acknowledged ----------------------------------------------------------------------------------------------


async def test_a_new_process_leaves_alone_what_the_old_one_never_acknowledged() -> None:
    """The member saw "did not respond", so a late answer would be one nobody waits for."""
    async with slow(defer_after=30, ack_seconds=0.3) as (chat, juno):
        asked = await juno.command("generate")
        await until_asked(chat)
        origin = chat.studio.asked[0][0]
        await chat.kill()
        await juno.until(asked, "failed")
        await chat.start()
        for late in (origin, origin.model_copy(update={"at": origin.at - 10})):
            with pytest.raises(Unseen):
                await chat.messenger.deliver(late, drawn(origin, 4, "Too late"))
        assert await juno.messages_of_bot() == []


async def test_a_new_process_that_is_quick_enough_answers_inside_the_acknowledgement() -> None:
    async with slow(defer_after=30) as (chat, juno):
        asked = await juno.command("generate")
        await until_asked(chat)
        origin = chat.studio.asked[0][0]
        await chat.kill()
        await chat.start()
        posted = await chat.messenger.deliver(origin, drawn(origin, 4, "In time"))
        shown = await juno.answer(asked)
        assert (posted.route, str(posted.message_id)) == ("callback", shown.id)
        assert len(shown.files) == 4
        again = await chat.messenger.deliver(origin, drawn(origin, 4, "In time"))
        assert (again.route, again.message_id) == ("original", posted.message_id)
        assert len(await juno.messages_of_bot()) == 1


async def test_whether_it_was_acknowledged_is_asked_of_discord_after_a_restart() -> None:
    async with slow() as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        origin = chat.studio.asked[0][0]
        await chat.kill()
        await chat.start()
        assert await chat.messenger.acknowledge(origin)
    async with slow(defer_after=30, ack_seconds=0.2) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "failed")
        origin = chat.studio.asked[0][0]
        await chat.kill()
        await chat.start()
        assert not await chat.messenger.acknowledge(origin)
