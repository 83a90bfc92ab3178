"""Addresses of files, as Discord gives them: attachments signed and short-lived, emoji and avatars open."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from playground.errors import Json


class Cdn:
    """Signs and checks attachment addresses. `base_url` is known once the server listens."""

    def __init__(self, lifetime_seconds: int) -> None:
        self.base_url = ""
        self._key = secrets.token_bytes(16)
        self._lifetime = lifetime_seconds

    def attachment_url(self, channel_id: str, attachment: Json) -> str:
        """Good for at least one lifetime and at most two: whole periods, so that the address of a picture on the page
        stays the same (and cached) while the message is shown again and again."""
        path = f"/attachments/{channel_id}/{attachment['id']}/{attachment['filename']}"
        ends = (int(time.time()) // self._lifetime + 2) * self._lifetime
        issued = ends - 2 * self._lifetime
        return f"{self.base_url}{path}?ex={ends:x}&is={issued:x}&hm={self._sign(path, f'{ends:x}')}&"

    def is_good(self, path: str, ends: str, signature: str) -> bool:
        try:
            expired = int(ends, 16) < time.time()
        except ValueError:
            return False
        return not expired and hmac.compare_digest(signature, self._sign(path, ends))

    def _sign(self, path: str, ends: str) -> str:
        return hmac.new(self._key, f"{path}?{ends}".encode(), hashlib.sha256).hexdigest()

    def avatar_url(self, user: Json) -> str | None:
        return f"{self.base_url}/avatars/{user['id']}/{user['avatar']}.png" if user.get("avatar") else None
