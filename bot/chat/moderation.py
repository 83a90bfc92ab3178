"""`/report`, `/reviews`, `/settings`, `/me`, `/contest`, and Report in the Apps menu of a message."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import moderation_forms, moderation_panels
from bot.chat import moderation_texts as texts
from bot.chat.desk import Desk
from bot.chat.origins import Interaction
from bot.chat.studio import number_of, numbers_in, pick_choices
from bot.moderation_asks import EnterContest, ReportPicture, StartContest

Reason = app_commands.Range[str, 3, 500]
Theme = app_commands.Range[str, 1, 100]
Hours = app_commands.Range[float, 0.02, 672.0]


class ModerationCog(commands.Cog):
    contest = app_commands.Group(
        name="contest",
        description=texts.CONTEST,
        guild_only=True,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    )

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="report", description=texts.REPORT_COMMAND)
    @app_commands.describe(picture=texts.REPORT_PICTURE, reason=texts.REPORT_REASON)
    @app_commands.autocomplete(picture=pick_choices)
    @app_commands.guild_only()
    async def report(self, interaction: discord.Interaction, picture: str, reason: Reason) -> None:
        ask = ReportPicture(outputs=(number_of(picture),), reason=reason)
        await self.desk.ask(interaction, ask, "private")

    @app_commands.command(name="reviews", description=texts.REVIEWS_COMMAND)
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    async def reviews(self, interaction: discord.Interaction) -> None:
        origin = self.desk.take(interaction, "private")
        view = await self.desk.studio.review(origin)
        await self.desk.show(interaction, await moderation_panels.review(view))

    @app_commands.command(name="settings", description=texts.SETTINGS_COMMAND)
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, interaction: discord.Interaction) -> None:
        origin = self.desk.take(interaction, "private")
        view = await self.desk.studio.house_settings(origin)
        await self.desk.show(interaction, moderation_panels.settings(view))

    @app_commands.command(name="me", description=texts.ME_COMMAND)
    async def me(self, interaction: discord.Interaction) -> None:
        origin = self.desk.take(interaction, "private")
        await self.desk.show(interaction, moderation_panels.me(await self.desk.studio.me(origin)))

    @contest.command(name="start", description=texts.CONTEST_START)
    @app_commands.describe(theme=texts.CONTEST_THEME, hours=texts.CONTEST_HOURS)
    async def start(self, interaction: discord.Interaction, theme: Theme, hours: Hours = 168.0) -> None:
        await self.desk.ask(interaction, StartContest(theme=theme, hours=hours))

    @contest.command(name="enter", description=texts.CONTEST_ENTER)
    @app_commands.describe(picture=texts.REPORT_PICTURE)
    @app_commands.autocomplete(picture=pick_choices)
    async def enter(self, interaction: discord.Interaction, picture: str) -> None:
        await self.desk.ask(interaction, EnterContest(output_id=number_of(picture)), "private")

    @contest.command(name="show", description=texts.CONTEST_SHOW)
    async def show(self, interaction: discord.Interaction) -> None:
        origin = self.desk.take(interaction, "private")
        view = await self.desk.studio.contest(origin)
        await self.desk.show(interaction, await moderation_panels.contest(view, private=True))


async def report_message(interaction: Interaction, message: discord.Message) -> None:
    """Report whatever of ours stands on a message."""
    await moderation_forms.ask_reason(interaction, message.id, numbers_in(message))


def moderation_menus() -> tuple[app_commands.ContextMenu, ...]:
    """What the Apps menu of a message offers to keep order."""
    menu = app_commands.ContextMenu(name=texts.REPORT_MENU, callback=report_message)
    menu.guild_only = True
    return (menu,)
