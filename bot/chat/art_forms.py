"""The form by which art comes in: files, a title, a licence, and the box that says that it is theirs to give."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.art_asks import Contribute
from bot.chat import art_texts as texts
from bot.chat import ids
from bot.chat.desk import Desk
from bot.chat.origins import Interaction
from bot.chat.uploads import uploads_of
from bot.consent_words import CONSENT, LICENCES
from bot.language import said
from bot.parcels import Slip

Modal = discord.ui.Modal
_FILES, _TITLE, _LICENCE, _RIGHTS = "files", "title", "licence", "rights"
MAX_FILES = 10
FORM = re.compile(ids.ART_MODAL)


def art_modal(collection: int) -> Modal:
    """The form; 0 is no collection."""
    modal = Modal(title=said(texts.FORM), custom_id=ids.pack("art-modal", collection))
    upload: discord.ui.FileUpload[Modal] = discord.ui.FileUpload(custom_id=_FILES, min_values=1, max_values=MAX_FILES)
    title: discord.ui.TextInput[Modal] = discord.ui.TextInput(
        custom_id=_TITLE,
        style=discord.TextStyle.paragraph,
        placeholder=said(texts.FORM_TITLE_HINT),
        required=False,
        max_length=300,
    )
    options = [
        discord.RadioGroupOption(label=said(label), value=value, description=said(about))
        for value, label, about in LICENCES
    ]
    licence: discord.ui.RadioGroup[Modal] = discord.ui.RadioGroup(custom_id=_LICENCE, options=options)
    rights: discord.ui.Checkbox[Modal] = discord.ui.Checkbox(custom_id=_RIGHTS)
    fields: tuple[tuple[str, str, discord.ui.Item[Modal]], ...] = (
        (texts.FORM_FILES, texts.FORM_FILES_HELP, upload),
        (texts.FORM_TITLE, texts.FORM_TITLE_HELP, title),
        (texts.FORM_LICENCE, texts.FORM_LICENCE_HELP, licence),
    )
    for label, about, component in fields:
        modal.add_item(discord.ui.Label(text=said(label), description=said(about), component=component))
    modal.add_item(discord.ui.TextDisplay(said(CONSENT)))
    modal.add_item(discord.ui.Label(text=said(texts.FORM_RIGHTS), component=rights))
    return modal


async def ask_art(interaction: Interaction, collection: int) -> None:
    """Open the form."""
    modal = art_modal(collection)
    modal.stop()  # submissions are read from the interaction, see `bot.chat.modals`
    await interaction.response.send_modal(modal)


def of_parcel(slip: Slip, collection: int) -> Contribute:
    """What the web page's form said, as the same form says it here."""
    return Contribute(
        title=slip.title,
        tags=slip.tags,
        licence=slip.licence,
        rights=True,
        collection=collection or None,
        parcel=slip.number,
    )


async def submitted(desk: Desk, interaction: Interaction, match: re.Match[str], fields: dict[str, Any]) -> None:
    """The form came back; what is missing in it is refused by the story, on record."""
    title, _, tags = str(fields.get(_TITLE) or "").strip().partition("\n")
    ask = Contribute(
        uploads=uploads_of(interaction, fields.get(_FILES) or [])[:MAX_FILES],
        title=title[:200],
        tags=tags[:300].replace("\n", ","),
        licence=str(fields.get(_LICENCE) or ""),
        rights=fields.get(_RIGHTS) is True,
        collection=int(match["collection"]) or None,
    )
    await desk.ask(interaction, ask)
