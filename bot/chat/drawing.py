"""`/draw` and `/restyle`: pictures of sketches, and avatars and photos in the server's style."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import drawing_texts as texts
from bot.chat.desk import Desk, desk_of
from bot.chat.generate import CHOICES, Prompt
from bot.chat.origins import Interaction
from bot.stories import Source, TransformPicture, Upload

SKETCH_FAMILIES = ("pix2pix", "pix2pixhd")
"""What turns sketches into pictures; without a model the first is meant."""
STYLE_FAMILIES = ("cyclegan", "diffusion")
"""What brings pictures into a style: by a way learned there and back, or drawn anew over noise."""
USUAL_STRENGTH = {"cyclegan": 100, "diffusion": 60}
"""Per cent. Noise alone hides the whole picture, and what is drawn then has nothing of it."""
AVATAR_SIDE = 256
MOST_COLOURS = 2**31 - 1

Colours = app_commands.Range[int, 0, MOST_COLOURS]
Percent = app_commands.Range[int, 1, 100]


async def sketch_models(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Models that draw from sketches, from memory."""
    return _choices(interaction, typed, SKETCH_FAMILIES)


async def style_models(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Models that bring a picture into a style and back, from memory."""
    return _choices(interaction, typed, STYLE_FAMILIES)


def _choices(interaction: Interaction, typed: str, families: tuple[str, ...]) -> list[app_commands.Choice[str]]:
    studio = desk_of(interaction).studio
    found = [one for family in families for one in studio.model_choices(interaction.guild_id, typed, family)]
    return [app_commands.Choice(name=label[:100], value=model) for label, model in found[:CHOICES]]


def upload_of(file: discord.Attachment) -> Upload:
    return Upload(filename=file.filename[:200], url=file.url, size=file.size, content_type=file.content_type or "")


def avatar_of(user: discord.User | discord.Member) -> Upload:
    """What a member looks like here, as its first frame. Only ever asked for the member who asks."""
    asset = user.display_avatar.replace(size=AVATAR_SIDE, static_format="png", format="png")
    return Upload(filename="avatar.png", url=asset.url, size=0, content_type="image/png")


class DrawingCog(commands.Cog):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="draw", description=texts.DRAW_COMMAND)
    @app_commands.describe(sketch=texts.DRAW_SKETCH, model=texts.DRAW_MODEL, colours=texts.DRAW_COLOURS)
    @app_commands.autocomplete(model=sketch_models)
    async def draw(
        self,
        interaction: discord.Interaction,
        sketch: discord.Attachment | None = None,
        model: str | None = None,
        colours: Colours = 0,
    ) -> None:
        source = Source(upload=upload_of(sketch)) if sketch else Source(pad=True)
        family = self._family_of(interaction, model, SKETCH_FAMILIES)
        await self.desk.ask(interaction, TransformPicture(family=family, picture=source, model=model, seed=colours))

    def _family_of(self, interaction: Interaction, model: str | None, families: tuple[str, ...]) -> str:
        """Which of the families a model named by id or title is of; without a name the first that has one."""
        for family in families:
            found = self.desk.studio.model_choices(interaction.guild_id, model or "", family)
            if any(not model or model == one or label.casefold().startswith(model.casefold()) for label, one in found):
                return family
        return families[0]

    @app_commands.command(name="restyle", description=texts.RESTYLE_COMMAND)
    @app_commands.describe(
        picture=texts.RESTYLE_PICTURE,
        model=texts.RESTYLE_MODEL,
        strength=texts.RESTYLE_STRENGTH,
        back=texts.RESTYLE_BACK,
        prompt=texts.RESTYLE_PROMPT,
    )
    @app_commands.autocomplete(model=style_models)
    async def restyle(
        self,
        interaction: discord.Interaction,
        picture: discord.Attachment | None = None,
        model: str | None = None,
        strength: Percent | None = None,
        back: bool = False,
        prompt: Prompt | None = None,
    ) -> None:
        source = Source(upload=upload_of(picture) if picture else avatar_of(interaction.user))
        family = self._family_of(interaction, model, STYLE_FAMILIES)
        share = (strength or USUAL_STRENGTH[family]) / 100
        ask = TransformPicture(
            family=family, picture=source, model=model, strength=share, back=back, prompt=prompt or ""
        )
        await self.desk.ask(interaction, ask)
