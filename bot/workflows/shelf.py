"""Pictures just made, kept in memory until they are delivered: a restart makes them again from their recipes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence


class Shelf:
    """The newest pictures by output id and side (0: as posted), bounded in bytes."""

    def __init__(self, limit_bytes: int = 48 * 1024 * 1024) -> None:
        self._limit = limit_bytes
        self._bytes = 0
        self._pictures: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def put(self, output_id: int, data: bytes) -> None:
        self.put_small(output_id, 0, data)

    def get(self, output_ids: Sequence[int]) -> list[bytes] | None:
        """All of them, or none when one is missing."""
        if any((one, 0) not in self._pictures for one in output_ids):
            return None
        return [self._pictures[one, 0] for one in output_ids]

    def drop(self, output_ids: Iterable[int]) -> None:
        """Forget these at every side."""
        gone = set(output_ids)
        for key in [key for key in self._pictures if key[0] in gone]:
            self._bytes -= len(self._pictures.pop(key))

    def put_small(self, output_id: int, side: int, data: bytes) -> None:
        key = (output_id, side)
        self._bytes += len(data) - len(self._pictures.pop(key, b""))
        self._pictures[key] = data
        while self._bytes > self._limit and len(self._pictures) > 1:
            _, gone = self._pictures.popitem(last=False)
            self._bytes -= len(gone)

    def small(self, output_id: int, side: int) -> bytes | None:
        """A picture at a small side, if it was drawn lately."""
        return self._pictures.get((output_id, side))
