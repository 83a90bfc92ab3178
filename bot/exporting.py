"""Making a ZIP file of pictures and facts that fits a limit: for collections, and for all that is kept of a member."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

ENTRY_BYTES = 256
"""What an entry takes beside its content, at most: two headers and its name twice."""


@dataclass(frozen=True)
class Piece:
    """A file of the archive. `data` is asked for when its turn comes, so that not all are in memory at once."""

    name: str
    data: Callable[[], Awaitable[bytes]]


async def packed(
    pieces: Sequence[Piece], facts: Mapping[str, object], limit: int, name: str = "manifest.json"
) -> tuple[bytes, int]:
    """A ZIP of at most `limit` bytes: `facts` as JSON first, then as many pieces as fit; and how many those were.

    Pictures are stored as they are: a PNG does not get smaller.
    """
    file = io.BytesIO()
    kept = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        told = json.dumps(facts, ensure_ascii=False, indent=1, default=str).encode()
        await asyncio.to_thread(archive.writestr, name, told, zipfile.ZIP_DEFLATED)
        for piece in pieces:
            data = await piece.data()
            if file.tell() + len(data) + ENTRY_BYTES * (kept + 2) > limit:
                continue
            archive.writestr(piece.name, data)
            kept += 1
    return file.getvalue(), kept
