"""What panels are made of: a message ready to send, and the small typographic pieces all of them share."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import discord
from discord.utils import escape_markdown

from bot.chat import texts
from bot.language import said
from bot.stories import PicturesView, ShownPicture

TEXT_LIMIT = 4000
"""Characters in all the texts of one message (Discord)."""
LABEL_LIMIT = 80
DESCRIPTION_LIMIT = 256
MOST_ACCENTS = 3
JOINER = "\u200d"
"""Holds emoji together, such as a family."""
_EXTENSIONS = {
    "image/png": "png",
    "image/webp": "webp",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "video/mp4": "mp4",
}

MINT = 0x3BA98A
VIOLET = 0x7A6FF0
AMBER = 0xE0A030
RED = 0xD9534F
GREY = 0x80848E


@dataclass(frozen=True)
class PanelFile:
    """A file of a panel; `name` is how the panel's components refer to it."""

    name: str
    data: bytes
    description: str = ""

    def to_discord(self) -> discord.File:
        """A fresh upload: a `discord.File` is read once, a panel may be sent again."""
        return discord.File(io.BytesIO(self.data), filename=self.name, description=self.description or None)


@dataclass(frozen=True)
class Panel:
    """A message as it should stand: its components and exactly the files it shows."""

    view: discord.ui.LayoutView
    files: tuple[PanelFile, ...] = ()
    ephemeral: bool = False

    def uploads(self) -> list[discord.File]:
        return [file.to_discord() for file in self.files]


def layout(*children: discord.ui.Item[discord.ui.LayoutView], colour: int | None = None) -> discord.ui.LayoutView:
    """One container with these children: the shape of every message of ours."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*children, accent_colour=colour))
    return view


def gallery(files: Sequence[PanelFile]) -> discord.ui.MediaGallery[discord.ui.LayoutView]:
    """Files of the panel side by side, at most ten."""
    items = [discord.MediaGalleryItem(f"attachment://{file.name}", description=file.description) for file in files]
    return discord.ui.MediaGallery(*items)


def picture_file(view: PicturesView, number: int, picture: ShownPicture, total: int) -> PanelFile:
    """A picture under the name that leads back to its row."""
    extension = _EXTENSIONS.get(picture.media_type, "png")
    words = texts.picture_description(number, total, view.model_title, picture.seed)
    return PanelFile(f"artel-{picture.output_id}.{extension}", bytes(picture.data), clip(words, DESCRIPTION_LIMIT))


def text(*lines: str) -> discord.ui.TextDisplay[discord.ui.LayoutView]:
    """Lines of markdown; those that are a sentence of ours come in the reader's language, here as in all parts."""
    return discord.ui.TextDisplay("\n".join(said(line) for line in lines if line))


def menu(
    custom_id: str, placeholder: str, options: Sequence[discord.SelectOption]
) -> discord.ui.Select[discord.ui.LayoutView]:
    return discord.ui.Select(custom_id=custom_id, placeholder=said(placeholder), options=list(options))


def rule(*, large: bool = False) -> discord.ui.Separator[discord.ui.LayoutView]:
    spacing = discord.SeparatorSpacing.large if large else discord.SeparatorSpacing.small
    return discord.ui.Separator(visible=True, spacing=spacing)


def row(*items: discord.ui.Item[discord.ui.LayoutView]) -> discord.ui.ActionRow[discord.ui.LayoutView]:
    return discord.ui.ActionRow(*items)


def button(
    label: str,
    custom_id: str,
    *,
    emoji: str | None = None,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    disabled: bool = False,
) -> discord.ui.Button[discord.ui.LayoutView]:
    return discord.ui.Button(
        label=clip(said(label), LABEL_LIMIT) or None, custom_id=custom_id, emoji=emoji, style=style, disabled=disabled
    )


def clip(words: str, limit: int) -> str:
    """`words`, cut with an ellipsis where they are longer than `limit` characters."""
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def plain(words: str, limit: int = 100) -> str:
    """Words of a member on one line, cut first and then escaped, so they cannot format our message."""
    return escape_markdown(clip(tidy(words), limit))


def tidy(words: str) -> str:
    """Words on one line, without what is not seen (it turns lines around, or hides in names) and with no more than a
    few accents on a letter, which would else grow over the lines above."""
    kept: list[str] = []
    accents = 0
    for one in " ".join(words.split()):
        kind = unicodedata.category(one)
        accents = accents + 1 if kind in ("Mn", "Me") else 0
        if accents <= MOST_ACCENTS and (kind not in ("Cf", "Cc", "Co", "Cn", "Cs") or one == JOINER):
            kept.append(one)
    return "".join(kept)


def small(*pieces: str, limit: int = 400) -> str:
    """Small print, its pieces joined by middle dots; empty when there are none."""
    joined = " · ".join(said(piece) for piece in pieces if piece)
    return f"-# {clip(' '.join(joined.split()), limit)}" if joined else ""


def small_lines(lines: Iterable[str], limit: int = 1200) -> str:
    """Small print of several lines, whole lines only, within `limit` characters."""
    kept: list[str] = []
    for line in lines:
        piece = small(line)
        if not piece:
            continue
        if sum(len(other) + 1 for other in kept) + len(piece) > limit:
            kept.append("-# …")
            break
        kept.append(piece)
    return "\n".join(kept)


def bar(fraction: float, cells: int = 20) -> str:
    """A text progress bar; full only when `fraction` is 1."""
    full = int(min(1.0, max(0.0, fraction)) * cells)
    return "▰" * full + "▱" * (cells - full)


def duration(seconds: float) -> str:
    """`42 s`, `3 min 05 s`, `2 h 10 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
