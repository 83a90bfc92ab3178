"""The card of a model as a page: who contributed, licences, base, data version, figures, intended use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from aiohttp import web

from bot.web import words
from bot.web.site import GUEST, SITE, Missing, page
from bot.web.views.models import MODEL, NO_MODEL

_LICENCE = re.compile(r"\(([^()]+)\)$")


async def card(request: web.Request) -> web.Response:
    site, guest = request.app[SITE], request[GUEST]
    exhibit = await site.catalogue.model(guest.visitor, guest.access, request.match_info["model"])
    if exhibit is None:
        raise Missing(NO_MODEL)
    made = exhibit.card.created
    return page(
        request,
        "card.html",
        exhibit=exhibit,
        card=exhibit.card,
        licences=licences(exhibit.card.sources),
        figures=words.figure_lines(exhibit.card.figures),
        made=f"{datetime.fromtimestamp(made, UTC):%Y-%m-%d %H:%M} UTC" if made else "",
    )


def licences(sources: Sequence[str]) -> list[str]:
    """The licences named at the ends of a card's lines of sources, each once."""
    found = (_LICENCE.search(line.rstrip(".")) for line in sources)
    return sorted({match[1] for match in found if match})


ROUTES = (web.get(f"{MODEL}/card", card),)
