"""Every command, typed by a person at the playground, through the unmodified discord.py client."""

from __future__ import annotations

import pytest

from bot.errors import Refused, Retry
from bot.stories import Generate, ModelLine, QueueLine, Train, TrainingPhase
from playground.seed import BOT_ROLE
from playground.settings import Settings
from tests.chat.conftest import Chat, chatting
from tests.chat.people import Json
from tests.chat.views import PNG


def model(name: str, **fields: object) -> ModelLine:
    told: Json = {"title": name.title(), "family": "anchored", "size": 64, "works": 200, "shipped": False}
    return ModelLine.model_validate({"id": name, "is_default": False, **told, **fields})


async def test_generate_shows_four_pictures_in_one_message(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.command("generate"))
    assert chat.studio.asks() == [Generate()]
    assert len(shown.pictures) == 4
    assert not shown.ephemeral
    assert "4 new pictures" in shown.text
    assert await chat.problems() == []
    assert len(await juno.messages_of_bot()) == 1


async def test_generate_hands_over_every_option(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.command("generate", model="foxes", count=9, seed=2**53 - 1, variety=0.9))
    assert chat.studio.asks() == [Generate(model="foxes", count=9, seed=2**53 - 1, variety=0.9)]
    assert len(shown.pictures) == 9


async def test_the_origin_tells_who_and_where(chat: Chat) -> None:
    juno, moss = await chat.member(), await chat.moderator()
    for person in (juno, moss):
        await person.answer(await person.command("generate"))
    (first, _), (second, _) = chat.studio.asked
    assert (first.member_id, first.member_name, first.channel_id) == (int(juno.id), "Juno", int(juno.channel))
    assert (first.moderator, second.moderator) == (False, True)
    assert first.guild_name == "The Artel"
    assert first.filesize_limit == 20 * 1024 * 1024
    assert not first.component


async def test_generate_works_in_direct_messages(chat: Chat) -> None:
    juno = await chat.person((await chat.member()).id, "dm")
    shown = await juno.answer(await juno.command("generate"))
    assert len(shown.pictures) == 4
    assert chat.studio.asked[0][0].guild_id is None
    assert "train" not in [name for name in juno.commands if await _may(chat, juno.id, name)]


async def _may(chat: Chat, person: str, name: str) -> bool:
    direct = await chat.person(person, "dm")
    try:
        await direct.command(name)
    except AssertionError as error:
        return "permission" not in str(error)
    return True


async def test_models_are_suggested_from_memory(chat: Chat) -> None:
    chat.studio.lines = [model("foxes"), model("frogs"), *(model(f"m{number}") for number in range(40))]
    juno = await chat.member()
    assert await juno.suggestions("generate", "model", "fo") == [{"name": "Foxes", "value": "foxes"}]
    assert len(await juno.suggestions("generate", "model", "")) == 25
    assert await juno.suggestions("train folder", "folder", "fox", name="x") == [{"name": "foxes", "value": "foxes"}]


async def test_train_emoji_hands_over_the_servers_emoji(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.command("train emoji", name="Our emoji", minutes=1))
    (ask,) = chat.studio.asks()
    assert isinstance(ask, Train)
    assert (ask.name, ask.source, ask.minutes) == ("Our emoji", "emoji", 1.0)
    assert len(ask.emoji) == len(chat.playground.world.emojis)
    async with chat.http.get(ask.emoji[0].url) as picture:
        assert picture.content_type.startswith("image/")
    assert "Looking at the pictures for **Our emoji**" in shown.text
    assert list(shown.controls) == ["Cancel"]


async def test_train_files_takes_up_to_ten_pictures_in_a_form(chat: Chat) -> None:
    juno = await chat.member()
    asked = await juno.command("train files", minutes=2.5, start_from="base")
    await juno.modal(asked)
    files = {f"fox{number}.png": PNG for number in range(9)}
    submitted = await juno.submit(asked, {"name": "Foxes", "files": list(range(9))}, files)
    shown = await juno.answer(submitted)
    (ask,) = chat.studio.asks()
    assert isinstance(ask, Train)
    assert (ask.name, ask.source, ask.minutes, ask.base) == ("Foxes", "files", 2.5, "base")
    assert [upload.filename for upload in ask.uploads] == list(files)
    assert ask.uploads[0].size == len(PNG)
    async with chat.http.get(ask.uploads[0].url) as picture:
        assert await picture.read() == PNG
    assert "Foxes" in shown.text
    assert await chat.problems() == []


