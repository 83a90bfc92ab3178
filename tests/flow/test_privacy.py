"""Getting all that is kept of oneself, and having it erased to nothing, models included."""

from __future__ import annotations

import asyncio
import io
import json
import time
import zipfile

import sqlalchemy as sa
from dbos import DBOS

from bot.art_asks import EraseMe, ExportMe, ShareCollection
from bot.art_views import FilesView
from bot.consent_words import FILES_CONSENT
from bot.records.people import Person
from bot.records.schema import metadata
from bot.stories import Favour, Generate, Origin, Train
from tests.fakes.files import drawing
from tests.flow.conftest import ADA, BEN, GUILD, House
from tests.flow.test_contributing import art_ask, collection_of
from tests.flow.test_sheets import full_collection
from tests.flow.test_training import emoji_ask
from tests.flow.test_withdrawing import blobs, given, learned, trained_anew


async def exported(house: House, member: int = ADA) -> tuple[dict[str, list[dict[str, object]]], list[str]]:
    view = await house.messenger.answer(await house.ask(ExportMe(), member=member))
    assert isinstance(view, FilesView)
    archive = zipfile.ZipFile(io.BytesIO(bytes(view.files[0][1])))
    return json.loads(archive.read("data.json")), archive.namelist()


async def erased(house: House, member: int = ADA) -> Origin:
    origin = await house.ask(EraseMe(), member=member)
    done = await house.messenger.notice(origin)
    assert done.text.startswith("It is done: nothing of you is kept"), done.text
    async with asyncio.timeout(10):
        while await house.records.erasing.everything_of(member):  # noqa: ASYNC110 (the last step is told to nobody)
            await asyncio.sleep(0.05)
    return origin


async def mentions(house: House, needle: str) -> list[str]:
    """Tables in which a word or a number still stands anywhere."""
    found = []
    async with house.records.database.read() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(sa.select(table))).all()
            if any(needle in str(value) for row in rows for value in row):
                found.append(table.name)
    return found


async def test_an_export_holds_every_row_and_the_pictures(house: House) -> None:
    await house.messenger.answer(await house.ask(art_ask(house, 1, 2)))
    made = await house.messenger.pictures(await house.ask(Generate(count=4)))
    await house.messenger.notice(await house.ask(Favour(output_id=made.pictures[0].output_id, name="blue")))
    told, names = await exported(house)
    assert {"artworks", "consents", "favourites", "members", "outputs", "requests"} <= set(told)
    assert len(told["outputs"]) == 4
    assert told["favourites"][0]["name"] == "blue"
    assert sum(name.startswith("works/") for name in names) == 2
    assert sum(name.startswith("pictures/") for name in names) == 4
    of_ben, _ = await exported(house, BEN)
    assert set(of_ben) <= {"about", "members", "requests"}, "nothing of others is in it"


async def test_after_an_erasure_nothing_is_left_and_what_others_need_stands(house: House) -> None:
    frogs = await full_collection(house, 4)
    await house.ask(ShareCollection(collection=frogs, member_id=BEN, member_name="Ben"))
    ben = await given(house, BEN, 12)
    await house.records.collections.add(frogs, [one.id for one in ben], Person(BEN, "Ben"))
    ada = await house.records.art.of_member(ADA)
    both = await learned(house, frogs, "Both", BEN)
    emoji = tuple(house.files.put(f"e{n}.png", drawing(20 + n)) for n in range(9))
    ask = Train(name="Emoji", source="emoji", emoji=emoji, minutes=0.25)
    hers = await house.messenger.training(await house.ask(ask), "finished")
    made = await house.messenger.pictures(await house.ask(Generate(count=4)))
    star = Favour(output_id=made.pictures[0].output_id, name="hers")
    await house.messenger.notice(await house.ask(star, member=BEN))

    await erased(house)
    assert await mentions(house, "Ada") == []
    assert blobs(house, ada) == []
    assert (await exported(house))[0].keys() <= {"about", "members", "requests"}, "only the asking itself"
    assert both in await house.records.retirements.all()
    anew = await trained_anew(house, both)
    works = await house.records.trainings.get(anew.training_id)
    assert works is not None
    assert {work["artist"] for work in works.body["works"]} == {"Ben"}
    assert hers.model_id in {line.id for line in await house.studio.models(GUILD)}, "the emoji are the server's"
    found = await house.records.collections.get(frogs)
    assert found is not None
    assert (found.owner_id, found.works) == (0, 12)
    assert await house.records.favourites.name(BEN, made.pictures[0].output_id) is None


async def test_models_of_attached_files_go_with_whoever_attached_them(house: House) -> None:
    uploads = art_ask(house, *range(9)).uploads
    ask = Train(name="Mine", source="files", uploads=uploads, minutes=0.25)
    done = await house.messenger.training(await house.ask(ask), "finished")
    training = await house.records.trainings.get(done.training_id)
    assert training is not None
    attached = await house.records.collections.version_works(training.version_id or 0)
    assert len(attached) == 9
    told, _ = await exported(house)
    assert [(one["what"], one["words"]) for one in told["consents"]] == [("files", FILES_CONSENT)]
    await erased(house)
    assert done.model_id in await house.records.retirements.all()
    assert not (house.worker.folder / f"{done.model_id}.model").exists()
    for work in attached:
        assert not (house.worker.folder / work.sha256).exists(), "nor are the files kept"
    assert await mentions(house, "Ada") == []


async def test_a_training_that_goes_on_ends_with_its_owner(house: House) -> None:
    running = await house.ask(emoji_ask(house, minutes=20))
    await house.messenger.training(running, "running")
    await erased(house)
    await house.messenger.training(running, "cancelled")


async def test_two_hundred_works_in_three_collections_are_erased_within_the_minute(house: House) -> None:
    house.worker.credits_works = True
    ada = await given(house, ADA, 200)
    for n in range(3):
        made = await collection_of(house, f"Set {n}")
        await house.records.collections.add(made, [one.id for one in ada[n * 50 :]], Person(ADA, "Ada"))
    collections = [one.id for one in await house.records.collections.of_server(GUILD)]
    models = [await learned(house, collections[n], f"Model {n}", BEN) for n in range(2)]
    for model in models:
        await house.messenger.pictures(await house.ask(Generate(count=9, model=model), member=BEN))
    began = time.monotonic()
    await erased(house)
    assert time.monotonic() - began < 60
    assert blobs(house, ada) == []
    assert set(models) <= set(await house.records.retirements.all())
    assert list(house.worker.folder.glob("*.model")) == []
    assert await mentions(house, "Ada") == []


async def test_what_the_workflows_noted_goes_too(house: House) -> None:
    await house.messenger.answer(await house.ask(art_ask(house, 1, 2)))
    await house.messenger.pictures(await house.ask(Generate(count=4), member=BEN))
    assert {ADA, BEN} <= await noted(house)
    await erased(house)

    async def forgotten() -> None:
        async with asyncio.timeout(10):
            while ADA in await noted(house):
                await house.studio._forget()  # as the background does every few seconds
                await asyncio.sleep(0.05)

    await forgotten()
    assert BEN in await noted(house)


async def noted(house: House) -> set[int]:
    """Members whom a workflow's notes name."""
    found = await DBOS.list_workflows_async(load_output=False)
    return {one.input["args"][0].member_id for one in found if one.input}
