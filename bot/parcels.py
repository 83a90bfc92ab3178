"""Zip files on their way from the web page's form to the chat: each member's newest one, for a day.

As sketches (docs/decisions/0063): the page may not ask anything of the studio in a member's name. It lays the file down
under the member's id, with what was said in the form, and `/contribute` takes it up: only then does it become a
request, in a server and a channel, with that member's rights, limits and record. Files, so that a restart loses none.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bot.errors import Refused
from bot.language import said
from bot.safety.archives import Caps, listed
from bot.views import Plain

MIB = 1024 * 1024
KEPT_S = 24 * 3600.0
MOST_BYTES = 64 * MIB
"""Two hundred pictures of a third of a mebibyte."""
MOST_IN_ALL = 1024 * MIB
"""Of all members together; what is laid down costs nobody's quota yet."""
CAPS = Caps()
TOO_LARGE = "The zip is larger than {mib} MiB. Pack fewer pictures into each."
FULL = "Too much is waiting to be given just now. Try again tomorrow, or give pictures with /contribute in the chat."
EMPTY = "There is no picture in that zip: PNG, JPEG, WebP and GIF are taken."


class Slip(Plain):
    """What the form said, and what lies beside it."""

    file: str
    """The zip's name, to know it by."""
    pictures: int
    title: str
    tags: str
    licence: str
    words: str
    """The consent as the page said it where the box was ticked."""
    number: str = ""
    """Tells this file from one that was laid down later."""


@dataclass(frozen=True)
class Parcel:
    slip: Slip
    data: bytes


class Parcels:
    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._clock = folder, clock

    async def lay_down(self, member_id: int, slip: Slip, chunks: AsyncIterator[bytes]) -> Slip:
        """In place of the one before; `slip.pictures` and `number` are found out here. Raises `Refused`, and then
        nothing of it is kept."""
        beside = self._folder / f".{member_id}.{os.getpid()}.{os.urandom(4).hex()}"
        await asyncio.to_thread(self._make_room)
        try:
            size = 0
            with await asyncio.to_thread(beside.open, "wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > MOST_BYTES:
                        raise Refused(said(TOO_LARGE, mib=MOST_BYTES // MIB))
                    await asyncio.to_thread(file.write, chunk)
            return await asyncio.to_thread(self._keep, member_id, slip, beside)
        finally:
            await asyncio.to_thread(beside.unlink, missing_ok=True)

    async def slip(self, member_id: int) -> Slip | None:
        """What is at hand of this member."""
        return await asyncio.to_thread(self._slip, member_id)

    async def take_up(self, member_id: int, number: str) -> Parcel | None:
        """What was laid down under that number; it stays until it is forgotten, so a repeat finds it again."""
        return await asyncio.to_thread(self._parcel, member_id, number)

    async def forget(self, member_id: int, number: str | None = None) -> None:
        """Throw it away; with a number only if it is still that one."""
        await asyncio.to_thread(self._forget, member_id, number)

    def _make_room(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        total = 0
        for path in self._folder.iterdir():
            stat = path.stat()
            if self._clock() - stat.st_mtime > KEPT_S:
                path.unlink(missing_ok=True)
            else:
                total += stat.st_size
        if total > MOST_IN_ALL - MOST_BYTES:
            raise Refused(said(FULL))

    def _keep(self, member_id: int, slip: Slip, beside: Path) -> Slip:
        pictures = listed(beside.read_bytes(), CAPS)
        if not pictures:
            raise Refused(said(EMPTY))
        kept = slip.model_copy(update={"pictures": pictures, "number": os.urandom(8).hex()})
        words = beside.with_name(f"{beside.name}.json")
        words.write_text(json.dumps(kept.model_dump()))
        self._forget(member_id, None)  # a slip never stands beside another file
        beside.replace(self._zip(member_id))
        words.replace(self._words(member_id))
        return kept

    def _slip(self, member_id: int) -> Slip | None:
        path = self._words(member_id)
        try:
            fresh = self._clock() - path.stat().st_mtime <= KEPT_S
            return Slip.model_validate_json(path.read_bytes()) if fresh else None
        except (FileNotFoundError, ValidationError):
            return None

    def _parcel(self, member_id: int, number: str) -> Parcel | None:
        slip = self._slip(member_id)
        if slip is None or slip.number != number:
            return None
        try:
            return Parcel(slip, self._zip(member_id).read_bytes())
        except FileNotFoundError:
            return None

    def _forget(self, member_id: int, number: str | None) -> None:
        slip = self._slip(member_id)
        if number is None or (slip is not None and slip.number == number):
            self._words(member_id).unlink(missing_ok=True)
            self._zip(member_id).unlink(missing_ok=True)

    def _zip(self, member_id: int) -> Path:
        return self._folder / f"{member_id}.zip"

    def _words(self, member_id: int) -> Path:
        return self._folder / f"{member_id}.json"
