"""`/generate`: new pictures."""

from __future__ import annotations

from typing import Literal, cast

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.chat import texts
from bot.chat.desk import Desk, desk_of
from bot.chat.origins import Interaction
from bot.stories import Generate

SEED_LIMIT = 2**53
CHOICES = 25
"""Autocomplete choices that Discord shows at most; a choice's name has at most 100 characters."""

Seed = app_commands.Range[int, 0, SEED_LIMIT - 1]
Prompt = app_commands.Range[str, 1, 200]
Variety = app_commands.Choice[float]
Count = app_commands.Choice[int]

COUNTS = [Count(name=locale_str(name), value=value) for name, value in texts.COUNTS]
VARIETIES = [Variety(name=locale_str(name), value=value) for name, value in texts.VARIETIES]


async def model_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Models whose names fit what was typed, from memory: Discord waits three seconds, members less."""
    found = desk_of(interaction).studio.model_choices(interaction.guild_id, typed)
    return [app_commands.Choice(name=label[:100], value=model) for label, model in found[:CHOICES]]


class GenerateCog(commands.Cog):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="generate", description=texts.GENERATE)
    @app_commands.describe(
        prompt=texts.GENERATE_PROMPT,
        model=texts.GENERATE_MODEL,
        count=texts.GENERATE_COUNT,
        seed=texts.GENERATE_SEED,
        variety=texts.GENERATE_VARIETY,
    )
    @app_commands.autocomplete(model=model_choices)
    @app_commands.choices(count=COUNTS)
    @app_commands.choices(variety=VARIETIES)
    async def generate(
        self,
        interaction: discord.Interaction,
        prompt: Prompt | None = None,
        model: str | None = None,
        count: Count | None = None,
        seed: Seed | None = None,
        variety: Variety | None = None,
    ) -> None:
        ask = Generate(
            model=model,
            count=cast("Literal[1, 4, 9]", count.value if count else 4),
            seed=seed,
            variety=variety.value if variety else 0.5,
            prompt=prompt or "",
        )
        await self.desk.ask(interaction, ask)
