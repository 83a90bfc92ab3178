"""Who may do what, where: every command of the real tree × every kind of asker and place, each cell decided here.

A new command has to be given a row in `ROWS`, and a right in `bot.rights`: without one it is the moderators' alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast, get_args

import pytest
from discord import app_commands

from bot.chat.buttons import PRESSES as PRESS_CLASSES
from bot.errors import Refused
from bot.rights import ASKS, COMMANDS, PRESSES, SETTABLE, Asker, Right, Rules, check, right_of_ask, right_of_command
from bot.stories import Ask
from tests.chat.conftest import chatting

ARTIST, CHANNEL, OTHER = 7, 40, 41
KEPT = Rules(roles={right: (ARTIST,) for right in SETTABLE if right is not Right.moderate}, channels=(CHANNEL,))
"""A server that keeps everything for one role and one channel."""
MEMBER = Asker(20, (CHANNEL,), (), False)
ASKERS: dict[str, tuple[Asker, Rules]] = {
    "member": (MEMBER, Rules()),
    "without the role": (MEMBER, KEPT),
    "with the role": (Asker(20, (CHANNEL,), (ARTIST,), False), KEPT),
    "in a thread": (Asker(20, (99, CHANNEL), (ARTIST,), False), KEPT),
    "elsewhere": (Asker(20, (OTHER,), (ARTIST,), False), KEPT),
    "moderator": (Asker(20, (OTHER,), (), True), KEPT),
    "moderating role": (Asker(20, (OTHER,), (9,), False), Rules(roles={Right.moderate: (9,)}, channels=(CHANNEL,))),
    "blocked": (Asker(20, (CHANNEL,), (ARTIST, 9), False, True), Rules(roles={Right.moderate: (9,)})),
    "direct message": (Asker(None, (50,), (), False), Rules()),
}
COLUMNS = tuple(ASKERS)
OPEN = ", ".join(COLUMNS)
LOOK = "member, without the role, with the role, in a thread, elsewhere, moderator, moderating role, direct message"
MAKE = "member, with the role, in a thread, moderator, moderating role, direct message"
GIVE = "member, with the role, in a thread, moderator, moderating role"
RULE = "moderator, moderating role"
ROWS: dict[str, str] = {
    **dict.fromkeys(("about", "help", "me", "privacy", "withdraw"), OPEN),
    **dict.fromkeys(("models", "queue", "gallery", "lineage", "favourite", "directions", "verify"), LOOK),
    **dict.fromkeys(("report", "Report", "Credits", "Verify", "collection show", "contest show"), LOOK),
    **dict.fromkeys(("generate", "breed", "walk", "find", "Remix", "style", "restore", "draw", "restyle"), MAKE),
    **dict.fromkeys(("contribute", "collection create", "collection add", "collection remove"), GIVE),
    **dict.fromkeys(("collection export", "collection share", "contest enter"), GIVE),
    **dict.fromkeys(("train emoji", "train files", "train folder", "train collection"), GIVE),
    **dict.fromkeys(("showcase", "settings", "reviews", "contest start"), RULE),
}
SERVER_ONLY = {"withdraw", "report", "collection show", "contest show"}
"""Discord itself does not offer these in direct messages, though their right would allow it."""
HIDDEN = {"showcase": "manage_guild", "settings": "manage_guild", "reviews": "manage_messages"}
"""What Discord shows to nobody without this permission, until the server's owner says otherwise."""


def commands(
    tree: app_commands.CommandTree[Any],
) -> Iterator[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu]:
    for one in tree.get_commands():
        if isinstance(one, app_commands.Group):
            yield from (cast("app_commands.Command[Any, ..., Any]", child) for child in one.walk_commands())
        else:
            yield one


async def test_every_command_of_the_tree_has_a_row_and_its_contexts_fit(tmp_path: object) -> None:
    async with chatting() as chat:
        found = {one.qualified_name: one for one in commands(chat.bot.tree)}
    assert set(found) - set(ROWS) == set(), "decide who may use these: a row here, a right in bot.rights"
    assert set(ROWS) - set(found) <= set(COMMANDS), "rows of commands that there are not"
    for name, command in found.items():
        assert name in COMMANDS, name
        top = command.root_parent or command if isinstance(command, app_commands.Command) else command
        if "direct message" not in ROWS[name] or name in SERVER_ONLY:
            contexts = top.allowed_contexts
            assert top.guild_only or (contexts is not None and not contexts.dm_channel), f"{name} is offered in DMs"
        hidden = top.default_permissions
        assert (hidden is not None) == (name in HIDDEN), name
        if hidden is not None:
            assert getattr(hidden, HIDDEN[name]), name


@pytest.mark.parametrize("name", sorted(ROWS))
@pytest.mark.parametrize("who", COLUMNS)
def test_every_cell(name: str, who: str) -> None:
    asker, rules = ASKERS[who]
    wanted = who in {one.strip() for one in ROWS[name].split(",")}
    try:
        check(asker, right_of_command(name), rules)
        may = True
    except Refused:
        may = False
    assert may == wanted


def test_every_kind_of_ask_has_its_right_and_what_nobody_decided_is_closed() -> None:
    kinds = {str(one.model_fields["kind"].default) for one in get_args(Ask)}
    assert kinds == set(ASKS)
    assert right_of_ask("something new") is right_of_command("something new") is Right.moderate
    with pytest.raises(Refused):
        check(MEMBER, right_of_command("something new"), Rules())


def test_rights_of_presses_name_presses_that_there_are() -> None:
    templates = [str(one.__discord_ui_compiled_template__.pattern) for one in PRESS_CLASSES]
    for verb in PRESSES:
        assert any(re.match(rf"a:[^:]*(?<![a-z-]){verb}(?![a-z-])", one) for one in templates), verb
