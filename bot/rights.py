"""Who may do what, where: a table of commands and asks, and one pure check of them.

What is not in the tables is for moderators alone, and nothing of it works in direct messages: a new command is closed
until somebody decides (`tests/rights/test_matrix.py` names it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from bot.errors import Refused
from bot.language import said
from bot.views import Plain


class Right(StrEnum):
    own = "own"
    """What is one's own: to get, erase, withdraw, take back it, and to be told how the bot works. Nobody loses it."""
    look = "look"
    """To see what is there, to star it, to report it."""
    generate = "generate"
    contribute = "contribute"
    train = "train"
    publish = "publish"
    """To put something where the whole server has it: emoji, stickers, collections, contests."""
    moderate = "moderate"


SETTABLE = (Right.generate, Right.contribute, Right.train, Right.publish, Right.moderate)
"""Rights that a server may keep for members with certain roles."""
IN_DIRECT_MESSAGES = frozenset({Right.own, Right.look, Right.generate})
"""All else belongs to a server, and is denied."""
ANYWHERE = frozenset({Right.own, Right.look, Right.moderate})
"""Rights that a server's list of channels does not bind."""

COMMANDS: Mapping[str, Right] = {
    "about": Right.own,
    "help": Right.own,
    "me": Right.own,
    "privacy": Right.own,
    "withdraw": Right.own,
    "models": Right.look,
    "queue": Right.look,
    "gallery": Right.look,
    "lineage": Right.look,
    "favourite": Right.look,
    "directions": Right.look,
    "verify": Right.look,
    "report": Right.look,
    "Report": Right.look,
    "Credits": Right.look,
    "Verify": Right.look,
    "generate": Right.generate,
    "Remix": Right.generate,
    "breed": Right.generate,
    "walk": Right.generate,
    "find": Right.generate,
    "style": Right.generate,
    "restore": Right.generate,
    "draw": Right.generate,
    "restyle": Right.generate,
    "contribute": Right.contribute,
    "collection create": Right.contribute,
    "collection show": Right.look,
    "collection add": Right.contribute,
    "collection remove": Right.contribute,
    "collection export": Right.publish,
    "collection share": Right.publish,
    "train emoji": Right.train,
    "train files": Right.train,
    "train folder": Right.train,
    "train collection": Right.train,
    "contest start": Right.moderate,
    "contest enter": Right.publish,
    "contest show": Right.look,
    "showcase": Right.moderate,
    "settings": Right.moderate,
    "reviews": Right.moderate,
}
"""By the name that is typed, or that stands in the Apps menu."""

ASKS: Mapping[str, Right] = {
    "delete": Right.own,
    "withdraw": Right.own,
    "export_me": Right.own,
    "erase_me": Right.own,
    "stop_task": Right.own,
    "steer": Right.own,
    "favour": Right.look,
    "name_slider": Right.look,
    "film": Right.look,
    "report": Right.look,
    "vote": Right.look,
    "generate": Right.generate,
    "reroll": Right.generate,
    "variations": Right.generate,
    "open": Right.generate,
    "show": Right.generate,
    "play": Right.generate,
    "breed": Right.generate,
    "walk": Right.generate,
    "find": Right.generate,
    "transform": Right.generate,
    "contribute": Right.contribute,
    "collection_create": Right.contribute,
    "collection_add": Right.contribute,
    "collection_remove": Right.contribute,
    "collection_share": Right.publish,
    "collection_export": Right.publish,
    "emoji": Right.publish,
    "sticker": Right.publish,
    "enter_contest": Right.publish,
    "train": Right.train,
    "start_training": Right.train,
    "default_model": Right.moderate,
    "showcase": Right.moderate,
    "decide": Right.moderate,
    "set_rule": Right.moderate,
    "start_contest": Right.moderate,
    "close_contest": Right.moderate,
}
"""By the kind of ask: what a press or a form comes to is checked here, however old it is."""

