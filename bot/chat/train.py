"""`/train`: teach a new model from the server's emoji, from attached files, or from a folder of the operator's."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import art_texts, modals, texts, training_texts
from bot.chat.art import collection_choices, collection_of
from bot.chat.desk import Desk, desk_of
from bot.chat.generate import CHOICES, model_choices
from bot.chat.origins import Interaction
from bot.errors import Refused
from bot.stories import Train, Upload

Name = app_commands.Range[str, 1, 60]
Pixels = Literal[64, 128]
Minutes = app_commands.Range[float, 0.25, 240.0]
DEFAULT_MINUTES = 2.5
"""With what comes before and after, members have their model three minutes after they asked."""


_USUAL = {
    "name": texts.TRAIN_NAME,
    "minutes": texts.TRAIN_MINUTES,
    "start_from": texts.TRAIN_BASE,
    "family": training_texts.TRAIN_FAMILY,
}
"""What all of its commands ask for."""


async def family_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The kinds of models, from memory."""
    found = desk_of(interaction).studio.family_choices(typed)
    return [app_commands.Choice(name=label, value=name) for label, name in found[:CHOICES]]


async def folder_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The operator's folders, from memory."""
    names = desk_of(interaction).studio.folder_choices(typed)
    return [app_commands.Choice(name=name[:100], value=name[:100]) for name in names[:CHOICES]]


def server_emoji(guild: discord.Guild | None) -> tuple[Upload, ...]:
    """The server's emoji as the cache has them: no request goes out. Raises `Refused` when there is none."""
    if guild is None:
        raise Refused(texts.SERVER_ONLY)
    emoji = tuple(
        Upload(
            filename=f"{one.name}.{'gif' if one.animated else 'png'}",
            url=one.url,
            size=0,
            content_type="image/gif" if one.animated else "image/png",
        )
        for one in guild.emojis
        if one.available
    )
    if not emoji:
        raise Refused(texts.NO_EMOJI)
    return emoji


def needs_channel(interaction: Interaction) -> None:
    """A training outlives its token, so its message must be one that the bot can reach by itself."""
    may = interaction.app_permissions
    if interaction.guild_id is not None and not (may.administrator or may.view_channel):
        raise Refused(texts.NEEDS_CHANNEL)


class TrainCog(commands.Cog):
    train = app_commands.Group(
        name="train",
        description=texts.TRAIN,
        guild_only=True,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    )

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @train.command(name="emoji", description=texts.TRAIN_EMOJI)
    @app_commands.describe(**_USUAL, pixels=training_texts.TRAIN_PIXELS)
    @app_commands.autocomplete(start_from=model_choices, family=family_choices)
    async def emoji(
        self,
        interaction: discord.Interaction,
        name: Name,
        minutes: Minutes = DEFAULT_MINUTES,
        start_from: str | None = None,
        family: str | None = None,
        pixels: Pixels | None = None,
    ) -> None:
        needs_channel(interaction)
        emoji = server_emoji(interaction.guild)
        ask = Train(
            name=name,
            source="emoji",
            emoji=emoji,
            minutes=minutes,
            base=start_from,
            family=family,
            pixels=pixels,
            sheet=True,
        )
        await self.desk.ask(interaction, ask)

    @train.command(name="files", description=texts.TRAIN_FILES)
    @app_commands.describe(**_USUAL)
    @app_commands.autocomplete(start_from=model_choices, family=family_choices)
    async def files(
        self,
        interaction: discord.Interaction,
        name: Name | None = None,
        minutes: Minutes = DEFAULT_MINUTES,
        start_from: str | None = None,
        family: str | None = None,
    ) -> None:
        needs_channel(interaction)
        await modals.ask_files(interaction, name or "", minutes, start_from or "", family or "")

    @train.command(name="folder", description=texts.TRAIN_FOLDER)
    @app_commands.describe(
        folder=texts.TRAIN_FOLDER_OPTION,
        pixels=training_texts.TRAIN_PIXELS,
        **_USUAL,
    )
    @app_commands.autocomplete(folder=folder_choices, start_from=model_choices, family=family_choices)
    async def folder(
        self,
        interaction: discord.Interaction,
        name: Name,
        folder: str,
        minutes: Minutes = DEFAULT_MINUTES,
        start_from: str | None = None,
        family: str | None = None,
        pixels: Pixels | None = None,
    ) -> None:
        needs_channel(interaction)
        ask = Train(
            name=name,
            source="folder",
            folder=folder,
            minutes=minutes,
            base=start_from,
            family=family,
            pixels=pixels,
            sheet=True,
        )
        await self.desk.ask(interaction, ask)

    @train.command(name="collection", description=art_texts.TRAIN_COLLECTION)
    @app_commands.describe(
        collection=art_texts.COLLECTION_WHICH,
        pixels=training_texts.TRAIN_PIXELS,
        **_USUAL,
    )
    @app_commands.autocomplete(collection=collection_choices, start_from=model_choices, family=family_choices)
    async def collection(
        self,
        interaction: discord.Interaction,
        name: Name,
        collection: str,
        minutes: Minutes = DEFAULT_MINUTES,
        start_from: str | None = None,
        family: str | None = None,
        pixels: Pixels | None = None,
    ) -> None:
        needs_channel(interaction)
        chosen = await collection_of(interaction, collection)
        ask = Train(
            name=name,
            source="collection",
            collection=chosen,
            minutes=minutes,
            base=start_from,
            family=family,
            pixels=pixels,
            sheet=True,
        )
        await self.desk.ask(interaction, ask)
