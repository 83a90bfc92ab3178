"""The gates, at the way in and at the way out: the operator's own, and each server's.

A server's gate holds back what looks like a picture that its moderators removed, until they decide; a server that has
removed nothing, or has switched its gate off in `/settings`, pays nothing for it. The operator's gate
(`bot.safety.gatekeeper`) stands before it and no server switches it off: what is on the list of hashes is refused and
kept nowhere; what the classifier doubts is held back for the moderators, and passes once one of them approved it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from bot.errors import Refused
from bot.language import said
from bot.records.people import Person
from bot.records.reports import HELD_OUTPUT, HELD_UPLOAD, Look, NewReport, Report
from bot.safety.gatekeeper import GateDown
from bot.safety.gates import alike
from bot.safety.intake import Accepted
from bot.workflows.telling import Telling, patiently
from gan.contract import Picture

log = logging.getLogger(__name__)

HELD_IN = (
    "“{name}” looks like a picture that the moderators of this server removed, so it is held back until one of them "
    "has looked at it. Nothing was taken; leave it out and try again."
)
HELD_OUT = (
    "What came out looks like a picture that the moderators of this server removed, so it is held back until one of "
    "them has looked at it. Try another seed or another picture."
)
DOUBTED_IN = (
    "An automatic check that errs at times says that “{name}” may show nudity, so it is held back until a moderator "
    "of this server has looked at it. Nothing was taken; leave it out and try again."
)
DOUBTED_OUT = (
    "An automatic check that errs at times says that what came out may show nudity, so it is held back until a "
    "moderator of this server has looked at it. Try another seed or another picture."
)
DOUBTED_ALONE = (
    "An automatic check that errs at times says that this may show nudity, and in direct messages there is no "
    "moderator to look at it. Try another picture, or ask in a server."
)
BLOCKED_IN = "“{name}” is a picture that may not be used with this bot. Nothing was taken; leave it out and try again."
BLOCKED_OUT = "What came out is a picture that may not be shown by this bot. Try another seed or another picture."
DOWN_IN = (
    "The automatic check of pictures does not run just now, so no picture is taken in and no training starts. It is "
    "tried again every few seconds and its operator's log says why; try again in a minute."
)
DOWN_OUT = (
    "The automatic check of pictures does not run just now, so nothing new is shown. It is tried again every few "
    "seconds and its operator's log says why; try again in a minute."
)
REASON_DOUBTED = "The automatic check says that it may show nudity ({percent} %)."
REASON_REMOVED = "It looks like a picture that was removed."


async def check_open(telling: Telling) -> None:
    """Raises `Refused` while the operator's gate is down, before anything is fetched or learned from."""
    try:
        await telling.parts.gate.ready()
    except GateDown:
        raise Refused(DOWN_IN) from None


async def let_in(telling: Telling, works: Sequence[Accepted]) -> None:
    """Raises `Refused` when one of these uploads is held back; it then waits in the moderators' queue."""
    gate = telling.parts.gate
    try:
        for work in works:
            if await gate.blocked(work.phash, work.thumb):
                log.warning("refused an upload that is on the operator's list")
                raise Refused(said(BLOCKED_IN, name=work.name[:60]))
            if await _doubted(telling, work.png, work.sha256, HELD_UPLOAD, work.name[:100]):
                raise Refused(said(DOUBTED_IN, name=work.name[:60]))
    except GateDown:
        raise Refused(DOWN_IN) from None
    looks = await _looks(telling, upload=True)
    for work in works if looks else ():
        if alike(work.phash, work.thumb, looks):
            await _hold(telling, HELD_UPLOAD, work.png, work.name[:100], said(REASON_REMOVED))
            raise Refused(said(HELD_IN, name=work.name[:60]))


async def let_out(telling: Telling, pictures: Sequence[Picture]) -> None:
    """Raises `Refused` when one of these new pictures is held back."""
    gate, intake = telling.parts.gate, telling.parts.intake
    try:
        for picture in pictures:
            shown = await intake.inspect(picture.data) if gate.listing else None
            if isinstance(shown, Accepted) and await gate.blocked(shown.phash, shown.thumb):
                log.warning("refused a new picture that is on the operator's list")
                raise Refused(BLOCKED_OUT)
            if gate.scoring:
                sha256 = hashlib.sha256(picture.data).hexdigest()
                if await _doubted(telling, picture.data, sha256, HELD_OUTPUT, ""):
                    raise Refused(DOUBTED_OUT)
    except GateDown:
        raise Refused(DOWN_OUT) from None
    looks = await _looks(telling, upload=False)
    for picture in pictures if looks else ():
        seen = await intake.inspect(picture.data)
        if isinstance(seen, Accepted) and alike(seen.phash, seen.thumb, looks):
            await _hold(telling, HELD_OUTPUT, picture.data, "", said(REASON_REMOVED))
            raise Refused(HELD_OUT)


async def allow(telling: Telling, found: Report) -> None:
    """A moderator approved what was held back: it is known as removed no longer."""
    if found.blob is None:
        return
    parts, blob = telling.parts, found.blob
    seen = await parts.intake.inspect(await patiently(lambda: parts.worker.blob(blob), parts.patience.away))
    looks = [(one.phash, one.thumb) for one in await parts.records.reports.denied(found.server_id)]
    while isinstance(seen, Accepted) and (known := alike(seen.phash, seen.thumb, looks)):
        await parts.records.reports.allow(found.server_id, Look(*known))
        looks.remove(known)


async def forget_held(telling: Telling, found: Report) -> None:
    """What was held back is decided, so its file goes, unless somebody gave the very same one as their art."""
    parts, blob = telling.parts, found.blob
    if blob is not None and not await parts.records.art.known(found.server_id, [blob]):
        await patiently(lambda: parts.worker.forget_blob(blob), parts.patience.away)


async def _doubted(telling: Telling, data: bytes, sha256: str, kind: str, name: str) -> bool:
    """Whether the classifier doubts this picture, which then waits in the queue; not if a moderator approved it.

    Raises `GateDown`, and `Refused` in direct messages, where nobody could approve it.
    """
    gate, server = telling.parts.gate, telling.server
    score = await gate.score(data, sha256)
    if not gate.scoring or score < gate.choice.threshold:
        return False
    if server is None:
        raise Refused(DOUBTED_ALONE)
    if await telling.parts.records.reports.approved(server.id, sha256):
        return False
    await _hold(telling, kind, data, name, said(REASON_DOUBTED, percent=f"{100 * score:.0f}"))
    return True


async def _looks(telling: Telling, *, upload: bool) -> list[tuple[str, str]]:
    if telling.origin.unasked:
        return []
    known = await telling.parts.house.known(telling.origin.guild_id)
    on = known.rules.upload_gate if upload else known.rules.output_gate
    return [(one.phash, one.thumb) for one in known.denied] if on else []


async def _hold(telling: Telling, kind: str, data: bytes, name: str, why: str) -> None:
    """Keep it where only moderators see it, and put it into their queue."""
    parts, origin, server = telling.parts, telling.origin, telling.server
    assert server is not None
    blob = await patiently(lambda: parts.worker.put_blob(data), parts.patience.away)
    reason = f"{why} {name}".rstrip()
    member = Person(origin.member_id, origin.member_name)
    new = NewReport(telling.id, kind, server, origin.channel_id, member.id, None, reason, blob=blob)
    await parts.records.reports.file(new, member)
    log.info("held back one %s", kind)
