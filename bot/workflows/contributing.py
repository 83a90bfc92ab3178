"""The story of a contribution: art that an artist gives to a server on purpose, picture by picture, with consent.

Files of this form are the only way in; nothing here, or anywhere, takes a message for a source of art
(`tests/architecture/test_consent.py`).
"""

from __future__ import annotations

import asyncio
import io
import logging
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from bot.art_asks import Contribute
from bot.art_policy import (
    LONGEST_TAGS,
    LONGEST_TITLE,
    NO_COLLECTION,
    art_quotas,
    check_adding,
    check_contribution,
    server_of,
)
from bot.art_views import ArtLine, ArtView
from bot.consent_words import CONSENT, as_shown
from bot.errors import Bug, Refused, Retry
from bot.language import said
from bot.licences import Licence
from bot.parcels import CAPS
from bot.records.art import Artwork, Given, NewArt
from bot.records.collections import Collection
from bot.records.people import Person
from bot.records.requests import RequestState
from bot.safety.archives import pictures_in
from bot.safety.intake import Accepted, SetReport
from bot.stories import Plain
from bot.workflows.gating import check_open, let_in
from bot.workflows.parts import Parts
from bot.workflows.telling import Telling, patiently

log = logging.getLogger(__name__)

NO_PARCEL = (
    "What you laid down on the web page is no longer at hand; it is kept for a day. Lay it down again, or attach "
    "pictures to `/contribute`."
)
SHOWN = 10
"""Pictures on a card; the others are counted."""
SHOWN_SIDE = 256
"""Side of the pictures on a card, in pixels."""
AT_ONCE = 4


class Taken(Plain):
    """What was taken in, in a form that a step writes down."""

    artworks: tuple[int, ...]
    left_out: tuple[str, ...]
    collection: str = ""


async def contribute(telling: Telling, ask: Contribute) -> None:
    """Check the consent, look at the files, keep them with it, show the card."""
    await telling.step("record", record, telling, ask)
    try:
        taken = await telling.step("take in", take_in, telling, ask)
    except Refused:
        await put_away(telling, ask)
        raise
    await telling.step("end", telling.end, RequestState.done)
    await telling.step("deliver", deliver, telling, ask, taken)
    await put_away(telling, ask)


async def put_away(telling: Telling, ask: Contribute) -> None:
    """A zip that was given, or cannot be, is not kept: `/contribute` opens its form again."""
    parcels = telling.parts.parcels
    if ask.parcel and parcels is not None:
        await telling.step("put away", parcels.forget, telling.origin.member_id, ask.parcel)


async def record(telling: Telling, ask: Contribute) -> None:
    """Put it on record; what may not be taken is refused before anything is fetched."""
    await telling.accept()
    check_contribution(telling.origin, ask)
    await check_open(telling)
    if ask.collection is not None:
        await open_collection(telling, ask.collection)


async def open_collection(telling: Telling, collection_id: int) -> Collection:
    """A collection of this server that the asker may add to. Raises `Refused`."""
    records, origin = telling.parts.records, telling.origin
    found = await collection_here(telling.parts, server_of(origin), collection_id)
    named = await records.collections.may_add(found.id, origin.member_id)
    check_adding(origin, found.owner_id, found.who_adds, named)
    return found


async def collection_here(parts: Parts, server_id: int, collection_id: int) -> Collection:
    """Raises `Refused` for a collection that is not there, or another server's."""
    found = await parts.records.collections.get(collection_id)
    if found is None or found.server_id != server_id:
        raise Refused(NO_COLLECTION)
    return found


async def take_in(telling: Telling, ask: Contribute) -> Taken:
    """Fetch, look at, store, and write down with the consent. Raises `Refused` when nothing of it can be used."""
    parts, origin = telling.parts, telling.origin
    licence = check_contribution(origin, ask)
    report, consent = await _looked_at(telling, ask)
    await let_in(telling, report.works)
    works, there = await _new_ones(telling, report.works)
    lines = report.left_out + there
    if not works:
        raise Refused(said("Nothing was taken: {why}", why="; ".join(lines) or said("there was no picture.")))
    await telling.book(art_quotas(parts.limits, sum(len(one.png) for one in works)))
    await store(telling, [one.png for one in works])
    server, member = telling.server, Person(origin.member_id, origin.member_name)
    assert server is not None
    given = Given(telling.id, server, member, consent)
    kept = await parts.records.art.give(given, [_new(ask, one, licence, n, len(works)) for n, one in enumerate(works)])
    name = ""
    if ask.collection is not None:
        collection = await open_collection(telling, ask.collection)
        await parts.records.collections.add(collection.id, [one.id for one in kept], member)
        name = collection.name
    await telling.note("consent_given", f"{len(kept)} works", licence=licence.value)
    return Taken(artworks=tuple(one.id for one in kept), left_out=lines + report.notes, collection=name)


