"""`/breed`, `/lineage`: what one does with pictures that are there already."""

from __future__ import annotations

import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import studio_texts as texts
from bot.chat.desk import Desk, desk_of
from bot.chat.generate import CHOICES
from bot.chat.origins import Interaction
from bot.chat.studio_buttons import show_family
from bot.errors import Refused
from bot.stories import Breed

_NUMBER = re.compile(r"\D*(\d{1,18})\D*")


def number_of(typed: str) -> int:
    """The picture meant: the value of a choice, or a number as people write it. Raises `Refused`."""
    match = _NUMBER.fullmatch(typed.strip())
    if match is None:
        raise Refused(texts.NO_SUCH_PICTURE)
    return int(match[1])


async def pick_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The member's favourites and newest pictures."""
    return await _choices(interaction, typed, None)


async def mate_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Those by the same model as the first picture, once that is chosen."""
    first = _NUMBER.fullmatch(str(interaction.namespace.a or "").strip())
    return await _choices(interaction, typed, int(first[1]) if first else None)


async def _choices(interaction: Interaction, typed: str, fits: int | None) -> list[app_commands.Choice[str]]:
    studio = desk_of(interaction).studio
    found = await studio.pick_choices(interaction.user.id, interaction.guild_id, typed, fits)
    return [app_commands.Choice(name=label[:100], value=str(output)) for label, output in found[:CHOICES]]


class StudioCog(commands.Cog):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="breed", description=texts.BREED_COMMAND)
    @app_commands.describe(a=texts.BREED_A, b=texts.BREED_B)
    @app_commands.autocomplete(a=pick_choices, b=mate_choices)
    async def breed(self, interaction: discord.Interaction, a: str, b: str) -> None:
        await self.desk.ask(interaction, Breed(a=number_of(a), b=number_of(b)))

    @app_commands.command(name="lineage", description=texts.LINEAGE_COMMAND)
    @app_commands.describe(picture=texts.LINEAGE_PICTURE)
    @app_commands.autocomplete(picture=pick_choices)
    async def lineage(self, interaction: discord.Interaction, picture: str) -> None:
        await show_family(self.desk, interaction, number_of(picture), "new")
