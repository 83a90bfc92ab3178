"""What a member with another language gets: command words within Discord's limits, and answers they can read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.chat.texts import NO_MODELS
from bot.chat.translator import CommandWords
from bot.errors import Refused
from bot.language import LANGUAGES, speaking
from bot.stories import Origin
from bot.workflows.words import new_pictures
from playground.settings import Settings
from tests.chat.conftest import Chat, chatting

NAME = re.compile(r"[-_'\w]{1,32}")
"""https://discord.com/developers/docs/interactions/application-commands#application-command-object-naming: letters of
all scripts, digits, - and _ ; lower case where there is one."""
MOST_CHARACTERS = 8000
"""Of a command with all its options and choices, in the longest language of each."""


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with chatting(Settings(port=0)) as made:
        yield made


async def sent(chat: Chat) -> list[dict[str, Any]]:
    tree = chat.bot.tree
    return [dict(await command.get_translated_payload(tree, CommandWords())) for command in tree.get_commands()]


def parts(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The command itself, its options and their choices, all the way down."""
    yield command
    for inner in (*command.get("options", ()), *command.get("choices", ())):
        yield from parts(inner)


def longest(part: dict[str, Any], key: str) -> int:
    return max(map(len, [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]))


async def test_command_words_keep_discords_limits_in_every_language(chat: Chat) -> None:
    locales = {locale for locales in LANGUAGES.values() for locale in locales}
    for command in await sent(chat):
        for part in parts(command):
            is_choice, is_menu = "value" in part, part.get("type") in (2, 3) and part is command
            if not is_choice:
                assert longest(part, "description") <= 100, part["name"]
            names = part.get("name_localizations") or {}
            for locale, name in names.items():
                assert locale in locales
                assert len(name) <= (100 if is_choice else 32)
                assert is_choice or is_menu or (NAME.fullmatch(name) and name == name.lower()), name
            for locale in locales:  # beside each other no two may be called the same
                inner = [
                    (one.get("name_localizations") or {}).get(locale, one["name"]) for one in part.get("options", ())
                ]
                assert len(set(inner)) == len(inner), (part["name"], locale, inner)
        total = sum(longest(part, key) for part in parts(command) for key in ("name", "description"))
        total += sum(len(str(part["value"])) for part in parts(command) if "value" in part)
        assert total <= MOST_CHARACTERS, command["name"]


async def test_discord_is_told_the_words_once_and_again_when_they_change(chat: Chat) -> None:
    async def writes() -> int:
        async with chat.http.get("/_/ledger", params={"kind": "request"}) as answer:
            told = await answer.json()
        return len([one for one in told if one["method"] == "PUT" and one["route"].endswith("/commands")])

    commands = {one["name"]: one for one in chat.playground.world.commands.values()}
    generate = commands["generate"]
    assert generate["name_localizations"]["de"] == "erzeugen"
    assert generate["description_localizations"]["ja"].startswith("このサーバー")
    before = await writes()
    await chat.stop()
    await chat.start()
    assert await writes() == before, "nothing has changed, so nothing is sent"
    generate["name_localizations"]["de"] = "old-word"
    await chat.stop()
    await chat.start()
    assert await writes() == before + 1


async def test_a_member_reads_private_answers_in_their_own_language(chat: Chat) -> None:
    chat.http.headers["Accept-Language"] = "de-AT,de;q=0.9,en;q=0.5"
    juno = await chat.member()
    help_page = await juno.answer(await juno.command("help"))
    assert "Was ich kann" in help_page.text
    assert "`/erzeugen`" in help_page.text
    chat.studio.trouble = Refused(NO_MODELS)
    refused = await juno.answer(await juno.command("generate"))
    assert "Es gibt noch kein Modell" in refused.text
    assert await chat.problems() == []


async def test_what_all_see_is_said_in_the_servers_language(chat: Chat) -> None:
    chat.playground.world.guild["preferred_locale"] = "fr"
    chat.http.headers["Accept-Language"] = "de"
    juno = await chat.member()
    shown = await juno.answer(await juno.command("generate"))
    assert "pour <@" in shown.text
    assert not shown.ephemeral
    assert chat.studio.asked[-1][0].reads == "fr"
    assert await chat.problems() == []


def test_who_reads_an_answer_decides_its_language() -> None:
    made = Origin(
        interaction_id=1, application_id=1, token="t", at=0.0, channel_id=1, member_id=1, member_name="Ada",
        locale="ja", guild_locale="fr",
    )  # fmt: skip
    read = {
        (placing, private): made.model_copy(update={"placing": placing, "private": private}).reads
        for placing in ("new", "private", "panel", "prompt")
        for private in (False, True)
    }
    assert {key for key, locale in read.items() if locale == "fr"} == {("new", False), ("new", True), ("panel", False)}
    assert made.model_copy(update={"guild_locale": ""}).reads == "ja", "in a direct message it is the member's own"


def test_stories_word_their_headlines_in_the_language_of_the_moment() -> None:
    with speaking("zh-CN"):
        assert new_pictures(4) == "四张新图片"
    assert new_pictures(4) == "Four new pictures"
