"""What every request goes through: an id, a log line and counts; the token; and one shape for all that goes wrong."""

from __future__ import annotations

import hmac
import re
import secrets
import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gan.contract import PREFIX, REQUEST_ID_HEADER, ErrorCode
from gan.errors import WorkerError
from gan.server import problems
from gan.server.metrics import Metrics

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
_PLAIN_ID = re.compile(r"^[A-Za-z0-9._:-]{1,100}$")
log = structlog.get_logger("artel.http")


def observing(metrics: Metrics) -> Middleware:
    """Outermost: names the request (the caller's id if it is a plain one), logs its end, counts it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _PLAIN_ID.match(given) else secrets.token_hex(8)
        request[REQUEST_ID] = request_id
        structlog.contextvars.bind_contextvars(request=request_id)  # the key that the bot's lines have, too
        began = time.perf_counter()
        try:
            response = await handler(request)
            if not response.prepared:
                response.headers[REQUEST_ID_HEADER] = request_id
            _record(metrics, request, response.status, time.perf_counter() - began)
            return response
        finally:
            structlog.contextvars.unbind_contextvars("request")

    return middleware


def _record(metrics: Metrics, request: web.Request, status: int, seconds: float) -> None:
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "unknown"  # never the raw path: labels must stay few
    metrics.requests.labels(route, request.method, str(status)).inc()
    metrics.request_seconds.labels(route).observe(seconds)
    quiet = status < 400 and request.method in ("GET", "HEAD")
    (log.debug if quiet else log.info)(
        "answered", method=request.method, path=request.path[:200], status=status, ms=round(seconds * 1e3, 1)
    )


def problems_only() -> Middleware:
    """Every failure becomes a problem; a bug is logged with its traceback and told without it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        instance = request[REQUEST_ID]
        try:
            return await handler(request)
        except web.HTTPException as error:
            return _from_http(error, request)
        except (ConnectionResetError, ConnectionAbortedError):
            raise  # the client has gone; there is nobody to tell
        except Exception as error:
            what = problems.from_exception(error, instance)
            if what is None:
                log.exception("a bug", path=request.path[:200])
                detail = f"This is a bug in the worker; its log has the reason under request {instance}."
                what = problems.problem(ErrorCode.internal, detail, instance=instance)
            return problems.answer(what)

    return middleware


def _from_http(error: web.HTTPException, request: web.Request) -> web.StreamResponse:
    if error.status < 400:
        raise error
    code = {404: ErrorCode.not_found, 413: ErrorCode.too_large}.get(error.status, ErrorCode.invalid)
    detail = {
        404: f"There is no route {request.path[:200]}; see gan/contract for those there are.",
        405: f"{request.path[:200]} does not take {request.method}.",
    }.get(error.status, error.reason)
    response = problems.answer(problems.problem(code, detail, instance=request[REQUEST_ID], status=error.status))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def bearer(token: str) -> Middleware:
    """The token on every route but health. Compared in constant time, unknown routes included."""
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != f"{PREFIX}/health":
            given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, expected):
                detail = "Send the worker's token: ARTEL_WORKER_TOKEN, or the file `token` in its data folder."
                raise WorkerError(ErrorCode.unauthorised, detail)
        return await handler(request)

    return middleware
