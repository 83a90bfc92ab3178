"""One request of the bot: from the socket through faults, token and limits to a handler, and into the ledger."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from playground.errors import ApiError, Json, not_found, unauthorized
from playground.faults import Fault
from playground.ledger import describe_files
from playground.playing import PLAYGROUND, Playground
from playground.ratelimits import TooMany
from playground.uploads import Upload, read_body
from playground.world import World

log = logging.getLogger(__name__)
Handler = Callable[["Call"], Awaitable[Any]]
NOTHING = object()
"""What a handler returns for 204 No Content."""


@dataclass
class Call:
    """What a handler gets: the parameters of its path, the body, and the playground."""

    play: Playground
    request: web.Request
    route: str
    body: Any = None
    uploads: list[Upload] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Remarks for the ledger that were no errors."""

    @property
    def world(self) -> World:
        return self.play.world

    def __getitem__(self, name: str) -> str:
        return self.request.match_info[name]

    def query(self, name: str, default: str = "") -> str:
        return self.request.query.get(name, default)


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with the exact content type `application/json`: discord.py takes anything else for text."""
    if data is NOTHING:
        return web.Response(status=204, headers=headers)
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json", headers=headers)


def endpoint(
    route: str, handler: Handler, needs_token: bool = True
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Wrap a handler; `route` is the path's pattern without /api/v10, as limits, faults and the ledger know it."""

    async def handle(request: web.Request) -> web.Response:
        play = request.app[PLAYGROUND]
        started = time.perf_counter()
        call = Call(play, request, route)
        path = request.path.removeprefix("/api/v10")
        entry = play.ledger.add("request", method=request.method, route=route, path=path, status=None, ms=None)
        problems: list[str] = []
        fault = play.faults.take(request.method, route, path)
        try:
            response = await _answer(call, handler, needs_token, fault)
        except ApiError as error:
            problems = error.problems()
            log.warning("%s %s refused: %s", request.method, path, "; ".join(problems))
            response = answer(error.body(), error.status, _retry(error))
        except TooMany as error:
            problems = [str(error)]
            headers = {**error.headers, "Retry-After": f"{error.retry_after:.3f}", "Via": "1.1 playground"}
            response = answer(error.body(), 429, headers)
        except Exception:
            log.exception("%s %s broke the playground", request.method, path)
            response = answer({"code": 0, "message": "500: Internal Server Error"}, 500)
        entry.update(
            status=response.status,
            ms=round((time.perf_counter() - started) * 1000, 2),
            body=call.body,
            files=describe_files(call.uploads),
            problems=problems + call.notes,
        )
        if fault and fault.drop_answer and request.transport:
            entry["dropped"] = True
            request.transport.close()
        return response

    return handle


def _retry(error: ApiError) -> dict[str, str] | None:
    return {"Retry-After": "5", "Via": "1.1 playground"} if error.status == 429 else None


async def _answer(call: Call, handler: Handler, needs_token: bool, fault: Fault | None) -> web.Response:
    settings = call.play.settings
    if fault and fault.delay_ms:
        await asyncio.sleep(fault.delay_ms / 1000)
    # The body is read in any case, so that the sender is not cut off in the middle of it.
    call.body, call.uploads = await read_body(call.request, settings.request_bytes, settings.attachment_bytes)
    if fault and fault.status:
        return _failed(fault)
    if needs_token and call.request.headers.get("Authorization") != f"Bot {settings.bot_token}":
        raise unauthorized()
    headers = call.play.limits.spend(call.request.method, call.route, call.request.match_info)
    result = await handler(call)
    return answer(result, headers=headers)


def _failed(fault: Fault) -> web.Response:
    status = fault.status or 500
    if status == 429:
        body: Json = {"message": "You are being rate limited.", "retry_after": fault.retry_after, "global": False}
        return answer(body, 429, {"Retry-After": str(fault.retry_after), "Via": "1.1 playground"})
    return answer({"code": fault.code, "message": f"{status}: made to fail"}, status)


async def no_such_route(call: Call) -> Any:
    """Never a false success: what the playground does not know it says aloud."""
    log.error("THE PLAYGROUND DOES NOT KNOW %s %s: add it or do not call it", call.request.method, call.request.path)
    raise not_found()
