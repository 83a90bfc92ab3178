"""Discord's ids: milliseconds since 2015 in the upper bits, a counter below; strings on the wire."""

from __future__ import annotations

import time

DISCORD_EPOCH_MS = 1_420_070_400_000


def snowflake(at_ms: int, counter: int = 0) -> str:
    """The id of a thing made at `at_ms` (milliseconds since 1970)."""
    return str((at_ms - DISCORD_EPOCH_MS) << 22 | counter)


def made_at(snowflake_id: str) -> float:
    """Seconds since 1970 at which the thing with this id was made."""
    return ((int(snowflake_id) >> 22) + DISCORD_EPOCH_MS) / 1000


class Snowflakes:
    """Makes ids that rise, also within one millisecond and if the clock steps back."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> str:
        fresh = int(snowflake(time.time_ns() // 1_000_000))
        self._last = max(fresh, self._last + 1)
        return str(self._last)

    def pass_over(self, used: str) -> None:
        """Never make an id at or below `used` (ids read from disk)."""
        self._last = max(self._last, int(used))
