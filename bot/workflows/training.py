"""The story of a training: look at the pictures, send them, keep the message alive, say what came of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.art_asks import StartTraining
from bot.art_policy import server_of
from bot.errors import Refused, Unseen
from bot.language import said
from bot.policy import MINUTES, TRAININGS, check_steer, check_training, disk_quotas, training_quotas
from bot.records.collections import VersionWork
from bot.records.models import Owner
from bot.records.people import Person
from bot.records.requests import RequestState
from bot.records.schema import moment
from bot.records.trainings import NewTraining
from bot.stories import Posted, SteerTraining, Train, TrainingPhase, TrainingView
from bot.workflows.art_reading import version_name
from bot.workflows.collecting import source_name
from bot.workflows.contributing import collection_here
from bot.workflows.durable import Disowned
from bot.workflows.explaining import explain
from bot.workflows.gathered import as_works, facts_of, gather, keep
from bot.workflows.live import USUAL, Outcome, Ticket, training_view
from bot.workflows.recipes import drawn_seed
from bot.workflows.sheets import BEGUN, end_sheet, record_start, show_sheet, ticket_of
from bot.workflows.telling import Telling, patiently
from bot.workflows.turns import wait_for_turn
from bot.workflows.watching import send, watch
from gan.contract import TrainingRequest, TrainingState

log = logging.getLogger(__name__)

ENDINGS = {
    TrainingState.finished: RequestState.done,
    TrainingState.cancelled: RequestState.cancelled,
    TrainingState.failed: RequestState.failed,
}


WITHDRAWN_SINCE = "Some of these works are no longer there, or were withdrawn since. `/train` makes a new sheet."
NOT_STARTED = (
    "Discord had told you that I did not respond before I could, so nothing was started and nothing is charged. "
    "`/train` starts it."
)
"""What costs begins only once the member has seen that it was taken."""

ONE_SIZE = "Models of this kind have a size of their own. Leave `pixels` out, or `family`."
NO_BASE = "Models of this kind do not start from another one. Leave `start_from` out, or `family`."


async def train(telling: Telling, ask: Train) -> None:
    """Record, show a message at once, collect, send, watch, and end the message with what came of it.

    With `ask.sheet` it ends with the sheet, and `start` goes on from there at a press.
    """
    base = await telling.step("record", record, telling, ask)
    first = Ticket(training_id=training_id(telling.id), title=ask.name.strip(), source=source_name(ask))
    posted = await telling.step("show", show_checking, telling, first)
    try:
        if posted.route == "post" and not telling.origin.unasked:
            raise Refused(NOT_STARTED)
        ticket = await telling.step("collect", collect, telling, ask, base, posted)
        if ask.sheet:
            await telling.step("end", end_sheet, telling, ticket)
            await telling.step("deliver", show_sheet, telling, ask, ticket, posted)
        else:
            await learn(telling, ask, ticket, posted)
    except (Disowned, Unseen):
        raise
    except Exception as failure:
        await fail(telling, first, posted, failure)


async def start(telling: Telling, ask: StartTraining) -> None:
    """Begin what a sheet showed, in its message."""
    wanted = await telling.step("record", record_start, telling, ask)
    ticket = await telling.step("read", ticket_of, telling, ask)
    posted = await telling.step("show", show_checking, telling, ticket)
    try:
        await learn(telling, wanted, ticket, posted)
    except (Disowned, Unseen):
        raise
    except Exception as failure:
        await fail(telling, ticket, posted, failure)


async def learn(telling: Telling, ask: Train, ticket: Ticket, posted: Posted) -> None:
    """From pictures that were looked at to the end of the training."""
    if not ticket.problem:
        await telling.step("line up", line_up, telling, ask, ticket)
    if ticket.problem:
        outcome = Outcome(state=TrainingState.failed, error=ticket.problem)
    else:
        went = await telling.step("send", send_first, telling, ticket, posted)
        if went is False:
            outcome = Outcome(state=TrainingState.cancelled)
        else:
            outcome = await telling.step("watch", watch, telling, ticket, posted)
            outcome = await telling.step("check consent", check_consent, telling, ticket, outcome)
    await telling.step("end", end, telling, ticket, outcome)
    await telling.step("deliver", deliver, telling, ticket, outcome, posted)


async def fail(telling: Telling, ticket: Ticket, posted: Posted, failure: Exception) -> None:
    """End the message that stands already with what went wrong, rather than leave it checking for ever."""
    notice = await telling.step("explain", explain, telling, failure)
    outcome = Outcome(state=TrainingState.failed, error=notice.text)
    await telling.step("deliver failure", deliver, telling, ticket, outcome, posted)


def training_id(request_id: int) -> str:
    """The id under which the worker knows the training of a request."""
    return f"t{request_id}"


async def record(telling: Telling, ask: Train) -> str | None:
    """Check that this member may train this now, and put the request on record; the base to start from.

    A sheet spends nothing yet, and a training anew because art was withdrawn is nobody's to pay.
    """
    try:
        base = await allowed(telling, ask)
    except Exception:
        await telling.accept()
        raise
    free = ask.sheet or telling.origin.unasked
    await telling.accept(() if free else training_quotas(telling.parts.limits, ask.minutes))
    return base


async def allowed(telling: Telling, ask: Train) -> str | None:
    """The base's id. Raises `Refused` with what to do instead."""
    parts, origin = telling.parts, telling.origin
    others = [one for one in await parts.records.trainings.going_on() if one.request_id != telling.id]
    mine = sum(one.member_id == origin.member_id for one in others)
    taken = [one.title for one in parts.library.of(origin.guild_id)]
    if not origin.unasked:
        check_training(origin, ask.name, ask.minutes, parts.limits, mine, taken)
    if ask.source == "collection":
        await collection_here(parts, server_of(origin), ask.collection or 0)
    family, library = await family_of(telling, ask), parts.library
    if ask.pixels is not None and family != USUAL:
        raise Refused(ONE_SIZE)
    if not library.starts(family):
        if ask.base is not None:
            raise Refused(NO_BASE)
        return None
    if ask.base is not None and not (origin.unasked and not parts.library.visible(ask.base, origin.guild_id)):
        if family == USUAL:
            return (await telling.choose_model(ask.base)).id
        return (await telling.from_worker(lambda: library.choose_of(origin.guild_id, ask.base, family))).id
    return await telling.from_worker(lambda: library.shipped_base(family))


