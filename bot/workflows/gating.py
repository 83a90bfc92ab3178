"""The gates: what looks like a picture that moderators removed is held back, coming in or going out, until they decide.

A server that has removed nothing, or has switched its gate off in `/settings`, pays nothing for it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.errors import Refused
from bot.language import said
from bot.records.people import Person
from bot.records.reports import HELD_OUTPUT, HELD_UPLOAD, Look, NewReport, Report
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


async def let_in(telling: Telling, works: Sequence[Accepted]) -> None:
    """Raises `Refused` when one of these uploads is held back; it then waits in the moderators' queue."""
    looks = await _looks(telling, upload=True)
    for work in works if looks else ():
        if alike(work.phash, work.thumb, looks):
            await _hold(telling, HELD_UPLOAD, work.png, work.name[:100])
            raise Refused(said(HELD_IN, name=work.name[:60]))


async def let_out(telling: Telling, pictures: Sequence[Picture]) -> None:
    """Raises `Refused` when one of these new pictures is held back."""
    looks = await _looks(telling, upload=False)
    for picture in pictures if looks else ():
        seen = await telling.parts.intake.inspect(picture.data)
        if isinstance(seen, Accepted) and alike(seen.phash, seen.thumb, looks):
            await _hold(telling, HELD_OUTPUT, picture.data, "")
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


async def _looks(telling: Telling, *, upload: bool) -> list[tuple[str, str]]:
    if telling.origin.unasked:
        return []
    known = await telling.parts.house.known(telling.origin.guild_id)
    on = known.rules.upload_gate if upload else known.rules.output_gate
    return [(one.phash, one.thumb) for one in known.denied] if on else []


async def _hold(telling: Telling, kind: str, data: bytes, name: str) -> None:
    """Keep it where only moderators see it, and put it into their queue."""
    parts, origin, server = telling.parts, telling.origin, telling.server
    assert server is not None
    blob = await patiently(lambda: parts.worker.put_blob(data), parts.patience.away)
    reason = said("It looks like a picture that was removed.") + (f" {name}" if name else "")
    member = Person(origin.member_id, origin.member_name)
    new = NewReport(telling.id, kind, server, origin.channel_id, member.id, None, reason, blob=blob)
    await parts.records.reports.file(new, member)
    log.info("held back one %s", kind)
