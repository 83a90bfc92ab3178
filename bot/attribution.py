"""What licences ask of whoever shows a picture: the lines that name the works it owes itself to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gan.contract import Credit

ASKS = ("CC BY", "CC-BY")
"""Licences that want their works named begin so: CC BY, CC BY-SA, CC BY-NC …"""


def attribution(credits_: Iterable[Credit | Mapping[str, Any]]) -> tuple[str, ...]:
    """A line for each work whose licence asks for one, such as `“Fox” by Ada, CC BY 4.0`; each once, largest first.

    Shares do not matter here: a licence asks for the name of a work however little of it is seen.
    """
    read = [Credit.model_validate(one) for one in credits_]
    lines = [_line(one) for one in read if one.kind == "work" and one.licence.upper().startswith(ASKS)]
    return tuple(dict.fromkeys(lines))


def _line(credit: Credit) -> str:
    title = f"“{credit.title}”" if credit.title else f"work {credit.work[:8]}"
    return f"{title} by {credit.artist or 'an artist not named'}, {credit.licence}"
