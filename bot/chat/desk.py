"""Where every command and press comes to: it hands asks to the studio, and turns whatever fails into a sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import discord
import structlog

from bot.chat import origins, trouble
from bot.chat.messenger import DiscordMessenger
from bot.chat.origins import Interaction, Placing
from bot.chat.parts import Panel
from bot.errors import Retry
from bot.language import speak
from bot.rights import Right
from bot.stories import Ask, Origin, Studio

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """The chat's two neighbours, and the few things every cog does with them."""

    studio: Studio
    messenger: DiscordMessenger

    async def ask(self, interaction: Interaction, ask: Ask, placing: Placing = "new") -> None:
        """Hand a request to the studio; its answer comes through the messenger, to the place named here."""
        origin = self.take(interaction, placing, accepted=False)
        log.info("asked", ask=ask.kind, member=origin.member_id, guild=origin.guild_id)
        await self.studio.ask(origin, ask)
        self.messenger.accepted(origin.interaction_id)

    async def admit(self, interaction: Interaction, right: Right) -> None:
        """Raises `Refused` unless the asker has this right there; for forms and for what is only looked at, too."""
        await self.studio.admit(self.read(interaction), right)

    @staticmethod
    def read(interaction: Interaction, placing: Placing = "new") -> Origin:
        """The origin alone, with no clock started: for what must be answered by a form."""
        return origins.read(interaction, placing)

    async def show(self, interaction: Interaction, panel: Panel, placing: Placing = "private") -> None:
        """Answer at once with a page of our own."""
        await self.messenger.show(self.take(interaction, placing), panel)

    def take(self, interaction: Interaction, placing: Placing, *, accepted: bool = True) -> Origin:
        """Read the origin and start the clock that acknowledges in time, at the soonest once it is `accepted`."""
        origin = origins.read(interaction, placing)
        speak(origin.reads)
        structlog.contextvars.bind_contextvars(request=str(origin.interaction_id))  # each interaction has its own task
        self.messenger.watch(interaction, origin, accepted=accepted)
        return origin

    @asynccontextmanager
    async def guarded(self, interaction: Interaction) -> AsyncIterator[None]:
        """Whatever is raised inside is told to the member, and to the log where it is our mistake."""
        speak(str(interaction.locale))  # each interaction has its own task
        try:
            yield
        except Exception as error:
            await self.fail(interaction, error)

    async def fail(self, interaction: Interaction, error: Exception) -> None:
        """Tell the member what went wrong; never raises."""
        notice = trouble.explain(error, interaction.id)
        if notice is None or interaction.type is discord.InteractionType.autocomplete:
            return
        origin = self.messenger.origin_of(interaction.id)
        try:
            if origin is None:
                origin = self.take(interaction, "panel" if interaction.message else "new")
            await self.messenger.deliver(origin, notice)
        except Exception:
            log.exception("could not tell the member", request=interaction.id, text=notice.text)
        if origin is not None and not isinstance(error, Retry):
            try:
                await self.studio.turned_away(origin, _asked(interaction), notice)
            except Exception as away:
                log.warning("not on record", request=interaction.id, error=repr(away))


def _asked(interaction: Interaction) -> str:
    """What was typed or pressed, for the record."""
    data: dict[str, Any] = dict(interaction.data or {})
    return str(data.get("custom_id") or (f"/{data['name']}" if "name" in data else interaction.type.name))


def desk_of(interaction: Interaction) -> Desk:
    """The desk of the client that got this interaction."""
    return cast("Any", interaction.client).desk  # type: ignore[no-any-return]
