"""A training from the ask to the model, in a message that lives."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.settings import Limits
from bot.stories import FilmView, Generate, NoticeView, PicturesView, ShowFilm, SteerTraining, Train, TrainingView
from bot.workflows.losses import explained
from bot.workflows.training import training_id
from tests.fakes.files import drawing
from tests.fakes.messenger import FakeMessenger
from tests.flow.conftest import BEN, GUILD, OTHER_GUILD, House, open_house
from tests.flow.test_making import settled


def emoji_ask(house: House, count: int = 10, *, minutes: float = 0.25, name: str = "Net folk") -> Train:
    emoji = tuple(house.files.put(f"emoji{n}.png", drawing(n)) for n in range(count))
    return Train(name=name, source="emoji", emoji=emoji, minutes=minutes)


async def test_a_training_lives_in_one_message_and_ends_as_a_model(house: House) -> None:
    origin = await house.ask(emoji_ask(house))
    done = await house.messenger.training(origin, "finished")
    views = [view for view in house.messenger.views if isinstance(view, TrainingView)]
    assert views[0].phase == "checking"
    running = [view for view in views if view.phase == "running"]
    assert len(running) >= 2
    assert [view.fraction for view in running] == sorted(view.fraction for view in running)
    assert all(view.seconds_left is not None for view in running)
    assert running[-1].activity == "inventing new ones"
    assert running[-1].sample
    assert len(running[-1].history) > len(running[0].history)
    assert done.figures == "coverage 72 % · KID 41 (the base: 312)"
    assert done.source == "this server's 10 emoji"
    assert done.sample
    assert set(house.messenger.standing) == {origin.interaction_id}

    line = await settled(house, origin.interaction_id)
    assert (line.state, line.kind, line.model, line.training) == ("done", "train", done.model_id, done.training_id)
    made = await house.messenger.pictures(await house.ask(Generate(count=1, model="net folk")))
    assert made.model_title == "Net folk"


async def test_how_it_learned_can_be_watched_by_everybody_there(house: House) -> None:
    done = await house.messenger.training(await house.ask(emoji_ask(house)), "finished")
    assert done.film
    shown = await house.ask(ShowFilm(training_id=done.training_id), member=BEN)
    film = await house.messenger.until(lambda: house.messenger.standing.get(shown.interaction_id), 5.0)
    assert isinstance(film, FilmView)
    assert (film.title, film.model_id) == ("Net folk", done.model_id)
    assert bytes(film.film).startswith(b"\x89PNG")
    elsewhere = await house.messenger.notice(await house.ask(ShowFilm(training_id=done.training_id), guild=OTHER_GUILD))
    assert elsewhere.tone == "refused"


async def test_the_new_model_belongs_to_its_server(house: House) -> None:
    done = await house.messenger.training(await house.ask(emoji_ask(house)), "finished")
    here = {line.id: line.made_by for line in await house.studio.models(GUILD)}
    assert here == {done.model_id: "Ada", "drawings": ""}
    assert [line.id for line in await house.studio.models(OTHER_GUILD)] == ["drawings"]
    refused = await house.messenger.notice(await house.ask(Generate(model=done.model_id), guild=OTHER_GUILD))
    assert refused.tone == "refused"


async def test_files_are_checked_and_what_is_left_out_is_told_with_the_reason(house: House) -> None:
    uploads = [house.files.put(f"good{n}.png", drawing(n)) for n in range(8)]
    uploads += [
        house.files.put("empty.png", b""),
        house.files.put("text.png", b"this is no picture at all"),
        house.files.put("dot.png", drawing(3, side=4)),
        house.files.put("again.png", drawing(0)),
        house.files.put("gone.png", b"x").model_copy(update={"url": f"{house.files.url}/nowhere.png"}),
    ]
    ask = Train(name="Mixed", source="files", uploads=tuple(uploads), minutes=0.25)
    view = await house.messenger.training(await house.ask(ask), "running")
    assert view.source == "8 of 13 attached files"
    told = "\n".join(view.left_out)
    for words in ("empty.png", "text.png", "under 16 pixels", "again.png", "gone.png"):
        assert words in told
    (going,) = await house.records.trainings.going_on()
    assert {work["artist"] for work in going.body["works"]} == {"Ada"}
    assert going.body["base"] == "drawings"


async def test_too_few_pictures_end_the_message_with_what_to_do_and_cost_nothing(house: House) -> None:
    origin = await house.ask(emoji_ask(house, 3))
    view = await house.messenger.training(origin, "failed")
    assert view.error.startswith("3 pictures can be used, and learning needs at least 8.")
    assert "5 more will do for a start" in view.error
    assert "/train files" in view.error
    line = await settled(house, origin.interaction_id)
    assert line.state == "refused"
    assert await house.records.usage.used("trainings", line.asked_at) == 0


async def test_a_folder_of_the_operator_is_learned_from_and_others_are_not_reached(house: House) -> None:
    folder = house.folder / "folders" / "foxes"
    folder.mkdir(parents=True)
    for n in range(9):
        (folder / f"fox{n}.png").write_bytes(drawing(n))
    ask = Train(name="Foxes", source="folder", folder="foxes", minutes=0.25)
    view = await house.messenger.training(await house.ask(ask), "running", "finished")
    assert view.source == "the 9 files in foxes"
    for path in ("../worker", "/etc", "nowhere", ""):
        ask = Train(name=f"No {path}", source="folder", folder=path, minutes=0.25)
        refused = await house.messenger.training(await house.ask(ask, member=BEN), "failed")
        assert "foxes" in refused.error


@pytest.mark.parametrize(
    ("action", "phase", "state"), [("stop", "finished", "done"), ("cancel", "cancelled", "cancelled")]
)
async def test_its_owner_stops_or_cancels_it(house: House, action: str, phase: str, state: str) -> None:
    origin = await house.ask(emoji_ask(house, minutes=10))
    running = await house.messenger.training(origin, "running")
    stranger = await house.ask(SteerTraining(training_id=running.training_id, action="cancel"), member=BEN)
    assert (await house.messenger.notice(stranger)).tone == "refused"
    steer = SteerTraining.model_validate({"training_id": running.training_id, "action": action})
    assert (await house.messenger.notice(await house.ask(steer))).tone == "done"
    ended = await house.messenger.training(origin, phase)
    assert (ended.model_id is not None) == (action == "stop")
    assert (await settled(house, origin.interaction_id)).state == state
    late = await house.messenger.notice(await house.ask(steer))
    assert "ended already" in late.text


async def test_a_worker_that_goes_away_and_comes_back_loses_nothing(house: House) -> None:
    origin = await house.ask(emoji_ask(house, minutes=0.6))
    await house.messenger.training(origin, "running")
    house.worker.down = True
    await house.messenger.until(lambda: _activity(house, origin.interaction_id, "does not answer"), 10)
    house.worker.down = False
    assert (await house.messenger.training(origin, "finished")).model_id


async def test_a_worker_that_forgot_the_training_gets_it_again_under_a_new_number(house: House) -> None:
    origin = await house.ask(emoji_ask(house, minutes=0.6))
    running = await house.messenger.training(origin, "running")
    house.worker.lose(running.training_id)
    await house.messenger.training(origin, "finished")
    assert house.worker.fences == [1, 2]


async def test_the_queue_lists_what_goes_on_here(house: House) -> None:
    origin = await house.ask(emoji_ask(house, minutes=10))
    await house.messenger.training(origin, "running")
    (line,) = await house.studio.queue(GUILD)
    assert (line.title, line.owner_name, line.phase) == ("Net folk", "Ada", "running")
    assert line.seconds_left is not None
    assert await house.studio.queue(OTHER_GUILD) == []
    await house.ask(SteerTraining(training_id=line.training_id, action="cancel"))
    await house.messenger.training(origin, "cancelled")
    assert await house.studio.queue(GUILD) == []


async def test_generating_goes_on_while_a_training_runs(house: House) -> None:
    origin = await house.ask(emoji_ask(house, minutes=10))
    await house.messenger.training(origin, "running")
    view = await house.messenger.answer(await house.ask(Generate(count=4)), seconds=2.0)
    assert isinstance(view, PicturesView)


async def test_a_name_that_is_taken_is_refused_before_anything_is_fetched(house: House) -> None:
    await house.parts.library.refresh()
    notice = await house.messenger.notice(await house.ask(emoji_ask(house, name=" drawings ")))
    assert "another name" in notice.text


class TestLimits:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(trainings_waiting=1, training_minutes_max=20, anyone_may_train=False)

    async def test_say_who_may_train_how_long_and_how_many_at_once(self, house: House) -> None:
        refused = await house.messenger.notice(await house.ask(emoji_ask(house)))
        assert "moderators" in refused.text
        long = await house.messenger.notice(await house.ask(emoji_ask(house, minutes=21), moderator=True))
        assert "20 minutes" in long.text
        first = await house.ask(emoji_ask(house, minutes=10), moderator=True)
        await house.messenger.training(first, "running")
        second = await house.messenger.notice(await house.ask(emoji_ask(house, name="Two"), moderator=True))
        assert "1 training running or waiting" in second.text


def _activity(house: House, request_id: int, words: str) -> str | None:
    view = house.messenger.standing.get(request_id)
    return view.activity if isinstance(view, TrainingView) and words in view.activity else None


async def test_a_bot_that_is_stopped_in_order_goes_on_at_its_next_start(url: str, tmp_path: Path) -> None:
    messenger = FakeMessenger()
    async for house in open_house(url, tmp_path, messenger):
        origin = await house.ask(emoji_ask(house, minutes=1.5))
        await messenger.training(origin, "running")
    assert isinstance(shown := messenger.standing[origin.interaction_id], TrainingView)
    assert shown.phase == "running"
    messenger.standing.clear()
    async for _ in open_house(url, tmp_path, messenger):
        await messenger.training(origin, "running")
    async for house in open_house(url, tmp_path, messenger):
        assert (await messenger.training(origin, "finished")).title == "Net folk"
        assert (await settled(house, origin.interaction_id)).state == "done"
        assert len(await house.records.every_request()) == 1


async def test_all_ends_without_a_task_left_over(house: House) -> None:
    origin = await house.ask(emoji_ask(house))
    await house.messenger.training(origin, "finished")
    await settled(house, origin.interaction_id)
    await asyncio.sleep(0.1)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("draw-")]


async def test_another_kind_of_model_starts_from_nothing(house: House) -> None:
    origin = await house.ask(emoji_ask(house).model_copy(update={"family": "style"}))
    await house.messenger.training(origin, "finished")
    line = await house.records.trainings.get(training_id(origin.interaction_id))
    assert line is not None
    assert (line.body["family"], line.body["base"]) == ("style", None)
    ((label, name), *_) = house.studio.family_choices("")
    assert (label.partition(":")[0], name) == ("Anchored GAN", "anchored")
    for changed, words in (({"family": "clay"}, "there are anchored"), ({"family": "style", "base": "foxes"}, "Leave")):
        told = await house.messenger.answer(await house.ask(emoji_ask(house, name="B").model_copy(update=changed)))
        assert isinstance(told, NoticeView)
        assert words in told.text


async def test_larger_pictures_can_be_asked_of_the_usual_kind(house: House) -> None:
    larger = {"pixels": 128}
    origin = await house.ask(emoji_ask(house).model_copy(update=larger))
    await house.messenger.training(origin, "finished")
    line = await house.records.trainings.get(training_id(origin.interaction_id))
    assert line is not None
    assert line.body["options"] == {"size": 128}
    ask = emoji_ask(house, name="B").model_copy(update=larger | {"family": "style"})
    told = await house.messenger.answer(await house.ask(ask))
    assert isinstance(told, NoticeView)
    assert "`pixels`" in told.text


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        ({"judge": 1.38, "artist": 0.7}, "hardly tell"),
        ({"judge": 0.2, "artist": 4.0}, "catch up"),
        ({"reconstruction": 80.0, "code": 22.0}, "22 nats"),
        ({"loss": 0.31}, "Loss 0.31"),
        ({"rebuild": 0.3}, ""),
    ],
)
def test_losses_are_explained_as_they_move(losses: dict[str, float], words: str) -> None:
    line = explained(losses)
    assert words in line
    assert bool(line) is bool(words)
