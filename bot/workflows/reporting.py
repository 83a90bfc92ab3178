"""The story of a report: a member tells the moderators of a picture, and it waits in their queue."""

from __future__ import annotations

from contextlib import suppress

from bot.errors import Refused
from bot.language import said
from bot.moderation_asks import ReportPicture
from bot.records.people import Person
from bot.records.reports import REPORT, NewReport
from bot.workflows.looking import NO_PICTURE
from bot.workflows.planning import picture_here
from bot.workflows.telling import Telling

NO_REPORTS = "This server takes no reports here. Tell a moderator of it directly."
NO_REASON = "Say in a few words what is wrong with it, then send it again."
SERVER_ONLY = "Reports go to a server's moderators; use this in a server. In direct messages 🗑️ removes your pictures."
MOST_PICTURES = 12


async def report(telling: Telling, ask: ReportPicture) -> None:
    await telling.step("record", telling.accept)
    await telling.step("file", file_report, telling, ask)
    await telling.finish(said("Thank you. The moderators will look at it; nobody else sees who reported it."))


async def file_report(telling: Telling, ask: ReportPicture) -> int:
    """Put it into the queue; a second time finds it there. Raises `Refused` where there is nothing to report."""
    parts, origin, server = telling.parts, telling.origin, telling.server
    if server is None:
        raise Refused(SERVER_ONLY)
    if not (await parts.house.known(server.id)).rules.reports:
        raise Refused(NO_REPORTS)
    reason = " ".join(ask.reason.split())
    if not reason:
        raise Refused(NO_REASON)
    known = await parts.records.outputs.of_message(ask.message_id) if ask.message_id is not None else []
    found = {}
    for number in (ask.outputs or tuple(one.id for one in known))[:MOST_PICTURES]:
        with suppress(Refused):
            picture = await picture_here(telling, number)
            found[picture.id] = picture
    walk = None
    if not found and ask.message_id is not None:
        walk = await parts.records.animations.of_message(ask.message_id, server.id)
    if not found and walk is None:
        raise Refused(NO_PICTURE)
    new = NewReport(
        request_id=telling.id,
        kind=REPORT,
        server=server,
        channel_id=origin.channel_id,
        maker_id=next((one.member_id for one in found.values()), walk.member_id if walk else 0),
        reporter=Person(origin.member_id, origin.member_name),
        reason=reason,
        message_id=ask.message_id,
        outputs=tuple(found),
        animation_id=walk.id if walk else None,
    )
    return await parts.records.reports.file(new)
