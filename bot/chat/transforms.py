"""`/style` and `/restore`: a picture in the look of an artwork, and a damaged one mended."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import transform_texts as texts
from bot.chat.desk import Desk, desk_of
from bot.chat.drawing import Percent, upload_of
from bot.chat.generate import CHOICES
from bot.chat.origins import Interaction
from bot.chat.studio import number_of, pick_choices
from bot.errors import Refused
from bot.stories import Source, TransformPicture

STYLE, RESTORER = "style", "restorer"


async def style_models(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Models that paint in the style of artworks, from memory."""
    return _models(interaction, typed, STYLE)


async def restorers(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Models that mend pictures, from memory."""
    return _models(interaction, typed, RESTORER)


def _models(interaction: Interaction, typed: str, family: str) -> list[app_commands.Choice[str]]:
    found = desk_of(interaction).studio.model_choices(interaction.guild_id, typed, family)
    return [app_commands.Choice(name=label[:100], value=model) for label, model in found[:CHOICES]]


def source_of(file: discord.Attachment | None, own: str | None, missing: str) -> Source:
    """An upload, or a picture made here. Raises `Refused` with the sentence `missing` where there is neither."""
    if file is not None:
        return Source(upload=upload_of(file))
    if own:
        return Source(output_id=number_of(own))
    raise Refused(missing)


class TransformCog(commands.Cog):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="style", description=texts.STYLE_COMMAND)
    @app_commands.describe(
        picture=texts.STYLE_PICTURE,
        artwork=texts.STYLE_ARTWORK,
        own_picture=texts.STYLE_OWN_PICTURE,
        own_artwork=texts.STYLE_OWN_ARTWORK,
        strength=texts.STYLE_STRENGTH,
        best=texts.STYLE_BEST,
        model=texts.STYLE_MODEL,
    )
    @app_commands.autocomplete(own_picture=pick_choices, own_artwork=pick_choices, model=style_models)
    async def style(
        self,
        interaction: discord.Interaction,
        picture: discord.Attachment | None = None,
        artwork: discord.Attachment | None = None,
        own_picture: str | None = None,
        own_artwork: str | None = None,
        strength: Percent = 100,
        best: bool = False,
        model: str | None = None,
    ) -> None:
        ask = TransformPicture(
            family=STYLE,
            picture=source_of(picture, own_picture, texts.NO_PICTURE),
            second=source_of(artwork, own_artwork, texts.NO_ARTWORK),
            model=model,
            strength=strength / 100,
            best=best,
        )
        await self.desk.ask(interaction, ask)

    @app_commands.command(name="restore", description=texts.RESTORE_COMMAND)
    @app_commands.describe(
        picture=texts.RESTORE_PICTURE,
        own_picture=texts.RESTORE_OWN_PICTURE,
        strength=texts.RESTORE_STRENGTH,
        model=texts.RESTORE_MODEL,
    )
    @app_commands.autocomplete(own_picture=pick_choices, model=restorers)
    async def restore(
        self,
        interaction: discord.Interaction,
        picture: discord.Attachment | None = None,
        own_picture: str | None = None,
        strength: Percent = 100,
        model: str | None = None,
    ) -> None:
        source = source_of(picture, own_picture, texts.NO_PICTURE)
        await self.desk.ask(
            interaction, TransformPicture(family=RESTORER, picture=source, model=model, strength=strength / 100)
        )
