"""Blocked words in every disguise, and 2,000 hostile names that neither ping anybody nor break a message."""

from __future__ import annotations

import random
import unicodedata

import discord
import pytest

from bot.chat import moderation_panels, panels
from bot.chat.parts import Panel
from bot.moderation_views import ContestView, ReviewView
from bot.rights import Rules
from bot.safety.words import blocked_word, folded
from bot.stories import NoticeView, Pick
from bot.workflows.house import asked_words
from playground.checks.components import walk
from tests.chat.moderation_views import settings_view
from tests.chat.test_panels import sent

BLOCKED = ("grok", "bad thing", "Schütz")
DISGUISES = (
    *(
        "grok",
        "GROK",
        "grök",
        "g\u0301r\u0302ok",
        "g\u200bro\u200dk",
        "\u202egrok\u202c",
        "ｇｒｏｋ",
        "𝐠𝐫𝐨𝐤",
        "gr0k",
        "gr0k!",
    ),
    *("g r o k", "g.r.o.k", "g-r-o-k", "grrrook", "a grok!", "(grok)", "grоk", "gʳok", "gro\u00adk", "the Bad\n thing"),
    *("bad  thing", "schutz", "b4d th1ng"),
)
HARMLESS = ("grokking", "programmer", "a good thing", "gro k ing", "schutzmann", "", "🙂", "frogs at night", "101 cats")


@pytest.mark.parametrize("text", DISGUISES)
def test_a_blocked_word_is_found_in_every_disguise(text: str) -> None:
    assert blocked_word(text, BLOCKED)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_a_little_like_it_is_no_blocked_word(text: str) -> None:
    assert blocked_word(text, BLOCKED) is None


def test_folding_is_the_same_twice() -> None:
    for text in (*DISGUISES, *HARMLESS):
        assert folded(folded(text)) == folded(text)


def test_the_words_of_every_kind_of_ask_are_looked_at() -> None:
    told = {"prompt": "a", "name": "b", "title": "c", "tags": "d", "theme": "e", "reason": "f", "model": "g"}
    assert asked_words(told) == "a\nb\nc\nd\ne"


# --- hostile names ---------------------------------------------------------------------------------------------------

PIECES = (
    *("@everyone", "@here", "<@30>", "<@&7>", "<#40>", "</generate:1>", "**", "__", "~~", "||", "`", "```", "> ", "# "),
    *("[x](http://evil.example)", "\n", "\r\n", "\t", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u0300" * 30),
    *(
        "-# ",
        "1. ",
        "- ",
        "\\",
        "*",
        "_",
        "|",
        ":smile:",
        "<:x:1>",
        "<t:0:R>",
        "🏳️‍🌈",
        "漢字",
        "ع" * 20,
        "a" * 50,
        "\x00",
    ),
    *("{name}", "%s", "{0}", "a:review:remove:1", "'; drop table members; --", "<script>", "&lt;", "é", "Ada"),
)


def hostile_names(count: int) -> list[str]:
    draw = random.Random(7)
    return ["".join(draw.choices(PIECES, k=draw.randint(1, 6)))[:100] for _ in range(count)]


def shown_texts(panel: Panel) -> list[str]:
    return [str(one["content"]) for one in walk(sent(panel).components or []) if one.get("content")]


async def pages(name: str) -> list[Panel]:
    pick = Pick(output_id=30, name=name)
    contest = ContestView(contest_id=1, theme=name, closes_at=0.0, entries=(pick,), numbers=(7,))
    review = ReviewView(report_id=1, waiting=1, reason=name, maker=name, maker_id=30, at=0.0)
    settings = settings_view(Rules(words=(name,))).model_copy(update={"blocked": ((30, name),)})
    return [
        await moderation_panels.contest(contest),
        await moderation_panels.review(review),
        moderation_panels.settings(settings),
        panels.notice(NoticeView(tone="refused", text=name or "…")),
    ]


async def test_no_hostile_name_pings_anybody_or_breaks_a_message() -> None:
    names = hostile_names(2_000)
    usual = [len(shown_texts(page)) for page in await pages("Ada")]
    for name in names:
        made = await pages(name)
        for page, lines in zip(made[:3], usual[:3], strict=True):
            parts = sent(page)
            assert parts.allowed_mentions == discord.AllowedMentions.none().to_dict() or not parts.allowed_mentions
            assert len(shown_texts(page)) == lines, name
        for page in made[:3]:
            text = "\n".join(shown_texts(page))
            assert len(text) < 4000
            assert not any(unicodedata.bidirectional(one) in {"RLO", "LRO", "RLI", "LRI", "FSI"} for one in text), name
            assert not [line for line in text.splitlines() if line.startswith(("# ", "```"))], name


def test_settings_say_how_the_operators_gate_stands() -> None:
    said = {}
    for state in ("off", "up", "down"):
        view = settings_view().model_copy(update={"gate": state, "hashes": state})
        said[state] = [
            line
            for line in "\n".join(shown_texts(moderation_panels.settings(view))).splitlines()
            if "operator's" in line
        ]
    assert [len(lines) for lines in said.values()] == [1, 2, 2]
    assert "is off" in said["off"][0]
    assert all("are refused" in line for line in said["down"])
    assert not any("refused" in line for line in said["up"])
