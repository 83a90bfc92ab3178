"""Discord's Developer Policy, rule 21: nothing is learned from messages. No way leads from a message to a data set.

What may be learned from enters by four doors: files of our own forms and options (`Upload`), the server's emoji, the
operator's folders, and art that was given before. Messages that the chat gets to see (a pressed panel of ours, a
message of the Apps menu) are only asked for what they show of ours.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

from bot.chat.client import intents
from tests.architecture.test_layers import ROOT, modules

BOT = modules("bot")
MAKES_UPLOADS = {
    "bot/chat/uploads.py": "files of a form of ours",
    "bot/chat/train.py": "the server's emoji",
    "bot/chat/studio.py": "the file option of /find",
    "bot/chat/transforms.py": "the file options of /style and the like",
    "bot/chat/drawing.py": "the file option of /draw",
    "bot/chat/verify.py": "the file option of /verify; nothing of it is kept",
}
"""The only places that may turn something into an `Upload`, and what they turn into one."""
WORDS_OF_MESSAGES = {"content", "clean_content", "system_content", "embeds", "message_snapshots"}
"""What is never read of a message."""
LEARNS = ("bot/workflows/collecting.py", "bot/workflows/gathered.py", "bot/workflows/contributing.py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def test_uploads_are_made_in_known_places_alone() -> None:
    made = {name(path) for path in BOT for call in calls(tree(path)) if called(call) == "Upload"}
    assert made <= set(MAKES_UPLOADS), f"{made - set(MAKES_UPLOADS)} make uploads: of what?"
    assert {"bot/chat/uploads.py", "bot/chat/train.py", "bot/chat/studio.py"} <= made


def test_no_upload_is_made_of_a_message() -> None:
    """A function that makes uploads never has a message in its hands."""
    for path in BOT:
        for function in ast.walk(tree(path)):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if any(called(call) in {"Upload", "uploads_of"} for call in calls(function)):
                text = ast.unparse(function)
                assert "message" not in text.replace("messenger", ""), f"{name(path)}: {function.name} sees a message"
                assert "Message" not in text, f"{name(path)}: {function.name} takes a message"


def test_files_of_a_form_are_those_that_came_with_the_form() -> None:
    """`resolved.attachments` of a modal or a command; a message in an interaction lies under `resolved.messages`."""
    text = (ROOT / "bot/chat/uploads.py").read_text()
    assert '"attachments"' in text
    assert '"messages"' not in text
    for path in BOT:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and node.value == "attachments":
                assert name(path) == "bot/chat/uploads.py", f"{name(path)}:{node.lineno}"


def test_nobody_reads_the_words_of_messages() -> None:
    for path in modules("bot/chat"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in WORDS_OF_MESSAGES:
                of = ast.unparse(node.value)
                assert "message" not in of.casefold(), f"{name(path)}:{node.lineno} reads {ast.unparse(node)}"


def test_no_privileged_intent_and_no_messages_are_asked_for() -> None:
    wanted = intents()
    assert not wanted.message_content
    assert not wanted.messages
    assert not wanted.members
    assert not wanted.presences
    assert wanted.value & ~(discord.Intents(guilds=True).value | discord.Intents(expressions=True).value) == 0


def test_the_history_of_a_channel_is_read_to_find_our_own_answer_alone() -> None:
    readers = [
        f"{name(path)}:{function.name}"
        for path in BOT
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for call in calls(function)
        if called(call) in {"history", "fetch_message", "pins", "search"} and "channel" in ast.unparse(call.func)
    ]
    assert set(readers) == {"bot/chat/routes.py:read_back"}


@pytest.mark.parametrize("path", LEARNS)
def test_what_collects_pictures_to_learn_from_knows_no_discord(path: str) -> None:
    for node in ast.walk(tree(ROOT / path)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not any(one.partition(".")[0] == "discord" or one.startswith("bot.chat") for one in names)


def test_only_collecting_and_contributing_fetch_what_is_learned_from() -> None:
    """Whoever fetches files and stores them at the worker is known."""
    fetch = {
        name(path) for path in BOT for call in calls(tree(path)) if called(call) in {"fetch_all"} and "fetcher" in
        ast.unparse(call.func)
    }  # fmt: skip
    assert fetch == {"bot/workflows/collecting.py", "bot/workflows/contributing.py"}


def test_works_of_a_training_come_from_a_frozen_version() -> None:
    """The one place that builds a training's body takes its works from `version_works`."""
    bodies = [
        (name(path), ast.unparse(call))
        for path in BOT
        for call in calls(tree(path))
        if called(call) == "TrainingRequest"
    ]
    assert [path for path, _ in bodies] == ["bot/workflows/training.py"]
    assert "works=as_works(works)" in bodies[0][1]
