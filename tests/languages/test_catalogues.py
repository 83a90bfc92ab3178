"""Every sentence in every language: none is missing, and none says something else than the English one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from bot import slider_texts
from bot.language import LANGUAGES, counted, language_of, named, said, speaking, translated
from gan.contract import Direction
from gan.families.anchored import explore
from scripts import texts

COMMAND = re.compile(r"`/([^`]+)`|^/(\S+)|<(?:kbd|code)>/([^<]+)<")
TAG = re.compile(r"<[^>]*>")
MARKS = ("`", "**", "\n", "###", "-# ")


@pytest.fixture(scope="module")
def found() -> texts.Found:
    return texts.find()


def pairs(language: str, found: texts.Found) -> Iterator[tuple[str, str, str]]:
    """(English, its plural or itself, a translation): one for each way of counting."""
    for message in texts.merged(language, found.sentences):
        if not message.id:
            continue
        one, many = message.id if isinstance(message.id, tuple) else (message.id, message.id)
        said_as = message.string if isinstance(message.string, tuple) else (message.string,)
        yield from ((one, many, text) for text in said_as if text)


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing(language: str, found: texts.Found) -> None:
    assert texts.missing(texts.merged(language, found.sentences)) == [], "make texts, then translate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_are_what_the_code_says(language: str, found: texts.Found) -> None:
    assert texts.up_to_date(language, texts.merged(language, found.sentences)), "make texts"


def test_no_sentence_with_gaps_is_out_of_reach(found: texts.Found) -> None:
    assert found.untranslatable == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_gaps_agree(language: str, found: texts.Found) -> None:
    wrong = [
        (one, text)
        for one, many, text in pairs(language, found)
        if not gaps(one) & gaps(many) <= gaps(text) <= gaps(one) | gaps(many)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_and_signs_agree(language: str, found: texts.Found) -> None:
    """Bold, code, headings, lines, tags and emoji are the same: a lost backtick spoils a whole message."""
    signs = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf⏪⏩◀▶⏳⏸]")
    wrong = [
        (one, text)
        for one, many, text in pairs(language, found)
        if one == many
        and (
            any(one.count(mark) != text.count(mark) for mark in MARKS)
            or sorted(signs.findall(one)) != sorted(signs.findall(text))
            or sorted(TAG.findall(one)) != sorted(TAG.findall(text))
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_called_by_their_names_in_that_language(language: str, found: texts.Found) -> None:
    wrong = []
    for one, _, text in pairs(language, found):
        wanted = [[named(word, language) for word in name.split()] for name in mentions(one)]
        if sorted(wanted) != sorted(name.split() for name in mentions(text)):
            wrong.append((one, text, wanted))
    assert wrong == []


def mentions(text: str) -> list[str]:
    return ["".join(groups) for groups in COMMAND.findall(text)]


def test_the_language_of_the_moment_is_the_readers() -> None:
    assert said("Calmer") == "Calmer"
    with speaking("de"):
        assert said("by {name}", name="Ada") == "von Ada"
        with speaking("ja"):
            assert counted("{count} work", "{count} works", 1) == "作品1点"
        assert [counted("{count} work", "{count} works", n) for n in (1, 2)] == ["1 Werk", "2 Werke"]
        assert said("a sentence that nobody knows {here}", here=1) == "a sentence that nobody knows 1"
    assert said("by {name}", name="Ada") == "by Ada"


def test_members_with_other_languages_read_english() -> None:
    assert {language_of(locale) for locale in ("en-US", "en-GB", "pl", "", None, "xx")} == {"en"}
    assert language_of("es-419") == "es"
    assert translated("Calmer", "en") == "Calmer"


def test_every_word_that_sliders_are_measured_by_is_known() -> None:
    measured = {word for more, less, _ in explore.WORDS.values() for word in (more, less)}
    assert measured == set(slider_texts.WORDS)
    with speaking("fr"):
        assert slider_texts.ends(Direction(id="s0-1", layers=(0,), more="brighter"), " ⇄ ") == "plus clair"


def test_a_name_with_braces_is_no_gap() -> None:
    with speaking("fr"):
        assert said("by {name}", name="{evil}") == "de {evil}"
        assert said("{name} is gone") == "{name} is gone"


def test_the_search_sees_every_way_of_saying_something() -> None:
    code = "raise Refused('no')\nraise Retry(AWAY)\nsaid(A if x else B)\nsaid(A.get(x))\nAWAY = 'away'\nA, B = 1, 2\n"
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)][:4]
    constants = {"AWAY": ["away"], "A": ["a"], "B": ["b"]}
    assert [texts._literal(call.args[0], constants) for call in calls] == [["no"], ["away"], ["a", "b"], ["a"]]


def test_the_search_sees_sentences_that_somebody_else_says(found: texts.Found) -> None:
    """Constants handed on to what says them: of texts' files all, of other files those of more than one word."""
    known = {one.text for one in found.sentences}
    assert {"Again", "I made this art or hold the rights to it. This server's models may learn from it under the "
            "licence I chose. I can withdraw it at any time."} <= known  # fmt: skip
