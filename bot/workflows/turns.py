"""The line of trainings before the worker: kept in SQL, so it outlives every process and several bots share it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from bot.records.trainings import InLine, Place
from bot.stories import Posted, TrainingPhase
from bot.workflows.lines import Claim, fair_order
from bot.workflows.live import Outcome, Ticket, training_view
from bot.workflows.telling import Telling
from gan.contract import TrainingState


def in_order(waiting: Sequence[InLine], busy: Sequence[InLine], had: Sequence[InLine]) -> list[int]:
    """The line of trainings as it is fair to servers and members; see `fair_order`."""
    served: dict[Hashable, float] = {}
    for one in had:
        assert one.turn_at is not None
        for key in claim(one).keys:
            served[key] = max(served.get(key, 0.0), one.turn_at.timestamp())
    return fair_order([claim(one) for one in waiting], (claim(one) for one in busy), served)


def claim(one: InLine) -> Claim:
    """A direct message counts as a server of its own."""
    server: Hashable = one.server_id if one.server_id is not None else ("direct", one.member_id)
    return Claim(server, one.member_id, one.sent_at.timestamp())


async def wait_for_turn(telling: Telling, ticket: Ticket, posted: Posted) -> bool:
    """Wait in line, showing the place in it; False when the training was called off meanwhile."""
    parts, shown = telling.parts, None
    at_once = parts.limits.trainings_at_worker
    while True:
        place = await parts.records.trainings.take_turn(ticket.training_id, at_once, in_order)
        if not place.number:
            parts.places.pop(ticket.training_id, None)
            kept = await parts.records.trainings.get(ticket.training_id)
            return kept is not None and kept.ended_at is None
        if place.number != shown:
            shown = place.number
            await _show(telling, ticket, posted, place)
        await parts.bell.wait(parts.patience.turn)


async def _show(telling: Telling, ticket: Ticket, posted: Posted, place: Place) -> None:
    view = training_view(telling.origin, ticket, Outcome(state=TrainingState.queued), None)
    seconds = await _seconds(telling, place.ahead)
    # those that the worker has and has not begun are before it too
    number = place.number + telling.parts.limits.trainings_at_worker - 1
    telling.parts.places[ticket.training_id] = number
    view = view.model_copy(update={"phase": TrainingPhase.queued, "place": number, "seconds_left": seconds})
    await telling.show(view, posted)


async def _seconds(telling: Telling, ahead: Sequence[str]) -> float:
    """About how long until the trainings ahead are done: their budgets, less what they have had."""
    board, whole = telling.parts.board, 0.0
    for one in await telling.parts.records.trainings.going_on():
        if one.id in ahead:
            done = board[one.id].progress.seconds if one.id in board else 0.0
            whole += max(0.0, float(one.body.get("seconds", 0.0)) - done)
    return whole