async def test_train_folder(chat: Chat) -> None:
    juno = await chat.member()
    await juno.answer(await juno.command("train folder", name="Hills", folder="landscapes"))
    (ask,) = chat.studio.asks()
    assert isinstance(ask, Train)
    assert (ask.source, ask.folder, ask.minutes) == ("folder", "landscapes", 2.5)


async def test_the_kind_of_model_can_be_chosen(chat: Chat) -> None:
    juno = await chat.member()
    chosen = await juno.suggestions("train folder", "family", "den", name="x", folder="foxes")
    assert chosen == [{"name": "Dense GAN: in a minute", "value": "dense"}]
    await juno.answer(await juno.command("train folder", name="Hills", folder="landscapes", family="dense", pixels=64))
    asked = await juno.command("train files", minutes=1, family="vae")
    await juno.modal(asked)
    await juno.answer(await juno.submit(asked, {"name": "Foxes", "files": [0]}, {"fox.png": PNG}))
    folder, files = chat.studio.asks()
    assert isinstance(folder, Train)
    assert isinstance(files, Train)
    assert (folder.family, folder.pixels, files.family, files.base) == ("dense", 64, "vae", None)


async def test_models_lists_them_for_the_asker_alone(chat: Chat) -> None:
    chat.studio.lines = [
        model("base", shipped=True),
        *(model(f"m{number}", is_default=number == 3) for number in range(11)),
    ]
    juno, ada = await chat.member(), await chat.artist()
    shown = await juno.answer(await juno.command("models"))
    assert shown.ephemeral
    assert "comes with me" in shown.text
    assert "Models (1 of 2)" in shown.text
    assert await ada.messages_of_bot() == []
    await juno.press(shown, "▶️ More")
    turned = await juno.find(lambda shown: "Models (2 of 2)" in shown.text)
    assert turned.id == shown.id
    assert "M10" in turned.text
    assert len(await juno.messages_of_bot()) == 1


