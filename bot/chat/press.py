"""The base of all presses. All that one needs is in its custom id, so those of old messages work for ever."""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from bot.chat import studio_texts, texts
from bot.chat.desk import Desk, desk_of
from bot.chat.origins import Interaction, is_moderator
from bot.errors import Refused
from bot.rights import right_of_press

AnyItem = discord.ui.Item[Any]


class Press(discord.ui.DynamicItem[AnyItem], template=r"(?!)"):
    """Takes the custom id apart and sends what fails through the chain of trouble."""

    def __init__(self, item: AnyItem, match: re.Match[str]) -> None:
        super().__init__(item)
        self.told = match.groupdict()

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: AnyItem, match: re.Match[str], /) -> Self:
        return cls(item, match)

    async def callback(self, interaction: Interaction) -> None:
        desk = desk_of(interaction)
        async with desk.guarded(interaction):
            await desk.admit(interaction, right_of_press(self.custom_id))
            await self.pressed(desk, interaction)

    async def pressed(self, desk: Desk, interaction: Interaction) -> None:
        raise NotImplementedError

    def number(self, name: str) -> int:
        return int(self.told[name])

    def chosen(self) -> str:
        """The value chosen in a menu."""
        assert isinstance(self.item, discord.ui.Select)
        return str(self.item.values[0])

    def is_owner(self, interaction: Interaction) -> bool:
        return interaction.user.id == self.number("owner")

    def needs_owner(self, interaction: Interaction) -> None:
        """The owner or a moderator: for what takes something away or stops it."""
        if not self.is_owner(interaction) and not is_moderator(interaction):
            raise Refused(texts.NOT_YOURS)

    def needs_player(self, interaction: Interaction) -> None:
        """The owner alone: nobody's pictures change under their hands."""
        if not self.is_owner(interaction):
            raise Refused(studio_texts.NOT_YOUR_PANEL)


def needs_moderator(interaction: Interaction) -> None:
    if interaction.guild_id is None:
        raise Refused(texts.SERVER_ONLY)
    if not is_moderator(interaction):
        raise Refused(texts.MODERATORS_ONLY)


def needs_expressions(interaction: Interaction, member: str, bot: str) -> None:
    """Whoever makes an emoji or a sticker must be allowed to, and so must we; the words are for each lack."""
    if interaction.guild_id is None:
        raise Refused(texts.SERVER_ONLY)
    may, mine = interaction.permissions, interaction.app_permissions
    if not (may.create_expressions or may.manage_expressions or may.administrator):
        raise Refused(member)
    if not (mine.create_expressions or mine.manage_expressions or mine.administrator):
        raise Refused(bot)
