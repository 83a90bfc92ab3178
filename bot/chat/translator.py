"""The words of commands in the languages that we speak, for Discord to show to each member in their own."""

from __future__ import annotations

from discord import Locale, app_commands
from discord.app_commands import TranslationContextLocation, TranslationContextTypes, locale_str

from bot.language import ENGLISH, language_of, named, translated

NAMES = (
    TranslationContextLocation.command_name,
    TranslationContextLocation.group_name,
    TranslationContextLocation.parameter_name,
)


class CommandWords(app_commands.Translator):
    """Translates names and descriptions when the commands are sent; what a language lacks stays English there."""

    async def translate(self, string: locale_str, locale: Locale, context: TranslationContextTypes) -> str | None:
        language = language_of(locale.value)
        if language == ENGLISH:
            return None
        words = named(string.message, language) if context.location in NAMES else translated(string.message, language)
        return words if words != string.message else None
