"""Everything that passed between the bot and the playground, in order, for tests to read."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from itertools import takewhile

from playground.errors import Json
from playground.uploads import Upload


def describe_files(uploads: list[Upload]) -> list[Json]:
    return [
        {"field": u.field, "name": u.filename, "size": len(u.data), "sha256": hashlib.sha256(u.data).hexdigest()}
        for u in uploads
    ]


class Ledger:
    """The newest entries, each a JSON object with a rising `n` and a `kind`: request, interaction or gateway."""

    def __init__(self, most: int) -> None:
        self._entries: deque[Json] = deque(maxlen=most)
        self._n = 0

    def add(self, kind: str, **fields: object) -> Json:
        self._n += 1
        entry: Json = {"n": self._n, "at": time.time(), "kind": kind, **fields}
        self._entries.append(entry)
        return entry

    def gateway(self, event: str, data: object, *, sent: bool, reached: int | None = None) -> None:
        """A frame to (`sent`) or from the bot; large payloads are told by id alone."""
        told = data if event not in ("READY", "GUILD_CREATE") else {}
        extra = {} if reached is None else {"reached": reached}
        self.add("gateway", event=event, sent=sent, data=told, **extra)

    def read(self, after: int = 0, kind: str | None = None) -> list[Json]:
        new = takewhile(lambda entry: entry["n"] > after, reversed(self._entries))  # mostly a few of very many
        return [entry for entry in new if kind is None or entry["kind"] == kind][::-1]