PRESSES: Mapping[str, Right] = {
    "keep": Right.own,
    "delete": Right.own,
    "delete-yes": Right.own,
    "withdraw": Right.own,
    "withdraw-some": Right.own,
    "withdraw-yes": Right.own,
    "withdraw-all": Right.own,
    "withdraw-all-yes": Right.own,
    "art-page": Right.own,
    "export-me": Right.own,
    "erase-me": Right.own,
    "erase-me-yes": Right.own,
    "stop": Right.own,
    "pause": Right.own,
    "resume": Right.own,
    "cancel": Right.own,
    "cancel-yes": Right.own,
    "stop-task": Right.own,
    "put-away": Right.own,
    "emoji": Right.publish,
    "sticker": Right.publish,
    "give": Right.contribute,
    "default": Right.moderate,
    "default-of": Right.moderate,
    "review": Right.moderate,
    "review-next": Right.moderate,
    "rule-roles": Right.moderate,
    "rule-channels": Right.moderate,
    "rule-switch": Right.moderate,
    "rule-words": Right.moderate,
}
"""By the verb of a button's custom id: what is more, or less, than to look. What it then asks is checked by `ASKS`."""

LABELS: Mapping[Right, str] = {
    Right.generate: "make pictures",
    Right.contribute: "contribute art",
    Right.train: "train models",
    Right.publish: "publish (emoji, stickers, collections, contests)",
    Right.moderate: "moderate",
}


class Rules(Plain):
    """What a server's moderators have settled. The defaults leave everything to everyone but what moderators do."""

    roles: dict[Right, tuple[int, ...]] = Field(default_factory=dict)
    """Roles that have a right; where none is named everyone has it, and moderators always."""
    channels: tuple[int, ...] = ()
    """Where pictures are made; everywhere if none is named."""
    upload_gate: bool = True
    output_gate: bool = True
    hold_copies: bool = False
    """Pictures that are too close to a work are held back, not only marked (docs/decisions/0112)."""
    badge: bool = False
    """A small visible “AI” on pictures made here, also where the operator's settings put none."""
    reports: bool = True
    """Members may report pictures."""
    words: tuple[str, ...] = ()
    """Blocked in titles, names and prompts, beside the operator's."""


@dataclass(frozen=True)
class Asker:
    """Who asks, and where."""

    guild_id: int | None
    channels: tuple[int, ...]
    """The channel, and for a thread its parent."""
    roles: tuple[int, ...]
    moderator: bool
    """Has Manage Server or Manage Messages here."""
    blocked: bool = False


BLOCKED = (
    "A moderator of this server has blocked you from using me here. What is your own stays yours: `/privacy` gets or "
    "erases your data, `/withdraw` takes back your art. Ask a moderator if you think that it is a mistake."
)
SERVER_ONLY = "That belongs to a server, so it does not work in direct messages. Use it in a server where I am."
MODERATORS_ONLY = "Only a moderator may do that here (Manage Server or Manage Messages). Ask one of them."


def right_of_command(name: str) -> Right:
    """Moderators alone may use what nobody has decided about."""
    return COMMANDS.get(name, Right.moderate)


def right_of_ask(kind: str) -> Right:
    return ASKS.get(kind, Right.moderate)


def right_of_press(custom_id: str) -> Right:
    """Of a button or menu of ours, `a:<verb>:…`."""
    verb = custom_id.split(":")[1] if custom_id.count(":") else ""
    return PRESSES.get(verb, Right.look)


def check(asker: Asker, right: Right, rules: Rules) -> None:
    """Raises `Refused`, with what to do instead, unless the asker has this right there."""
    if right is Right.own:
        return
    if asker.guild_id is None:
        if right not in IN_DIRECT_MESSAGES:
            raise Refused(SERVER_ONLY)
        return
    if moderates(asker, rules):
        return
    if asker.blocked:
        raise Refused(BLOCKED)
    if right is Right.moderate:
        raise Refused(MODERATORS_ONLY)
    wanted = rules.roles.get(right, ())
    if wanted and not set(wanted) & set(asker.roles):
        words = "In this server only members with these roles may {what}: {roles}. Ask a moderator for one."
        raise Refused(said(words, what=said(LABELS[right]), roles=", ".join(f"<@&{one}>" for one in wanted)))
    if rules.channels and right not in ANYWHERE and not set(rules.channels) & set(asker.channels):
        words = "That is done in other channels here: {channels}."
        raise Refused(said(words, channels=", ".join(f"<#{one}>" for one in rules.channels)))


def moderates(asker: Asker, rules: Rules) -> bool:
    """By Discord's own permissions, or by a role that the moderators named. A blocked member does not."""
    if asker.guild_id is None:
        return False
    named = bool(set(rules.roles.get(Right.moderate, ())) & set(asker.roles))
    return asker.moderator or (named and not asker.blocked)
