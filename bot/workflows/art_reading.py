"""What the chat looks up concerning art at once: lists of works and collections. See `bot.art_reads`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.art_policy import may_add, server_of
from bot.art_views import ArtPage, CollectionLine, CollectionView
from bot.errors import Refused
from bot.language import said
from bot.licences import Licence
from bot.policy import may_change
from bot.records.art import Artwork
from bot.records.collections import Collection, Version
from bot.stories import Origin
from bot.workflows.contributing import art_lines, collection_here
from bot.workflows.library import MOST_CHOICES, rank
from bot.workflows.parts import Parts

A_PAGE = 10
SMALL = 96
VERSIONS_SHOWN = 5
NO_ART = "There is no art of yours here to withdraw. `/contribute` gives some."
ALL_WITHDRAWN = "All of it was withdrawn already."


async def collection_choices(parts: Parts, guild_id: int | None, typed: str) -> list[tuple[str, int]]:
    """Best match first."""
    if guild_id is None:
        return []
    wanted = typed.casefold().strip()
    found = await parts.records.collections.of_server(guild_id)
    ranked = sorted(((rank(wanted, one.name), one.name, one) for one in found), key=lambda pair: pair[:2])
    return [(f"{one.name} · {one.works}", one.id) for place, _, one in ranked if place < 3][:MOST_CHOICES]


async def art_choices(parts: Parts, member_id: int, guild_id: int | None, typed: str) -> list[tuple[str, int]]:
    """A member's own works, the newest first; those whose title was typed before the others."""
    if guild_id is None:
        return []
    wanted = typed.casefold().strip()
    works = await parts.records.art.of_member(member_id, guild_id)
    ranked = sorted(((rank(wanted, one.title, str(one.id)), one) for one in works), key=lambda pair: pair[0])
    return [(f"{one.title} · #{one.id}"[:100], one.id) for place, one in ranked if place < 3][:MOST_CHOICES]


async def collections(parts: Parts, origin: Origin) -> tuple[CollectionLine, ...]:
    return tuple(_line(one) for one in await parts.records.collections.of_server(server_of(origin)))


async def collection(parts: Parts, origin: Origin, collection_id: int, page: int) -> CollectionView:
    records = parts.records
    found = await collection_here(parts, server_of(origin), collection_id)
    works = await records.collections.works(found.id)
    shown, page, pages = _page(works, page)
    counts = Counter(Licence(one.licence).label for one in works)
    versions = await records.collections.versions(found.id)
    named = await records.collections.may_add(found.id, origin.member_id)
    return CollectionView(
        line=_line(found),
        owner_id=found.owner_id,
        works=await art_lines(parts, shown, SMALL),
        page=page,
        pages=pages,
        licences=tuple(counts.most_common()),
        versions=tuple([_version_line(one) for one in versions[:VERSIONS_SHOWN]]),
        may_add=may_add(origin, found.owner_id, found.who_adds, named),
        may_change=may_change(origin, found.owner_id),
    )


async def art(parts: Parts, origin: Origin, page: int, request_id: int | None) -> ArtPage:
    """Raises `Refused` where there is nothing, or nothing that the asker may take back."""
    records = parts.records
    if request_id is None:
        works = await records.art.of_member(origin.member_id, server_of(origin))
        if not works:
            raise Refused(NO_ART)
    else:
        given = await records.art.of_request(request_id)
        works = [one for one in given if one.server_id == origin.guild_id and may_change(origin, one.member_id)]
        if not works:
            raise Refused(ALL_WITHDRAWN)
    shown, page, pages = _page(works, page)
    models = await records.retirements.learned_from([one.id for one in works])
    retired = await records.retirements.all()
    return ArtPage(
        works=await art_lines(parts, shown, SMALL),
        page=page,
        pages=pages,
        count=len(works),
        request_id=request_id,
        models=sum(one.model_id not in retired for one in models),
    )


def _page(works: Sequence[Artwork], page: int) -> tuple[Sequence[Artwork], int, int]:
    pages = max(1, -(-len(works) // A_PAGE))
    page = min(max(0, page), pages - 1)
    return works[page * A_PAGE : (page + 1) * A_PAGE], page, pages


def _line(one: Collection) -> CollectionLine:
    return CollectionLine(
        id=one.id,
        name=one.name,
        owner_name=one.owner_name,
        works=one.works,
        artists=one.artists,
        who_adds=one.who_adds,
    )


def version_name(version: Version) -> str:
    """Such as `version 3 (5f0c12ab)`."""
    return said("version {number} ({hash})", number=version.number, hash=version.sha256[:8])


def _version_line(version: Version) -> str:
    return f"{version_name(version)} · {version.made_at.date().isoformat()}"
