"""`/models`, `/queue`, `/help`, `/about`: what one may want to know, shown to the asker alone."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import pages, texts
from bot.chat.desk import Desk
from bot.chat.origins import Interaction, Placing, is_moderator


async def show_models(desk: Desk, interaction: Interaction, page: int, placing: Placing) -> None:
    """A page of the models that may be used here, counted from 0."""
    desk.take(interaction, placing)
    lines = await desk.studio.models(interaction.guild_id)
    await desk.show(interaction, pages.models(lines, page, may_choose=_may_choose(interaction)), placing)


async def show_queue(desk: Desk, interaction: Interaction, placing: Placing) -> None:
    """The trainings that run and wait; one's own can be cancelled from here."""
    desk.take(interaction, placing)
    lines = await desk.studio.queue(interaction.guild_id)
    panel = pages.queue(lines, interaction.user.id, moderator=is_moderator(interaction))
    await desk.show(interaction, panel, placing)


def _may_choose(interaction: Interaction) -> bool:
    return interaction.guild_id is not None and is_moderator(interaction)


class InfoCog(commands.Cog):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="models", description=texts.MODELS)
    async def models(self, interaction: discord.Interaction) -> None:
        await show_models(self.desk, interaction, 0, "private")

    @app_commands.command(name="queue", description=texts.QUEUE)
    async def queue(self, interaction: discord.Interaction) -> None:
        await show_queue(self.desk, interaction, "private")

    @app_commands.command(name="help", description=texts.HELP)
    async def help(self, interaction: discord.Interaction) -> None:
        await self.desk.show(interaction, pages.help_page())

    @app_commands.command(name="about", description=texts.ABOUT)
    async def about(self, interaction: discord.Interaction) -> None:
        self.desk.take(interaction, "private")
        await self.desk.show(interaction, pages.about(await self.desk.studio.status()))
