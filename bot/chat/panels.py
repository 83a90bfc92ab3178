"""How pictures, notices and questions look: pure functions from a view to a message."""

from __future__ import annotations

import asyncio

import discord

from bot.chat import ids, parts, studio_panel, studio_texts, task_panel, texts
from bot.chat.parts import (
    AMBER,
    GREY,
    MINT,
    RED,
    VIOLET,
    Panel,
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
from bot.language import said
from bot.stories import NoticeView, PicturesView, ShownPicture

Row = discord.ui.ActionRow[discord.ui.LayoutView]

_TONES = {"done": ("✅", MINT), "info": ("", GREY), "refused": ("✋", AMBER), "trouble": ("⚠️", RED)}
_DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9")


async def drawn(view: PicturesView, *, private: bool = False) -> Panel:
    """`pictures`, with the sheet below them drawn off the event loop."""
    sheet = await asyncio.to_thread(studio_panel.sheet_of, view) if view.board or view.parents else None
    return pictures(view, private=private, sheet=sheet)


def pictures(view: PicturesView, *, private: bool = False, sheet: bytes | None = None) -> Panel:
    """Pictures with what one can do next. `private`: only the asker sees it, so it can be posted but not deleted.

    `sheet` is what `studio_panel.sheet_of` drew. Must be called on the event loop: discord.py ties views to it.
    """
    if view.progress is not None:
        return task_panel.progress(view, private=private)
    if view.animation and view.pictures:
        return task_panel.animation(view, private=private)
    if view.large and view.pictures:
        return studio_panel.one(view, private=private, sheet=sheet)
    if view.captions and view.pictures:
        return studio_panel.children(view, private=private, sheet=sheet)
    shown = view.pictures[:9]
    files = tuple(picture_file(view, number, picture, len(shown)) for number, picture in enumerate(shown, 1))
    headline = text(
        f"### {plain(said(view.headline), 150)}",
        small(texts.made_by(view.owner_id, plain(view.model_title, 60))),
    )
    details = _details(view)
    children: list[discord.ui.Item[discord.ui.LayoutView]] = [headline, gallery(files)]
    if details:
        children.append(text(details))
    children += _picture_rows(view, private)
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=private)


def notice(view: NoticeView) -> Panel:
    """A short answer in the colour of its tone."""
    sign, colour = _TONES[view.tone]
    words = clip(said(view.text.strip()), 2000) or "…"
    return Panel(layout(text(f"{sign} {words}".strip()), colour=colour), ephemeral=view.ephemeral)


def question(words: str, yes: str, yes_id: str, no: str) -> Panel:
    """A question before something is lost; only the asker sees it."""
    answers = row(
        button(yes, yes_id, style=discord.ButtonStyle.danger),
        button(no, ids.pack("keep")),
    )
    return Panel(layout(text(words), answers, colour=AMBER), ephemeral=True)


def _details(view: PicturesView) -> str:
    lines = studio_panel.details_of(view)
    if 1 < len(view.pictures) <= 4:
        lines.append(small(texts.GRID_HINT))
    return "\n".join(lines)


def _picture_rows(view: PicturesView, private: bool) -> list[Row]:
    shown = view.pictures[:9]
    if not shown:
        return []
    rows = _grid_rows(view, shown, private) if len(shown) <= 4 else _menu_rows(view, shown, private)
    if view.back:
        rows.append(row(studio_panel.back_button(view, studio_texts.BACK)))
    return rows


def _reroll(view: PicturesView, label: str) -> discord.ui.Button[discord.ui.LayoutView]:
    custom_id = ids.pack("reroll", view.request_id, view.owner_id)
    return button(label, custom_id, emoji="🔁", style=discord.ButtonStyle.primary)


def _delete(view: PicturesView, label: str = "") -> discord.ui.Button[discord.ui.LayoutView]:
    return button(label, ids.pack("delete", view.request_id, view.owner_id), emoji="🗑️")


def _grid_rows(view: PicturesView, shown: tuple[ShownPicture, ...], private: bool) -> list[Row]:
    vary = [
        button(digit, ids.pack("vary", picture.output_id), emoji="✨")
        for digit, picture in zip(_DIGITS, shown, strict=False)
    ]
    enlarge = [
        button(digit, ids.pack("look", picture.output_id, view.owner_id), emoji="🔍")
        for digit, picture in zip(_DIGITS, shown, strict=False)
    ]
    last = [] if private else [_delete(view)]
    return [row(_reroll(view, ""), *vary), row(*last, *enlarge)]


def _menu_rows(view: PicturesView, shown: tuple[ShownPicture, ...], private: bool) -> list[Row]:
    def menu(custom_id: str, placeholder: str, emoji: str) -> Row:
        options = [
            discord.SelectOption(
                label=texts.picture_name(number),
                value=str(picture.output_id),
                description=None if picture.seed is None else said("seed {seed}", seed=picture.seed),
                emoji=emoji,
            )
            for number, picture in enumerate(shown, 1)
        ]
        return row(parts.menu(custom_id, placeholder, options))

    return [
        menu(ids.pack("varyof", view.request_id), texts.VARY_ONE, "✨"),
        menu(ids.pack("lookof", view.request_id, view.owner_id), texts.OPEN_ONE, "🔍"),
        row(_reroll(view, texts.REROLL), *([] if private else [_delete(view, texts.DELETE)])),
    ]
