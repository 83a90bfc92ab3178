"""The forms of order: why a picture is reported, and the words that are blocked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord

from bot.chat import ids
from bot.chat import moderation_texts as texts
from bot.chat.desk import Desk
from bot.chat.origins import Interaction
from bot.language import said
from bot.moderation_asks import ReportPicture, SetRule

Modal = discord.ui.Modal
_REASON, _WORDS = "reason", "words"
FORM = re.compile(f"{ids.REPORT_MODAL}|{ids.WORDS_MODAL}")
MOST_NUMBERS = 4
"""Pictures that a form's custom id holds; the record knows all of a message."""


async def ask_reason(interaction: Interaction, message_id: int, numbers: Sequence[int]) -> None:
    """Open the form of a report."""
    named = numbers if len(numbers) <= MOST_NUMBERS else ()
    custom_id = ids.pack("report-modal", message_id, "-".join(map(str, named)))
    modal = Modal(title=said(texts.REPORT_MODAL), custom_id=custom_id)
    reason: discord.ui.TextInput[Modal] = discord.ui.TextInput(
        custom_id=_REASON, style=discord.TextStyle.paragraph, min_length=3, max_length=500
    )
    modal.add_item(
        discord.ui.Label(text=said(texts.REPORT_LABEL), description=said(texts.REPORT_HELP), component=reason)
    )
    await _open(interaction, modal)


async def ask_words(interaction: Interaction, words: Sequence[str]) -> None:
    """Open the form with the words that are blocked."""
    modal = Modal(title=said(texts.WORDS_MODAL), custom_id=ids.pack("words-modal"))
    field: discord.ui.TextInput[Modal] = discord.ui.TextInput(
        custom_id=_WORDS,
        style=discord.TextStyle.paragraph,
        default="\n".join(words)[:4000] or None,
        required=False,
        max_length=4000,
    )
    modal.add_item(discord.ui.Label(text=said(texts.WORDS_LABEL), description=said(texts.WORDS_HELP), component=field))
    await _open(interaction, modal)


async def submitted(desk: Desk, interaction: Interaction, match: re.Match[str], fields: dict[str, Any]) -> None:
    """A form came back."""
    if match["message"] is None:
        typed = str(fields.get(_WORDS) or "").splitlines()
        words = tuple(dict.fromkeys(" ".join(line.split())[:60] for line in typed if line.strip()))
        await desk.ask(interaction, SetRule(words=words), "prompt")
        return
    numbers = tuple(int(one) for one in match["pictures"].split("-") if one)
    ask = ReportPicture(outputs=numbers, message_id=int(match["message"]), reason=str(fields.get(_REASON) or ""))
    await desk.ask(interaction, ask, "private")


async def _open(interaction: Interaction, modal: Modal) -> None:
    modal.stop()  # submissions are read from the interaction, see `bot.chat.modals`
    await interaction.response.send_modal(modal)
