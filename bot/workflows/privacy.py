"""The stories of /privacy: give a member all that is kept of them, and erase it."""

from __future__ import annotations

import logging
import time
from base64 import b64decode, b64encode

from bot.art_asks import EraseMe, ExportMe
from bot.art_views import FilesView
from bot.errors import Refused, Retry
from bot.exporting import Piece, packed
from bot.language import counted, said
from bot.records.requests import RequestState
from bot.stories import NoticeView, Plain
from bot.workflows.durable import Durable
from bot.workflows.expressions import clear
from bot.workflows.gathering import TAKEN_BESIDE, piece
from bot.workflows.small import thumbnails
from bot.workflows.telling import Telling, patiently
from bot.workflows.withdrawing import TakenBack, Withdrawal, call_off, delete_messages, take_back, take_out, work_of

log = logging.getLogger(__name__)
PICTURES, SIDE = 60, 256
"""Newest pictures that go into an export beside the recipes of all, and their side in pixels."""
FORMAT = "All rows that are kept of you, by table. Times are UTC. Pictures are made again from their recipes."


# --- export ----------------------------------------------------------------------------------------------------------


async def export_me(telling: Telling, ask: ExportMe) -> None:
    await telling.step("record", telling.accept)
    await telling.step("end", telling.end, RequestState.done)
    await telling.step("deliver", _deliver_export, telling)


async def _deliver_export(telling: Telling) -> None:
    limit = round(telling.origin.filesize_limit * TAKEN_BESIDE)
    data, left_out = await everything(telling, limit)
    lines = [said("This is all that I keep of you: every row as JSON, and your pictures.")]
    if left_out:
        pages = telling.parts.pages
        lines.append(
            counted(
                "{count} file did not fit into one message.", "{count} files did not fit into one message.", left_out
            )
        )
        if pages:
            lines.append(said("The web page has everything: {address}", address=f"{pages}/privacy"))
    await telling.deliver(FilesView(text=" ".join(lines), files=(("my-data.zip", b64encode(data)),)))


async def everything(telling: Telling, limit: int) -> tuple[bytes, int]:
    """A ZIP of at most `limit` bytes with all that is kept of the asker; and how many pictures did not fit."""
    parts, member_id = telling.parts, telling.origin.member_id
    rows = await parts.records.erasing.everything_of(member_id)
    works = await parts.records.art.of_member(member_id)
    pieces = [piece(telling, one) for one in works]
    newest = sorted((int(row["id"]) for row in rows.get("outputs", ()) if not row["deleted_at"]), reverse=True)
    drawn = await thumbnails(parts, await parts.records.outputs.several(newest[:PICTURES]), SIDE)
    pieces += [Piece(f"pictures/{number}.png", _ready(b64decode(small))) for number, small in drawn.items()]
    data, kept = await packed(pieces, {"about": FORMAT, **rows}, limit, "data.json")
    return data, len(pieces) - kept


class _ready:
    """Bytes that are there already, as a piece of an archive wants them."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __call__(self) -> bytes:
        return self._data


# --- erasing ---------------------------------------------------------------------------------------------------------


class Leavings(Plain):
    """What is left to be removed outside of the records."""

    blobs: tuple[str, ...]
    messages: tuple[tuple[int, int], ...]
    requests: tuple[int, ...]


async def erase_me(telling: Telling, ask: EraseMe) -> None:
    """Withdraw everything, then leave nothing: records, files, notes of earlier stories, messages."""
    began = time.monotonic()
    await telling.step("record", telling.accept)
    chosen = await telling.step("choose", choose, telling)
    await telling.step("call off", call_off_own, telling)
    await telling.step("take out", take_out, telling, chosen)
    _, taken = await take_back(telling, chosen)
    await telling.step("clear expressions", clear_all, telling, taken)
    left = await telling.step("find", find, telling)
    await telling.step("erase", erase, telling, left, taken)
    await telling.step("deliver", _deliver_erased, telling)
    log.info("a member was erased in %.1f s", time.monotonic() - began)
    everywhere = TakenBack(messages=tuple(dict.fromkeys((*taken.messages, *left.messages))))
    await telling.step("delete messages", delete_messages, telling, everywhere)
    await telling.step("erase the rest", erase_last, telling)


async def choose(telling: Telling) -> Withdrawal:
    """All works of the member, in all servers."""
    member_id = telling.origin.member_id
    works = await telling.parts.records.art.of_member(member_id)
    held = await telling.parts.records.collections.holding([one.id for one in works])
    return Withdrawal(works=tuple(work_of(one) for one in works), member=member_id, collections=tuple(held))


async def call_off_own(telling: Telling) -> None:
    """Trainings of the member that go on are called off: nobody will be there to stop them."""
    for one in await telling.parts.records.trainings.going_on():
        if one.member_id == telling.origin.member_id:
            await call_off(telling, one.id)


async def clear_all(telling: Telling, taken: TakenBack) -> None:
    """Emoji and stickers that the member made, or that are of their works or pictures."""
    found = telling.parts.records.expressions
    await clear(telling, await found.of_member(telling.origin.member_id))
    await clear(telling, await found.of_pictures(taken.outputs))


async def find(telling: Telling) -> Leavings:
    records, member_id = telling.parts.records.erasing, telling.origin.member_id
    shown = await records.own_messages(member_id)
    return Leavings(
        blobs=tuple(await records.own_blobs(member_id)),
        messages=tuple((one.channel_id, one.message_id) for one in shown),
        requests=tuple(one for one in await records.noting(member_id) if one != telling.id),
    )


async def erase(telling: Telling, left: Leavings, taken: TakenBack) -> None:
    """The rows, the files, and what the workflows noted of earlier requests; all but this request itself."""
    parts = telling.parts
    await parts.records.credited.blank(taken.outputs, taken.animations)
    await parts.records.erasing.erase(telling.origin.member_id, keep_request=telling.id)
    if parts.sketches is not None:
        await parts.sketches.forget(telling.origin.member_id)
    if parts.parcels is not None:
        await parts.parcels.forget(telling.origin.member_id)
    for sha256 in left.blobs:
        await patiently(lambda sha256=sha256: parts.worker.forget_blob(sha256), parts.patience.away)  # type: ignore[misc]
    await Durable.forget(str(one) for one in left.requests)
    await parts.library.reload()


async def _deliver_erased(telling: Telling) -> None:
    """Said before messages are deleted, which Discord lets us do only a few at a time."""
    words = "It is done: nothing of you is kept any more. Messages of mine that showed your pictures go one by one."
    try:
        await patiently(lambda: telling.show(NoticeView(tone="done", text=said(words))), telling.parts.patience.deliver)
    except (Refused, Retry) as trouble:
        log.info("the member cannot be told that they are erased: %s", trouble)


async def erase_last(telling: Telling) -> None:
    """This request and the member's name; what the story noted goes as soon as it has ended."""
    await telling.parts.records.erasing.erase(telling.origin.member_id)
    telling.parts.records.requests.seen.forget()
