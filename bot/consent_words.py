"""What people consent to, word for word: shown where they tick the box, and kept with each consent."""

from __future__ import annotations

from bot.language import said, speaking

CONSENT = (
    "I made this art or hold the rights to it. This server's models may learn from it under the licence I chose. "
    "I can withdraw it at any time."
)
"""What the artist ticks; kept word for word with each consent, so that a later change of words changes no earlier
consent. 170 characters at most: it must fit a form."""
LICENCES = (
    ("cc0", "CC0", "Anyone may do anything with them"),
    ("cc-by", "CC BY", "Anyone may use them who names you"),
    ("cc-by-sa", "CC BY-SA", "The same, and what they make of it must stay as free"),
    ("server", "Only for this server's models", "Nobody may take them elsewhere"),
)
"""The choices of both forms, in the chat and on the page: value, name, what it means."""
EMOJI_CONSENT = "This server may use the pictures of its own emoji and stickers for models of this server."
FILES_CONSENT = (
    "By sending this form you say that the pictures are yours to give, and that this server's models may learn from "
    "them. A model that did goes when you have yourself erased (`/privacy`)."
)
"""Of files that are attached to a training and kept for it alone."""


def as_shown(words: str, locale: str) -> str:
    """The words as the form said them to a member of that locale: what was ticked is what is kept."""
    with speaking(locale):
        return said(words)
