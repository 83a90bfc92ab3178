"""Everything that can go wrong ends in one sentence for the member and one line on record."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import Refused, Retry
from bot.stories import Generate, NoticeView, PicturesView, Reroll, TrainingView, Variations
from tests.fakes.databases import outage
from tests.flow.conftest import GUILD, House
from tests.flow.test_making import settled
from tests.flow.test_training import emoji_ask


async def test_a_worker_that_is_away_for_a_moment_is_waited_for(house: House) -> None:
    house.worker.down = True
    origin = await house.ask(Generate(count=1))
    notice = await house.messenger.notice(origin)
    assert notice.tone == "info"
    assert "by itself" in notice.text
    assert not notice.ephemeral, "the pictures that take its place are for all to see"
    house.worker.down = False
    await house.messenger.until(
        lambda: isinstance(house.messenger.standing[origin.interaction_id], PicturesView) or None, 5
    )
    assert (await settled(house, origin.interaction_id)).state == "done"


async def test_a_worker_that_stays_away_is_told_with_what_to_do(house: House) -> None:
    await house.studio.models(None)
    house.worker.down = True
    origin = await house.ask(Generate(count=1, model="drawings"))
    assert (await settled(house, origin.interaction_id)).state == "failed"
    first, notice = (view for view in house.messenger.views if isinstance(view, NoticeView))
    assert "by itself" in first.text
    assert notice.tone == "trouble"
    assert "does not answer" in notice.text
    assert "Try again" in notice.text
    line = await settled(house, origin.interaction_id)
    assert (line.state, line.error) == ("failed", "The studio's machine does not answer.")
    assert (await house.studio.status())["Worker"].startswith("not answering")


async def test_a_training_waits_for_its_worker_and_says_so(house: House) -> None:
    await house.messenger.pictures(await house.ask(Generate(count=1)))  # the models are known
    house.worker.down = True
    origin = await house.ask(emoji_ask(house))

    def waiting() -> bool | None:
        view = house.messenger.standing.get(origin.interaction_id)
        return True if isinstance(view, TrainingView) and "by itself" in view.activity else None

    await house.messenger.until(waiting, 10)
    house.worker.down = False
    await house.messenger.training(origin, "finished")


async def test_a_model_that_is_gone_is_no_longer_offered(house: House) -> None:
    done = await house.messenger.training(await house.ask(emoji_ask(house)), "finished")
    origin = await house.ask(Generate(count=1, model=done.model_id))
    await house.messenger.pictures(origin)
    for file in house.worker.folder.glob("*.model"):
        file.unlink()
    notice = await house.messenger.notice(await house.ask(Reroll(request_id=origin.interaction_id)))
    assert notice.tone == "refused"
    assert "“Net folk” is no longer there" in notice.text
    assert "`/models`" in notice.text
    assert [model for _, model in house.studio.model_choices(GUILD, "")] == ["drawings"]


async def test_a_model_that_is_not_there_is_refused_with_a_way_out(house: House) -> None:
    origin = await house.ask(Generate(model="nothing-like-it"))
    notice = await house.messenger.notice(origin)
    assert notice.tone == "refused"
    assert "/models" in notice.text
    assert (await settled(house, origin.interaction_id)).state == "refused"


async def test_a_mistake_of_ours_gives_the_request_id_and_keeps_the_details(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("one over nothing")

    monkeypatch.setattr(house.worker, "render", broken)
    origin = await house.ask(Generate())
    notice = await house.messenger.notice(origin)
    assert notice.tone == "trouble"
    assert f"`{origin.interaction_id}`" in notice.text
    assert "nothing" not in notice.text, "no insides in the chat"
    line = await settled(house, origin.interaction_id)
    assert line.error == "ZeroDivisionError: one over nothing"
    assert "one over nothing" in caplog.text


async def test_a_slow_discord_is_tried_again_until_the_answer_stands(house: House) -> None:
    house.messenger.trouble = [Retry("slow", after=0.1), Retry("slow", after=0.1)]
    origin = await house.ask(Generate(count=1))
    await house.messenger.pictures(origin)
    assert len(house.worker.asked) == 1, "delivering again does not render again"


async def test_an_answer_that_may_not_be_shown_is_explained_if_possible(house: House) -> None:
    house.messenger.trouble = [Refused("I can't write in this channel.")]
    notice = await house.messenger.notice(await house.ask(Generate(count=1)))
    assert notice.text == "I can't write in this channel."


async def test_an_answer_that_cannot_be_given_at_all_is_on_record_and_hangs_nothing(house: House) -> None:
    house.messenger.trouble = [Refused("no"), Refused("no, really")]
    origin = await house.ask(Generate(count=1))
    for _ in range(100):
        (line,) = await house.records.every_request() or [None]
        if line is not None and line.error and line.error.startswith("not delivered"):
            break
        await asyncio.sleep(0.02)
    assert line is not None
    assert line.error == "not delivered: Refused: no, really"
    assert line.id == origin.interaction_id


async def test_an_unknown_picture_is_refused(house: House) -> None:
    notice = await house.messenger.notice(await house.ask(Variations(output_id=12345)))
    assert "#12345" in notice.text


async def test_after_closing_nothing_is_accepted_silently(house: House) -> None:
    await house.studio.close()
    with pytest.raises(Retry, match="stopping or starting"):
        await house.ask(Generate())


async def test_a_database_that_goes_away_in_the_middle_is_waited_for(house: House, url: str) -> None:
    if not url.startswith("postgresql"):
        pytest.skip("a file does not go away")
    await house.messenger.pictures(await house.ask(Generate(count=1)))
    house.worker.render_seconds = 0.5
    house.worker.begun.clear()
    origin = await house.ask(Generate(count=1))
    await asyncio.wait_for(house.worker.begun.wait(), 5)
    gone = outage(url)
    await asyncio.to_thread(gone.__enter__)
    await asyncio.sleep(1.0)
    assert origin.interaction_id not in house.messenger.standing
    await asyncio.to_thread(gone.__exit__, None, None, None)
    await house.messenger.pictures(origin)
    assert (await settled(house, origin.interaction_id)).state == "done"
    assert len(await house.records.every_request()) == 2


async def test_what_cannot_be_put_on_record_is_still_told(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async with house.records.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE requests RENAME TO mislaid")
    origin = await house.ask(Generate(count=1))
    assert f"`{origin.interaction_id}`" in (await house.messenger.notice(origin)).text
    assert "cannot be put on record" in caplog.text
    async with house.records.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE mislaid RENAME TO requests")