async def _looked_at(telling: Telling, ask: Contribute) -> tuple[SetReport, str]:
    """What became of the files, and the consent in the words that were ticked. Raises `Refused`."""
    parts, origin = telling.parts, telling.origin
    if not ask.parcel:
        fetched = await parts.fetcher.fetch_all(ask.uploads, origin.member_name)
        return await parts.intake.inspect_set(fetched), as_shown(CONSENT, origin.locale)
    parcel = await parts.parcels.take_up(origin.member_id, ask.parcel) if parts.parcels else None
    if parcel is None:
        raise Refused(said(NO_PARCEL))
    report = await parts.intake.inspect_stream(pictures_in(parcel.data, CAPS, origin.member_name))
    return report, parcel.slip.words


async def _new_ones(telling: Telling, works: Sequence[Accepted]) -> tuple[list[Accepted], tuple[str, ...]]:
    """Without those that this server has already (from an earlier contribution), which are told."""
    known = await telling.parts.records.art.known(server_of(telling.origin), [one.sha256 for one in works])
    again = [one for one in works if one.sha256 in known and known[one.sha256].request_id != telling.id]
    names = ", ".join(one.name[:40] for one in again[:5])
    lines = (said("{count} given already: {names}", count=len(again), names=names),) if again else ()
    return [one for one in works if one not in again], lines


def _new(ask: Contribute, work: Accepted, licence: Licence, place: int, count: int) -> NewArt:
    title = " ".join(ask.title.split()) or Path(work.name).stem.replace("_", " ")
    numbered = f"{title[: LONGEST_TITLE - 4]} {place + 1}" if ask.title.strip() and count > 1 else title
    return NewArt(
        title=numbered[:LONGEST_TITLE],
        tags=tags_of(ask.tags),
        licence=licence.value,
        sha256=work.sha256,
        phash=work.phash,
        thumb=work.thumb,
        side=work.side,
        bytes=len(work.png),
    )


def tags_of(typed: str) -> str:
    """Tags in lower case, each once, with commas between, as many as there is room for."""
    tags = dict.fromkeys(" ".join(tag.split()).casefold() for tag in typed.replace("#", ",").split(","))
    kept = ""
    for tag in filter(None, tags):
        longer = f"{kept}, {tag}" if kept else tag
        kept = longer if len(longer) <= LONGEST_TAGS else kept
    return kept


async def store(telling: Telling, pictures: Sequence[bytes]) -> None:
    """Put pictures at the worker, a few at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(data: bytes) -> None:
        async with places:
            await patiently(lambda: telling.parts.worker.put_blob(data), telling.parts.patience.away)

    await asyncio.gather(*(one(data) for data in pictures))


async def deliver(telling: Telling, ask: Contribute, taken: Taken) -> None:
    """The card; whatever was withdrawn meanwhile is not on it."""
    works = await telling.parts.records.art.several(taken.artworks)
    origin = telling.origin
    view = ArtView(
        request_id=telling.id,
        owner_id=origin.member_id,
        owner_name=origin.member_name,
        works=await art_lines(telling.parts, works, SHOWN_SIDE, most=SHOWN),
        title=" ".join(ask.title.split())[:LONGEST_TITLE],
        tags=tags_of(ask.tags),
        licence=Licence(ask.licence).label,
        collection=taken.collection,
        left_out=taken.left_out,
    )
    await telling.deliver(view)


async def art_lines(
    parts: Parts, works: Sequence[Artwork], side: int, *, most: int | None = None
) -> tuple[ArtLine, ...]:
    """Works as lists and cards show them, the first `most` with small pictures of this side if the worker answers."""
    places = asyncio.Semaphore(AT_ONCE)

    async def small(work: Artwork) -> bytes | None:
        async with places:
            try:
                data = await patiently(lambda: parts.worker.blob(work.sha256), parts.patience.moment)
                return b64encode(await asyncio.to_thread(shrunk, data, side))
            except (Refused, Retry, Bug, OSError) as away:  # a list without a picture is better than none
                log.info("no small picture of artwork %d: %s", work.id, away)
                return None

    pictures = [*await asyncio.gather(*(small(work) for work in works[:most])), *([None] * len(works))]
    return tuple(
        ArtLine(
            artwork_id=work.id,
            title=work.title,
            artist=work.artist,
            artist_id=work.member_id,
            licence=Licence(work.licence).label,
            thumbnail=picture,
        )
        for work, picture in zip(works, pictures, strict=False)
    )


def shrunk(png: bytes, side: int) -> bytes:
    """A PNG of ours, at most so large. Never for a file from outside: that is the confined decoder's to open."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        picture.save(out, "PNG")
    return out.getvalue()
