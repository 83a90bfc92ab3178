"""Blocked words, however they are written: accents, look-alike letters, spacing and invisible characters do not hide
them. `blocked_word` is all that others call.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

ALIKE = str.maketrans(
    {
        **dict(zip("аеорсухіјѕһԁɡӏӀлмтквнгп", "aeopcyxijshdgllmtkbhrn", strict=False)),
        **dict(zip("αβεικνορτυχηωγ", "abeiknoptuxnwy", strict=True)),
        **dict(zip("0134578", "oleastb", strict=True)),
        **dict(zip("ıłøđßæœþħŧ", ("i", "l", "o", "d", "ss", "ae", "oe", "th", "h", "t"), strict=True)),
    }
)
"""Letters and signs that pass for others: Cyrillic, Greek, digits, and Latin letters that do not come apart. It follows
the confusables of Unicode's UTS 39 as far as whole words are written with them."""
SIGNS = str.maketrans("@$!|€£1", "asiieli")
"""Signs that pass for letters, though they mostly only end a sentence: texts are read with and without them. A one
passes for an l and for an i."""


def folded(text: str) -> str:
    """`text` as it is compared: plain small letters, one space between words, nothing invisible."""
    visible = "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) not in HIDDEN)
    plain = visible.casefold().translate(ALIKE)
    return " ".join("".join(one if one.isalnum() else " " for one in plain).split())


HIDDEN = frozenset({"Mn", "Me", "Cf", "Cc", "Co", "Cn", "Cs"})
"""Accents, marks, and what is not seen at all; line breaks and tabs go with them, which joins what they part."""


def blocked_word(text: str, words: Iterable[str]) -> str | None:
    """The first of `words` that stands in `text`; none if none does.

    A word is found as a word (`ass` is not in `grass`), also spelt with gaps (`a s s`), doubled letters (`asss`), or
    signs between its letters (`a.s.s`).
    """
    for reading in (folded(text), folded(text.translate(SIGNS))):
        spaced = f" {reading} "
        squeezed = f" {_squeezed(reading)} "
        joined = f" {_joined(reading)} "
        for word in words:
            wanted = folded(word)
            if not wanted:
                continue
            if f" {wanted} " in spaced or f" {_squeezed(wanted)} " in squeezed or f" {wanted} " in joined:
                return word
    return None


def _squeezed(text: str) -> str:
    """Runs of one letter as one."""
    return "".join(one for place, one in enumerate(text) if not place or one != text[place - 1])


def _joined(text: str) -> str:
    """Single letters in a row are one word that was spelt with gaps."""
    parts: list[str] = []
    single = False
    for piece in text.split():
        if len(piece) == 1 and single:
            parts[-1] += piece
        else:
            parts.append(piece)
        single = len(piece) == 1
    return " ".join(parts)
