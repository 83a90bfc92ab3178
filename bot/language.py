"""Languages: every sentence is written in English where it is needed, and said in the language of whoever reads it.

`said("by {name}", name=name)` gives the sentence in the language of the moment, which `speaking` sets where a request
enters (the chat, the gallery) and where its story is told (the workflows). Catalogues are gettext's:
`bot/locale/<language>.po`, compiled beside it; `python -m scripts.texts` brings them up to date. A sentence that a
language lacks stays English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).parent / "locale"
ENGLISH = "en"
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "de": ("de",),
    "es": ("es-ES", "es-419"),
    "fr": ("fr",),
    "ja": ("ja",),
    "zh": ("zh-CN", "zh-TW"),
}
"""Our languages besides English → Discord's names for them, see
https://discord.com/developers/docs/reference#locales."""
_OF_LOCALE = {locale: language for language, locales in LANGUAGES.items() for locale in (language, *locales)}
_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_speaking: ContextVar[str] = ContextVar("language", default=ENGLISH)


def language_of(locale: str | None) -> str:
    """Our language for one of Discord's locales, or for its own name; English for those we do not speak."""
    return _OF_LOCALE.get(locale or "", ENGLISH)


def preferred(accepted: str | None) -> str:
    """Our language that a browser asks for most by `Accept-Language` (RFC 9110, section 12.5.4); English where it asks
    for none of ours. Never raises, whatever was sent."""
    wanted = []
    for one in (accepted or "").split(","):
        tag, _, weight = one.partition(";")
        language = tag.strip().lower().partition("-")[0]
        share = _WEIGHT.fullmatch(weight.strip()) if weight else None
        if language in (ENGLISH, *LANGUAGES) and (share or not weight):
            wanted.append((float(share[1]) if share else 1.0, language))
    best = max((share for share, _ in wanted), default=0.0)
    return next((language for share, language in wanted if share == best > 0), ENGLISH)


def spoken() -> str:
    """The language of the moment, such as `de`."""
    return _speaking.get()


@contextmanager
def speaking(locale: str | None) -> Iterator[None]:
    """Say everything inside, in whatever task is started there, in the language of this locale."""
    token = _speaking.set(language_of(locale))
    try:
        yield
    finally:
        _speaking.reset(token)


def speak(locale: str | None) -> None:
    """Say everything from now on in this task in the language of this locale: for tasks that serve one member."""
    _speaking.set(language_of(locale))


def said(sentence: str, **gaps: object) -> str:
    """The sentence in the language of the moment, with its `{gaps}` filled."""
    return _filled(translated(sentence, _speaking.get()), sentence, gaps)


def counted(one: str, many: str, count: int, **gaps: object) -> str:
    """`one` or `many`, as the language of the moment counts, with `{count}` and the other gaps filled."""
    english = one if count == 1 else many
    catalogue = _catalogue(_speaking.get())
    words = catalogue.ngettext(one, many, count) if catalogue else english
    return _filled(words, english, {"count": count, **gaps})


def translated(sentence: str, language: str) -> str:
    """The sentence in one of `LANGUAGES`; itself where that lacks it."""
    catalogue = _catalogue(language)
    return catalogue.gettext(sentence) if catalogue and sentence else sentence


def named(name: str, language: str) -> str:
    """The name of a command, or of its option, in one of `LANGUAGES`; itself where that lacks it."""
    catalogue = _catalogue(language)
    return catalogue.pgettext("name", name) if catalogue else name


def _filled(words: str, english: str, gaps: Mapping[str, object]) -> str:
    if not gaps:
        return words
    try:
        return words.format(**gaps)
    except (KeyError, IndexError, ValueError):  # a gap that only the translation has: better English than nothing
        return english.format(**gaps)


@cache
def _catalogue(language: str) -> gettext.NullTranslations | None:
    if language == ENGLISH:
        return None
    try:
        with (CATALOGUES / f"{language}.mo").open("rb") as file:
            return gettext.GNUTranslations(file)
    except OSError:  # not compiled in this copy
        return None
