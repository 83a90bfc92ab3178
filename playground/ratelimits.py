"""Rate limits as Discord tells them: buckets by route and major parameter, and one global limit."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from playground.errors import Json

_MAJOR = ("channel_id", "guild_id", "application_id", "token")
_LIMITS: dict[str, tuple[int, float]] = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me": (1, 0.25),
    "POST /channels/{channel_id}/typing": (5, 5.0),
    "POST /webhooks/{application_id}/{token}": (5, 2.0),
    "PATCH /webhooks/{application_id}/{token}/messages/{message_id}": (5, 2.0),
    "POST /guilds/{guild_id}/emojis": (50, 3600.0),
    "PUT /applications/{application_id}/commands": (5, 20.0),
    "PUT /applications/{application_id}/guilds/{guild_id}/commands": (5, 20.0),
}
_OTHERS = (50, 1.0)
"""Requests and seconds; Discord does not publish these figures, they are what its headers say in practice."""


@dataclass
class _Bucket:
    limit: int
    window: float
    left: int
    ends: float


class TooMany(Exception):
    """This request goes over a limit."""

    def __init__(self, retry_after: float, is_global: bool, headers: Mapping[str, str]) -> None:
        super().__init__("You are being rate limited.")
        self.retry_after = retry_after
        self.is_global = is_global
        self.headers = headers

    def body(self) -> Json:
        return {"message": str(self), "retry_after": round(self.retry_after, 3), "global": self.is_global}


class RateLimits:
    """`enforced` False keeps the headers but never refuses by route."""

    def __init__(self, per_second: int, enforced: bool) -> None:
        self._per_second = per_second
        self._enforced = enforced
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._recent: deque[float] = deque()

    def spend(self, method: str, route: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """Count one request; returns the headers of its answer. Raises `TooMany`."""
        key = f"{method} {route}"
        if route.startswith("/interactions/"):
            return {}
        if not route.startswith("/webhooks/"):
            self._spend_global()
        limit, window = _LIMITS.get(key, _OTHERS)
        major = ":".join(parameters[name] for name in _MAJOR if name in parameters)
        now = time.monotonic()
        bucket = self._buckets.get((key, major))
        if bucket is None or bucket.ends <= now:
            self._forget(now)
            bucket = self._buckets[key, major] = _Bucket(limit, window, limit, now + window)
        refused = bucket.left == 0 and self._enforced
        bucket.left = max(0, bucket.left - 1)
        headers = self._headers(key, bucket, now)
        if refused:
            raise TooMany(bucket.ends - now, False, {**headers, "X-RateLimit-Scope": "user"})
        return headers

    def _spend_global(self) -> None:
        now = time.monotonic()
        while self._recent and now - self._recent[0] >= 1:
            self._recent.popleft()
        if len(self._recent) >= self._per_second:
            headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
            raise TooMany(1 - (now - self._recent[0]), True, headers)
        self._recent.append(now)

    def _forget(self, now: float) -> None:
        if len(self._buckets) > 1000:
            self._buckets = {k: b for k, b in self._buckets.items() if b.ends > now}

    def _headers(self, key: str, bucket: _Bucket, now: float) -> dict[str, str]:
        left = bucket.left if self._enforced else bucket.limit
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + bucket.ends - now:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, bucket.ends - now):.3f}",
            "X-RateLimit-Bucket": hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(),
        }
