"""Sketches on their way from the web page's pad to the chat: each member's newest one, for a day.

The page may show, but it asks nothing of the studio in a member's name (docs/decisions/0063). So a finished sketch is
laid down here under the member's id, and `/draw` without an upload takes it up: only then does it become a request,
with that member's rights, limits and record. Files, so that a restart loses none and all bot processes of a machine see
them.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

from bot.errors import Refused

KEPT_S = 24 * 3600.0
MOST_BYTES = 512 * 1024
"""A sketch of 512 x 512 pixels is a tenth of it."""
PNG = b"\x89PNG\r\n\x1a\n"
NO_PICTURE = "That is no sketch that we can use. Draw it again on the pad."


class Sketchbook:
    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._clock = folder, clock

    async def lay_down(self, member_id: int, png: bytes) -> None:
        """In place of the one before. What it shows is looked at when it is taken up. Raises `Refused`."""
        if len(png) > MOST_BYTES or not png.startswith(PNG):
            raise Refused(NO_PICTURE)
        await asyncio.to_thread(self._write, member_id, png)

    async def take_up(self, member_id: int) -> bytes | None:
        """The member's newest sketch; it stays for another try."""
        return await asyncio.to_thread(self._read, member_id)

    async def forget(self, member_id: int) -> None:
        """Delete what the member drew."""
        await asyncio.to_thread((self._folder / f"{member_id}.png").unlink, missing_ok=True)

    def _write(self, member_id: int, png: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for old in self._folder.glob("*.png"):
            if self._clock() - old.stat().st_mtime > KEPT_S:
                old.unlink(missing_ok=True)
        beside = self._folder / f".{member_id}.{os.getpid()}"
        beside.write_bytes(png)
        beside.replace(self._folder / f"{member_id}.png")

    def _read(self, member_id: int) -> bytes | None:
        path = self._folder / f"{member_id}.png"
        try:
            fresh = self._clock() - path.stat().st_mtime <= KEPT_S
            return path.read_bytes() if fresh else None
        except FileNotFoundError:
            return None
