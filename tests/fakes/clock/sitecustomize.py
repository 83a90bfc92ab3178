"""A clock that can be moved while a process runs: on its PYTHONPATH; the file CLOCK_OFFSET has the seconds to add."""

import datetime
import os
import time

_real, _path = time.time, os.environ.get("CLOCK_OFFSET", "")


def _offset() -> float:
    try:
        with open(_path) as file:
            return float(file.read() or 0)
    except (OSError, ValueError):
        return 0.0


class _Moved(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> "_Moved":
        return cls.fromtimestamp(time.time(), tz)


if _path:
    time.time = lambda: _real() + _offset()
    datetime.datetime = _Moved  # type: ignore[misc]