async def test_the_queue_lists_trainings_and_offers_ones_own_to_cancel(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    chat.studio.waiting = [
        QueueLine(
            training_id="t-1",
            title="Foxes",
            owner_id=int(juno.id),
            owner_name="Juno",
            phase=TrainingPhase.running,
            fraction=0.5,
            seconds_left=61,
        ),
        QueueLine(training_id="t-2", title="Frogs", owner_id=1, owner_name="X", phase=TrainingPhase.queued, place=2),
    ]
    shown = await juno.answer(await juno.command("queue"))
    assert shown.ephemeral
    assert "50 % · 1 min 01 s left" in shown.text
    assert "One is before it." in shown.text
    assert list(shown.controls) == ["Cancel", "🔄 Refresh"]
    others = await ada.answer(await ada.command("queue"))
    assert list(others.controls) == ["🔄 Refresh"]
    chat.studio.waiting = []
    await juno.press(shown, "🔄 Refresh")
    assert (await juno.find(lambda shown: "Nothing is learning" in shown.text)).id == shown.id


async def test_help_and_about(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.command("help"))
    assert shown.ephemeral
    assert "/generate" in shown.text
    about = await juno.answer(await juno.command("about"))
    assert "**Worker** ready" in about.text
    assert await chat.problems() == []


# --- when it fails ---------------------------------------------------------------------------------------------------


async def test_a_refusal_is_told_to_the_asker_alone(chat: Chat) -> None:
    juno = await chat.member()
    chat.studio.trouble = Refused("You have made enough for today. Come back tomorrow.")
    shown = await juno.answer(await juno.command("generate"))
    assert shown.ephemeral
    assert shown.text == "✋ You have made enough for today. Come back tomorrow."


async def test_a_retry_says_when(chat: Chat) -> None:
    juno = await chat.member()
    chat.studio.trouble = Retry("The worker is starting.", after=4.2)
    shown = await juno.answer(await juno.command("generate"))
    assert shown.text == "⚠️ The worker is starting. Try again in about 4 s."


async def test_a_bug_is_an_apology_with_the_requests_number(chat: Chat) -> None:
    juno = await chat.member()
    chat.studio.trouble = ZeroDivisionError("secret inner words")
    asked = await juno.command("generate")
    shown = await juno.answer(asked)
    assert shown.ephemeral
    assert f"`{asked}`" in shown.text
    assert "secret" not in shown.text


async def test_a_bug_in_a_press_is_told_too(chat: Chat) -> None:
    juno = await chat.member()
    grid = await juno.answer(await juno.command("generate"))
    chat.studio.trouble = ZeroDivisionError("secret inner words")
    pressed = await juno.press(grid, "🔁")
    shown = await juno.answer(pressed)
    assert shown.ephemeral
    assert f"`{pressed}`" in shown.text
    assert (await juno.read(grid)).pictures == grid.pictures


async def test_commands_are_synced_once_per_change(chat: Chat) -> None:
    assert len(await chat.requests("PUT", "/applications/{application_id}/commands")) == 1
    await chat.stop()
    await chat.start()
    assert len(await chat.requests("PUT", "/applications/{application_id}/commands")) == 1
    del chat.playground.world.commands[next(iter(chat.playground.world.commands))]
    await chat.stop()
    await chat.start()
    assert len(await chat.requests("PUT", "/applications/{application_id}/commands")) == 2


async def test_no_privileged_intent_and_no_messages_are_asked_for(chat: Chat) -> None:
    identify = next(one for one in await chat.ledger("gateway") if one["event"] == "IDENTIFY")
    privileged = (1 << 1) | (1 << 8) | (1 << 15)
    messages = (1 << 9) | (1 << 12)
    assert identify["data"]["intents"] & (privileged | messages) == 0


async def test_a_form_that_opens_too_late_is_no_bug_and_posts_nothing() -> None:
    async with chatting(Settings(port=0, ack_seconds=0.05)) as chat:
        juno = await chat.member()
        await chat.fault("POST /interactions/*", delay_ms=150)
        asked = await juno.command("train files")
        await juno.until(asked, "failed")
        await chat.settled("POST", "/interactions/{interaction_id}/{token}/callback")
        assert await juno.messages_of_bot() == []
        assert await chat.requests("POST", "/channels/{channel_id}/messages") == []


async def test_a_command_that_no_longer_exists_is_explained(chat: Chat) -> None:
    juno = await chat.member()
    chat.bot.tree.remove_command("queue")
    shown = await juno.answer(await juno.command("queue"))
    assert "just been updated" in shown.text


async def test_commands_that_cannot_be_synced_do_not_keep_the_bot_away(chat: Chat) -> None:
    juno = await chat.member()
    await chat.stop()
    chat.playground.world.commands[juno.commands["about"]]["description"] = "Something older"
    await chat.fault("PUT /applications/*", status=400)
    await chat.start()
    assert len((await juno.answer(await juno.command("generate"))).pictures) == 4


async def test_a_training_where_the_bot_cannot_look_is_refused_at_once(chat: Chat) -> None:
    juno = await chat.member()
    for role in (BOT_ROLE, chat.playground.world.guild_id):
        kept = int(chat.playground.world.roles[role]["permissions"]) & ~(1 << 10)
        chat.playground.world.roles[role]["permissions"] = str(kept)
    channel = chat.playground.world.channels[juno.channel]
    channel["permission_overwrites"] = [{"id": juno.id, "type": 1, "allow": str(1 << 10), "deny": "0"}]
    asked = await juno.command("train emoji", name="Foxes")
    shown = await juno.answer(asked)
    assert "View Channel" in shown.text
    assert chat.studio.asks() == []


@pytest.mark.parametrize("action", ["reconnect", "disconnect"])
async def test_a_broken_gateway_is_taken_up_again(chat: Chat, action: str) -> None:
    juno = await chat.member()
    grid = await juno.answer(await juno.command("generate"))
    async with chat.http.post("/_/gateway", json={"action": action}) as answer:
        assert answer.status == 200
    await chat.until_identified_again()
    await juno.answer(await juno.press(grid, "🔁"))
    assert chat.studio.asks()[-1].kind == "reroll"
