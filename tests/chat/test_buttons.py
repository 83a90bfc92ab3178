"""Every button and menu: what it asks for, where the answer goes, and who may press it."""

from __future__ import annotations

import pytest

from bot.stories import (
    Breed,
    DeleteMine,
    Favour,
    FindPicture,
    Generate,
    MakeEmoji,
    MakeSticker,
    NameSlider,
    OpenLarge,
    Play,
    Reroll,
    SetDefaultModel,
    SetShowcase,
    SteerTraining,
    StopTask,
    Variations,
    Walk,
)
from playground.seed import GALLERY
from tests.chat.conftest import Chat
from tests.chat.people import Person, Shown, eventually
from tests.chat.studio import training
from tests.chat.views import PNG, png


async def grid(person: Person, **options: object) -> Shown:
    return await person.answer(await person.command("generate", **options))


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
    before = await grid(juno)
    shown = await ada.answer(await ada.press(before, "🔁"))
    assert shown.id != before.id
    assert not shown.ephemeral
    assert (await juno.read(before)).pictures == before.pictures
    assert chat.studio.asked[1][0].member_id == int(ada.id)


async def test_variations_come_below(chat: Chat) -> None:
    juno = await chat.member()
    before = await grid(juno)
    shown = await juno.answer(await juno.press(before, "✨ 3"))
    (_, first), (_, second) = chat.studio.asked
    assert isinstance(first, Generate)
    assert second == Variations(output_id=_outputs(before)[2])
    assert shown.id != before.id
    assert (await juno.read(before)).pictures == before.pictures


async def test_the_owner_opens_in_place_and_goes_back(chat: Chat) -> None:
    juno = await chat.member()
    before = await grid(juno)
    await juno.press(before, "🔍 2")
    large = await juno.find(lambda shown: shown.text.startswith(f"### Picture #{_outputs(before)[1]}"))
    assert chat.studio.asks()[1] == OpenLarge(output_id=_outputs(before)[1])
    assert large.id == before.id
    await juno.press(large, "↩️ Back")
    back = await juno.find(lambda shown: shown.text.startswith("### The pictures of"))
    assert back.id == before.id
    assert len(await juno.messages_of_bot()) == 1
    assert await chat.problems() == []