async def family_of(telling: Telling, ask: Train) -> str:
    """The kind of model meant. Raises `Refused` for one that is not there."""
    asked = ask.family
    return USUAL if asked is None else await telling.from_worker(lambda: telling.parts.library.trainable(asked))


async def show_checking(telling: Telling, ticket: Ticket) -> Posted:
    """The first message, at once: fetching and checking hundreds of pictures takes a few seconds."""
    view = checking_view(telling, ticket)
    return await patiently(lambda: telling.show(view), telling.parts.patience.deliver)


def checking_view(telling: Telling, ticket: Ticket) -> TrainingView:
    return training_view(telling.origin, ticket, Outcome(state=TrainingState.queued), None).model_copy(
        update={"phase": TrainingPhase.checking}
    )


async def wait_for_worker(telling: Telling, ticket: Ticket, posted: Posted) -> None:
    """Go on once the worker answers; until then the message says what it waits for."""

    async def tell(words: str) -> None:
        waiting = checking_view(telling, ticket).model_copy(update={"activity": words})
        await telling.show(waiting, posted)

    await telling.from_worker(telling.parts.worker.models, tell)


async def collect(telling: Telling, ask: Train, base: str | None, posted: Posted) -> Ticket:
    """Fetch and check the pictures, store the good ones at the worker, and freeze what will be learned from."""
    gathered = await gather(telling, ask)
    ticket = Ticket(
        training_id=training_id(telling.id),
        title=ask.name.strip(),
        source=gathered.source,
        left_out=gathered.left_out,
        problem=gathered.problem,
        works=len(gathered.works),
        bytes=gathered.bytes,
        facts=facts_of(gathered),
        base=base,
        family=await family_of(telling, ask),
    )
    if gathered.problem:
        return ticket
    await wait_for_worker(telling, ticket, posted)
    version = await keep(telling, ask, gathered)
    return ticket.model_copy(update={"version_id": version.id, "version": version_name(version)})


