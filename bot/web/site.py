"""What every page works with, and how a page is made from a template."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web
from markupsafe import Markup, escape

from bot import language
from bot.errors import Refused, Retry
from bot.parcels import Parcels
from bot.records import Records
from bot.sketches import Sketchbook
from bot.web.catalogue import Catalogue
from bot.web.discord_door import DiscordDoor
from bot.web.doors import Access, ClosedDoor, Door, PlaygroundDoor, Visitor
from bot.web.easel import Easel
from bot.web.sessions import Sessions

HERE = Path(__file__).parent
STATIC = HERE / "static"
THEMES = ("dark", "light")
Entrance = PlaygroundDoor | DiscordDoor | ClosedDoor


@dataclass(frozen=True)
class Site:
    records: Records
    entrance: Entrance
    """Who comes in, and how."""
    door: Door
    """What they may see; usually the entrance with a memory."""
    catalogue: Catalogue
    easel: Easel
    sessions: Sessions
    pages: jinja2.Environment
    sketches: Sketchbook
    parcels: Parcels
    address: str | None = None
    """Where visitors find it, such as https://art.example.org; none: where they asked for it, on this machine."""


SITE: web.AppKey[Site] = web.AppKey("site", Site)


@dataclass(frozen=True)
class Guest:
    """Who looks at a page, and what they may see."""

    visitor: Visitor
    access: Access


GUEST: web.RequestKey[Guest] = web.RequestKey("guest", Guest)
"""Set for every page that needs a sign-in."""


class Missing(Refused):
    """There is no such page, or it is not for this visitor: the two cannot be told apart."""


def templates() -> jinja2.Environment:
    """The environment of all pages: everything is escaped, and a name that is not given is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"static": versioned(STATIC), "said": _safe(language.said), "counted": _safe(language.counted)}
    return made


def _safe(say: Callable[..., str]) -> Callable[..., Markup]:
    """For templates: a sentence may have tags of its own, what fills its gaps is escaped."""
    return lambda *sentence, **gaps: Markup(say(*sentence, **{name: escape(value) for name, value in gaps.items()}))


def versioned(folder: Path) -> Callable[[str], str]:
    """Addresses of static files that change with their content, so browsers may keep them for ever."""

    @cache
    def address(name: str) -> str:
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]
        return f"/static/{name}?v={digest}"

    return address


def page(request: web.Request, name: str, status: int = 200, **told: Any) -> web.Response:
    """A page, or a part of one, made from the template `name`."""
    site = request.app[SITE]
    guest = request.get(GUEST)
    theme = request.cookies.get("theme", "")
    shared: Mapping[str, Any] = {
        "visitor": guest.visitor if guest else None,
        "theme": theme if theme in THEMES else "",
        "path": request.path,
        "part": is_part(request),
        "language": language.spoken(),
    }
    text = site.pages.get_template(name).render({**shared, **told})
    headers = {"Cache-Control": "no-store", "Content-Language": language.spoken(), "Vary": "Accept-Language"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def again(retry: Retry) -> str:
    """What is told of something that can be had later, and when."""
    return f"{language.said(str(retry))} " + language.said(
        "Try again in about {seconds} s.", seconds=max(1, round(retry.after))
    )


def is_part(request: web.Request) -> bool:
    """Asked for by htmx, to be put into a page that stands; a page that it restores from its history is whole."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def number(text: str | None, most: int = 2**63 - 1) -> int | None:
    """A whole number from an address; none for anything else. Never raises, whatever was typed."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 20:
        return None
    value = int(text)
    return value if value <= most else None


def real(text: str | None, low: float, high: float, default: float) -> float:
    """A number from an address, brought between `low` and `high`; `default` for anything else."""
    try:
        value = float(text or "")
    except ValueError:
        return default
    return min(high, max(low, value)) if value == value else default
