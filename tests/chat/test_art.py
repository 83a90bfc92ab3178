"""What one gives, gathers and takes back, over the real client: forms, cards, lists, questions."""

from __future__ import annotations

from typing import Any

import pytest

from bot.art_asks import Contribute, EraseMe, ExportMe, ShareCollection, StartTraining, WithdrawArt
from bot.parcels import Slip
from bot.stories import Train
from tests.chat.conftest import Chat
from tests.chat.people import eventually
from tests.chat.views import png

FORM: dict[str, Any] = {"files": [0, 1], "title": "Frogs\nfrog, green", "licence": "cc-by", "rights": True}
FILES = {"a.png": png(), "b.png": png()}


async def test_the_form_asks_for_files_a_licence_and_the_rights(chat: Chat) -> None:
    ada = await chat.artist()
    asked = await ada.command("contribute", collection="5")
    form = await ada.modal(asked)
    assert [one["type"] for one in form["components"]] == [18, 18, 18, 10, 18]
    assert "I made this art" in form["components"][3]["content"]
    sent = await ada.submit(asked, FORM, FILES)
    card = await ada.answer(sent)
    assert "gave 3 pictures" in card.text
    assert "Frogs \\*of\\* mine" in card.text
    assert len(card.pictures) == 3
    (ask,) = chat.studio.asks()
    assert isinstance(ask, Contribute)
    assert (ask.title, ask.tags, ask.licence, ask.rights, ask.collection) == ("Frogs", "frog, green", "cc-by", True, 5)
    assert [one.filename for one in ask.uploads] == ["a.png", "b.png"]
    unticked = await ada.submit(await ada.command("contribute"), {**FORM, "rights": False}, FILES)
    await ada.answer(unticked)
    assert chat.studio.asks()[-1].rights is False  # type: ignore[union-attr]


async def test_a_zip_that_lies_ready_is_given_without_the_form(chat: Chat) -> None:
    ada, juno = await chat.artist(), await chat.member()
    slip = Slip(file="a.zip", pictures=40, title="Pond", tags="frog", licence="cc0", words="mine", number="7a")
    chat.studio.slips = {int(ada.id): slip}
    card = await ada.answer(await ada.command("contribute", collection="5"))
    assert "gave 3 pictures" in card.text
    (ask,) = chat.studio.asks()
    assert ask == Contribute(title="Pond", tags="frog", licence="cc0", rights=True, collection=5, parcel="7a")
    assert (await juno.modal(await juno.command("contribute")))["components"], "for others the form opens as ever"


async def test_withdraw_is_the_artists_and_asks_before_it_does_it(chat: Chat) -> None:
    ada, juno = await chat.artist(), await chat.member()
    card = await ada.answer(await ada.submit(await ada.command("contribute"), FORM, FILES))
    refused = await juno.answer(await juno.press(card, "↩️ Withdraw"))
    assert refused.ephemeral
    await chat.stop()
    await chat.start()  # the button outlives the process that made it
    page = await ada.answer(await ada.press(card, "↩️ Withdraw"))
    assert page.ephemeral
    assert "2 models learned from them." in page.text
    await ada.press(page, "Choose what to withdraw…", "1", "3")
    question = await ada.find(lambda shown: "Withdraw these 2 works?" in shown.text)
    await ada.press(question, "Yes, withdraw")
    await ada.find(lambda shown: "Withdrawn." in shown.text)
    assert chat.studio.asks() == [WithdrawArt(artworks=(1, 3))]
    mine = await ada.answer(await ada.command("withdraw"))
    await ada.press(mine, "Withdraw everything I gave")
    question = await ada.find(lambda shown: "Withdraw these 4 works?" in shown.text)
    await ada.press(question, "Yes, withdraw")

    async def asked() -> bool | None:
        return True if WithdrawArt(everything=True) in chat.studio.asks() else None

    await eventually(asked, "the withdrawal of everything")


async def test_collections_are_leafed_through_and_shared(chat: Chat) -> None:
    moss, juno = await chat.moderator(), await chat.member()
    listed = await moss.answer(await moss.command("collection show"))
    assert "24 works · 2 artists" in listed.text
    await moss.press(listed, "Open a collection…", "5")
    opened = await moss.find(lambda shown: "🗂️ Pond" in shown.text)
    assert opened.ephemeral
    await moss.press(opened, "▶️ Older")
    shared = await moss.answer(await moss.command("collection share", collection="Pond"))
    assert not shared.ephemeral
    beside = await juno.answer(await juno.press(shared, "▶️ Older"))
    assert beside.ephemeral
    assert await juno.modal(await juno.press(shared, "🎨 Give art to it"))
    await moss.answer(await moss.command("collection share", collection="5", member=juno.id, who_adds="everyone"))
    ask = chat.studio.asks()[-1]
    assert isinstance(ask, ShareCollection)
    assert (ask.member_id, ask.who_adds) == (int(juno.id), "everyone")


async def test_a_training_shows_its_sheet_and_starts_at_a_press(chat: Chat) -> None:
    ada, juno, moss = await chat.artist(), await chat.member(), await chat.moderator()
    asked = await ada.command("train collection", name="Pond", collection="5")
    sheet = await ada.answer(asked)
    assert "Before it learns: Pond" in sheet.text
    assert "20 × CC BY 4.0" in sheet.text
    (train,) = chat.studio.asks()
    assert isinstance(train, Train)
    assert (train.source, train.collection, train.sheet) == ("collection", 5, True)
    assert "Only the person who asked" in (await juno.answer(await juno.press(sheet, "🎓 Start"))).text
    await ada.answer(await ada.press(sheet, "🎓 Start"))
    assert chat.studio.asks()[-1] == StartTraining(sheet=int(asked))
    other = await ada.answer(await ada.command("train collection", name="Pond", collection="5"))
    await moss.press(other, "Cancel")


async def test_privacy_is_told_in_ten_lines_with_ways_to_get_and_erase(chat: Chat) -> None:
    juno = await chat.member()
    page = await juno.answer(await juno.command("privacy"))
    assert page.ephemeral
    assert "10. " in page.text
    assert "http://127.0.0.1:8780/privacy" in page.text
    taken = await juno.answer(await juno.press(page, "📦 Get all my data"))
    assert taken.ephemeral
    assert taken.files == ["artel.zip"]
    question = await juno.answer(await juno.press(page, "🗑️ Erase me"))
    await juno.press(question, "Yes, erase everything")
    await juno.find(lambda shown: shown.text.endswith("Done."))
    assert chat.studio.asks() == [ExportMe(), EraseMe()]


@pytest.mark.parametrize("typed", ["Nothing", "999999999999999999999"])
async def test_a_collection_that_is_not_there_is_refused(chat: Chat, typed: str) -> None:
    ada = await chat.artist()
    answer = await ada.answer(await ada.command("contribute", collection=typed))
    assert "no such collection" in answer.text
