"""What every request goes through: who may ask, who looks, and one shape for all that goes wrong."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.errors import Refused, Retry
from bot.language import preferred, said, speaking
from bot.log import request_context
from bot.web.site import GUEST, SITE, Guest, Missing, again, page

log = structlog.get_logger("artel.web")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "img-src 'self' data: https://cdn.discordapp.com {playground}",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE = frozenset({"GET", "HEAD"})
OPEN = re.compile(r"^/(static/.*|sign-in(/.*)?|sign-out|privacy|terms)$")
"""Where one need not be signed in."""
ELSEWHERE = "This address belongs to another page. Open the gallery itself and try again."
APOLOGY = "That is our mistake. Try once more; if it stays, tell whoever runs Artel: {id}."
WRONG_HOST = "The gallery does not answer under this name. Whoever runs Artel sets it with ARTEL_WEB_URL."


def protecting(address: str | None, playground: str | None) -> Middleware:
    """Answers only under our own name, changes nothing for other pages, and sends every answer with strict headers."""
    names = LOOPBACK | ({urlsplit(address).hostname or ""} if address else set())
    policy = POLICY.format(playground=playground or "").strip()

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        request_id = secrets.token_hex(8)
        with request_context(request_id), speaking(preferred(request.headers.get("Accept-Language"))):
            if (urlsplit(f"//{request.headers.get('Host', '')}").hostname or "") not in names:
                answer: web.StreamResponse = web.Response(text=said(WRONG_HOST), status=403)
            elif request.method not in SAFE and not _from_ourselves(request):
                answer = web.Response(text=said(ELSEWHERE), status=403)
            else:
                answer = await _answered(request, handler, request_id)
        if not answer.prepared:
            answer.headers.update(HEADERS)
            answer.headers["Content-Security-Policy"] = policy
        return answer

    return middleware


def _from_ourselves(request: web.Request) -> bool:
    """Whether a request that changes something comes from a page of ours: a browser always says so itself.

    Together with SameSite cookies this is what keeps other pages from acting for a visitor (OWASP, CSRF prevention,
    "verifying origin with standard headers").
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.headers.get("Host")


async def _answered(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    try:
        return await handler(request)
    except Missing as missing:
        return _trouble(request, 404, said("Not here"), said(str(missing)))
    except Refused as refused:
        return _trouble(request, 422, said("That cannot be done"), said(str(refused)))
    except Retry as retry:
        answer = _trouble(request, 503, said("Not just now"), again(retry))
        answer.headers["Retry-After"] = str(max(1, round(retry.after)))
        return answer
    except web.HTTPException as other:
        if other.status < 400:  # a redirect; the exception itself must not be answered
            return web.Response(status=other.status, headers={"Location": other.headers["Location"]})
        if other.status in (404, 405):
            return _trouble(request, other.status, said("Not here"), said("There is no such page."))
        return _trouble(request, other.status, said("That cannot be done"), other.reason)
    except ConnectionError:
        raise  # whoever asked is gone; there is nobody to tell
    except Exception:
        log.exception("a page failed", path=request.path[:200])
        return _trouble(request, 500, said("Sorry, that went wrong"), said(APOLOGY, id=request_id))


def _trouble(request: web.Request, status: int, title: str, text: str) -> web.Response:
    return page(request, "trouble.html", status, title=title, text=text)


@web.middleware
async def signed_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets those in who have signed in, and sends all others to the sign-in first."""
    if OPEN.match(request.path):
        return await handler(request)
    site = request.app[SITE]
    visitor = site.sessions.visitor(request)
    access = None
    if visitor is not None:
        with suppress(Refused):  # the door knows them no more
            access = await site.door.access(visitor)
    if visitor is None or access is None:
        if request.headers.get("HX-Request") == "true":
            return web.Response(status=401, headers={"HX-Redirect": "/sign-in"})
        then = f"?then={quote(request.path_qs, safe='')}" if request.method in SAFE else ""
        raise web.HTTPSeeOther(f"/sign-in{then}")
    request[GUEST] = Guest(visitor, access)
    return await handler(request)


def local_path(text: str | None) -> str:
    """Where to go after a sign-in: a page of ours, whatever was asked for."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return "/gallery"
    return text
