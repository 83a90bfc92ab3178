"""The review queue: what members reported and gates held back, one after the other, and what moderators decide."""

from __future__ import annotations

from base64 import b64encode

from bot.errors import Bug, Refused, Retry
from bot.language import said
from bot.moderation_asks import Decide
from bot.moderation_views import ReviewView
from bot.records.audit import Deed
from bot.records.people import Person
from bot.records.reports import APPROVED, OPEN, REMOVED, REPORT, Report
from bot.records.requests import RequestState
from bot.rights import MODERATORS_ONLY, Right
from bot.stories import Origin
from bot.workflows import expressions
from bot.workflows.gating import allow, forget_held
from bot.workflows.parts import Parts
from bot.workflows.removing import Removal, remove_everywhere
from bot.workflows.small import thumbnails
from bot.workflows.telling import Telling, patiently

SIDE = 192
AUDIT_LINES = 5
NOT_THERE = "That was decided already, or it is gone. `/reviews` shows what waits."
NOT_YOURSELF = "That is a moderator's own picture: moderators are not blocked. Talk to them."
DEEDS = {
    "review_approve": "approved",
    "review_remove": "removed",
    "review_block": "blocked",
    "review_unblock": "unblocked",
    "delete_of_another": "deleted for another",
    "default_model": "chose the default model",
    "showcase": "chose the showcase",
    "house_rule": "changed the settings:",
    "consent_given": "took consent:",
    "contest_start": "started the contest",
}
"""Words for the deeds of the log; others are shown by their own names."""


async def decide(telling: Telling, ask: Decide) -> None:
    """Carry out a moderator's word, put it on record, and show what waits next in the same message."""
    await telling.step("record", telling.accept)
    words = await telling.step("decide", carry_out, telling, ask)
    await telling.step("end", telling.end, RequestState.done)
    await telling.step("deliver", show_next, telling, ask, words)


async def carry_out(telling: Telling, ask: Decide) -> str:
    """What to tell the moderator; harmless twice."""
    found = await _here(telling, ask.report_id)
    match ask.verdict:
        case "approve":
            words = await _approve(telling, found)
        case "remove":
            words = await _remove(telling, found)
        case "block":
            words = await _block(telling, found)
        case "unblock":
            await telling.parts.records.reports.unblock(found.server_id, found.maker_id)
            words = said("{member} may use me again.", member=f"<@{found.maker_id}>")
    telling.parts.house.forget(found.server_id)
    about = {"owner": found.maker_id, "outputs": list(found.outputs), "reason": found.reason[:200]}
    await telling.note(f"review_{ask.verdict}", f"report {found.id}", **about)
    return words


async def _approve(telling: Telling, found: Report) -> str:
    if found.state == OPEN:
        await allow(telling, found)
    await telling.parts.records.reports.decide(found.id, APPROVED, telling.origin.member_id)
    await forget_held(telling, found)
    if found.kind == REPORT:
        return said("Approved: it stays.")
    return said("Approved. It is not held back any more; {member} can try again.", member=f"<@{found.maker_id}>")


async def _remove(telling: Telling, found: Report) -> str:
    records = telling.parts.records
    removal = Removal()
    if found.kind == REPORT:
        removal = await remove_everywhere(telling, found.outputs, found.animation_id)
    await forget_held(telling, found)
    await records.reports.decide(found.id, REMOVED, telling.origin.member_id)
    done = said("Removed everywhere: {messages} messages, the stars, the galleries.", messages=removal.messages)
    return f"{done} {expressions.told(removal.cleared)}".rstrip()


async def _block(telling: Telling, found: Report) -> str:
    server = telling.server
    assert server is not None
    if found.maker_id == telling.origin.member_id:
        raise Refused(NOT_YOURSELF)
    await telling.parts.records.reports.block(server, Person(found.maker_id, found.maker), telling.origin.member_id)
    return said("{member} can no longer use me here.", member=f"<@{found.maker_id}>")


async def show_next(telling: Telling, ask: Decide, words: str) -> None:
    """After a block the same picture still waits for a decision."""
    after = ask.report_id - 1 if ask.verdict in ("block", "unblock") else 0
    view = await review(telling.parts, telling.origin, after)
    await telling.deliver(view.model_copy(update={"done": words}))


async def _here(telling: Telling, report_id: int) -> Report:
    parts, origin = telling.parts, telling.origin
    await parts.house.admit(origin, Right.moderate)
    found = await parts.records.reports.get(report_id, origin.guild_id or 0)
    if found is None:
        raise Refused(NOT_THERE)
    return found


async def review(parts: Parts, origin: Origin, after: int = 0) -> ReviewView:
    """The oldest that waits, or the first after that one. Raises `Refused` for who is no moderator."""
    await parts.house.admit(origin, Right.moderate)
    if origin.guild_id is None:
        raise Refused(MODERATORS_ONLY)
    waiting = await parts.records.reports.waiting(origin.guild_id)
    audit = tuple(_line(deed) for deed in await parts.records.audit.latest(origin.guild_id, AUDIT_LINES))
    if not waiting:
        return ReviewView(audit=audit)
    shown = next((one for one in waiting if one.id > after), waiting[0])
    known = await parts.house.known(origin.guild_id)
    link = ""
    if shown.message_id is not None:
        link = f"https://discord.com/channels/{shown.server_id}/{shown.channel_id}/{shown.message_id}"
    return ReviewView(
        report_id=shown.id,
        waiting=len(waiting),
        what="report" if shown.kind == REPORT else "upload" if shown.kind == "upload" else "output",
        pictures=await _pictures(parts, shown),
        numbers=tuple(shown.outputs),
        reason=shown.reason,
        maker_id=shown.maker_id,
        maker=shown.maker,
        reporter_id=shown.reporter_id,
        at=shown.made_at.timestamp(),
        link=link,
        blocked=shown.maker_id in known.blocked,
        audit=audit,
    )


async def _pictures(parts: Parts, shown: Report) -> tuple[bytes, ...]:
    """What it is about, in base64, drawn anew or as it was held back; nothing where it cannot be had any more."""
    if shown.blob is not None:
        blob = shown.blob
        try:
            return (b64encode(await patiently(lambda: parts.worker.blob(blob), parts.patience.moment)),)
        except (Refused, Retry, Bug):
            return ()
    numbers = list(shown.outputs)
    if shown.animation_id is not None:
        walk = await parts.records.animations.get(shown.animation_id)
        numbers = list(walk.stops) if walk else []
    rows = await parts.records.outputs.several(numbers[:12])
    drawn = await thumbnails(parts, rows, SIDE)
    return tuple(drawn[row.id] for row in rows if row.id in drawn)


def _line(deed: Deed) -> str:
    at = f"<t:{round(deed.at.timestamp())}:R>" if deed.at else ""
    what = said(DEEDS[deed.action]) if deed.action in DEEDS else deed.action
    return f"{at} <@{deed.member_id}> {what} {deed.subject}"
