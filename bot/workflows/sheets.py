"""The sheet before a training: what it would learn from and come to, before anything is spent; and its Start button."""

from __future__ import annotations

import logging
from base64 import b64encode
from datetime import datetime

from bot.art_asks import StartTraining
from bot.art_views import SheetView
from bot.consent_words import EMOJI_CONSENT
from bot.errors import Bug, Refused, Retry
from bot.policy import check_steer, check_training, training_quotas
from bot.records.art import Given
from bot.records.people import Person
from bot.records.requests import Request, RequestState
from bot.stories import Origin, Posted, Train
from bot.workflows.gathered import small_pictures
from bot.workflows.live import Ticket
from bot.workflows.parts import Parts
from bot.workflows.telling import Telling
from bot.workflows.words import expected_line
from gan.contract import EstimateRequest

log = logging.getLogger(__name__)

SHOWN, SIDE = 16, 64
SHEET_GONE = "I have no record of that sheet here. `/train` makes a new one."
BEGUN = "This training was begun already; `/queue` shows those that go on."
MODERATOR_CONFIRMS = (
    "A moderator has to start this one: it confirms once that this server may use its own emoji for its models."
)


async def end_sheet(telling: Telling, ticket: Ticket) -> None:
    """Keep what the sheet says, so that it can be started after any restart."""
    await telling.parts.records.requests.decide(telling.id, ticket.model_dump(mode="json"))
    state = RequestState.refused if ticket.problem else RequestState.done
    await telling.end(state, ticket.problem or None)


async def show_sheet(telling: Telling, ask: Train, ticket: Ticket, posted: Posted) -> None:
    """Put the sheet in the place of the message that said that it is being looked at."""
    works = await telling.parts.records.collections.version_works(ticket.version_id or 0)
    small = await small_pictures(telling, works, SHOWN, SIDE)
    view = SheetView(
        request_id=telling.id,
        owner_id=telling.origin.member_id,
        owner_name=telling.origin.member_name,
        title=ticket.title,
        source=ticket.source,
        version=ticket.version,
        works=ticket.works,
        facts=ticket.facts if ticket.works else (),
        left_out=ticket.left_out,
        expected=await _expected(telling, ask, ticket),
        minutes=ask.minutes,
        problem=ticket.problem,
        needs_moderator=await needs_moderator(telling.parts, telling.origin, ask),
        thumbnails=tuple(b64encode(one) for one in small),
    )
    await telling.deliver(view, posted)


async def _expected(telling: Telling, ask: Train, ticket: Ticket) -> str:
    """Minutes and quality to expect; empty where nobody can say."""
    if ticket.problem:
        return ""
    seconds = max(5.0, ask.minutes * 60)
    asked = EstimateRequest(family=ticket.family, base=ticket.base, works=ticket.works, seconds=seconds)
    try:
        return expected_line(await telling.parts.worker.estimate(asked))
    except (Refused, Retry, Bug) as away:
        log.info("no estimate for the sheet: %s", away)
        return ""


async def needs_moderator(parts: Parts, origin: Origin, ask: Train) -> bool:
    """Whether the rights to this server's own emoji are still to be confirmed."""
    if ask.source != "emoji" or origin.guild_id is None or parts.emoji_are_free:
        return False
    return not await parts.records.art.emoji_allowed(origin.guild_id)


async def record_start(telling: Telling, ask: StartTraining) -> Train:
    """Check again what the sheet showed, and put it on record with what it costs; what is to be trained."""
    try:
        wanted = await _startable(telling, ask)
    except Exception:
        await telling.accept()
        raise
    await telling.accept(training_quotas(telling.parts.limits, wanted.minutes))
    return wanted


async def _startable(telling: Telling, ask: StartTraining) -> Train:
    parts, origin = telling.parts, telling.origin
    sheet = await _sheet(telling, ask)
    wanted = Train.model_validate(sheet.ask)
    begun = await parts.records.trainings.get(Ticket.model_validate(sheet.plan).training_id)
    if begun is not None and begun.request_id != telling.id:  # its message is another one's by now
        raise Refused(BEGUN)
    if await needs_moderator(parts, origin, wanted):
        if not origin.moderator:
            raise Refused(MODERATOR_CONFIRMS)
        server = telling.server
        assert server is not None
        who = Person(origin.member_id, origin.member_name)
        await parts.records.art.allow_emoji(Given(telling.id, server, who, EMOJI_CONSENT))
        await telling.note("emoji_allowed", server.name)
    else:
        check_steer(origin, sheet.member_id)
    others = [one for one in await parts.records.trainings.going_on() if one.request_id != telling.id]
    mine = sum(one.member_id == origin.member_id for one in others)
    taken = [one.title for one in parts.library.of(origin.guild_id)]
    check_training(origin, wanted.name, wanted.minutes, parts.limits, mine, taken)
    return wanted


async def ticket_of(telling: Telling, ask: StartTraining) -> Ticket:
    """What the sheet said."""
    sheet = await _sheet(telling, ask)
    assert sheet.plan is not None
    return Ticket.model_validate(sheet.plan)


async def _sheet(telling: Telling, ask: StartTraining) -> Request:
    """Raises `Refused` for a sheet that is not there, or another server's."""
    found = await telling.parts.records.requests.get(ask.sheet)
    if found is None or found.kind != "train" or found.plan is None or found.server_id != telling.origin.guild_id:
        raise Refused(SHEET_GONE)
    if found.state is not RequestState.done:
        raise Refused(SHEET_GONE)
    return found


async def put_away_old(parts: Parts, before: datetime) -> int:
    """Forget what sheets showed that were made before that and never started; how many pictures went."""
    hashes = await parts.records.collections.put_away(before)
    for sha256 in hashes:
        await parts.worker.forget_blob(sha256)
    return len(hashes)
