"""What the records promise, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.records import Records
from bot.records.audit import Deed
from bot.records.models import Model, Owner
from bot.records.outputs import NewOutput
from bot.records.people import Person
from bot.records.requests import Answer, Ending, NewRequest, RequestState
from bot.records.schema import now
from bot.records.trainings import NewTraining
from bot.records.usage import Charge

SNOWFLAKE = 2**63 - 17
"""Larger than any 32-bit column or any float could keep."""
NET = Person(20, "Net people")
ADA = Person(30, "Ada")
NEW = NewRequest(
    id=SNOWFLAKE,
    server=NET,
    channel_id=40,
    member=ADA,
    kind="generate",
    ask={"kind": "generate", "count": 4},
    asked_at=datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC),
    plan={"recipes": [{"kind": "seed", "seed": 2**53 - 1}]},
    model_id="drawings",
)
PICTURE = NewOutput(
    place=0,
    model_id="drawings",
    model_sha256="a" * 64,
    recipe={"kind": "seed", "seed": 7, "variety": 0.5},
    size=256,
    upscaler="auto",
    format="png",
    sha256="b" * 64,
    credits=[{"work": "fox", "weight": 0.41}],
)


async def test_a_request_comes_back_as_it_was_written(records: Records) -> None:
    await records.requests.accept(NEW)
    found = await records.requests.get(SNOWFLAKE)
    assert found is not None
    assert found.asked_at == NEW.asked_at
    assert found.plan == NEW.plan
    assert (found.state, found.done_at, found.answered_at) == (RequestState.working, None, None)


async def test_the_same_request_twice_is_one_row(records: Records) -> None:
    await records.requests.accept(NEW)
    await records.requests.end(NEW.id, Ending(RequestState.done))
    await records.requests.accept(replace(NEW, member=Person(30, "Ada Lovelace")))
    (line,) = await records.every_request()
    assert (line.state, line.member) == ("done", "Ada Lovelace")


async def test_work_done_and_answer_delivered_are_two_facts(records: Records) -> None:
    await records.requests.accept(replace(NEW, timings={"start": 1.5}))
    await records.requests.end(NEW.id, Ending(RequestState.done, timings={"render": 12.5}))
    done = await records.requests.get(NEW.id)
    assert done is not None
    assert (done.done_at is not None, done.answered_at) == (True, None)
    await records.requests.answered(NEW.id, Answer(40, 50, "callback", {"deliver": 3.0}))
    found = await records.requests.get(NEW.id)
    assert found is not None
    assert found.timings == {"start": 1.5, "render": 12.5, "deliver": 3.0}
    assert found.answered_at is not None
    assert found.answer_message_id == 50


async def test_a_picture_recorded_twice_keeps_its_id(records: Records) -> None:
    await records.requests.accept(NEW)
    first = await records.outputs.record(NEW.id, [PICTURE, replace(PICTURE, place=1)])
    again = await records.outputs.record(NEW.id, [PICTURE, replace(PICTURE, place=1)])
    assert first == again
    assert len(set(first)) == 2
    found = await records.outputs.get(first[0])
    assert found is not None
    assert (found.recipe, found.credits, found.member_id) == (PICTURE.recipe, PICTURE.credits, ADA.id)


async def test_an_output_id_is_never_given_out_twice(records: Records) -> None:
    await records.requests.accept(NEW)
    (first,) = await records.outputs.record(NEW.id, [PICTURE])
    async with records.database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM outputs")
    (second,) = await records.outputs.record(NEW.id, [PICTURE])
    assert second > first


async def test_forgetting_pictures_counts_them_once(records: Records) -> None:
    await records.requests.accept(NEW)
    await records.outputs.record(NEW.id, [PICTURE, replace(PICTURE, place=1)])
    assert await records.outputs.forget(NEW.id) == 2
    assert await records.outputs.forget(NEW.id) == 0


async def test_a_charge_is_made_once_and_given_back_once(records: Records) -> None:
    charge = Charge("pictures", 4)
    for _ in range(2):
        assert await records.requests.accept(replace(NEW, charge=charge))
    assert await records.usage.used(ADA.id, "pictures", NEW.asked_at) == 4
    await records.usage.refund(NEW.id)
    await records.usage.refund(NEW.id)
    assert await records.usage.used(ADA.id, "pictures", NEW.asked_at) == 0


async def test_many_requests_at_once_cannot_slip_past_the_limit(records: Records) -> None:
    charge = Charge("pictures", 4, limit=10, since=now() - timedelta(hours=1))
    accepted = await asyncio.gather(
        *(records.requests.accept(replace(NEW, id=100 + n, charge=charge)) for n in range(8))
    )
    assert sum(accepted) == 2
    assert await records.usage.used(ADA.id, "pictures", now() - timedelta(hours=1)) == 8
    assert len(await records.every_request()) == 8, "those refused are on record too"


async def test_every_request_is_one_query_with_who_what_when_and_what_came_of_it(records: Records) -> None:
    statements: list[str] = []
    await records.requests.accept(NEW)
    ids = await records.outputs.record(NEW.id, [replace(PICTURE, place=place) for place in range(3)])
    await records.requests.accept(replace(NEW, id=5, server=None, kind="train", model_id=None, asked_at=now()))
    await records.trainings.record(NewTraining("t5", 5, "Cats", "12 files", (), {}))
    await records.trainings.end("t5", "finished", model_id="cats")
    sa.event.listen(
        records.database.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )
    train, generate = await records.every_request()
    assert len([one for one in statements if one.lstrip().startswith("SELECT")]) == 1
    assert (train.kind, train.server, train.model, train.training, train.outputs) == ("train", None, "cats", "t5", ())
    assert (generate.server, generate.member, generate.model) == ("Net people", "Ada", "drawings")
    assert generate.outputs == tuple(ids)
    assert [line.id for line in await records.every_request(server_id=NET.id)] == [NEW.id]
    assert [line.id for line in await records.every_request(limit=1)] == [5]


async def test_a_training_keeps_its_body_and_its_fence_rises(records: Records) -> None:
    await records.requests.accept(NEW)
    new = NewTraining("t1", NEW.id, "Cats", "12 files", ("1 too small: dot",), {"title": "Cats", "seconds": 60})
    await records.trainings.record(new)
    await records.trainings.record(replace(new, title="Dogs"))
    assert [await records.trainings.next_fence("t1") for _ in range(3)] == [1, 2, 3]
    (going,) = await records.trainings.going_on()
    assert (going.title, going.body, going.member_name) == ("Cats", new.body, "Ada")
    await records.trainings.end("t1", "finished", model_id="cats", figures={"kid_x1000": 41.0})
    assert await records.trainings.going_on() == []
    with pytest.raises(LookupError):
        await records.trainings.next_fence("t2")


async def test_a_model_that_the_worker_lost_is_missing_not_forgotten(records: Records) -> None:
    base = Model("base", "Base", "anchored", "c" * 64, 64, 100, shipped=True)
    await records.models.replace([base, replace(base, id="cats", shipped=False)])
    await records.models.replace([base])
    assert [model.id for model in await records.models.present()] == ["base"]
    await records.models.replace([base, replace(base, id="cats")])
    assert {model.id for model in await records.models.present()} == {"base", "cats"}


async def test_models_have_owners(records: Records) -> None:
    await records.requests.accept(NEW)
    await records.models.own(Owner("cats", NET.id, ADA.id, "t1"))
    assert await records.models.owners() == {"cats": Owner("cats", NET.id, ADA.id, "t1", "Ada")}


async def test_a_server_keeps_its_default_model(records: Records) -> None:
    await records.people.set_default_model(NET, "cats", ADA)
    await records.people.set_default_model(NET, "dogs", ADA)
    assert await records.people.default_models() == {NET.id: "dogs"}
    await records.people.set_default_model(NET, None, ADA)
    assert await records.people.default_models() == {}


async def test_the_audit_log_has_each_deed_once(records: Records) -> None:
    deed = Deed(NEW.id, NET.id, ADA.id, "default_model", "cats", {"before": "base"})
    await records.audit.note(deed)
    await records.audit.note(deed)
    (found,) = await records.audit.latest(NET.id)
    assert (found.action, found.subject, found.details) == ("default_model", "cats", {"before": "base"})


async def test_a_time_without_a_zone_is_refused(records: Records) -> None:
    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        await records.requests.accept(replace(NEW, asked_at=datetime(2026, 1, 1)))
