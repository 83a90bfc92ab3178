"""Who is signed in: a signed cookie, so that a restart signs nobody out and nothing is kept on our side.

The cookie is HttpOnly and SameSite=Lax. It says who somebody is, never what they may see: that is asked anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.web.doors import Visitor

SESSION, ASKED = "artel_gallery", "artel_sign_in"
SESSION_S = 7 * 24 * 3600
ASKED_S = 600
"""Time for a sign-in at Discord."""
KEY_BYTES = 32


class Sessions:
    """Signs and reads cookies. `secure` is for pages served over https."""

    def __init__(self, key: bytes, *, secure: bool = False, clock: Callable[[], float] = time.time) -> None:
        self._key, self._secure, self._clock = key, secure, clock

    def enter(self, response: web.Response, visitor: Visitor) -> None:
        told = {"id": visitor.id, "name": visitor.name, "servers": visitor.servers}
        self._set(response, SESSION, told, SESSION_S)

    def visitor(self, request: web.Request) -> Visitor | None:
        """Who is signed in; none for no cookie, an old one, or one that we did not sign."""
        told = self._read(request, SESSION)
        return None if told is None else Visitor(told["id"], told["name"], tuple(told["servers"]))

    def leave(self, response: web.Response) -> None:
        response.del_cookie(SESSION, path="/")

    def ask(self, response: web.Response, then: str) -> str:
        """Begin a sign-in elsewhere: the state that must come back with it. `then` is where to go afterwards."""
        state = secrets.token_urlsafe(24)
        self._set(response, ASKED, {"state": state, "then": then}, ASKED_S)
        return state

    def asked(self, request: web.Request, state: str) -> str | None:
        """Where to go after a sign-in that this browser began with this state; none for any other."""
        told = self._read(request, ASKED)
        if told is None or not hmac.compare_digest(told["state"].encode(), state.encode()):
            return None
        return str(told["then"])

    def _set(self, response: web.Response, name: str, told: dict[str, Any], seconds: int) -> None:
        body = urlsafe_b64encode(json.dumps([name, self._clock() + seconds, told]).encode())
        value = f"{body.decode()}.{self._signature(body)}"
        response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="Lax", secure=self._secure)

    def _read(self, request: web.Request, name: str) -> dict[str, Any] | None:
        body, _, signature = request.cookies.get(name, "").partition(".")
        if not hmac.compare_digest(self._signature(body.encode()).encode(), signature.encode()):
            return None
        named, until, told = json.loads(urlsafe_b64decode(body))
        if named != name or until < self._clock():  # a sign-in under way is no session
            return None
        return dict(told)

    def _signature(self, body: bytes) -> str:
        return hmac.new(self._key, body, hashlib.sha256).hexdigest()


def kept_key(path: Path) -> bytes:
    """The key in `path`, made at the first time and readable by its owner alone. Blocking."""
    try:
        key = path.read_bytes()
        if len(key) == KEY_BYTES:
            return key
    except FileNotFoundError:
        pass
    key = secrets.token_bytes(KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key)
    beside.replace(path)
    return key
