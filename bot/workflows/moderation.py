"""From an ask concerning order to its story."""

from __future__ import annotations

from bot.moderation_asks import (
    CloseContest,
    Decide,
    EnterContest,
    ModerationAsk,
    ReportPicture,
    SetRule,
    StartContest,
    Vote,
)
from bot.workflows.contests import close_contest, enter_contest, start_contest, vote
from bot.workflows.reporting import report
from bot.workflows.reviewing import decide
from bot.workflows.settling import set_rule
from bot.workflows.telling import Telling


async def moderation_story(telling: Telling, ask: ModerationAsk) -> None:
    match ask:
        case ReportPicture():
            await report(telling, ask)
        case Decide():
            await decide(telling, ask)
        case SetRule():
            await set_rule(telling, ask)
        case StartContest():
            await start_contest(telling, ask)
        case EnterContest():
            await enter_contest(telling, ask)
        case Vote():
            await vote(telling, ask)
        case CloseContest():
            await close_contest(telling, ask)
