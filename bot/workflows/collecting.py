"""Where a training's pictures come from: the server's emoji, attached files, a folder of the operator's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.language import counted, said
from bot.safety.intake import Accepted, Given, Reason, Rejected, SetReport
from bot.stories import Train
from bot.workflows.gating import let_in
from bot.workflows.telling import Telling, patiently
from gan.contract import MIN_TRAINING_PICTURES

BLOBS_AT_ONCE = 4
GOOD_SET = 20
"""Works from which on mixtures are more than two works in one."""
MUCH_TWICE = 0.3
"""Share of a set that is there twice from which on a member is asked about it."""
MOST_FILES = 12_000
"""Files of a folder that are looked at: some more than the largest training takes, since some are left out."""


async def look(telling: Telling, ask: Train) -> SetReport:
    """Get the pictures and have each looked at. Raises `Refused` for a folder that is not there."""
    parts = telling.parts
    given: Sequence[Given | Rejected]
    match ask.source:
        case "emoji":
            given = await parts.fetcher.fetch_all(ask.emoji)
        case "files":
            given = await parts.fetcher.fetch_all(ask.uploads, telling.origin.member_name)
        case "folder":
            given = await parts.folders.read(ask.folder or "", MOST_FILES)
        case "collection" | "version":
            raise ValueError("what was given before is looked up, see `gathered`")
    report = await parts.intake.inspect_set(given, most=parts.limits.training_pictures_max)
    await let_in(telling, report.works)
    return report


async def store(telling: Telling, works: Sequence[Accepted]) -> None:
    """Put all pictures at the worker, a few at a time; those it has already are not sent again."""
    places = asyncio.Semaphore(BLOBS_AT_ONCE)

    async def one(data: bytes) -> None:
        async with places:
            await patiently(lambda: telling.parts.worker.put_blob(data), telling.parts.patience.away)

    await asyncio.gather(*(one(work.png) for work in works))


def source_name(ask: Train) -> str:
    """Where the pictures come from, before anyone has looked at them."""
    match ask.source:
        case "emoji":
            return said("this server's {offered} emoji", offered=len(ask.emoji))
        case "files":
            return counted("{count} attached file", "{count} attached files", len(ask.uploads))
        case "folder":
            return said("the folder {folder}", folder=ask.folder)
        case "collection" | "version":
            return said("this server's art")


def counted_source(ask: Train, kept: int, offered: int) -> str:
    """Such as `198 of this server's 200 emoji`."""
    if kept == offered and ask.source != "folder":
        return source_name(ask)
    match ask.source:
        case "collection" | "version":
            return said("{kept} of {offered} works", kept=kept, offered=offered)
        case "emoji":
            return said("{kept} of this server's {offered} emoji", kept=kept, offered=offered)
        case "files":
            return said("{kept} of {offered} attached files", kept=kept, offered=offered)
        case "folder" if kept == offered:
            return said("the {offered} files in {folder}", offered=offered, folder=ask.folder)
        case "folder":
            return said("{kept} of the {offered} files in {folder}", kept=kept, offered=offered, folder=ask.folder)


def too_few(ask: Train, report: SetReport) -> str:
    """What to do when there is too little to learn from."""
    kept = len(report.works)
    have = counted(
        "{count} picture can be used, and learning needs at least {least}.",
        "{count} pictures can be used, and learning needs at least {least}.",
        kept,
        least=MIN_TRAINING_PICTURES,
    )
    twice = sum(one.reason is Reason.duplicate for one in report.rejected)
    if twice:
        again = "{twice} of the {offered} are another one again, which teaches nothing new."
        have += " " + said(again, twice=twice, offered=_offered(report))
    missing = MIN_TRAINING_PICTURES - kept
    enough = "{missing} more will do for a start; {good} make it invent freely."
    return f"{have} {_more(ask)} {said(enough, missing=missing, good=GOOD_SET)}"


def _more(ask: Train) -> str:
    match ask.source:
        case "emoji":
            return said("Add more emoji, or use `/train files`.")
        case "files":
            return said("Attach more with `/train files`: PNG, JPEG, WebP or GIF, all different.")
        case "folder":
            return said("Ask the operator to put more into the folder.")
        case "collection" | "version":
            return said("`/contribute` and `/collection add` put more into the collection.")


def told_twice(report: SetReport) -> tuple[str, ...]:
    """A note where so much of a set is there twice that it may be the wrong set."""
    twice, offered = sum(one.reason is Reason.duplicate for one in report.rejected), _offered(report)
    if twice < MUCH_TWICE * offered:
        return ()
    share = f"{twice / offered:.0%}".replace("%", " %")
    return (said("{share} of the files are another one again: is it the right set?", share=share),)


def _offered(report: SetReport) -> int:
    return len(report.works) + len(report.rejected)
