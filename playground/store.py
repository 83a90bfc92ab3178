"""Where the world is kept: JSON records in SQLite and files in a folder, or both in memory when there is no folder."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from playground.errors import Json


class Store:
    """Records by (kind, id), written through at once; blobs by key.

    One connection writes and reads. A record costs tens of microseconds (no fsync: this is a playground), so the calls
    are plain functions; blobs go through a thread.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._blobs: dict[str, bytes] = {}
        if folder:
            (folder / "files").mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "world.sqlite" if folder else ":memory:", isolation_level=None)
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("PRAGMA journal_mode=TRUNCATE")
        self._db.execute("CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))")

    def put(self, kind: str, record_id: str, body: Json) -> None:
        self._db.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (kind, record_id, json.dumps(body)))

    def put_all(self, kind: str, bodies: dict[str, Json]) -> None:
        """Many records in one transaction."""
        self._db.execute("BEGIN")
        for record_id, body in bodies.items():
            self.put(kind, record_id, body)
        self._db.execute("COMMIT")

    def drop(self, kind: str, record_id: str) -> None:
        self._db.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind, record_id))

    def all(self, kind: str) -> Iterator[tuple[str, Json]]:
        """Records of one kind, oldest id first."""
        rows = self._db.execute("SELECT id, body FROM records WHERE kind = ? ORDER BY length(id), id", (kind,))
        for record_id, body in rows.fetchall():
            yield record_id, json.loads(body)

    async def save_blob(self, key: str, data: bytes) -> None:
        if self._folder:
            await asyncio.to_thread((self._folder / "files" / key).write_bytes, data)
        else:
            self._blobs[key] = data

    async def load_blob(self, key: str) -> bytes | None:
        if not self._folder:
            return self._blobs.get(key)
        try:
            return await asyncio.to_thread((self._folder / "files" / key).read_bytes)
        except FileNotFoundError:
            return None

    async def drop_blob(self, key: str) -> None:
        self._blobs.pop(key, None)
        if self._folder:
            await asyncio.to_thread((self._folder / "files" / key).unlink, missing_ok=True)

    def close(self) -> None:
        self._db.close()
