"""What `/verify` finds out, as plain data from the workflows to the chat: a part of the seam `bot.stories`."""

from __future__ import annotations

from typing import Literal

from pydantic import Base64Bytes

from bot.views import Plain


class VerifyView(Plain):
    """What a picture is, and how that is known."""

    verdict: Literal["ours", "ai", "signed", "broken", "unknown"]
    """`ours`: made by this house; `ai`: another's manifest says that an AI made it; `signed`: another's manifest says
    something else; `broken`: its manifest does not hold; `unknown`: nothing tells."""
    filename: str
    size: tuple[int, int]
    evidence: tuple[str, ...] = ()
    """How it is known, one sentence each, the strongest first."""
    facts: tuple[str, ...] = ()
    """What is known: model, recipe, when."""
    shares: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    output_id: int | None = None
    """The picture on record, where the asker may see it."""
    thumbnail: Base64Bytes | None = None
    """As the record draws it."""
    withheld: bool = False
    """More is known than is told here: it was made in another server, or in direct messages."""
