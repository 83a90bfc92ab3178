"""An artist takes works back: collections, models, pictures and messages follow, and a training without them begins."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Sequence

from bot.art_asks import ShareCollection, StartTraining, WithdrawArt
from bot.art_views import CollectionView
from bot.consent_words import CONSENT
from bot.records.art import Artwork, Given, NewArt, artworks, consents
from bot.records.people import Person
from bot.records.retirements import Retirement
from bot.stories import Generate, NoticeView, SteerTraining, Train, TrainingView, Variations
from tests.flow.conftest import ADA, BEN, GUILD, House
from tests.flow.test_contributing import art_ask, collection_of
from tests.flow.test_making import settled
from tests.flow.test_sheets import full_collection, sheet_of

NAMES = {ADA: "Ada", BEN: "Ben"}


async def given(house: House, member: int, count: int, start: int = 0) -> list[Artwork]:
    """Works on record and at the worker, as a contribution leaves them; drawing hundreds would only take time."""
    chance = random.Random(member * 1000 + start)
    new = []
    for n in range(count):
        data = f"{member} {start + n}".encode() + chance.randbytes(40)
        await house.worker.put_blob(data)
        thumb = chance.randbytes(1024).hex()
        sha256 = hashlib.sha256(data).hexdigest()
        phash = f"{chance.getrandbits(64):016x}"
        new.append(NewArt(f"work {n}", "", "cc-by", sha256, phash, thumb, 128, len(data)))
    who = Given(next(house.ids), Person(GUILD, "Net people"), Person(member, NAMES[member]), CONSENT)
    return await house.records.art.give(who, new)


async def learned(house: House, collection: int, name: str, member: int = ADA) -> str:
    """A model of a collection."""
    origin, sheet = await sheet_of(
        house, Train(name=name, source="collection", collection=collection, minutes=0.25), member=member
    )
    assert not sheet.problem
    start = await house.ask(StartTraining(sheet=origin.interaction_id), member=member)
    done = await house.messenger.training(start, "finished", seconds=30)
    await settled(house, start.interaction_id)
    assert done.model_id is not None
    return done.model_id


def blobs(house: House, works: Sequence[Artwork]) -> list[str]:
    """Those of these pictures that the worker still holds."""
    return [one.sha256 for one in works if (house.worker.folder / one.sha256).exists()]


async def trained_anew(house: House, model_id: str) -> TrainingView:
    """The message of the training that takes a retired model's place, once it has ended."""

    async def row() -> Retirement:
        async with asyncio.timeout(20):
            while True:
                found = (await house.records.retirements.all())[model_id]
                if found.begun_at is not None:
                    return found
                await asyncio.sleep(0.05)

    planned = await row()
    assert planned.retrain_id is not None

    def look() -> TrainingView | None:
        shown = house.messenger.standing.get(planned.retrain_id or 0)
        return shown if isinstance(shown, TrainingView) and shown.phase == "finished" else None

    return await house.messenger.until(look, 20)


