"""The stories of collections: begin one, put art in, take it out, say who may add, take it away as a file."""

from __future__ import annotations

from base64 import b64encode

from bot.art_asks import AddToCollection, CreateCollection, ExportCollection, RemoveFromCollection, ShareCollection
from bot.art_policy import COLLECTIONS_OF_SERVER, check_collection_change, collection_name, server_of
from bot.art_views import FilesView
from bot.errors import Refused
from bot.exporting import Piece, packed
from bot.language import counted, said
from bot.licences import ADDRESSES, Licence
from bot.policy import may_change
from bot.records.art import Artwork
from bot.records.collections import Collection
from bot.records.people import Person
from bot.records.requests import RequestState
from bot.stories import Posted
from bot.workflows import art_reading
from bot.workflows.contributing import collection_here, open_collection
from bot.workflows.telling import Telling, patiently

TAKEN_BESIDE = 0.9
"""Share of the upload limit that a file may fill: the rest is for what goes with it."""


async def create_collection(telling: Telling, ask: CreateCollection) -> None:
    await telling.step("record", telling.accept)
    await telling.finish(await telling.step("create", _create, telling, ask))


async def _create(telling: Telling, ask: CreateCollection) -> str:
    records, origin = telling.parts.records, telling.origin
    server_id, server = server_of(origin), telling.server
    assert server is not None
    name = collection_name(ask.name)
    if len(await records.collections.of_server(server_id)) >= COLLECTIONS_OF_SERVER:
        raise Refused("This server has as many collections as I can keep apart. Use one of them.")
    by = Person(origin.member_id, origin.member_name)
    if await records.collections.create(server, by, name, ask.who_adds) is None:
        standing = await records.collections.named(server_id, name)
        if standing is None or standing.owner_id != origin.member_id or standing.works:
            raise Refused(said("There is a collection called “{name}” already. Choose another name.", name=name))
    await telling.note("collection_create", name, who_adds=ask.who_adds)
    words = "The collection **{name}** is there. `/contribute` and `/collection add` put art in."
    return said(words, name=name)


async def add_to_collection(telling: Telling, ask: AddToCollection) -> None:
    await telling.step("record", telling.accept)
    await telling.finish(await telling.step("add", _add, telling, ask))


async def _add(telling: Telling, ask: AddToCollection) -> str:
    records, origin = telling.parts.records, telling.origin
    collection = await open_collection(telling, ask.collection)
    works = await _meant(telling, ask)
    if not works:
        raise Refused("There is no art to add. `/contribute` gives some to this server.")
    by = Person(origin.member_id, origin.member_name)
    count = await records.collections.add(collection.id, [one.id for one in works], by)
    await telling.note("collection_add", collection.name, works=[one.id for one in works][:200])
    words = counted("{count} work is new in **{name}**.", "{count} works are new in **{name}**.", count, name="{name}")
    return words.replace("{name}", collection.name)


async def _meant(telling: Telling, ask: AddToCollection) -> list[Artwork]:
    """The works to add: all were given to this server with consent, so whoever may add may add any of them."""
    art, origin = telling.parts.records.art, telling.origin
    server_id = server_of(origin)
    match ask.whose:
        case "mine":
            return await art.of_member(origin.member_id, server_id)
        case "everyone":
            return await art.of_server(server_id)
        case None:
            return [one for one in await art.several(ask.artworks) if one.server_id == server_id]


async def remove_from_collection(telling: Telling, ask: RemoveFromCollection) -> None:
    await telling.step("record", telling.accept)
    await telling.finish(await telling.step("remove", _remove, telling, ask))


async def _remove(telling: Telling, ask: RemoveFromCollection) -> str:
    """An artist takes out what is theirs; whoever made the collection, or a moderator, anything."""
    records, origin = telling.parts.records, telling.origin
    collection = await collection_here(telling.parts, server_of(origin), ask.collection)
    works = await records.art.several(ask.artworks)
    if not (may_change(origin, collection.owner_id) or all(one.member_id == origin.member_id for one in works)):
        check_collection_change(origin, collection.owner_id)
    count = await records.collections.remove(collection.id, [one.id for one in works])
    await telling.note("collection_remove", collection.name, works=[one.id for one in works])
    if not count:
        return said("It was not in the collection.")
    return said("It is out of the collection; it stays given to this server. `/withdraw` takes it back altogether.")


