"""What a training would learn from, wherever it comes from: looked at, stored at the worker, frozen as a version."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.art_policy import server_of
from bot.consent_words import FILES_CONSENT, as_shown
from bot.errors import Bug, Refused, Retry
from bot.language import counted, said
from bot.licences import LABELS, Licence
from bot.records.art import Artwork, Given
from bot.records.collections import Version, VersionWork
from bot.records.people import Person
from bot.safety.duplicates import Seen
from bot.safety.intake import Accepted, SetReport, listed
from bot.stories import Train
from bot.workflows.collecting import GOOD_SET, counted_source, look, store, told_twice, too_few
from bot.workflows.contributing import collection_here, shrunk
from bot.workflows.gating import check_open
from bot.workflows.telling import Telling
from gan.contract import MIN_TRAINING_PICTURES, Work

SOFT_BELOW = 64
"""Sides below it are enlarged to what models draw, so they come out soft."""


@dataclass(frozen=True)
class Gathered:
    """Pictures that can be learned from, and what is to be said of them."""

    works: tuple[VersionWork, ...]
    sides: tuple[int, ...]
    bytes: int
    source: str
    left_out: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    problem: str = ""
    """Why it is too little, and what to do; empty when it will do."""
    pictures: tuple[Accepted, ...] = ()
    """Those that the worker does not have yet."""
    collection_id: int | None = None


async def gather(telling: Telling, ask: Train) -> Gathered:
    """Look at everything. Raises `Refused` for what is not there, and while the operator's gate is down."""
    if not telling.origin.unasked:  # what is learned anew after a withdrawal had passed before
        await check_open(telling)
    match ask.source:
        case "collection":
            return await _of_collection(telling, ask)
        case "version":
            return await _of_version(telling, ask)
        case _:
            return _of_report(telling, ask, await look(telling, ask))


def _of_report(telling: Telling, ask: Train, report: SetReport) -> Gathered:
    files = ask.source == "files"
    works = tuple(
        VersionWork(
            sha256=one.sha256,
            title=Path(one.name).stem[:100],
            artist=one.author[:100],
            licence=LABELS[Licence.server] if files else "",
            member_id=telling.origin.member_id if files else None,
        )
        for one in report.works
    )
    few = too_few(ask, report) if len(report.works) < MIN_TRAINING_PICTURES else ""
    cropped = [one.name for one in report.works if not one.alpha and one.width != one.height]
    facts = (said("{count} are not square: their middle is used", count=len(cropped)),) if cropped else ()
    return Gathered(
        works=works,
        sides=tuple(one.side for one in report.works),
        bytes=sum(len(one.png) for one in report.works),
        source=counted_source(ask, len(report.works), len(report.works) + len(report.rejected)),
        left_out=report.left_out + report.notes + told_twice(report),
        facts=facts,
        problem=few,
        pictures=report.works,
    )


async def _of_collection(telling: Telling, ask: Train) -> Gathered:
    """A collection as it stands now, without what is in it twice."""
    records = telling.parts.records
    collection = await collection_here(telling.parts, server_of(telling.origin), ask.collection or 0)
    everything = await records.collections.works(collection.id)
    works, twice = once(everything)
    most = telling.parts.limits.training_pictures_max
    beyond, works = works[most:], works[:most]
    left_out = []
    if twice:
        left_out.append(f"{len(twice)} " + said("there twice") + ": " + listed([one.title for one in twice]))
    if beyond:
        left_out.append(f"{len(beyond)} " + said("beyond the most that one training takes"))
    source = counted(
        "{count} work of the collection {name}", "{count} works of the collection {name}", len(works), name="{name}"
    ).replace("{name}", collection.name)
    return Gathered(
        works=tuple(
            VersionWork(one.sha256, one.title, one.artist, Licence(one.licence).label, one.id, one.member_id)
            for one in works
        ),
        sides=tuple(one.side for one in works),
        bytes=0,  # its room was counted when it was given
        source=source,
        left_out=tuple(left_out),
        problem=_few(len(works)),
        collection_id=collection.id,
    )