async def test_a_withdrawn_work_is_out_of_everything_at_once_and_a_training_without_it_follows(house: House) -> None:
    house.worker.credits_works = True
    frogs = await full_collection(house, 10)
    works = await house.records.collections.works(frogs)
    model = await learned(house, frogs, "Frogs")
    views = [await house.messenger.pictures(await house.ask(Generate(count=9, model=model))) for _ in range(2)]
    made = [picture.output_id for view in views for picture in view.pictures]
    gone = works[0]
    crediting = [
        one.id for one in await house.records.outputs.several(made) if gone.sha256 in {c["work"] for c in one.credits}
    ]
    assert crediting, "or the test shows nothing"

    shared = await house.ask(ShareCollection(collection=frogs))
    page = await house.messenger.answer(shared)
    assert isinstance(page, CollectionView), "everyone in the channel sees the works"
    await settled(house, shared.interaction_id)
    origin = await house.ask(WithdrawArt(artworks=(gone.id,)))
    done = await house.messenger.notice(origin)
    assert done.text == (
        "1 work is withdrawn. 1 model that learned from it is retired. A training without it is lined up."
    )
    assert gone.id not in {one.id for one in await house.records.collections.works(frogs)}
    assert blobs(house, [gone]) == []
    assert not (house.worker.folder / f"{model}.model").exists()
    left = [one for one in await house.records.outputs.several(made) if one.deleted_at is None]
    assert not {one.id for one in left} & set(crediting)
    assert len(left) == len(made) - len(crediting), "what owes it nothing stays"
    refused = await house.messenger.notice(await house.ask(Generate(model=model)))
    assert "is retired: art that it learned from was withdrawn" in refused.text
    if left:
        vary = await house.messenger.notice(await house.ask(Variations(output_id=left[0].id)))
        assert "is retired" in vary.text
    card, living = await house.records.requests.get(gone.request_id), await house.records.trainings.get(model)
    assert card is not None
    assert living is not None
    shows_it = await house.records.requests.get(living.request_id)
    assert shows_it is not None
    deleted = {one.message_id for one in house.messenger.deleted}
    assert {card.answer_message_id, shows_it.answer_message_id} <= deleted, "what shows the work goes"
    listed = await house.records.requests.get(shared.interaction_id)
    assert listed is not None
    assert listed.answer_message_id in deleted, "and so does a page of the collection"
    told = [view for view in house.messenger.views if isinstance(view, NoticeView) and not view.ephemeral]
    assert "An artist withdrew 1 work." in told[0].text
    assert "**Frogs** learned from it" in told[0].text

    anew = await trained_anew(house, model)
    assert anew.title == "Frogs"
    assert anew.model_id not in (None, model)
    (second, _) = await house.records.collections.versions(frogs)
    held = {one.sha256 for one in await house.records.collections.version_works(second.id)}
    assert held == {one.sha256 for one in works[1:]}
    assert (await house.messenger.pictures(await house.ask(Generate(model="Frogs")))).model_id == anew.model_id
    deeds = {deed.action for deed in await house.records.audit.latest(GUILD)}
    assert {"consent_given", "consent_withdrawn", "models_retired", "pictures_taken_back"} <= deeds


async def test_pictures_that_only_look_like_it_are_taken_back_too(house: House) -> None:
    """The fake model's pictures credit other works; one of them looks like Ada's."""
    frogs = await full_collection(house, 9)
    model = await learned(house, frogs, "Frogs")
    view = await house.messenger.pictures(await house.ask(Generate(count=4, model=model)))
    works = await house.records.collections.works(frogs)
    copy = house.worker.looks_like = (view.pictures[1].seed, (house.worker.folder / works[0].sha256).read_bytes())
    assert copy[0] is not None
    await house.messenger.notice(await house.ask(WithdrawArt(artworks=(works[0].id,))))
    rows = await house.records.outputs.several([one.output_id for one in view.pictures])
    assert [one.deleted_at is not None for one in rows] == [False, True, False, False]


async def test_models_that_started_from_a_retired_one_are_retired_as_well(house: House) -> None:
    frogs = await full_collection(house, 9)
    first = await learned(house, frogs, "First")
    ben = await collection_of(house, "Toads", member=BEN)
    toads = await given(house, BEN, 10)
    await house.records.collections.add(ben, [one.id for one in toads], Person(BEN, "Ben"))
    ask = Train(name="Second", source="collection", collection=ben, minutes=0.25, base=first)
    second = await house.messenger.training(await house.ask(ask, member=BEN), "finished")
    works = await house.records.collections.works(frogs)
    await house.messenger.notice(await house.ask(WithdrawArt(artworks=(works[0].id,))))
    assert set(await house.records.retirements.all()) == {first, second.model_id}
    assert blobs(house, toads) == [one.sha256 for one in toads], "what was not withdrawn stays"


async def test_a_training_that_learns_from_it_now_is_called_off(house: House) -> None:
    frogs = await full_collection(house, 9)
    ask = Train(name="Slow", source="collection", collection=frogs, minutes=20)
    running = await house.ask(ask)
    await house.messenger.training(running, "running")
    works = await house.records.collections.works(frogs)
    await house.messenger.notice(await house.ask(WithdrawArt(artworks=(works[3].id,))))
    await house.messenger.training(running, "cancelled")
    assert list(house.worker.folder.glob("*.training")) == []