async def line_up(telling: Telling, ask: Train, ticket: Ticket) -> None:
    """Book the room it takes, and write down what will be sent. Raises `Refused` for a sheet that began already."""
    if not telling.origin.unasked:
        await telling.book(disk_quotas(telling.parts.limits, ticket.bytes))
    works = await telling.parts.records.collections.version_works(ticket.version_id or 0)
    if not await still_given(telling, ticket):
        raise Refused(WITHDRAWN_SINCE)
    body = training_body(ask, ticket, works)
    new = NewTraining(
        id=ticket.training_id,
        request_id=telling.id,
        title=body.title,
        source=ticket.source,
        left_out=ticket.left_out,
        body=body.model_dump(mode="json"),
        version_id=ticket.version_id,
    )
    if not await telling.parts.records.trainings.record(new):
        raise Refused(BEGUN)


async def still_given(telling: Telling, ticket: Ticket) -> bool:
    """Whether all that it learns from is still given: nothing of it was withdrawn since."""
    works = await telling.parts.records.collections.version_works(ticket.version_id or 0)
    art = [one.artwork_id for one in works if one.artwork_id is not None]
    return len(works) == ticket.works and len(await telling.parts.records.art.several(art)) == len(art)


async def check_consent(telling: Telling, ticket: Ticket, outcome: Outcome) -> Outcome:
    """What was withdrawn while it was learned from makes no model: neither is kept."""
    if outcome.model_id is None or await still_given(telling, ticket):
        return outcome
    model_id = outcome.model_id
    worker, away = telling.parts.worker, telling.parts.patience.away
    await patiently(lambda: worker.forget_model(model_id), away)
    await patiently(lambda: worker.forget_training(ticket.training_id), away)
    return Outcome(state=TrainingState.cancelled, progress=outcome.progress)


def training_body(ask: Train, ticket: Ticket, works: Sequence[VersionWork]) -> TrainingRequest:
    """What is sent to the worker."""
    return TrainingRequest(
        title=ticket.title[:60],
        family=ticket.family,
        base=ticket.base,
        works=as_works(works),
        seconds=max(5.0, ask.minutes * 60),
        seed=drawn_seed(int(ticket.training_id.removeprefix("t"))),
        options={} if ask.pixels is None else {"size": ask.pixels},
    )


async def send_first(telling: Telling, ticket: Ticket, posted: Posted) -> bool:
    """Send it once its turn comes; False when it was called off before."""
    at = posted.acknowledged_at
    if not await wait_for_turn(telling, ticket, posted):
        return False
    if not await still_given(telling, ticket):  # withdrawn between the check before and the line
        await telling.parts.records.trainings.end(ticket.training_id, TrainingState.cancelled.value)
        return False
    await telling.parts.records.requests.began(telling.id, moment(at) if at is not None else None)
    await patiently(lambda: send(telling, ticket.training_id), telling.parts.patience.away)
    return True


