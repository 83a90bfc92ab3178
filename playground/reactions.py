"""Reactions on messages, by the bot or by people."""

from __future__ import annotations

import re

from playground.checks.emoji import is_unicode_emoji
from playground.errors import ApiError, Json, unknown
from playground.outbox import Outbox
from playground.records import Message
from playground.world import World

_MOST = 20


class Reactions:
    def __init__(self, world: World, outbox: Outbox) -> None:
        self._world = world
        self._outbox = outbox

    def _parse(self, text: str) -> tuple[str, Json]:
        """The key under which a reaction is kept, and Discord's emoji object. Raises 10014."""
        if is_unicode_emoji(text):
            return text, {"id": None, "name": text}
        found = re.fullmatch(r"(?:\w+:)?(\d+)", text)
        emoji = found and (self._world.emojis.get(found[1]) or self._world.app_emojis.get(found[1]))
        if not emoji:
            raise unknown("Emoji")
        return f"{emoji['name']}:{emoji['id']}", {"id": emoji["id"], "name": emoji["name"]}

    def add(self, message: Message, text: str, user_id: str) -> None:
        """Raises 10014 for what is no emoji, 30010 above 20 kinds."""
        key, emoji = self._parse(text)
        if message.ephemeral:
            raise unknown("Message")
        if key not in message.reactions and len(message.reactions) >= _MOST:
            raise ApiError(400, 30010, f"Maximum number of reactions reached ({_MOST})")
        people = message.reactions.setdefault(key, [])
        if user_id not in people:
            people.append(user_id)
            self._world.keep_message(message)
            self._outbox.reaction(message, emoji, user_id, added=True)

    def remove(self, message: Message, text: str, user_id: str) -> None:
        key, emoji = self._parse(text)
        people = message.reactions.get(key, [])
        if user_id in people:
            people.remove(user_id)
            if not people:
                del message.reactions[key]
            self._world.keep_message(message)
            self._outbox.reaction(message, emoji, user_id, added=False)
