"""The rules of each server, kept in memory for a moment: every press asks for them, and they change once a month."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import Refused
from bot.records import Records
from bot.records.reports import Look
from bot.rights import Asker, Right, Rules, check, moderates
from bot.safety.words import blocked_word
from bot.stories import Ask, Origin

KEPT_S = 5.0
"""So long another bot process may not know of a change; our own knows at once."""
MOST = 10_000
READ_BY_OTHERS = ("prompt", "name", "title", "tags", "theme")
"""Fields of asks in which words are blocked, whoever adds a kind of ask with one of them."""
BLOCKED_WORD = "That holds a word that is blocked here. Say it in other words; nothing was started."


@dataclass(frozen=True)
class Known:
    """What is settled in a server."""

    rules: Rules = field(default_factory=Rules)
    blocked: frozenset[int] = frozenset()
    denied: tuple[Look, ...] = ()
    """How pictures look that were removed."""


@dataclass
class House:
    records: Records
    words: tuple[str, ...] = ()
    """Blocked by the operator, in every server."""
    _known: dict[int, tuple[float, Known]] = field(default_factory=dict)

    async def known(self, guild_id: int | None) -> Known:
        """What is settled there; in direct messages nothing is."""
        if guild_id is None:
            return Known()
        until, known = self._known.get(guild_id, (0.0, Known()))
        if until < time.monotonic():
            rules = Rules.model_validate(await self.records.house_rules.of(guild_id))
            blocked = frozenset(await self.records.reports.blocked(guild_id))
            known = Known(rules, blocked, await self.records.reports.denied(guild_id))
            if len(self._known) > MOST:
                self._known.clear()
            self._known[guild_id] = (time.monotonic() + KEPT_S, known)
        return known

    def forget(self, guild_id: int) -> None:
        """Something of it has changed."""
        self._known.pop(guild_id, None)

    async def admitted(self, origin: Origin, right: Right) -> Origin:
        """The origin as the stories take it: whoever has a moderating role of this server is a moderator to them.

        Raises as `admit` does.
        """
        await self.admit(origin, right)
        if not origin.moderator and not origin.unasked and await self.moderates(origin):
            return origin.model_copy(update={"moderator": True})
        return origin

    async def admit(self, origin: Origin, right: Right) -> None:
        """Raises `Refused` unless the asker has this right where they ask."""
        if origin.unasked:
            return
        known = await self.known(origin.guild_id)
        check(asker_of(origin, known), right, known.rules)

    async def check_words(self, origin: Origin, ask: Ask) -> None:
        """Raises `Refused` where a title, a name, tags, a theme or a prompt holds a blocked word."""
        typed = "" if origin.unasked else asked_words(ask.model_dump(mode="json"))
        if typed and blocked_word(typed, (*self.words, *(await self.known(origin.guild_id)).rules.words)):
            raise Refused(BLOCKED_WORD)

    async def moderates(self, origin: Origin) -> bool:
        known = await self.known(origin.guild_id)
        return moderates(asker_of(origin, known), known.rules)


def asked_words(told: Mapping[str, Any]) -> str:
    """What others will read of an ask, or a model draws."""
    return "\n".join(str(told[name]) for name in READ_BY_OTHERS if told.get(name))


def asker_of(origin: Origin, known: Known) -> Asker:
    """Who asks, as `bot.rights` sees them."""
    channels = (origin.channel_id,) if origin.parent_id is None else (origin.channel_id, origin.parent_id)
    return Asker(
        guild_id=origin.guild_id,
        channels=channels,
        roles=origin.roles,
        moderator=origin.moderator,
        blocked=origin.member_id in known.blocked,
    )
