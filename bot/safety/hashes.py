"""The operator's list of pictures that never come in or go out: a text file of perceptual hashes, one a line.

A line is a hash of 16 hexadecimal digits as `bot.safety.duplicates` knows them, and after a space, if there is one, the
picture's thumbnail: with it the picture is told from others of the same outline. What follows `#` is a remark.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path

from bot.safety.gates import alike

MOST_BITS_ALONE = 2
"""Bits in which a picture may differ from a hash without a thumbnail. Flat art shares outlines: docs/decisions/0111."""
LINE = re.compile(r"([0-9a-f]{16})(?:\s+([0-9a-f]{2048}))?", re.IGNORECASE)


class BadList(Exception):
    """The file cannot be used; the text says why, for the operator."""


@dataclass(frozen=True)
class Hashes:
    alone: tuple[int, ...] = ()
    with_thumb: tuple[tuple[str, str], ...] = ()

    def hold(self, phash: str, thumb: str) -> bool:
        """Whether this picture is on the list."""
        number = int(phash, 16)
        near = any((number ^ other).bit_count() <= MOST_BITS_ALONE for other in self.alone)
        return near or alike(phash, thumb, self.with_thumb) is not None


def parse(text: str) -> Hashes:
    """Raises `BadList` with the number of the first line that is no hash."""
    alone, with_thumb = [], []
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        found = LINE.fullmatch(said)
        if found is None:
            raise BadList(f"line {number} is no hash; `artel hashes FILE …` prints lines as they should be")
        phash, thumb = found.groups()
        if thumb is None:
            alone.append(int(phash, 16))
        else:
            with_thumb.append((phash.lower(), thumb.lower()))
    return Hashes(tuple(alone), tuple(with_thumb))


@dataclass
class HashFile:
    """The list as its file says now."""

    path: Path
    _stamp: tuple[int, int] | None = None
    _read: Hashes = field(default_factory=Hashes)

    async def now(self) -> Hashes:
        """Raises `BadList` when the file is away or holds what is no hash."""
        return await asyncio.to_thread(self.read)

    def read(self) -> Hashes:
        try:
            status = self.path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp != self._stamp:
                self._read, self._stamp = parse(self.path.read_text("utf-8")), stamp
        except (OSError, UnicodeDecodeError) as error:
            raise BadList(f"{self.path} cannot be read: {error}") from None
        return self._read
