"""What the workflows ask of the chat: the other of the two protocols of `bot.stories`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from bot.views import Posted

if TYPE_CHECKING:
    from bot.stories import Origin, View


class Messenger(Protocol):
    """What `bot.chat` offers to the workflows. Every call may be repeated with the same arguments: it then leaves one
    message, the same as after the first call."""

    async def deliver(self, origin: Origin, view: View, posted: Posted | None = None) -> Posted:
        """Show `view` as the answer to `origin`.

        Chooses the route itself: inside the acknowledgement if the interaction is still unanswered in this process,
        else an exact edit of @original while the token lives (14 minutes), else an edit of `posted` by message id with
        the bot's token, and last a post in the channel with the nonce `<interaction id>-0`. `posted` is where an
        earlier view of the same answer stands, for messages that are edited as they live.

        Raises `Retry` (Discord is slow or limiting), `Refused` (no permission here), or `Unseen` when nobody is left to
        see it: the interaction was never acknowledged, and the process that was asked is gone.
        """

    async def acknowledge(self, origin: Origin) -> bool:
        """Make sure the interaction is acknowledged (deferred if nothing was sent); False if it was too late."""

    async def delete(self, origin: Origin, posted: Posted) -> None: ...

    async def make_emoji(self, origin: Origin, name: str, picture: bytes) -> str:
        """Add a custom emoji to the guild and return its mention. Raises `Refused` (no permission, slots full)."""

    async def make_sticker(self, origin: Origin, name: str, picture: bytes) -> int:
        """Add a sticker (a PNG of 320 pixels square) to the guild and return its id. Raises `Refused`, `Retry`."""

    async def delete_expression(self, guild_id: int, kind: Literal["emoji", "sticker"], discord_id: int) -> None:
        """Take an emoji or a sticker out of the guild; one that is gone is fine. Raises `Refused` (no permission),
        `Retry`."""