async def test_anyone_else_opens_a_panel_of_their_own_that_only_they_see(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    before = await grid(juno)
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
    before = await grid(juno)
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
    panel = before = await grid(juno, count=1)
    await juno.press(panel, label)
    after = await juno.find(lambda shown: shown.id == panel.id and shown.text != panel.text)
    assert chat.studio.asks()[-1] == Play.model_validate({"output_id": _outputs(before)[0], "move": move})
    assert set(after.pictures).isdisjoint(panel.pictures)
    assert len(await juno.messages_of_bot()) == 1
    assert await chat.problems() == []


async def test_sliders_are_chosen_pulled_and_left(chat: Chat) -> None:
    juno = await chat.member()
    panel = await grid(juno, count=1)
    output = _outputs(panel)[0]
    await juno.press(panel, "🎚️ Sliders")
    panel = await juno.find(lambda shown: "✅ Done" in shown.controls)
    assert len(panel.files) == 2
    assert panel.files[1] == "sliders.png"
    await juno.press(panel, "Another slider…", "d3")
    panel = await juno.find(lambda shown: "3 · rounder" in shown.text)
    assert chat.studio.asks()[-1] == OpenLarge(output_id=output, direction="d3")
    await juno.press(panel, "⏩")
    await juno.find(lambda shown: shown.id == panel.id and shown.pictures != panel.pictures)
    assert chat.studio.asks()[-1] == Play(output_id=output, move="pull", direction="d3", amount=1.5)
    panel = await juno.find(lambda shown: "✅ Done" in shown.controls)
    await juno.press(panel, "◀️")
    await juno.find(lambda shown: shown.id == panel.id and shown.pictures != panel.pictures)
    pulled = chat.studio.asks()[-1]
    assert isinstance(pulled, Play)
    assert pulled.amount == -0.5
    panel = await juno.find(lambda shown: "✅ Done" in shown.controls)
    await juno.press(panel, "✅ Done")
    await juno.find(lambda shown: "🎚️ Sliders" in shown.controls)
    assert len(await juno.messages_of_bot()) == 1
    assert await chat.problems() == []


async def test_breeding_from_the_panel_stays_in_the_panel(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    panel = await grid(juno, count=1)
    output = _outputs(panel)[0]
    assert "Take a copy" in (await ada.answer(await ada.press(panel, "🧬 Breed"))).text
    await juno.press(panel, "🧬 Breed")
    mates = await juno.find(lambda shown: "Choose a picture…" in shown.controls)
    assert mates.id == panel.id
    assert mates.files == ["sheet.png"]
    await juno.press(mates, "Choose a picture…", "12")
    sheet = await juno.find(lambda shown: "Open a child…" in shown.controls)
    assert chat.studio.asks()[-1] == Breed(a=output, b=12)
    assert (sheet.id, len(sheet.pictures)) == (panel.id, 9)
    child = sheet.controls["Open a child…"]["options"][4]
    await juno.press(sheet, "Open a child…", child["value"])
    await juno.find(lambda shown: shown.text.startswith(f"### Picture #{child['value']}"))
    assert await chat.problems() == []


async def test_breeding_and_family_trees_by_command(chat: Chat) -> None:
    juno = await chat.member()
    offered = await juno.suggestions("breed", "b", "1", a="11")
    assert [one["value"] for one in offered] == ["12", "13"]
    sheet = await juno.answer(await juno.command("breed", a="11", b="#12 · fox"))
    assert chat.studio.asks()[-1] == Breed(a=11, b=12)
    assert sheet.files[-1] == "parents.png"
    tree = await juno.answer(await juno.command("lineage", picture="11"))
    assert tree.files == ["family.png"]
    assert not tree.ephemeral
    refused = await juno.answer(await juno.command("lineage", picture="the fox"))
    assert "type its number" in refused.text
    assert await chat.problems() == []


async def test_morphing_comes_below_and_its_stops_can_be_opened(chat: Chat) -> None:
    juno = await chat.member()
    panel = await grid(juno, count=1)
    await juno.press(panel, "🎞️ Morph")
    mates = await juno.find(lambda shown: "Choose a picture…" in shown.controls)
    walk = await juno.answer(await juno.press(mates, "Choose a picture…", "13"))
    assert chat.studio.asks()[-1] == Walk(stops=(_outputs(panel)[0], 13))
    assert walk.id != panel.id
    assert walk.files[0].startswith("artel-walk-")
    opened = await juno.answer(await juno.press(walk, "🔍 #13"))
    assert chat.studio.asks()[-1] == OpenLarge(output_id=13)
    assert opened.id != walk.id
    assert await chat.problems() == []


async def test_walking_by_command(chat: Chat) -> None:
    juno = await chat.member()
    offered = await juno.suggestions("walk", "second", "1", first="11")
    assert [one["value"] for one in offered] == ["12", "13"]
    await juno.answer(await juno.command("walk", first="11", second="12", seconds=3, file="mp4", loop=False))
    assert chat.studio.asks()[-1] == Walk(stops=(11, 12), seconds=3.0, format="mp4", loop=False)
    await juno.answer(await juno.command("walk", random=5))
    assert chat.studio.asks()[-1] == Walk(random=5)
    assert await chat.problems() == []


async def test_finding_shows_how_it_goes_and_can_be_stopped(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    asked = await juno.command("find", {"fox.png": PNG}, picture=0)
    shown = await juno.answer(asked)
    find = chat.studio.asks()[-1]
    assert isinstance(find, FindPicture)
    assert (find.upload.filename, find.upload.content_type) == ("fox.png", "image/png")
    assert "40 %" in shown.text
    assert shown.files == ["preview-1.png", "preview-2.png"]
    refused = await ada.answer(await ada.press(shown, "⏹️ Stop"))
    assert "Only the person who asked" in refused.text
    stopped = await juno.answer(await juno.press(shown, "⏹️ Stop"))
    assert chat.studio.asks()[-1] == StopTask(request_id=int(asked))
    assert stopped.ephemeral
    assert await chat.problems() == []


async def test_the_apps_menu_picks_a_picture_up_again(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    one, four = await grid(juno, count=1), await grid(juno)
    large = await ada.answer(await ada.apps(one, "Remix"))
    assert large.ephemeral
    assert chat.studio.asks()[-1] == OpenLarge(output_id=_outputs(one)[0])
    which = await ada.answer(await ada.apps(four, "Remix"))
    assert which.ephemeral
    await ada.press(which, "Choose a picture…", str(_outputs(four)[2]))
    chosen = await ada.find(lambda shown: shown.id == which.id and "🔁 Another" in shown.controls)
    assert chosen.ephemeral
    assert chat.studio.asks()[-1] == OpenLarge(output_id=_outputs(four)[2])
    told = await ada.answer(await ada.apps(one, "Credits"))
    assert "fox, by Ada" in told.text
    which = await ada.answer(await ada.apps(four, "Credits"))
    await ada.press(which, "Choose a picture…", str(_outputs(four)[1]))
    await ada.find(lambda shown: shown.id == which.id and "fox, by Ada" in shown.text)
    about = await ada.answer(await ada.command("about"))
    refused = await ada.answer(await ada.apps(about, "Remix"))
    assert "no picture of mine" in refused.text
    assert await chat.problems() == []


async def test_the_gallery_is_leafed_through_in_place(chat: Chat) -> None:
    juno = await chat.member()
    empty = await juno.answer(await juno.command("gallery"))
    assert empty.ephemeral
    assert "nothing here yet" in empty.text
    await juno.press(empty, "My pictures")
    page = await juno.find(lambda shown: "Open a picture…" in shown.controls)
    assert page.id == empty.id
    assert len(page.controls["Open a picture…"]["options"]) == 12
    await juno.press(page, "▶️ Earlier")
    page = await juno.find(lambda shown: "page 2" in shown.text)
    await juno.press(page, "Open a picture…", "12")
    large = await juno.find(lambda shown: "🔁 Another" in shown.controls)
    assert (large.id, large.ephemeral) == (empty.id, True)
    assert chat.studio.asks()[-1] == OpenLarge(output_id=12)
    assert await chat.problems() == []


async def test_sliders_are_shown_and_named_by_vote(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    sheet = await juno.answer(await juno.command("directions", model="base"))
    assert not sheet.ephemeral
    assert sheet.files == ["sliders.png"]
    pressed = await ada.press(sheet, "Vote for a slider's name…", "d2")
    shown = await ada.answer(await ada.submit(pressed, {"name": "rounder"}))
    assert chat.studio.asks()[-1] == NameSlider(model_id="base", direction="d2", name="rounder")
    assert shown.ephemeral
    assert await chat.problems() == []


async def test_a_favourite_gets_a_name_of_ones_own(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.command("favourite", picture="#12", name="Tiny fox"))
    assert chat.studio.asks()[-1] == Favour(output_id=12, name="Tiny fox", starred=True)
    assert shown.ephemeral


async def test_a_moderator_chooses_the_showcase(chat: Chat) -> None:
    moss = await chat.moderator()
    shown = await moss.answer(await moss.command("showcase", channel=GALLERY, stars=2))
    assert chat.studio.asks()[-1] == SetShowcase(channel_id=int(GALLERY), stars=2)
    assert shown.ephemeral
    await moss.answer(await moss.command("showcase"))
    assert chat.studio.asks()[-1] == SetShowcase(channel_id=None)


async def test_stars_and_credits_are_for_everyone_and_private(chat: Chat) -> None:
    juno, ada = await chat.member(), await chat.artist()
    panel = await grid(juno, count=1)
    output = _outputs(panel)[0]
    starred = await ada.answer(await ada.press(panel, "⭐ Favourite"))
    assert starred.ephemeral
    assert chat.studio.asks()[-1] == Favour(output_id=output)
    told = await ada.answer(await ada.press(panel, "📜 Credits"))
    assert told.ephemeral
    assert "fox, by Ada (CC BY 4.0)" in told.text
    assert "seed 7" in told.text


async def test_making_a_sticker(chat: Chat) -> None:
    ada, juno = await chat.artist(), await chat.member()
    panel = await grid(ada, count=1)
    refused = await juno.answer(await juno.press(panel, "🏷️ Sticker"))
    assert "Create Expressions" in refused.text
    pressed = await ada.press(panel, "🏷️ Sticker")
    shown = await ada.answer(await ada.submit(pressed, {"name": "tiny fox"}))
    assert chat.studio.asks()[-1] == MakeSticker(output_id=_outputs(panel)[0], name="tiny fox")
    assert [one["name"] for one in chat.playground.world.stickers.values()] == ["tiny fox"]
    assert "tiny fox is here" in shown.text
    origin = chat.studio.asked[-1][0]
    await chat.messenger.make_sticker(origin, "tiny fox", png(side=320))
    assert len(chat.playground.world.stickers) == 1


async def test_nine_are_chosen_from_menus(chat: Chat) -> None:
    juno = await chat.member()
    before = await grid(juno, count=9)
    outputs = _outputs(before)
    await juno.answer(await juno.press(before, "Variations of…", str(outputs[8])))
    await juno.press(before, "Open large…", str(outputs[4]))
    await juno.find(lambda shown: shown.text.startswith("### Picture #"))
    assert chat.studio.asks()[1:] == [Variations(output_id=outputs[8]), OpenLarge(output_id=outputs[4])]


async def test_making_an_emoji(chat: Chat) -> None:
    ada = await chat.artist()
    before = await grid(ada, count=1)
    pressed = await ada.press(before, "😀 Emoji")
    await ada.modal(pressed)
    shown = await ada.answer(await ada.submit(pressed, {"name": "tiny_fox"}))
    assert chat.studio.asks()[1] == MakeEmoji(output_id=_outputs(before)[0], name="tiny_fox")
    made = [emoji for emoji in chat.playground.world.emojis.values() if emoji["name"] == "tiny_fox"]
    assert len(made) == 1
    assert f"<:tiny_fox:{made[0]['id']}> is here." in shown.text
    assert shown.ephemeral


async def test_an_emoji_is_made_once_for_each_request(chat: Chat) -> None:
    ada = await chat.artist()
    pressed = await ada.press(await grid(ada, count=1), "😀 Emoji")
    await ada.answer(await ada.submit(pressed, {"name": "tiny_fox"}))
    origin = chat.studio.asked[-1][0]
    again = await chat.messenger.make_emoji(origin, "tiny_fox", PNG)
    made = [emoji for emoji in chat.playground.world.emojis.values() if emoji["name"] == "tiny_fox"]
    assert len(made) == 1
    assert again == f"<:tiny_fox:{made[0]['id']}>"


async def test_an_emojis_bad_name_is_explained(chat: Chat) -> None:
    ada = await chat.artist()
    pressed = await ada.press(await grid(ada, count=1), "😀 Emoji")
    shown = await ada.answer(await ada.submit(pressed, {"name": "tiny fox!"}))
    assert "2 to 32 letters" in shown.text


async def test_a_member_without_the_permission_cannot_make_emoji(chat: Chat) -> None:
    juno = await chat.member()
    shown = await juno.answer(await juno.press(await grid(juno, count=1), "😀 Emoji"))
    assert "Create Expressions" in shown.text
    assert shown.ephemeral


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
    before = await grid(juno)
    question = await juno.answer(await juno.press(before, "🗑️"))
    await juno.press(question, "Keep them")
    await juno.find(lambda shown: shown.id == before.id)

    async def gone() -> bool | None:
        return True if question.id not in [shown.id for shown in await juno.messages_of_bot()] else None

    await eventually(gone, "the question to go")
    assert len(chat.studio.asks()) == 1


async def test_only_the_owner_or_a_moderator_deletes(chat: Chat) -> None:
    juno, ada, moss = await chat.member(), await chat.artist(), await chat.moderator()
    before = await grid(juno)
    refused = await ada.answer(await ada.press(before, "🗑️"))
    assert refused.ephemeral
    assert "Only the person who asked" in refused.text
    question = await moss.answer(await moss.press(before, "🗑️"))
    assert "Delete these pictures?" in question.text


# --- training --------------------------------------------------------------------------------------------------------


async def training_panel(chat: Chat, person: Person, phase: str, **fields: object) -> Shown:
    shown = await person.answer(await person.command("train emoji", name="Foxes"))
    await chat.studio.settle()
    await chat.studio.show(training(chat.studio.asked[-1][0], phase, **fields))
    return await person.read(shown)


@pytest.mark.parametrize(
    ("phase", "label", "action"),
    [
        ("running", "✅ Stop and keep", "stop"),
        ("running", "⏸️ Pause", "pause"),
        ("paused", "▶️ Go on", "resume"),
    ],
)
async def test_steering_a_training(chat: Chat, phase: str, label: str, action: str) -> None:
    juno = await chat.member()
    panel = await training_panel(chat, juno, phase)
    notice = await juno.answer(await juno.press(panel, label))
    steer = chat.studio.asks()[-1]
    assert isinstance(steer, SteerTraining)
    assert (steer.action, steer.training_id) == (action, str(chat.studio.asked[0][0].interaction_id))
    assert notice.id != panel.id
    assert (await juno.read(panel)).text == panel.text


async def test_cancelling_a_training_asks_first(chat: Chat) -> None:
    juno = await chat.member()
    panel = await training_panel(chat, juno, "running")
    question = await juno.answer(await juno.press(panel, "Cancel"))
    assert len(chat.studio.asks()) == 1
    await juno.answer(await juno.press(question, "Cancel it"))
    steer = chat.studio.asks()[-1]
    assert isinstance(steer, SteerTraining)
    assert steer.action == "cancel"
    assert (await juno.find(lambda shown: shown.text == "✅ Will cancel.")).id == question.id


async def test_only_the_owner_or_a_moderator_steers(chat: Chat) -> None:
    juno, ada, moss = await chat.member(), await chat.artist(), await chat.moderator()
    panel = await training_panel(chat, juno, "running")
    for label in ("✅ Stop and keep", "⏸️ Pause", "Cancel"):
        assert "Only the person who asked" in (await ada.answer(await ada.press(panel, label))).text
    assert len(chat.studio.asks()) == 1
    await moss.answer(await moss.press(panel, "⏸️ Pause"))
    assert len(chat.studio.asks()) == 2


async def test_a_finished_training_can_be_used_and_made_the_default(chat: Chat) -> None:
    juno, moss = await chat.member(), await chat.moderator()
    panel = await training_panel(chat, juno, "finished", model_id="foxes-1")
    await juno.answer(await juno.press(panel, "🎨 Generate with it"))
    assert chat.studio.asks()[-1] == Generate(model="foxes-1")
    refused = await juno.answer(await juno.press(panel, "⭐ Make it the server's default"))
    assert "Only a moderator" in refused.text
    notice = await moss.answer(await moss.press(panel, "⭐ Make it the server's default"))
    assert chat.studio.asks()[-1] == SetDefaultModel(model_id="foxes-1")
    assert not notice.ephemeral
    assert (await juno.read(panel)).text == panel.text


async def test_the_training_message_lives(chat: Chat) -> None:
    """Redrawn in place with a sample and a chart; exactly these files stay on it."""
    juno = await chat.member()
    shown = await training_panel(chat, juno, "running", fraction=0.2)
    for fraction in (0.4, 0.6, 0.8):
        await chat.studio.show(training(chat.studio.asked[0][0], "running", fraction=fraction))
    now = await juno.read(shown)
    assert "**80 %** · 1 min 35 s left" in now.text
    assert now.files == ["sample.png", "chart.png"]
    assert len(await juno.messages_of_bot()) == 1
    assert await chat.problems() == []


# --- restarts --------------------------------------------------------------------------------------------------------


async def test_old_buttons_work_after_a_restart(chat: Chat) -> None:
    juno = await chat.member()
    before = await grid(juno)
    nine = await grid(juno, count=9)
    outputs = _outputs(nine)
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
    before = await grid(juno)
    message = chat.playground.world.find_message(before.id)
    assert message is not None
    for verb, label in (("open", "🔍 1"), ("share", "🔍 2")):
        for row in message.components[0]["components"]:
            for button in row.get("components", []):
                if button.get("custom_id", "").startswith("a:look:") and label.endswith(button.get("label", "-")):
                    button["custom_id"] = f"a:{verb}:{_outputs(before)[0]}"
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
    before = await grid(juno)
    message = chat.playground.world.find_message(before.id)
    assert message is not None
    for row in message.components[0]["components"]:
        for button in row.get("components", []):
            button["custom_id"] = "a:juggle:" + button["custom_id"][2:]
    shown = await juno.answer(await juno.press(await juno.read(before), "🔁"))
    assert "another version" in shown.text


def _outputs(shown: Shown) -> list[int]:
    return [int(name.removeprefix("artel-").removesuffix(".png")) for name in shown.files]
