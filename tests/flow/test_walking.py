"""Walks and finds: tasks of the worker's that take seconds, with a bar meanwhile, called off, and killed in between."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from bot.stories import (
    Breed,
    FindPicture,
    Generate,
    NoticeView,
    PicturesView,
    StopTask,
    Upload,
    Walk,
)
from bot.workflows.rebuilding import rebuild
from gan.contract import Seed
from gan.contract import Walk as WalkTask
from tests.flow.conftest import BEN, House
from tests.flow.test_making import settled
from tests.flow.test_playing import grid, played, recipe_of


@pytest.fixture
def upload(house: House) -> Upload:
    drawn = Image.new("RGB", (64, 64), "white")
    drawn.paste((200, 90, 30), (16, 16, 48, 40))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return house.files.put("fox.png", out.getvalue())


async def finished(house: House, ask: Walk | FindPicture) -> PicturesView:
    """The last view of it, once it is on record as done."""
    origin = await house.ask(ask)

    def done() -> PicturesView | None:
        view = house.messenger.standing.get(origin.interaction_id)
        assert not isinstance(view, NoticeView), view
        return view if isinstance(view, PicturesView) and view.progress is None else None

    return await house.messenger.until(done, 10.0)


async def test_a_walk_through_pictures_is_on_record_with_all_that_draws_it_again(house: House) -> None:
    stops = tuple(one.output_id for one in (await grid(house)).pictures[:3])
    view = await finished(house, Walk(stops=stops))
    assert (view.animation, view.stops, view.pictures[0].media_type) == (True, stops, "image/webp")
    assert view.headline == "A walk through 3 pictures"
    kept = await house.records.animations.get(view.pictures[0].output_id)
    assert kept is not None
    assert hashlib.sha256(view.pictures[0].data).hexdigest() == kept.sha256
    task = WalkTask.model_validate(kept.walk)
    assert [one.model_dump() for one in task.stops] == [await recipe_of(house, one) for one in stops]
    assert (task.loop, task.frames, task.seconds) == (True, 48, 3.0)
    assert task.max_bytes < house.origin().filesize_limit
    assert (await settled(house, view.request_id)).state == "done"


async def test_a_random_walk_has_new_stops_each_time(house: House) -> None:
    first = await finished(house, Walk(random=5, format="gif"))
    second = await finished(house, Walk(random=5))
    tasks = [await house.records.animations.get(one.pictures[0].output_id) for one in (first, second)]
    stops = [WalkTask.model_validate(one.walk).stops for one in tasks if one]
    assert [len(one) for one in stops] == [5, 5]
    assert stops[0] != stops[1]
    assert all(isinstance(one, Seed) for one in stops[0])
    assert first.pictures[0].media_type == "image/gif"


async def test_progress_grows_in_the_message_that_the_answer_takes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workflows.tasks.QUIET_S", 0.05)
    house.worker.task_seconds = 0.8
    view = await finished(house, Walk(random=2))
    shown = [
        one for one in house.messenger.views if isinstance(one, PicturesView) and one.request_id == view.request_id
    ]
    fractions = [one.progress.fraction for one in shown if one.progress]
    assert len(fractions) >= 2
    assert fractions == sorted(fractions)
    assert shown[-1] == view


async def test_a_walk_can_be_called_off_by_whoever_asked(house: House) -> None:
    house.worker.task_seconds = 30.0
    origin = await house.ask(Walk(random=2))
    await house.worker.task_begun.wait()
    refused = await house.messenger.notice(await house.ask(StopTask(request_id=origin.interaction_id), member=BEN))
    assert "Only the person" in refused.text
    done = await house.messenger.notice(await house.ask(StopTask(request_id=origin.interaction_id)))
    assert done.text == "Called off."
    notice = await house.messenger.notice(origin)
    assert (notice.tone, notice.text) == ("done", "Called off.")
    assert (await settled(house, origin.interaction_id)).state == "cancelled"
    over = await house.messenger.notice(await house.ask(StopTask(request_id=1)))
    assert "over already" in over.text


async def test_a_found_picture_is_played_with_like_any_other(house: House, upload: Upload) -> None:
    view = await finished(house, FindPicture(upload=upload))
    found = view.pictures[0].output_id
    assert view.large
    assert view.headline == f"Found: picture #{found}"
    assert "80 % of the way to the upload" in view.details
    recipe = await recipe_of(house, found)
    assert recipe["kind"] == "point"
    made = await rebuild(house.records, house.worker, found)
    assert hashlib.sha256(made).digest() == hashlib.sha256(view.pictures[0].data).digest()
    near = await played(house, found, "little")
    pulled = await played(house, found, "pull", direction="d1", amount=0.5)
    other = await house.messenger.pictures(await house.ask(Generate(count=1)))
    children = await house.messenger.pictures(await house.ask(Breed(a=found, b=other.pictures[0].output_id)))
    assert [len(one.pictures) for one in (near, pulled, children)] == [4, 1, 9]
    assert (await played(house, found, "again")).pictures[0].output_id != found


async def test_what_is_no_picture_is_refused_with_the_reason(house: House) -> None:
    bad = house.files.put("notes.png", b"only words")
    notice = await house.messenger.notice(await house.ask(FindPicture(upload=bad)))
    assert notice.tone == "refused"
    assert "PNG" in notice.text


async def test_a_worker_that_loses_a_task_gets_it_again(house: House) -> None:
    house.worker.task_seconds = 0.6
    origin = await house.ask(Walk(random=2))
    await house.worker.task_begun.wait()
    (house.worker.folder / f"walk-{origin.interaction_id}.task").unlink()
    view = await house.messenger.pictures(origin)
    assert view.animation
