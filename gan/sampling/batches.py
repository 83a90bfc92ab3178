"""Who rides in the next batch: pictures of one model, a few from each waiting request in turn.

No time is spent waiting for company: a batch takes what is there. A request of 64 pictures goes through in slices, so a
request of one that comes after it waits for a slice, not for all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

J = TypeVar("J")
TURN = 4
"""Pictures of a request in one turn: a chat grid of four fits."""


@dataclass
class Waiting(Generic[J]):
    """A request of which pictures `done` … `total` - 1 are still to be rendered."""

    job: J
    key: Hashable
    """What must be equal to share a batch: the model."""
    total: int
    alone: bool = False
    """Suspected of having crashed a child; never with others."""
    done: int = 0


@dataclass
class Batches(Generic[J]):
    """Requests in order of arrival. One thread uses it."""

    limit: Callable[[J], int]
    """Most pictures of one batch, when this job leads it."""
    _waiting: list[Waiting[J]] = field(default_factory=list)

    def add(self, waiting: Waiting[J]) -> None:
        self._waiting.append(waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    def next(self) -> list[tuple[J, range]]:
        """The next batch: for each job in it, which of its pictures. Empty when nobody waits."""
        if not self._waiting:
            return []
        first = self._waiting[0]
        room = self.limit(first.job)
        riders = [w for w in self._waiting if w.key == first.key and not w.alone] if not first.alone else [first]
        taken: dict[int, int] = {}
        while room and (hungry := [w for w in riders if w.done + taken.get(id(w), 0) < w.total]):
            for w in hungry:
                count = min(TURN, room, w.total - w.done - taken.get(id(w), 0))
                taken[id(w)] = taken.get(id(w), 0) + count
                room -= count
        batch = []
        for w in riders:
            if count := taken.get(id(w), 0):
                batch.append((w.job, range(w.done, w.done + count)))
                w.done += count
        # whoever has had a turn and wants more goes behind those who have not, or one large request holds up its model
        rode = [w for w in self._waiting if id(w) in taken]
        self._waiting = [w for w in self._waiting if id(w) not in taken] + [w for w in rode if w.done < w.total]
        return batch
