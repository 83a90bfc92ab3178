"""Walks and finds while they are being made, and the finished animation. Pure functions from a view to a message."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.chat import ids
from bot.chat import studio_texts as texts
from bot.chat.parts import (
    VIOLET,
    Panel,
    PanelFile,
    bar,
    button,
    clip,
    gallery,
    layout,
    picture_file,
    plain,
    row,
    small,
    text,
)
from bot.chat.texts import made_by, queue_place
from bot.language import said
from bot.stories import PicturesView

Item = discord.ui.Item[discord.ui.LayoutView]


def progress(view: PicturesView, *, private: bool = False) -> Panel:
    """A bar that grows, with what there is to see so far, and a way to call it off."""
    going = view.progress
    assert going is not None
    shown = view.pictures[:2]
    words = [said(texts.UPLOADED), said(texts.NEAREST)] if len(shown) == 2 else [view.headline]
    files = tuple(
        PanelFile(f"preview-{number}.png", bytes(picture.data), clip(about, 250))
        for number, (picture, about) in enumerate(zip(shown, words, strict=False), 1)
    )
    children: list[Item] = [
        text(f"### {plain(view.headline, 150)}", small(made_by(view.owner_id, plain(view.model_title, 60))))
    ]
    if files:
        children.append(gallery(files))
    percent = f"{int(min(1.0, max(0.0, going.fraction)) * 100)} %"
    if going.place is not None:
        children.append(text(queue_place(going.place)))
    else:
        children.append(text(f"{bar(going.fraction)} {percent if going.fraction < 1 else said(texts.ALMOST_READY)}"))
    children.append(row(button(texts.STOP, ids.pack("stop-task", view.request_id, view.owner_id), emoji="⏹️")))
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=private)


def animation(view: PicturesView, *, private: bool = False) -> Panel:
    """A finished walk; its stops can be opened."""
    picture = view.pictures[0]
    named = picture_file(view, 1, picture, 1)
    words = texts.animation_description(len(view.stops), " ".join(view.model_title.split()))
    file = replace(named, name=f"artel-walk-{named.name.removeprefix('artel-')}", description=clip(words, 250))
    children: list[Item] = [
        text(f"### 🎞️ {plain(view.headline, 150)}", small(made_by(view.owner_id, plain(view.model_title, 60)))),
        gallery([file]),
    ]
    details = small(*(plain(detail, 120) for detail in view.details))
    if details:
        children.append(text(details))
    stops = list(dict.fromkeys(view.stops))[:5]
    if stops:
        children.append(row(*(button(f"#{one}", ids.pack("copy", one), emoji="🔍") for one in stops)))
    if not private:
        children.append(row(button(texts.DELETE, ids.pack("delete", view.request_id, view.owner_id), emoji="🗑️")))
    return Panel(layout(*children, colour=VIOLET), (file,), ephemeral=private)
