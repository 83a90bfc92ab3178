"""The forms: the name of an emoji or a sticker, and pictures to learn from.

Submissions are read from the interaction itself, not through discord.py's store of open modals, which a restart
empties: who fills in a form for ten minutes must not lose it because the bot was updated meanwhile.
"""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.chat import art_forms, ids, moderation_forms, studio_texts, texts, training_texts
from bot.chat.desk import Desk
from bot.chat.origins import Interaction
from bot.chat.routes import translated
from bot.chat.uploads import uploads_of
from bot.consent_words import FILES_CONSENT
from bot.errors import Refused
from bot.language import said
from bot.stories import MakeEmoji, MakeSticker, NameSlider, Train

Modal = discord.ui.Modal
_NAME, _FILES = "name", "files"
MAX_FILES = 10
_EMOJI = re.compile(ids.EMOJI_MODAL)
_STICKER = re.compile(ids.STICKER_MODAL)
_SLIDER = re.compile(ids.NAME_MODAL)
_TRAIN = re.compile(ids.FILES_MODAL)
_BASE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FAMILY = re.compile(r"[a-z0-9]{1,14}")


async def ask_emoji_name(interaction: Interaction, output_id: int) -> None:
    """Open the form for the name of an emoji made from this output."""
    modal = Modal(title=said(texts.EMOJI_MODAL), custom_id=ids.pack("emoji-modal", output_id))
    name: discord.ui.TextInput[Modal] = discord.ui.TextInput(
        custom_id=_NAME, default=f"art_{output_id}"[:32], min_length=2, max_length=32
    )
    modal.add_item(
        discord.ui.Label(text=said(texts.EMOJI_NAME), description=said(texts.EMOJI_NAME_HELP), component=name)
    )
    await _open(interaction, modal)


async def ask_sticker_name(interaction: Interaction, output_id: int) -> None:
    """Open the form for the name of a sticker made from this output."""
    modal = Modal(title=said(studio_texts.STICKER_MODAL), custom_id=ids.pack("sticker-modal", output_id))
    name: discord.ui.TextInput[Modal] = discord.ui.TextInput(
        custom_id=_NAME, default=f"art {output_id}"[:30], min_length=2, max_length=30
    )
    about = studio_texts.STICKER_NAME_HELP
    modal.add_item(_field(studio_texts.STICKER_NAME, about, name))
    await _open(interaction, modal)


async def ask_slider_name(interaction: Interaction, model: str, direction: str) -> None:
    """Open the form for a vote on a slider's name."""
    modal = Modal(title=said(studio_texts.NAME_MODAL), custom_id=ids.pack("name-modal", model, direction))
    name: discord.ui.TextInput[Modal] = discord.ui.TextInput(custom_id=_NAME, min_length=2, max_length=40)
    modal.add_item(_field(studio_texts.NAME_LABEL, studio_texts.NAME_HELP, name))
    await _open(interaction, modal)


async def ask_files(interaction: Interaction, name: str, minutes: float, base: str, family: str = "") -> None:
    """Open the form that takes up to ten pictures to learn from."""
    if base and not _BASE.fullmatch(base):
        raise Refused(texts.BASE_UNKNOWN)
    if family and not _FAMILY.fullmatch(family):
        raise Refused(training_texts.FAMILY_UNKNOWN)
    custom_id = ids.pack("files-modal", f"{minutes:.2f}".rstrip("0").rstrip("."), base, family)
    modal = Modal(title=said(texts.FILES_MODAL), custom_id=custom_id)
    title: discord.ui.TextInput[Modal] = discord.ui.TextInput(
        custom_id=_NAME, default=name or None, min_length=1, max_length=60
    )
    upload: discord.ui.FileUpload[Modal] = discord.ui.FileUpload(custom_id=_FILES, min_values=1, max_values=MAX_FILES)
    modal.add_item(
        discord.ui.Label(text=said(texts.TRAIN_NAME), description=said(texts.FILES_NAME_HELP), component=title)
    )
    modal.add_item(
        discord.ui.Label(text=said(texts.FILES_UPLOAD), description=said(texts.FILES_UPLOAD_HELP), component=upload)
    )
    modal.add_item(discord.ui.TextDisplay(said(FILES_CONSENT)))
    await _open(interaction, modal)


async def submitted(desk: Desk, interaction: Interaction) -> None:
    """A form came back. Raises `Refused` for one that no version of us knows."""
    data: dict[str, Any] = dict(interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    fields = _fields(data.get("components") or [])
    if (match := art_forms.FORM.fullmatch(custom_id)) is not None:
        await art_forms.submitted(desk, interaction, match, fields)
    elif (match := moderation_forms.FORM.fullmatch(custom_id)) is not None:
        await moderation_forms.submitted(desk, interaction, match, fields)
    elif (match := _EMOJI.fullmatch(custom_id)) is not None:
        name = str(fields.get(_NAME) or "").strip().strip(":")
        await desk.ask(interaction, MakeEmoji(output_id=int(match["output"]), name=name), "private")
    elif (match := _STICKER.fullmatch(custom_id)) is not None:
        name = str(fields.get(_NAME) or "")
        await desk.ask(interaction, MakeSticker(output_id=int(match["output"]), name=name), "private")
    elif (match := _SLIDER.fullmatch(custom_id)) is not None:
        name = str(fields.get(_NAME) or "")
        ask = NameSlider(model_id=match["model"], direction=match["direction"], name=name)
        await desk.ask(interaction, ask, "private")
    elif (match := _TRAIN.fullmatch(custom_id)) is not None:
        uploads = uploads_of(interaction, fields.get(_FILES) or [])[:MAX_FILES]
        if not uploads:
            raise Refused(texts.NO_FILES)
        train = Train(
            name=str(fields.get(_NAME) or "").strip(),
            source="files",
            uploads=uploads,
            minutes=float(match["minutes"]),
            base=match["base"] or None,
            family=match["family"] or None,
            sheet=True,
        )
        await desk.ask(interaction, train)
    else:
        raise Refused(texts.BUTTON_UNKNOWN)


def _field(label: str, about: str, component: discord.ui.Item[Modal]) -> discord.ui.Label[Modal]:
    return discord.ui.Label(text=said(label), description=said(about), component=component)


async def _open(interaction: Interaction, modal: Modal) -> None:
    modal.stop()  # submissions are read from the interaction, see above
    with translated():
        await interaction.response.send_modal(modal)


def _fields(components: list[dict[str, Any]]) -> dict[str, Any]:
    """Values by custom id, out of labels (type 18) and rows (type 1) alike."""
    values: dict[str, Any] = {}
    for component in components:
        inner = [component["component"]] if "component" in component else component.get("components", [component])
        for field in inner:
            values[str(field.get("custom_id"))] = field.get("value", field.get("values"))
    return values
