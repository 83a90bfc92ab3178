"""The buttons under pictures: what each asks for, where the answer goes, and who may press it."""

from __future__ import annotations

import pytest

from bot.stories import (
    DeleteMine,
    Favour,
    Generate,
    OpenLarge,
    Play,
    Reroll,
    Variations,
)
from tests.chat.conftest import Chat
from tests.chat.people import eventually
from tests.chat.views import PNG


async def test_reroll_redraws_the_owners_message(chat: Chat) -> None:
    juno = await chat.member()
    asked = await juno.command("generate")
    before = await juno.answer(asked)
    await juno.answer(await juno.press(before, "🔁"))
    after = await juno.find(lambda shown: shown.text.startswith("### Again after"))
    assert chat.studio.asks()[1] == Reroll(request_id=int(asked))
    assert after.id == before.id
    assert set(after.pictures).isdisjoint(before.pictures)
    assert len(after.files) == 4
    assert len(await juno.messages_of_bot()) == 1
    assert await chat.problems() == []


async def test_anyone_elses_reroll_is_a_message_of_their_own(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    before = await juno.grid()
    shown = await ada.answer(await ada.press(before, "🔁"))
    assert shown.id != before.id
    assert not shown.ephemeral
    assert (await juno.read(before)).pictures == before.pictures
    assert chat.studio.asked[1][0].member_id == int(ada.id)


async def test_variations_come_below(chat: Chat) -> None:
    juno = await chat.member()
    before = await juno.grid()
    shown = await juno.answer(await juno.press(before, "✨ 3"))
    (_, first), (_, second) = chat.studio.asked
    assert isinstance(first, Generate)
    assert second == Variations(output_id=before.outputs[2])
    assert shown.id != before.id
    assert (await juno.read(before)).pictures == before.pictures


async def test_the_owner_opens_in_place_and_goes_back(chat: Chat) -> None:
    juno = await chat.member()
    before = await juno.grid()
    await juno.press(before, "🔍 2")
    large = await juno.find(lambda shown: shown.text.startswith(f"### Picture #{before.outputs[1]}"))
    assert chat.studio.asks()[1] == OpenLarge(output_id=before.outputs[1])
    assert large.id == before.id
    await juno.press(large, "↩️ Back")
    back = await juno.find(lambda shown: shown.text.startswith("### The pictures of"))
    assert back.id == before.id
    assert len(await juno.messages_of_bot()) == 1
    assert await chat.problems() == []


async def test_anyone_else_opens_a_panel_of_their_own_that_only_they_see(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    before = await juno.grid()
    large = await ada.answer(await ada.press(before, "🔍 2"))
    assert large.ephemeral
    await ada.press(large, "🌱 A little")
    varied = await ada.find(lambda shown: shown.text.startswith("### Around #"))
    assert (varied.id, varied.ephemeral) == (large.id, True)
    assert "🗑️" not in varied.controls
    assert len(await juno.messages_of_bot()) == 1
    await ada.press(varied, "↩️ Back")
    large = await ada.find(lambda shown: shown.text.startswith("### Picture #"))
    posted = await ada.answer(await ada.press(large, "📌 Post it here"))
    assert not posted.ephemeral
    assert "🗑️ Delete" in posted.controls
    assert len(await juno.messages_of_bot()) == 2
    assert await chat.problems() == []


async def test_only_the_owner_drives_a_panel_and_anyone_takes_a_copy(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    before = await juno.grid()
    await juno.press(before, "🔍 1")
    panel = await juno.find(lambda shown: shown.text.startswith("### Picture #"))
    asked = len(chat.studio.asks())
    for label in ("🔁 Another", "🌱 A little", "🌪️ A lot", "🧊 Calmer", "🔥 Bolder", "🎚️ Sliders", "↩️ Back"):
        refused = await ada.answer(await ada.press(panel, label))
        assert refused.ephemeral
        assert "Take a copy" in refused.text
    assert len(chat.studio.asks()) == asked
    copy = await ada.answer(await ada.press(panel, "👥 Take a copy"))
    assert copy.id != panel.id
    assert not copy.ephemeral
    await ada.press(copy, "🔁 Another")
    await ada.find(lambda shown: shown.id == copy.id and shown.text != copy.text)
    assert chat.studio.asked[-1][0].member_id == int(ada.id)


@pytest.mark.parametrize(
    ("label", "move"),
    [
        ("🔁 Another", "again"),
        ("🌱 A little", "little"),
        ("🌪️ A lot", "lot"),
        ("🧊 Calmer", "calmer"),
        ("🔥 Bolder", "bolder"),
    ],
)
async def test_a_move_edits_the_panel_in_place(chat: Chat, label: str, move: str) -> None:
    juno = await chat.member()
    panel = before = await juno.grid(count=1)
    await juno.press(panel, label)
    after = await juno.find(lambda shown: shown.id == panel.id and shown.text != panel.text)
    assert chat.studio.asks()[-1] == Play.model_validate({"output_id": before.outputs[0], "move": move})
    assert set(after.pictures).isdisjoint(panel.pictures)
    assert len(await juno.messages_of_bot()) == 1
    assert await chat.problems() == []


async def test_stars_and_credits_are_for_everyone_and_private(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    panel = await juno.grid(count=1)
    output = panel.outputs[0]
    starred = await ada.answer(await ada.press(panel, "⭐ Favourite"))
    assert starred.ephemeral
    assert chat.studio.asks()[-1] == Favour(output_id=output)
    told = await ada.answer(await ada.press(panel, "📜 Credits"))
    assert told.ephemeral
    assert "fox, by Ada (CC BY 4.0)" in told.text
    assert "seed 7" in told.text


async def test_nine_are_chosen_from_menus(chat: Chat) -> None:
    juno = await chat.member()
    before = await juno.grid(count=9)
    outputs = before.outputs
    await juno.answer(await juno.press(before, "Variations of…", str(outputs[8])))
    await juno.press(before, "Open large…", str(outputs[4]))
    await juno.find(lambda shown: shown.text.startswith("### Picture #"))
    assert chat.studio.asks()[1:] == [Variations(output_id=outputs[8]), OpenLarge(output_id=outputs[4])]


async def test_deleting_asks_first_and_takes_the_message_away(chat: Chat) -> None:
    juno = await chat.member()
    asked = await juno.command("generate")
    before = await juno.answer(asked)
    question = await juno.answer(await juno.press(before, "🗑️"))
    assert question.ephemeral
    assert len(await juno.messages_of_bot()) == 2
    await juno.answer(await juno.press(question, "Delete them"))
    assert chat.studio.asks()[1] == DeleteMine(request_id=int(asked))
    await juno.find(lambda shown: shown.text == "✅ Deleted.")
    (left,) = await juno.messages_of_bot()
    assert left.id == question.id
    assert await chat.problems() == []


async def test_deleting_can_be_thought_better_of(chat: Chat) -> None:
    juno = await chat.member()
    before = await juno.grid()
    question = await juno.answer(await juno.press(before, "🗑️"))
    await juno.press(question, "Keep them")
    await juno.find(lambda shown: shown.id == before.id)

    async def gone() -> bool | None:
        return True if question.id not in [shown.id for shown in await juno.messages_of_bot()] else None

    await eventually(gone, "the question to go")
    assert len(chat.studio.asks()) == 1


async def test_only_the_owner_or_a_moderator_deletes(chat: Chat) -> None:
    juno, ada, moss = await chat.member(), await chat.artist(), await chat.moderator()
    before = await juno.grid()
    refused = await ada.answer(await ada.press(before, "🗑️"))
    assert refused.ephemeral
    assert "Only the person who asked" in refused.text
    question = await moss.answer(await moss.press(before, "🗑️"))
    assert "Delete these pictures?" in question.text


# --- restarts --------------------------------------------------------------------------------------------------------


async def test_old_buttons_work_after_a_restart(chat: Chat) -> None:
    juno = await chat.member()
    before = await juno.grid()
    nine = await juno.grid(count=9)
    outputs = nine.outputs
    await chat.stop()
    await chat.start()
    await juno.press(before, "🔁")
    again = await juno.find(lambda shown: shown.text.startswith("### Again after"))
    await juno.answer(await juno.press(nine, "Variations of…", str(outputs[0])))
    await juno.press(again, "🔍 1")
    await juno.find(lambda shown: shown.id == again.id and shown.text.startswith("### Picture #"))
    assert [ask.kind for ask in chat.studio.asks()] == ["reroll", "variations", "open"]


async def test_buttons_of_the_first_release_still_do_what_they_did(chat: Chat) -> None:
    """`a:open`, `a:openof` and `a:share` stand in messages for ever, though no new message has them."""
    juno = await chat.member()
    before = await juno.grid()
    message = chat.playground.world.find_message(before.id)
    assert message is not None
    for verb, label in (("open", "🔍 1"), ("share", "🔍 2")):
        for row in message.components[0]["components"]:
            for button in row.get("components", []):
                if button.get("custom_id", "").startswith("a:look:") and label.endswith(button.get("label", "-")):
                    button["custom_id"] = f"a:{verb}:{before.outputs[0]}"
    large = await juno.answer(await juno.press(await juno.read(before), "🔍 1"))
    assert large.ephemeral
    shared = await juno.answer(await juno.press(await juno.read(before), "🔍 2"))
    assert not shared.ephemeral


async def test_a_form_opened_before_a_restart_is_taken_after_it(chat: Chat) -> None:
    juno = await chat.member()
    asked = await juno.command("train files", name="Foxes")
    await juno.modal(asked)
    await chat.stop()
    await chat.start()
    files = {f"fox{number}.png": PNG for number in range(8)}
    await juno.answer(await juno.submit(asked, {"name": "Foxes", "files": list(range(8))}, files))
    assert [ask.kind for ask in chat.studio.asks()] == ["train"]


async def test_a_button_of_another_version_is_explained(chat: Chat) -> None:
    juno = await chat.member()
    before = await juno.grid()
    message = chat.playground.world.find_message(before.id)
    assert message is not None
    for row in message.components[0]["components"]:
        for button in row.get("components", []):
            button["custom_id"] = "a:juggle:" + button["custom_id"][2:]
    shown = await juno.answer(await juno.press(await juno.read(before), "🔁"))
    assert "another version" in shown.text
