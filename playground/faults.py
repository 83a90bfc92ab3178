"""Failures made on purpose: the next requests of the bot that match a pattern fail in a given way."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from playground.errors import Json


@dataclass
class Fault:
    """One kind of failure, used up after `times` requests."""

    route_pattern: str
    """Matched against the route (`/channels/{channel_id}/messages`) and the path, with the method before it or not."""
    status: int | None = None
    """Answer with this status instead of doing the work."""
    delay_ms: float = 0.0
    """Wait before the work is done."""
    drop_answer: bool = False
    """Do the work, then cut the connection without an answer."""
    times: int = 1
    retry_after: float = 1.0
    """Seconds, for a status of 429."""
    code: int = 0
    """Discord's error code in the answer."""

    def matches(self, method: str, route: str, path: str) -> bool:
        return any(
            fnmatchcase(text, self.route_pattern) for text in (route, path, f"{method} {route}", f"{method} {path}")
        )


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, body: Json) -> Fault:
        """Raises TypeError or ValueError for a body that is no fault."""
        fault = Fault(**body)
        if fault.times < 1 or not isinstance(fault.route_pattern, str):
            raise ValueError("times must be at least 1 and route_pattern a string")
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, route: str, path: str) -> Fault | None:
        """The fault for this request, if one waits; the oldest first."""
        for fault in self._waiting:
            if fault.matches(method, route, path):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None
