"""Art comes in by a form, with consent, and is gathered into collections that trainings learn from."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest

from bot.art_asks import AddToCollection, Contribute, CreateCollection, ExportCollection, ShareCollection
from bot.art_views import ArtView, FilesView
from bot.consent_words import CONSENT, as_shown
from bot.errors import Refused
from bot.records.art import consents
from bot.records.collections import VersionWork, content_hash
from bot.stories import NoticeView
from tests.fakes.files import drawing
from tests.flow.conftest import ADA, BEN, GUILD, OTHER_GUILD, House
from tests.flow.test_making import settled


def art_ask(house: House, *numbers: int, licence: str = "cc-by", rights: bool = True, **more: object) -> Contribute:
    uploads = tuple(house.files.put(f"frog{n}.png", drawing(n)) for n in numbers)
    told = {"title": "Frogs", "tags": "frog, Green", "licence": licence, "rights": rights, "uploads": uploads}
    return Contribute.model_validate({**told, **more})


async def collection_of(house: House, name: str = "Frogs", member: int = ADA, who: str = "owner") -> int:
    ask = CreateCollection.model_validate({"name": name, "who_adds": who})
    done = await house.messenger.notice(await house.ask(ask, member=member))
    assert done.tone == "done", done.text
    found = await house.records.collections.named(GUILD, name)
    assert found is not None
    return found.id


async def test_art_is_kept_with_a_dated_consent_and_shown_on_a_card(house: House) -> None:
    origin = await house.ask(art_ask(house, 1, 2, 3))
    card = await house.messenger.answer(origin)
    assert isinstance(card, ArtView)
    assert (len(card.works), card.licence, card.tags) == (3, "CC BY 4.0", "frog, green")
    assert all(line.thumbnail for line in card.works)
    works = await house.records.art.of_member(ADA)
    assert sorted(one.title for one in works) == ["Frogs 1", "Frogs 2", "Frogs 3"]
    async with house.records.database.read() as connection:
        rows = (await connection.execute(consents.select())).all()
    assert {(row.words, row.licence, row.withdrawn_at) for row in rows} == {(CONSENT, "cc-by", None)}
    assert {row.artwork_id for row in rows} == {one.id for one in works}
    assert (await settled(house, origin.interaction_id)).state == "done"


async def test_consent_is_kept_in_the_words_that_were_ticked(house: House) -> None:
    origin = house.origin().model_copy(update={"locale": "de"})
    await house.studio.ask(origin, art_ask(house, 1))
    await house.messenger.answer(origin)
    async with house.records.database.read() as connection:
        (row,) = (await connection.execute(consents.select())).all()
    assert row.words == as_shown(CONSENT, "de") != CONSENT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rights": False}, "tick the box"),
        ({"licence": "mine"}, "one of the licences"),
        ({"collection": 99}, "no such collection"),
    ],
)
async def test_without_consent_nothing_is_even_fetched(house: House, change: dict[str, object], words: str) -> None:
    ask = art_ask(house, 1).model_copy(update=change)
    refused = await house.messenger.notice(await house.ask(ask))
    assert (refused.tone, words in refused.text) == ("refused", True)
    assert await house.records.art.of_member(ADA) == []
    with pytest.raises(Refused, match="belongs to a server"):
        await house.ask(art_ask(house, 1), guild=None)


async def test_bad_files_and_what_was_given_already_are_left_out_with_the_reason(house: House) -> None:
    await house.messenger.answer(await house.ask(art_ask(house, 1)))
    ask = art_ask(house, 1, 2)
    bad = house.files.put("text.png", b"no picture")
    card = await house.messenger.answer(await house.ask(ask.model_copy(update={"uploads": (*ask.uploads, bad)})))
    assert isinstance(card, ArtView)
    assert len(card.works) == 1
    assert "text.png" in "".join(card.left_out)
    assert "1 given already: frog1.png" in "".join(card.left_out)
    nothing = await house.messenger.notice(await house.ask(art_ask(house, 2)))
    assert nothing.text.startswith("Nothing was taken: 1 given already")


async def test_a_collection_takes_art_from_those_who_may_add(house: House) -> None:
    frogs = await collection_of(house)
    again = await house.messenger.notice(await house.ask(CreateCollection(name=" FROGS "), member=BEN))
    assert "already" in again.text
    await house.messenger.answer(await house.ask(art_ask(house, 1, 2, collection=frogs)))
    refused = await house.messenger.notice(await house.ask(art_ask(house, 5, collection=frogs), member=BEN))
    assert "Only whoever made it may add" in refused.text
    share = ShareCollection(collection=frogs, member_id=BEN, member_name="Ben")
    assert (await house.messenger.notice(await house.ask(share, member=BEN))).tone == "refused"
    await house.messenger.notice(await house.ask(share))
    await house.messenger.answer(await house.ask(art_ask(house, 5), member=BEN))
    added = await house.messenger.notice(await house.ask(AddToCollection(collection=frogs, whose="mine"), member=BEN))
    assert "1 work is new in **Frogs**" in added.text
    view = await house.studio.collection(house.origin(), frogs, 0)
    assert (view.line.works, view.line.artists, view.licences) == (3, 2, (("CC BY 4.0", 3),))
    elsewhere = AddToCollection(collection=frogs, whose="mine")
    assert (await house.messenger.notice(await house.ask(elsewhere, guild=OTHER_GUILD))).tone == "refused"


async def test_an_export_holds_what_may_leave_with_artists_and_licences(house: House) -> None:
    frogs = await collection_of(house, who="everyone")
    await house.messenger.answer(await house.ask(art_ask(house, 1, 2, collection=frogs)))
    await house.messenger.answer(await house.ask(art_ask(house, 5, licence="server", collection=frogs), member=BEN))
    view = await house.messenger.answer(await house.ask(ExportCollection(collection=frogs)))
    assert isinstance(view, FilesView)
    assert "1 work stays" in view.text
    archive = zipfile.ZipFile(io.BytesIO(bytes(view.files[0][1])))
    told = json.loads(archive.read("manifest.json"))
    assert [(one["artist"], one["licence"]) for one in told["works"]] == [("Ada", "CC BY 4.0")] * 2
    assert all(archive.read(one["file"]).startswith(b"\x89PNG") for one in told["works"])
    narrow = house.origin().model_copy(update={"filesize_limit": 900})
    await house.studio.ask(narrow, ExportCollection(collection=frogs))
    little = await house.messenger.answer(narrow)
    assert isinstance(little, FilesView)
    assert "did not fit" in little.text


def test_a_version_is_the_same_whatever_its_order_and_another_with_another_licence() -> None:
    works = [VersionWork("a" * 64, "fox", "Ada", "CC0 1.0"), VersionWork("b" * 64, "cat", "Ben", "CC0 1.0")]
    assert content_hash(works) == content_hash(works[::-1])
    assert content_hash(works) != content_hash([works[0], replace(works[1], licence="CC BY 4.0")])
    assert content_hash(works) != content_hash(works[:1])


async def test_versions_are_frozen_once_for_one_content(house: House) -> None:
    frogs = await collection_of(house)
    await house.messenger.answer(await house.ask(art_ask(house, 1, 2, collection=frogs)))
    works = [VersionWork("a" * 64), VersionWork("b" * 64)]
    first = await house.records.collections.freeze(GUILD, frogs, "frogs", works)
    same = await house.records.collections.freeze(GUILD, frogs, "frogs", works[::-1])
    other = await house.records.collections.freeze(GUILD, frogs, "frogs", works[:1])
    assert (first.number, same, other.number) == (1, first, 2)
    assert await house.records.collections.version_works(first.id) == works


async def test_a_refusal_is_a_word_to_the_asker(house: House) -> None:
    refused = await house.messenger.answer(await house.ask(ExportCollection(collection=7)))
    assert isinstance(refused, NoticeView)
    assert refused.tone == "refused"
