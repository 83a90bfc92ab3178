"""The sheet before a training: what is checked, that nothing is spent before Start, that a version is always named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.art_asks import StartTraining
from bot.art_views import SheetView
from bot.records.schema import now
from bot.settings import Limits
from bot.stories import Origin, Train
from bot.workflows.sheets import put_away_old
from bot.workflows.training import training_id
from tests.fakes.files import drawing
from tests.flow.conftest import BEN, OTHER_GUILD, House
from tests.flow.test_contributing import art_ask, collection_of
from tests.flow.test_making import settled
from tests.flow.test_training import emoji_ask


async def sheet_of(house: House, ask: Train, **who: object) -> tuple[Origin, SheetView]:
    origin = await house.ask(ask.model_copy(update={"sheet": True}), **who)  # type: ignore[arg-type]

    def look() -> SheetView | None:
        shown = house.messenger.standing.get(origin.interaction_id)
        return shown if isinstance(shown, SheetView) else None

    return origin, await house.messenger.until(look, 10)


async def full_collection(house: House, count: int = 9) -> int:
    frogs = await collection_of(house, who="everyone")
    for first in range(0, count, 6):
        numbers = tuple(range(first, min(first + 6, count)))
        await house.messenger.answer(await house.ask(art_ask(house, *numbers, collection=frogs, title="")))
    return frogs


async def test_a_collection_is_checked_then_started_and_its_version_is_named(house: House) -> None:
    frogs = await full_collection(house)
    await house.messenger.answer(await house.ask(art_ask(house, 12, licence="cc-by-sa", collection=frogs), member=BEN))
    ask = Train(name="Frogs", source="collection", collection=frogs, minutes=0.25)
    origin, sheet = await sheet_of(house, ask)
    assert (sheet.works, sheet.source) == (10, "10 works of the collection Frogs")
    told = "\n".join(sheet.facts)
    for words in ("10 pictures to learn from, by 2 artists: Ada, Ben", "9 × CC BY 4.0", "shared alike", "soft"):
        assert words in told
    assert "60 to 80 of 100 works" in sheet.expected
    assert len(sheet.thumbnails) == 10
    line = await settled(house, origin.interaction_id)
    assert await house.records.usage.used("trainings", line.asked_at) == 0, "nothing is spent before Start"
    assert await house.records.trainings.going_on() == []

    start = await house.ask(StartTraining(sheet=origin.interaction_id))
    done = await house.messenger.training(start, "finished")
    training = await house.records.trainings.get(training_id(origin.interaction_id))
    assert training is not None
    (version,) = await house.records.collections.versions(frogs)
    assert training.version_id == version.id
    assert f"version 1 ({version.sha256[:8]})" == sheet.version
    assert {work["licence"] for work in training.body["works"]} == {"CC BY 4.0", "CC BY-SA 4.0"}
    assert {work["artist"] for work in training.body["works"]} == {"Ada", "Ben"}
    assert {tuple(work["tags"]) for work in training.body["works"]} == {("frog", "green")}, "prompts find them by it"
    assert done.model_id
    assert await house.records.usage.used("trainings", line.asked_at) == 1
    twice = await house.messenger.notice(await house.ask(StartTraining(sheet=origin.interaction_id)))
    assert "begun already" in twice.text


async def test_what_is_left_out_is_told_and_too_little_cannot_be_started(house: House) -> None:
    frogs = await collection_of(house)
    await house.messenger.answer(await house.ask(art_ask(house, 1, 2, 3, collection=frogs)))
    ask = Train(name="Frogs", source="collection", collection=frogs, minutes=0.25)
    origin, sheet = await sheet_of(house, ask)
    assert sheet.problem.startswith("3 works can be used, and learning needs at least 8")
    refused = await house.messenger.notice(await house.ask(StartTraining(sheet=origin.interaction_id)))
    assert "no record of that sheet" in refused.text
    elsewhere = await house.messenger.notice(await house.ask(ask, guild=OTHER_GUILD))
    assert "no such collection" in elsewhere.text


async def test_every_training_names_a_version(house: House) -> None:
    folder = house.folder / "folders" / "foxes"
    folder.mkdir(parents=True)
    for n in range(9):
        (folder / f"fox{n}.png").write_bytes(drawing(n))
    (folder / "dot.png").write_bytes(drawing(3, side=4))
    origin, sheet = await sheet_of(house, Train(name="Foxes", source="folder", folder="foxes", minutes=0.25))
    assert "dot.png" in "".join(sheet.left_out)
    await house.messenger.training(await house.ask(StartTraining(sheet=origin.interaction_id)), "finished")
    direct = await house.ask(emoji_ask(house))
    await house.messenger.training(direct, "finished")
    for request in (origin.interaction_id, direct.interaction_id):
        kept = await house.records.trainings.get(training_id(request))
        assert kept is not None
        assert kept.version_id is not None
        works = await house.records.collections.version_works(kept.version_id)
        assert [one.sha256 for one in works] == [work["sha256"] for work in kept.body["works"]]


async def test_a_moderator_confirms_the_rights_to_the_emoji_once(house: House) -> None:
    origin, sheet = await sheet_of(house, emoji_ask(house))
    assert sheet.needs_moderator
    start = StartTraining(sheet=origin.interaction_id)
    refused = await house.messenger.notice(await house.ask(start))
    assert "A moderator has to start this one" in refused.text
    await house.messenger.training(await house.ask(start, member=BEN, moderator=True), "finished")
    _, later = await sheet_of(house, emoji_ask(house, name="Second"))
    assert not later.needs_moderator


async def test_only_its_owner_or_a_moderator_starts_a_sheet(house: House) -> None:
    frogs = await full_collection(house)
    origin, _ = await sheet_of(house, Train(name="F", source="collection", collection=frogs, minutes=0.25))
    start = StartTraining(sheet=origin.interaction_id)
    assert (await house.messenger.notice(await house.ask(start, member=BEN))).tone == "refused"
    assert (await house.messenger.notice(await house.ask(start, guild=OTHER_GUILD))).tone == "refused"


async def test_a_sheet_that_nobody_starts_is_put_away_with_its_pictures(house: House) -> None:
    uploads = tuple(house.files.put(f"fox{n}.png", drawing(n)) for n in range(9))
    ask = Train(name="Foxes", source="files", uploads=uploads, minutes=0.25)
    origin, _ = await sheet_of(house, ask)
    await house.messenger.training(await house.ask(emoji_ask(house, 9)), "finished")
    frogs = await full_collection(house, 10)
    kept = len(list(house.worker.folder.glob("?" * 64)))
    assert await put_away_old(house.parts, now() - timedelta(days=7)) == 0, "it may still be started"
    other = tuple(house.files.put(f"toad{n}.png", drawing(40 + n)) for n in range(9))
    await sheet_of(house, ask.model_copy(update={"uploads": other, "name": "Toads"}))
    assert await put_away_old(house.parts, now() + timedelta(days=1)) == 9, "the foxes are emoji and frogs as well"
    assert len(list(house.worker.folder.glob("?" * 64))) == kept
    assert (await house.records.collections.get(frogs)) is not None
    late = await house.messenger.training(await house.ask(StartTraining(sheet=origin.interaction_id)), "failed")
    assert "no longer there" in late.error


class TestLimits:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(training_pictures_max=8)

    async def test_what_is_beyond_the_most_is_left_out(self, house: House) -> None:
        frogs = await full_collection(house)
        _, sheet = await sheet_of(house, Train(name="F", source="collection", collection=frogs, minutes=0.25))
        assert sheet.works == 8
        assert "1 beyond the most" in "".join(sheet.left_out)
