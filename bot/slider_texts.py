"""What the ends of sliders are called: measured by the worker, in its English words, and said in the reader's language.

A file of texts (see `scripts/texts.py`) of its own, since the chat's stories and the gallery both name sliders.
"""

from __future__ import annotations

from bot.language import said
from gan.contract import Direction

WORDS = (
    "larger",
    "smaller",
    "brighter",
    "darker",
    "warmer",
    "cooler",
    "more colourful",
    "greyer",
    "wider",
    "taller",
    "busier",
    "plainer",
)
"""All that the worker may say; a newer worker's other words stay English."""


def ends(direction: Direction, between: str) -> str:
    """Such as `darker ⇄ brighter`, or as much of it as was measured; empty where nothing could be."""
    return between.join(said(word) for word in (direction.less, direction.more) if word)
