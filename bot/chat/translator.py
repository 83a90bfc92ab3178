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
        words = string.message
        if context.location in NAMES:
            words = named(words, language)
        if words == string.message:  # a menu's name is a sentence like any other
            words = translated(words, language)
        return words if words != string.message else None
