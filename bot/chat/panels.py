"""How pictures, notices and questions look: pure functions from a view to a message."""

from __future__ import annotations

import discord

from bot.chat import ids, texts
from bot.chat.parts import (
    AMBER,
    DESCRIPTION_LIMIT,
    GREY,
    MINT,
    RED,
    VIOLET,
    Panel,
    PanelFile,
    button,
    clip,
    layout,
    plain,
    row,
    small,
    text,
)
from bot.stories import NoticeView, PicturesView, ShownPicture

Row = discord.ui.ActionRow[discord.ui.LayoutView]

_EXTENSIONS = {"image/png": "png", "image/webp": "webp", "image/jpeg": "jpg", "image/gif": "gif"}
_TONES = {"done": ("✅", MINT), "info": ("", GREY), "refused": ("✋", AMBER), "trouble": ("⚠️", RED)}
_DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9")


def pictures(view: PicturesView, *, private: bool = False) -> Panel:
    """Pictures with what one can do next. `private`: only the asker sees it, so it can be posted but not deleted."""
    shown = view.pictures[:9]
    files = tuple(_file(view, number, picture, len(shown)) for number, picture in enumerate(shown, 1))
    gallery = discord.ui.MediaGallery[discord.ui.LayoutView](
        *(discord.MediaGalleryItem(f"attachment://{file.name}", description=file.description) for file in files)
    )
    headline = text(
        f"### {plain(view.headline, 150)}",
        small(texts.made_by(view.owner_id, plain(view.model_title, 60))),
    )
    details = _details(view)
    children: list[discord.ui.Item[discord.ui.LayoutView]] = [headline, gallery]
    if details:
        children.append(text(details))
    children += _picture_rows(view, private)
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=private)


def notice(view: NoticeView) -> Panel:
    """A short answer in the colour of its tone."""
    sign, colour = _TONES[view.tone]
    words = clip(view.text.strip(), 2000) or "…"
    return Panel(layout(text(f"{sign} {words}".strip()), colour=colour), ephemeral=view.ephemeral)


def question(words: str, yes: str, yes_id: str, no: str) -> Panel:
    """A question before something is lost; only the asker sees it."""
    answers = row(
        button(yes, yes_id, style=discord.ButtonStyle.danger),
        button(no, ids.pack("keep")),
    )
    return Panel(layout(text(words), answers, colour=AMBER), ephemeral=True)


def _file(view: PicturesView, number: int, picture: ShownPicture, total: int) -> PanelFile:
    extension = _EXTENSIONS.get(picture.media_type, "png")
    words = texts.picture_description(number, total, view.model_title, picture.seed)
    return PanelFile(f"artel-{picture.output_id}.{extension}", bytes(picture.data), clip(words, DESCRIPTION_LIMIT))


def _details(view: PicturesView) -> str:
    lines = [small(*(plain(detail, 120) for detail in view.details))]
    if view.large and view.pictures and view.pictures[0].credits:
        works = view.pictures[0].credits[:8]
        lines.insert(0, texts.CREDITS + "\n" + "\n".join(f"- {plain(work, 100)}" for work in works))
    if not view.large and 1 < len(view.pictures) <= 4:
        lines.append(small(texts.GRID_HINT))
    return "\n".join(line for line in lines if line)


def _picture_rows(view: PicturesView, private: bool) -> list[Row]:
    shown = view.pictures[:9]
    if not shown:
        return []
    if view.large:
        return [_large_row(view, shown[0], private)]
    if len(shown) == 1:
        return [_single_row(view, shown[0])]
    if len(shown) <= 4:
        return _grid_rows(view, shown)
    return _menu_rows(view, shown)


def _reroll(view: PicturesView, label: str) -> discord.ui.Button[discord.ui.LayoutView]:
    custom_id = ids.pack("reroll", view.request_id, view.owner_id)
    return button(label, custom_id, emoji="🔁", style=discord.ButtonStyle.primary)


def _delete(view: PicturesView, label: str = "") -> discord.ui.Button[discord.ui.LayoutView]:
    return button(label, ids.pack("delete", view.request_id, view.owner_id), emoji="🗑️")


def _large_row(view: PicturesView, picture: ShownPicture, private: bool) -> Row:
    output = picture.output_id
    last = button(texts.SHARE, ids.pack("share", output), emoji="📌") if private else _delete(view)
    return row(
        button(texts.VARIATIONS, ids.pack("vary", output), emoji="✨"),
        button(texts.MAKE_EMOJI, ids.pack("emoji", output), emoji="😀"),
        last,
    )


def _single_row(view: PicturesView, picture: ShownPicture) -> Row:
    output = picture.output_id
    return row(
        _reroll(view, texts.REROLL),
        button(texts.VARIATIONS, ids.pack("vary", output), emoji="✨"),
        button(texts.OPEN_LARGE, ids.pack("open", output), emoji="🔍"),
        button(texts.MAKE_EMOJI, ids.pack("emoji", output), emoji="😀"),
        _delete(view),
    )


def _grid_rows(view: PicturesView, shown: tuple[ShownPicture, ...]) -> list[Row]:
    vary = [
        button(digit, ids.pack("vary", picture.output_id), emoji="✨")
        for digit, picture in zip(_DIGITS, shown, strict=False)
    ]
    enlarge = [
        button(digit, ids.pack("open", picture.output_id), emoji="🔍")
        for digit, picture in zip(_DIGITS, shown, strict=False)
    ]
    return [row(_reroll(view, ""), *vary), row(_delete(view), *enlarge)]


def _menu_rows(view: PicturesView, shown: tuple[ShownPicture, ...]) -> list[Row]:
    def menu(custom_id: str, placeholder: str, emoji: str) -> Row:
        options = [
            discord.SelectOption(
                label=texts.picture_name(number),
                value=str(picture.output_id),
                description=None if picture.seed is None else f"seed {picture.seed}",
                emoji=emoji,
            )
            for number, picture in enumerate(shown, 1)
        ]
        return row(discord.ui.Select(custom_id=custom_id, placeholder=placeholder, options=options))

    return [
        menu(ids.pack("varyof", view.request_id), texts.VARY_ONE, "✨"),
        menu(ids.pack("openof", view.request_id), texts.OPEN_ONE, "🔍"),
        row(_reroll(view, texts.REROLL), _delete(view, texts.DELETE)),
    ]
