"""Pictures just made, kept in memory until they are delivered: a restart makes them again from their recipes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence


class Shelf:
    """The newest pictures by output id, bounded in bytes."""

    def __init__(self, limit_bytes: int = 48 * 1024 * 1024) -> None:
        self._limit = limit_bytes
        self._bytes = 0
        self._pictures: OrderedDict[int, bytes] = OrderedDict()

    def put(self, output_id: int, data: bytes) -> None:
        self._bytes += len(data) - len(self._pictures.pop(output_id, b""))
        self._pictures[output_id] = data
        while self._bytes > self._limit and len(self._pictures) > 1:
            _, gone = self._pictures.popitem(last=False)
            self._bytes -= len(gone)

    def get(self, output_ids: Sequence[int]) -> list[bytes] | None:
        """All of them, or none when one is missing."""
        if any(one not in self._pictures for one in output_ids):
            return None
        return [self._pictures[one] for one in output_ids]
