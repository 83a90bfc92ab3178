"""The little grammar that prompts and titles need: file names to words, words that say nothing, words for colours."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gan.text.looks import COLOURS

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORDS = re.compile(r"[^\w’']+|_+|\d+")
_SHADES = {
    "gray": "grey", "silver": "grey", "dark": "black", "golden": "yellow", "gold": "yellow", "beige": "brown",
    "crimson": "red", "scarlet": "red", "maroon": "red", "lime": "green", "olive": "green", "teal": "green",
    "turquoise": "blue", "cyan": "blue", "aqua": "blue", "navy": "blue", "violet": "purple", "lilac": "purple",
    "lavender": "purple", "indigo": "purple", "magenta": "pink", "rose": "pink", "tan": "brown", "white": "white",
}  # fmt: skip
NAMED = {**{name: name for name in COLOURS}, **_SHADES}
"""Words for colours, each with the basic one that it is nearest to."""
_EMPTY = (
    "a an and are as at be by for from has have in into is it its like made me my near no of off on one onto or "
    "our out over picture pictures image drawing emoji icon please some something that the their them then there "
    "this to under up very was were what which who with without you your show draw make give want"
)
EMPTY = frozenset(_EMPTY.split())
"""Words that ask for nothing one can see."""


def plain(title: str) -> str:
    """`happyBlue_cat-02` → `happy Blue cat`: names of emoji and files as one would say them; numbers are left out."""
    return " ".join(_NO_WORDS.sub(" ", _CAMEL.sub(" ", title)).split())


def content(text: str) -> list[str]:
    """The words that say something, lower-case, in order, each once."""
    found = (word.strip("’'") for word in plain(text).lower().split())
    return list(dict.fromkeys(word for word in found if len(word) > 1 and word not in EMPTY))


def colours_in(words: Iterable[str]) -> list[str]:
    """The basic colours that are asked for."""
    return list(dict.fromkeys(NAMED[word] for word in words if word in NAMED))


def root(word: str) -> str:
    """Cats, cat's and cat are one word; a rough cut, the same for titles and prompts."""
    word = word.removesuffix("’s").removesuffix("'s")
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + instead
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
