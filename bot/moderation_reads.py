"""What the chat may look up concerning order, at once: a part of the protocol `bot.stories.Studio`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.moderation_views import ContestView, MeView, ReviewView, SettingsView
from bot.rights import Right

if TYPE_CHECKING:
    from bot.stories import Origin


class ModerationReads(Protocol):
    async def admit(self, origin: Origin, right: Right) -> None:
        """Raises `Refused` unless the asker has this right where they ask."""

    async def review(self, origin: Origin, after: int = 0) -> ReviewView:
        """What waits for a moderator: the oldest, or the first after that one. Raises `Refused` for others."""

    async def house_settings(self, origin: Origin) -> SettingsView:
        """Raises `Refused` for who is no moderator."""

    async def me(self, origin: Origin) -> MeView: ...

    async def contest(self, origin: Origin) -> ContestView:
        """The one that goes on in this server. Raises `Refused` where there is none."""