async def test_a_sheet_with_a_work_withdrawn_since_does_not_start(house: House) -> None:
    frogs = await full_collection(house, 9)
    origin, _ = await sheet_of(house, Train(name="F", source="collection", collection=frogs, minutes=0.25))
    works = await house.records.collections.works(frogs)
    await house.messenger.notice(await house.ask(WithdrawArt(artworks=(works[0].id,))))
    view = await house.messenger.training(await house.ask(StartTraining(sheet=origin.interaction_id)), "failed")
    assert "withdrawn since" in view.error


async def test_only_the_artist_and_moderators_withdraw(house: House) -> None:
    await house.messenger.answer(await house.ask(art_ask(house, 1, 2)))
    works = await house.records.art.of_member(ADA)
    ask = WithdrawArt(artworks=tuple(one.id for one in works))
    assert (await house.messenger.notice(await house.ask(ask, member=BEN))).tone == "refused"
    request = WithdrawArt(request_id=works[0].request_id)
    assert "Only the artist" in (await house.messenger.notice(await house.ask(request, member=BEN))).text
    assert (await house.messenger.notice(await house.ask(request, member=BEN, moderator=True))).tone == "done"
    assert "nothing here" in (await house.messenger.notice(await house.ask(ask))).text
    async with house.records.database.read() as connection:
        rows = (await connection.execute(consents.select())).all()
    assert all(row.given_at and row.withdrawn_at for row in rows), "a consent keeps both of its dates"


async def test_what_was_given_takes_up_no_room_once_all_of_it_is_withdrawn(house: House) -> None:
    origin = await house.ask(art_ask(house, 1, 2))
    await house.messenger.answer(origin)
    assert (await house.records.usage.of_request(origin.interaction_id))["disk_mib"] >= 0
    await house.messenger.notice(await house.ask(WithdrawArt(request_id=origin.interaction_id)))
    assert await house.records.usage.of_request(origin.interaction_id) == {}


async def test_two_hundred_works_three_collections_two_models_are_gone_within_the_minute(house: House) -> None:
    house.worker.credits_works = True
    ada, ben = await given(house, ADA, 150), await given(house, BEN, 50)
    for name, works in (("All", ada + ben), ("Ada", ada), ("Ben", ben)):
        made = await collection_of(house, name, who="everyone")
        await house.records.collections.add(made, [one.id for one in works], Person(ADA, "Ada"))
    collections = {one.name: one.id for one in await house.records.collections.of_server(GUILD)}
    models = [await learned(house, collections[name], f"{name}s", BEN) for name in ("All", "Ada")]
    for model in models:
        await house.messenger.pictures(await house.ask(Generate(count=9, model=model), member=BEN))
    began = time.monotonic()
    done = await house.messenger.notice(await house.ask(WithdrawArt(everything=True)))
    seconds = time.monotonic() - began
    assert done.text.startswith("150 works are withdrawn. 2 models")
    assert seconds < 60
    assert blobs(house, ada) == []
    assert blobs(house, ben) == [one.sha256 for one in ben]
    assert {one.name: one.works for one in await house.records.collections.of_server(GUILD)} == {
        "All": 50,
        "Ada": 0,
        "Ben": 50,
    }
    assert set(models) == set(await house.records.retirements.all())
    async with house.records.database.read() as connection:
        shown = (await connection.execute(artworks.select().where(artworks.c.member_id == ADA))).all()
    assert {(row.thumb, row.phash, row.title, row.bytes) for row in shown} == {("", "", "", 0)}
    again = (await house.records.retirements.all())[models[1]]
    assert again.retrain_id is None, "nothing is left of a collection that was all hers"
    await trained_anew(house, models[0])


async def test_a_retraining_can_be_cancelled_by_whose_model_it_was(house: House) -> None:
    frogs = await full_collection(house, 9)
    model = await learned(house, frogs, "Frogs")
    house.worker.speed = 0.5
    works = await house.records.collections.works(frogs)
    await house.messenger.notice(await house.ask(WithdrawArt(artworks=(works[0].id,))))

    async def going() -> str:
        async with asyncio.timeout(20):
            while True:
                found = [one for one in await house.records.trainings.going_on() if one.state == "running"]
                if found:
                    return found[0].id
                await asyncio.sleep(0.05)

    steer = SteerTraining(training_id=await going(), action="cancel")
    assert (await house.messenger.notice(await house.ask(steer))).tone == "done"
    assert model in await house.records.retirements.all()