async def share_collection(telling: Telling, ask: ShareCollection) -> None:
    await telling.step("record", telling.accept)
    if ask.who_adds is None and ask.member_id is None:
        await telling.step("show", _show, telling, ask)
        await telling.step("end", telling.end, RequestState.done)
        return
    await telling.finish(await telling.step("share", _share, telling, ask))


async def _show(telling: Telling, ask: ShareCollection) -> Posted:
    """To everyone in the channel; on record, so that it goes when a work on it is withdrawn."""
    return await telling.deliver(await art_reading.collection(telling.parts, telling.origin, ask.collection, 0))


async def _share(telling: Telling, ask: ShareCollection) -> str:
    records, origin = telling.parts.records, telling.origin
    collection = await collection_here(telling.parts, server_of(origin), ask.collection)
    check_collection_change(origin, collection.owner_id)
    member = Person(ask.member_id, ask.member_name) if ask.member_id is not None else None
    await records.collections.let_add(collection.id, ask.who_adds, member)
    await telling.note("collection_share", collection.name, who_adds=ask.who_adds, member=ask.member_id)
    lines = [said("Done for **{name}**:", name=collection.name)]
    if ask.who_adds is not None:
        circles = {
            "owner": said("only whoever made it adds to it."),
            "moderators": said("moderators add to it."),
            "everyone": said("everyone here adds to it."),
        }
        lines.append(circles[ask.who_adds])
    if member is not None:
        lines.append(said("{member} may add to it.", member=f"<@{member.id}>"))
    return " ".join(lines)


# --- export ----------------------------------------------------------------------------------------------------------


async def export_collection(telling: Telling, ask: ExportCollection) -> None:
    await telling.step("record", telling.accept)
    await telling.step("end", telling.end, RequestState.done)
    await telling.step("deliver", _deliver_export, telling, ask)


async def _deliver_export(telling: Telling, ask: ExportCollection) -> None:
    records, origin = telling.parts.records, telling.origin
    collection = await collection_here(telling.parts, server_of(origin), ask.collection)
    works = await records.collections.works(collection.id)
    leaving = [one for one in works if Licence(one.licence).may_leave or one.member_id == origin.member_id]
    if not leaving:
        raise Refused("None of its works may leave this server: their artists gave them only to its models.")
    limit = round(origin.filesize_limit * TAKEN_BESIDE)
    data, kept = await packed([piece(telling, one) for one in leaving], manifest(collection, leaving), limit)
    lines = [counted("{count} work with its licence.", "{count} works with their licences.", kept)]
    stay = len(works) - len(leaving)
    if stay:
        lines.append(
            counted(
                "{count} work stays: its artist gave it only to this server's models.",
                "{count} works stay: their artists gave them only to this server's models.",
                stay,
            )
        )
    if kept < len(leaving):
        lines.append(said("{count} did not fit into one file for this chat.", count=len(leaving) - kept))
    name = "".join(letter if letter.isalnum() else "-" for letter in collection.name.casefold())[:40].strip("-")
    await telling.deliver(FilesView(text=" ".join(lines), files=((f"{name or 'collection'}.zip", b64encode(data)),)))


def piece(telling: Telling, work: Artwork) -> Piece:
    """A work as a file of an export, fetched when its turn comes."""

    async def data() -> bytes:
        return await patiently(lambda: telling.parts.worker.blob(work.sha256), telling.parts.patience.away)

    return Piece(f"works/{work.id}.png", data)


def manifest(collection: Collection, works: list[Artwork]) -> dict[str, object]:
    """Who made what, and under which licence: what CC BY asks for goes with the files."""
    return {
        "collection": collection.name,
        "works": [
            {
                "file": f"works/{one.id}.png",
                "title": one.title,
                "artist": one.artist,
                "licence": Licence(one.licence).label,
                "licence_url": ADDRESSES.get(Licence(one.licence), ""),
                "tags": one.tags,
                "given": one.given_at.date().isoformat(),
                "sha256": one.sha256,
            }
            for one in works
        ],
    }
