"""How much one visitor may have drawn: a bucket that fills steadily, so a page at once is free and a script is not."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from bot.errors import Retry

TOO_MANY = "That was a lot of pictures at once."
MOST_VISITORS = 10_000


class Budget:
    """At most `per_minute` drawings a minute for each member, all at once if they like."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._rate, self._clock = per_minute, per_minute / 60.0, clock
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def spend(self, member_id: int, pictures: float = 1.0) -> None:
        """Raises `Retry` when the member has used up what there is."""
        now = self._clock()
        left, at = self._left.pop(member_id, (self._most, now))
        left = min(self._most, left + (now - at) * self._rate)
        enough = left >= pictures
        self._left[member_id] = (left - pictures if enough else left, now)
        while len(self._left) > MOST_VISITORS:
            self._left.popitem(last=False)
        if not enough:
            raise Retry(TOO_MANY, after=(pictures - left) / self._rate)
