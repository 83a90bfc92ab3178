"""Sliders, breeding, walks, finding, the gallery: by button, by menu and by command."""

from __future__ import annotations

from bot.stories import (
    Breed,
    Favour,
    FindPicture,
    NameSlider,
    OpenLarge,
    Play,
    SetShowcase,
    StopTask,
    Walk,
)
from playground.seed import GALLERY
from tests.chat.conftest import Chat
from tests.chat.views import PNG


async def test_sliders_are_chosen_pulled_and_left(chat: Chat) -> None:
    juno = await chat.member()
    panel = await juno.grid(count=1)
    output = panel.outputs[0]
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
    panel = await juno.grid(count=1)
    output = panel.outputs[0]
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
    panel = await juno.grid(count=1)
    await juno.press(panel, "🎞️ Morph")
    mates = await juno.find(lambda shown: "Choose a picture…" in shown.controls)
    walk = await juno.answer(await juno.press(mates, "Choose a picture…", "13"))
    assert chat.studio.asks()[-1] == Walk(stops=(panel.outputs[0], 13))
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
    one, four = await juno.grid(count=1), await juno.grid()
    large = await ada.answer(await ada.apps(one, "Remix"))
    assert large.ephemeral
    assert chat.studio.asks()[-1] == OpenLarge(output_id=one.outputs[0])
    which = await ada.answer(await ada.apps(four, "Remix"))
    assert which.ephemeral
    await ada.press(which, "Choose a picture…", str(four.outputs[2]))
    chosen = await ada.find(lambda shown: shown.id == which.id and "🔁 Another" in shown.controls)
    assert chosen.ephemeral
    assert chat.studio.asks()[-1] == OpenLarge(output_id=four.outputs[2])
    told = await ada.answer(await ada.apps(one, "Credits"))
    assert "fox, by Ada" in told.text
    which = await ada.answer(await ada.apps(four, "Credits"))
    await ada.press(which, "Choose a picture…", str(four.outputs[1]))
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
