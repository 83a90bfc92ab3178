"""`/verify` and Apps → Verify: what a picture is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import ids
from bot.chat import verify_texts as texts
from bot.chat.desk import Desk, desk_of
from bot.chat.origins import Interaction
from bot.chat.parts import (
    AMBER,
    GREY,
    MINT,
    RED,
    VIOLET,
    Panel,
    PanelFile,
    button,
    layout,
    plain,
    row,
    rule,
    small,
    text,
)
from bot.errors import Refused
from bot.language import said
from bot.stories import Upload, VerifyView

Item = discord.ui.Item[discord.ui.LayoutView]

HEADS = {
    "ours": (texts.OURS, MINT),
    "ai": (texts.AI, AMBER),
    "signed": (texts.SIGNED, VIOLET),
    "broken": (texts.BROKEN, RED),
    "unknown": (texts.UNKNOWN, GREY),
}
MOST_LOOKED_AT = 4
"""Pictures of one message; a grid has four."""
LINES = 8


class VerifyCog(commands.Cog):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="verify", description=texts.VERIFY_COMMAND)
    @app_commands.describe(picture=texts.VERIFY_PICTURE)
    async def verify(self, interaction: discord.Interaction, picture: discord.Attachment) -> None:
        await show(self.desk, interaction, [_upload(picture.filename, picture.url, picture.size)])


async def verify_message(interaction: Interaction, message: discord.Message) -> None:
    """What the pictures of a message are, whoever posted it. They are looked at and forgotten."""
    found = [_upload(file.filename, file.url, file.size) for file in message.attachments]
    for piece in _pieces(message.components):  # where Discord names them only within the components
        for item in getattr(piece, "items", ()):
            name = item.media.url.partition("?")[0].rpartition("/")[2]
            found.append(_upload(name, item.media.url, 0))
    unique = list({one.url.partition("?")[0]: one for one in found}.values())
    await show(desk_of(interaction), interaction, unique[:MOST_LOOKED_AT])


async def show(desk: Desk, interaction: Interaction, uploads: Sequence[Upload]) -> None:
    """Look at each, and show the asker alone what was found. Raises `Refused` where none is a picture."""
    origin = desk.take(interaction, "private")
    if not uploads:
        raise Refused(texts.NO_FILE)
    views: list[VerifyView] = []
    refusals: list[Refused] = []
    for one in uploads:
        try:
            views.append(await desk.studio.verify(origin, one))
        except Refused as refused:
            refusals.append(refused)
    if not views:
        raise refusals[0]
    await desk.show(interaction, page(views))


def page(views: Sequence[VerifyView]) -> Panel:
    """What each picture is; one picture with all that is known, several in short."""
    files: list[PanelFile] = []
    children: list[Item] = []
    for place, view in enumerate(views):
        if place:
            children.append(rule(large=True))
        children += _told(view, files, brief=len(views) > 1)
    return Panel(layout(*children, colour=HEADS[views[0].verdict][1]), tuple(files), ephemeral=True)


def _told(view: VerifyView, files: list[PanelFile], *, brief: bool) -> list[Item]:
    head = said(HEADS[view.verdict][0])
    name = small(f"{plain(view.filename, 60)} · {view.size[0]} × {view.size[1]}")
    children: list[Item] = [_head(view, f"{head}\n{name}", files)]
    children.append(text(*(f"- {line}" for line in view.evidence)) if view.evidence else text(texts.UNKNOWN_WORDS))
    if view.verdict == "ai":
        children.append(text(small(texts.AI_SMALL)))
    facts = [line for line in view.facts if line]
    if facts:
        children.append(
            text(f"**{said(texts.WHAT_IT_IS)}**", *(f"- {_safe(line)}" for line in facts[: 3 if brief else 12]))
        )
    if view.shares and not brief:
        lines = [f"- {plain(line, 160)}" for line in view.shares[:LINES]]
        children.append(text(f"**{said(texts.WHOSE_ART)}**", *lines))
    if view.attribution:
        children.append(text(small(*(plain(line, 120) for line in view.attribution[:LINES]))))
    if view.withheld:
        children.append(text(small(texts.WITHHELD)))
    if view.output_id is not None and not brief:
        children.append(row(button(texts.CREDITS, ids.pack("credits", view.output_id), emoji="📜")))
    return children


def _head(view: VerifyView, words: str, files: list[PanelFile]) -> Item:
    if view.thumbnail is None or view.output_id is None:
        return text(words)
    file = PanelFile(f"artel-{view.output_id}.png", bytes(view.thumbnail))
    if all(one.name != file.name for one in files):
        files.append(file)
    return discord.ui.Section(words, accessory=discord.ui.Thumbnail(f"attachment://{file.name}"))


def _safe(line: str) -> str:
    """Our own times and mentions stay; what members named is escaped where it was put in."""
    return line if line.startswith("<") or "<t:" in line or "<@" in line else plain(line, 160)


def _upload(name: str, url: str, size: int) -> Upload:
    return Upload(filename=name[:200], url=url, size=size)


def _pieces(components: Iterable[Any]) -> Iterator[Any]:
    for one in components:
        yield one
        yield from _pieces(getattr(one, "children", ()))


def menu() -> app_commands.ContextMenu:
    """What the Apps menu of a message offers."""
    return app_commands.ContextMenu(name=texts.VERIFY_MENU, callback=verify_message)