async def end(telling: Telling, ticket: Ticket, outcome: Outcome) -> None:
    """Put the end on record; a new model gets its owner and is there for everyone at once."""
    records, origin = telling.parts.records, telling.origin
    await records.trainings.end(
        ticket.training_id,
        outcome.state.value,
        model_id=outcome.model_id,
        figures=outcome.figures.model_dump(mode="json"),
        error=outcome.error or None,
    )
    if outcome.model_id is not None:
        await records.models.own(Owner(outcome.model_id, origin.guild_id, origin.member_id, ticket.training_id))
        await inherit(telling, outcome.model_id)
        try:
            await telling.parts.library.refresh()
        except Exception as error:
            log.info("the new model is listed a little later: %s", error)
    state = RequestState.refused if ticket.problem else ENDINGS[outcome.state]
    await telling.end(state, outcome.error or None, used(outcome), train=outcome.progress.seconds * 1000)
    telling.parts.bell.ring()


async def inherit(telling: Telling, model_id: str) -> None:
    """A model that was trained anew is the server's default where the retired one was."""
    records, server = telling.parts.records, telling.server
    if not telling.origin.unasked or server is None:
        return
    before = next((one for one in (await records.retirements.all()).values() if one.retrain_id == telling.id), None)
    defaults = await records.people.default_models()
    if before is not None and defaults.get(server.id) == before.model_id:
        by = Person(telling.origin.member_id, telling.origin.member_name)
        await records.people.set_default_model(server, model_id, by)


def used(outcome: Outcome) -> dict[str, float] | None:
    """What stays charged of a training that its member called off: the minutes it had. None: as for any request."""
    minutes = outcome.progress.seconds / 60
    called_off = outcome.state is TrainingState.cancelled and minutes > 0
    return {TRAININGS: 1.0, MINUTES: minutes} if called_off else None


async def deliver(telling: Telling, ticket: Ticket, outcome: Outcome, posted: Posted) -> None:
    """The last word of the message."""
    sample = None
    if outcome.sample is not None and outcome.state is TrainingState.finished:
        sample = await _sample(telling, outcome.sample)
    await telling.deliver(training_view(telling.origin, ticket, outcome, sample), posted)


async def _sample(telling: Telling, sha256: str) -> bytes | None:
    try:
        return await patiently(lambda: telling.parts.worker.blob(sha256), telling.parts.patience.render)
    except Exception as error:
        log.info("the last sample is not shown: %s", error)
        return None


# --- steering -------------------------------------------------------------------------------------------------------

STEERED = {
    "stop": "It stops now and keeps what it has learned; the model is ready in a few seconds.",
    "cancel": "It is cancelled, and nothing of it is kept.",
    "pause": "It is paused. Press Go on to let it learn on.",
    "resume": "It goes on.",
}


async def steer(telling: Telling, ask: SteerTraining) -> None:
    """Stop, cancel, pause or resume a training; its own message shows what came of it."""
    await telling.step("record", telling.accept)
    await telling.step("steer", steer_worker, telling, ask)
    await telling.finish(said(STEERED[ask.action]))


async def steer_worker(telling: Telling, ask: SteerTraining) -> None:
    """Pass it on to the worker. Harmless twice."""
    parts, origin = telling.parts, telling.origin
    kept = await parts.records.trainings.get(ask.training_id)
    if kept is None or kept.server_id != origin.guild_id:
        raise Refused("I have no record of that training here.")
    check_steer(origin, kept.member_id)
    if kept.ended_at is not None:
        raise Refused("That training has ended already.")
    worker = parts.worker
    if kept.turn_at is None:
        await leave_line(telling, ask)
        return
    await telling.from_worker(lambda: worker.steer(ask.training_id, ask.action))
    if kept.member_id != origin.member_id:
        await telling.note(f"training_{ask.action}", ask.training_id, owner=kept.member_id)


async def leave_line(telling: Telling, ask: SteerTraining) -> None:
    """What has not begun can only be called off."""
    if ask.action not in {"cancel", "stop"}:
        raise Refused("It has not begun yet. It begins by itself when its turn comes; `/queue` shows the line.")
    await telling.parts.records.trainings.leave_line(ask.training_id)
    telling.parts.bell.ring()