async def _of_version(telling: Telling, ask: Train) -> Gathered:
    """Exactly what a version holds: a training anew."""
    records = telling.parts.records
    version = await records.collections.version(ask.version or 0)
    if version is None or version.server_id != telling.origin.guild_id:
        raise Refused("What it should learn from is no longer there.")
    works = await records.collections.version_works(version.id)
    return Gathered(
        works=tuple(works),
        sides=(),
        bytes=0,
        source=version.source,
        problem=_few(len(works)),
        collection_id=version.collection_id,
    )


def _few(count: int) -> str:
    if count >= MIN_TRAINING_PICTURES:
        return ""
    words = counted(
        "{count} work can be used, and learning needs at least {least}; {good} make it invent freely.",
        "{count} works can be used, and learning needs at least {least}; {good} make it invent freely.",
        count,
        least=MIN_TRAINING_PICTURES,
        good=GOOD_SET,
    )
    return f"{words} " + said("`/contribute` and `/collection add` put more into the collection.")


def once(works: Sequence[Artwork]) -> tuple[list[Artwork], list[Artwork]]:
    """Works without those that are an earlier one again, and those."""
    seen = Seen()
    kept: list[Artwork] = []
    twice: list[Artwork] = []
    for one in works:
        (twice if seen.add(one.sha256, one.phash, one.thumb, one.title) else kept).append(one)
    return kept, twice


async def keep(telling: Telling, ask: Train, gathered: Gathered) -> Version:
    """Send what the worker lacks, and freeze the version that the training names."""
    server, origin = telling.server, telling.origin
    if ask.source == "files" and server is not None:
        who = Person(origin.member_id, origin.member_name)
        words = as_shown(FILES_CONSENT, origin.locale)
        await telling.parts.records.art.allow_files(Given(telling.id, server, who, words))
    await store(telling, gathered.pictures)
    freeze = telling.parts.records.collections.freeze
    return await freeze(telling.origin.guild_id, gathered.collection_id, gathered.source, gathered.works)


def as_works(works: Sequence[VersionWork]) -> tuple[Work, ...]:
    """The works of a version as the worker is told of them."""
    return tuple(
        Work(sha256=one.sha256, title=one.title, artist=one.artist, licence=one.licence, tags=_tags(one.tags))
        for one in works
    )


def _tags(told: str) -> tuple[str, ...]:
    """As many as the worker takes; a prompt finds the work by them."""
    return tuple(tag[:60] for tag in told.split(", ") if tag)[:16]


def facts_of(gathered: Gathered) -> tuple[str, ...]:
    """What there is to say of a set before it is learned from: how much, whose, how large, under which licences."""
    works, sides = gathered.works, gathered.sides
    artists = {one.artist for one in works if one.artist}
    lines = [counted("{count} picture to learn from", "{count} pictures to learn from", len(works))]
    if artists:
        names = listed(sorted(artists))
        lines[0] += ", " + counted(
            "by {count} artist: {names}", "by {count} artists: {names}", len(artists), names=names
        )
    if sides:
        low, high = min(sides), max(sides)
        size = f"{low} px" if low == high else said("{low} to {high} px", low=low, high=high)
        lines.append(said("size: {size}", size=size) + _soft(sides))
    licences = Counter(one.licence for one in works if one.licence)
    if licences:
        lines.append(" · ".join(f"{count} × {said(name)}" for name, count in licences.most_common()))
    if LABELS[Licence.cc_by_sa] in licences:
        lines.append(said("CC BY-SA asks that what is made with these works is shared alike."))
    return (*lines, *gathered.facts)


def _soft(sides: Sequence[int]) -> str:
    small = sum(side < SOFT_BELOW for side in sides)
    if not small:
        return ""
    return "; " + counted("{count} is small and comes out soft", "{count} are small and come out soft", small)


async def small_pictures(telling: Telling, works: Sequence[VersionWork], most: int, side: int) -> tuple[bytes, ...]:
    """The first few in small, PNG; none where the worker does not answer."""
    try:
        found = await asyncio.gather(*(telling.parts.worker.blob(one.sha256) for one in works[:most]))
        return tuple([await asyncio.to_thread(shrunk, data, side) for data in found])
    except (Refused, Retry, Bug, OSError):
        return ()
