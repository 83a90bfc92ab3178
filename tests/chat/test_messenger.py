"""One request, one message: every route of the messenger, with the failures that lead from one to the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.chat import routes
from bot.chat.live import CROWD
from bot.chat.messenger import DiscordMessenger
from bot.errors import Refused, Retry, Unseen
from bot.stories import NoticeView, Posted
from playground.seed import BOT_ROLE
from playground.settings import Settings
from tests.chat.conftest import Chat, chatting
from tests.chat.people import Person, Shown, eventually
from tests.chat.studio import drawn, training
from tests.chat.views import PNG

CALLBACK = "/interactions/{interaction_id}/{token}/callback"
WEBHOOK_MESSAGE = "/webhooks/{application_id}/{token}/messages/{message_id}"
CHANNEL_MESSAGES = "/channels/{channel_id}/messages"
CHANNEL_MESSAGE = "/channels/{channel_id}/messages/{message_id}"

ALREADY = "40060 Interaction has already been acknowledged."


@asynccontextmanager
async def slow(defer_after: float = 0.1, **settings: Any) -> AsyncIterator[tuple[Chat, Person]]:
    """A chat that defers early, and whose studio works only when told to."""
    messenger = {"defer_after": defer_after}
    if "token_life" in settings:
        messenger["token_seconds"] = settings.pop("token_life")
    async with chatting(Settings(port=0, **settings), **messenger) as chat:
        chat.studio.hold = asyncio.Event()
        yield chat, await chat.member()


def release(chat: Chat) -> None:
    assert chat.studio.hold is not None
    chat.studio.hold.set()


async def the_one_message(chat: Chat, person: Person, *problems: str) -> Shown:
    await chat.studio.settle()
    assert await chat.problems() == list(problems)
    (only,) = await person.messages_of_bot()
    assert not only.thinking
    return only


async def types_sent(chat: Chat) -> list[int]:
    """The types of the acknowledgements, in order."""
    return [one["body"]["type"] for one in await chat.requests("POST", CALLBACK)]


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
        await eventually(lambda: _asked(chat), "the ask")
        origin = chat.studio.asked[0][0]
        assert await chat.messenger.acknowledge(origin)
        assert await chat.messenger.acknowledge(origin)
        assert (await juno.interaction(asked))["state"] == "thinking"
        assert await types_sent(chat) == [5]
        release(chat)
        await juno.answer(asked)


async def _asked(chat: Chat) -> bool | None:
    return True if chat.studio.asked else None


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


# --- the acknowledgement is not ours any more ------------------------------------------------------------------------


async def test_acknowledged_elsewhere_is_answered_by_editing() -> None:
    async with slow(defer_after=30) as (chat, juno):
        asked = await juno.command("generate")
        await eventually(lambda: _asked(chat), "the ask")
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


# --- the token is dead -----------------------------------------------------------------------------------------------


async def test_an_answer_after_the_tokens_death_is_a_post() -> None:
    async with slow(token_seconds=0.6) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        await _wait_for_dead_token(chat)
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
        await _wait_for_dead_token(chat)
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
        await _wait_for_dead_token(chat)
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


async def _wait_for_dead_token(chat: Chat) -> None:
    await asyncio.sleep(chat.playground.settings.token_seconds + 0.05)


# --- restarts --------------------------------------------------------------------------------------------------------


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
        await _wait_for_dead_token(chat)
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
        await _wait_for_dead_token(chat)
        await chat.kill()
        await chat.start()
        posted = await chat.messenger.deliver(origin, drawn(origin, 4, "4 new pictures"))
        assert str(posted.message_id) == shown.id
        assert len(await juno.messages_of_bot()) == 1


async def test_stopping_acknowledges_what_is_in_the_air() -> None:
    async with slow(defer_after=30) as (chat, juno):
        asked = await juno.command("generate")
        await eventually(lambda: _asked(chat), "the ask")
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


# --- never acknowledged ----------------------------------------------------------------------------------------------


async def test_a_new_process_leaves_alone_what_the_old_one_never_acknowledged() -> None:
    """The member saw "did not respond", so a late answer would be one nobody waits for."""
    async with slow(defer_after=30, ack_seconds=0.3) as (chat, juno):
        asked = await juno.command("generate")
        await eventually(lambda: _asked(chat), "the ask")
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
        await eventually(lambda: _asked(chat), "the ask")
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


# --- a word about waiting, at a panel --------------------------------------------------------------------------------

WAIT = NoticeView(tone="info", text="The worker does not answer just now.", passing=True)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_word_about_waiting_makes_room_for_the_redrawn_panel(restarted: bool) -> None:
    async with slow(defer_after=30) as (chat, juno):
        release(chat)
        grid = await juno.answer(await juno.command("generate"))
        chat.studio.hold.clear()  # type: ignore[union-attr]
        pressed = await juno.press(grid, "🔁")
        await eventually(lambda: _asked_twice(chat), "the press")
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
        await eventually(lambda: _asked_twice(chat), "the press")
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


async def _asked_twice(chat: Chat) -> bool | None:
    return True if len(chat.studio.asked) > 1 else None


# --- what people do meanwhile ----------------------------------------------------------------------------------------


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
        await _wait_for_dead_token(chat)
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
        await _wait_for_dead_token(chat)
        await chat.fault(f"PATCH {CHANNEL_MESSAGE}", status=429, code=30046, retry_after=0.1, times=6)
        view = training(origin, "finished", model_id="foxes-1")
        with pytest.raises(Retry) as told:
            await chat.studio.show(view)
        assert told.value.after >= 0.1
        await chat.http.delete("/_/faults")
        await chat.studio.show(view)
        assert "is ready" in (await juno.read(shown)).text
        assert len(await juno.messages_of_bot()) == 1


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


async def test_without_permission_the_member_is_told_what_is_missing() -> None:
    async with slow(token_seconds=0.6) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        await _wait_for_dead_token(chat)
        await _take_permissions(chat)
        origin = chat.studio.asked[0][0]
        with pytest.raises(Refused, match="Send Messages"):
            await chat.messenger.deliver(origin, drawn(origin, 4, "Nowhere"))
        release(chat)
        chat.studio.failures.clear()


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
    await _take_permissions(chat)
    with pytest.raises(Refused, match="Create Expressions"):
        await chat.messenger.make_emoji(origin, "forbidden", PNG)


async def _take_permissions(chat: Chat) -> None:
    for role in (BOT_ROLE, chat.playground.world.guild_id):
        async with chat.http.patch(f"/_/roles/{role}", json={"permissions": str(1 << 10)}) as answer:
            assert answer.status < 300, await answer.text()


async def test_a_new_process_posts_and_tidies_up_when_the_old_one_only_deferred() -> None:
    async with slow(token_seconds=0.6) as (chat, juno):
        asked = await juno.command("generate")
        await juno.until(asked, "thinking")
        origin = chat.studio.asked[0][0]
        await chat.kill()
        await _wait_for_dead_token(chat)
        await chat.start()
        view = drawn(origin, 4, "After the restart")
        first = await chat.messenger.deliver(origin, view)
        again = await chat.messenger.deliver(origin, view)
        assert first.message_id == again.message_id
        (only,) = await juno.messages_of_bot()
        assert (only.id, only.thinking) == (str(first.message_id), False)


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


async def test_a_delivery_on_the_way_out_is_tried_again_later(chat: Chat) -> None:
    juno = await chat.member()
    await juno.answer(await juno.command("generate"))
    origin = chat.studio.asked[0][0]
    await chat.bot.close()
    with pytest.raises(Retry):
        await chat.messenger.deliver(origin, drawn(origin, 4, "Too early to give up"))
