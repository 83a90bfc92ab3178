"""What the records promise, on both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from bot.records import Records
from bot.records.audit import Deed
from bot.records.limits import EACH, Scope
from bot.records.models import Model, Owner
from bot.records.outputs import NewOutput
from bot.records.people import Person
from bot.records.requests import Answer, Ending, NewRequest, RequestState
from bot.records.schema import now
from bot.records.trainings import NewTraining
from bot.records.usage import Bound, Charge, Excess
from bot.workflows.turns import in_order

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
    charges = (Charge("pictures", 4), Charge("minutes", 2.5))
    for _ in range(2):
        assert await records.requests.accept(replace(NEW, charges=charges)) is None
    assert await used(records, "pictures") == 4
    for state in (RequestState.failed, RequestState.failed, RequestState.done):
        await records.requests.end(NEW.id, Ending(state))
        assert await used(records, "pictures") == await used(records, "minutes") == 0


async def test_what_was_used_in_the_end_stays_charged(records: Records) -> None:
    await records.requests.accept(replace(NEW, charges=(Charge("trainings", 1), Charge("minutes", 30))))
    await records.requests.end(NEW.id, Ending(RequestState.cancelled, kept={"minutes": 2.0}))
    assert (await used(records, "trainings"), await used(records, "minutes")) == (0, 2)


async def used(records: Records, what: str) -> float:
    return await records.usage.used(what, NEW.asked_at, Scope.member, ADA.id)


async def test_many_requests_at_once_cannot_slip_past_the_limit(records: Records) -> None:
    charges = (Charge("pictures", 4, (Bound(Scope.member, 10, now() - timedelta(hours=1)),)),)
    excesses = await asyncio.gather(
        *(records.requests.accept(replace(NEW, id=100 + n, charges=charges)) for n in range(8))
    )
    assert excesses.count(None) == 2
    assert set(excesses) == {None, Excess("pictures", Scope.member, 10)}
    assert await used(records, "pictures") == 8
    assert len(await records.every_request()) == 8, "those refused are on record too"


@pytest.mark.parametrize("scope", Scope)
async def test_a_bound_counts_those_together_that_it_is_for(records: Records, scope: Scope) -> None:
    charges = (Charge("renders", 1, (Bound(scope, 4, NEW.asked_at),)),)
    counted: Counter[tuple[int, int]] = Counter()
    for n in range(40):
        server, member = Person(20 + n % 2, "net"), Person(30 + n % 4, "someone")
        new = replace(NEW, id=100 + n, server=server, member=member, charges=charges)
        if await records.requests.accept(new) is None:
            counted[server.id, member.id] += 1
    groups: Counter[object] = Counter()
    for (server_id, member_id), accepted in counted.items():
        groups[{Scope.member: member_id, Scope.server: server_id, Scope.all: None}[scope]] += accepted
    assert set(groups.values()) == {4}
    assert len(groups) == {Scope.member: 4, Scope.server: 2, Scope.all: 1}[scope]


async def test_a_limit_that_somebody_set_holds_from_the_next_request_on(records: Records) -> None:
    charges = (Charge("renders", 1, (Bound(Scope.member, 100, NEW.asked_at),)),)

    async def most() -> int:
        accepted = [await records.requests.accept(replace(NEW, id=next(ids), charges=charges)) for _ in range(4)]
        await asyncio.gather(*(records.requests.end(n, Ending(RequestState.failed)) for n in range(100, 200)))
        return accepted.count(None)

    ids = count(100)
    assert await most() == 4
    await records.limits.set(Scope.member, EACH, "renders", 3, "an operator")
    assert await most() == 3
    await records.limits.set(Scope.member, ADA.id, "renders", 1, "an operator")
    assert await most() == 1
    assert [(one.subject_id, one.amount) for one in await records.limits.all()] == [(EACH, 3), (ADA.id, 1)]
    assert await records.limits.unset(Scope.member, ADA.id, "renders")
    assert not await records.limits.unset(Scope.member, ADA.id, "renders")
    assert await most() == 3


async def test_room_is_free_again_once_the_model_is_gone(records: Records) -> None:
    await records.requests.accept(replace(NEW, charges=(Charge("disk", 40),)))
    await records.trainings.record(NewTraining("t1", NEW.id, "Cats", "", (), {}))
    await records.trainings.end("t1", "finished", model_id="cats")
    cats = Model("cats", "Cats", "anchored", "c" * 64, 64, 12, False, {})
    await records.models.replace([cats])
    assert await records.usage.used("disk", None) == 40
    await records.models.replace([])
    assert await records.usage.used("disk", None) == 0


async def test_what_the_chat_turned_away_is_on_record_and_overwrites_nothing(records: Records) -> None:
    await records.requests.refuse(NEW, "Not yours.", RequestState.refused)
    (line,) = await records.every_request()
    assert (line.state, line.error, line.answered_at is not None) == ("refused", "Not yours.", True)
    await records.requests.accept(replace(NEW, id=7))
    await records.requests.refuse(replace(NEW, id=7), "Too late.", RequestState.failed)
    kept = await records.requests.get(7)
    assert kept is not None
    assert kept.state is RequestState.working


async def test_states_and_their_times_are_columns(records: Records) -> None:
    await records.requests.accept(NEW)
    taken = now()
    await records.requests.began(NEW.id, taken)
    await records.requests.end(NEW.id, Ending(RequestState.done))
    await records.requests.answered(NEW.id, Answer(40, 50, "original", attempts=3))
    (line,) = await records.every_request()
    times = [line.accepted_at, line.started_at, line.done_at, line.answered_at]
    assert times == sorted(times, key=lambda at: at or taken)
    assert (line.acknowledged_at, line.route, line.attempts) == (taken, "original", 3)


class TestTheLineOfTrainings:
    async def lined_up(self, records: Records, *who: tuple[int, int]) -> list[str]:
        for n, (server, member) in enumerate(who):
            new = replace(NEW, id=100 + n, server=Person(server, "net"), member=Person(member, "one"))
            await records.requests.accept(new)
            await records.trainings.record(NewTraining(f"t{n}", 100 + n, "Cats", "", (), {}))
        return [f"t{n}" for n in range(len(who))]

    async def test_gives_turns_to_servers_and_members_in_turn(self, records: Records) -> None:
        names = await self.lined_up(records, (1, 1), (1, 1), (1, 2), (2, 3), (1, 1))
        begun: list[str] = []
        while len(begun) < len(names):
            for name in names:
                if name not in begun and not (await records.trainings.take_turn(name, 1, in_order)).number:
                    begun.append(name)
                    await records.trainings.end(name, "finished")
        assert begun == ["t0", "t3", "t2", "t1", "t4"]

    async def test_never_gives_more_turns_than_there_are(self, records: Records) -> None:
        names = await self.lined_up(records, *((n % 3, n) for n in range(6)))
        places = await asyncio.gather(*(records.trainings.take_turn(name, 2, in_order) for name in names))
        # whoever asked before the first in line had its turn was told to wait, and asks again
        assert 1 <= [place.number for place in places].count(0) <= 2
        places = [await records.trainings.take_turn(name, 2, in_order) for name in names]
        waiting = [place for place in places if place.number]
        assert sorted(place.number for place in waiting) == [1, 2, 3, 4]
        assert all(len(place.ahead) == place.number + 1 for place in waiting), "two at the worker, then the line"

    async def test_one_that_waits_can_be_called_off_and_one_that_runs_cannot(self, records: Records) -> None:
        first, second = await self.lined_up(records, (1, 1), (1, 1))
        assert (await records.trainings.take_turn(first, 1, in_order)).number == 0
        assert not await records.trainings.leave_line(first)
        assert await records.trainings.leave_line(second)
        assert [one.id for one in await records.trainings.going_on()] == [first]
        assert (await records.trainings.take_turn(second, 9, in_order)).number == 0, "it need not wait any more"


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
