"""One picture opened: what can be done with it, and its sliders. Pure functions from a view to a message."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.chat import ids, sheets
from bot.chat import studio_texts as texts
from bot.chat.parts import (
    VIOLET,
    Panel,
    PanelFile,
    button,
    clip,
    gallery,
    layout,
    menu,
    picture_file,
    plain,
    row,
    small,
    text,
)
from bot.chat.texts import made_by
from bot.language import said
from bot.stories import PicturesView, Slider

Item = discord.ui.Item[discord.ui.LayoutView]
Button = discord.ui.Button[discord.ui.LayoutView]

FAR, NEAR = 6, 2
"""Quarters of a deviation that one press pulls a slider."""
CELLS = 13


def one(view: PicturesView, *, private: bool = False, sheet: bytes | None = None) -> Panel:
    """An opened picture. `private`: only its presser sees it, so it can be posted but not copied or deleted.

    `sheet` is what `sheet_of` drew for its sliders.
    """
    picture = picture_file(view, 1, view.pictures[0], 1)
    before = [PanelFile(f"{one.name}.png", bytes(one.data), said(texts.BEFORE[one.name])) for one in view.before]
    children: list[Item] = [_head(view)]
    if view.board is not None and view.board.sliders:
        sliders = [PanelFile("sliders.png", sheet, said(texts.SHEET_DESCRIPTION))] if sheet else []
        return _with_sliders(view, (picture, *sliders), children, private)
    files = (*before, picture) if len(before) == 1 else (picture, *before)  # of three the first is shown largest
    children.append(gallery(files))
    if details := details_of(view):
        children.append(text("\n".join(details)))
    children += [row(*buttons) for buttons in _rows(view, private) if buttons]
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=private)


def details_of(view: PicturesView) -> list[str]:
    """The small print: how to make it again, then what the asker should know of it."""
    lines = [small(*(plain(detail, 120) for detail in view.details)), *(small(plain(note, 200)) for note in view.notes)]
    return [line for line in lines if line]


def _head(view: PicturesView) -> Item:
    return text(f"### {plain(view.headline, 150)}", small(made_by(view.owner_id, plain(view.model_title, 60))))


def _rows(view: PicturesView, private: bool) -> list[list[Button]]:
    output, owner, can = _subject(view), view.owner_id, view.abilities
    star = button(str(view.stars) if view.stars else texts.STAR, ids.pack("star", output), emoji="⭐")
    credit = button(texts.CREDITS, ids.pack("credits", output), emoji="📜")
    copy = button(texts.POST if private else texts.COPY, ids.pack("copy", output), emoji="📌" if private else "👥")
    if view.showcase:
        return [[star, copy, credit]]

    def play(move: str, label: str, emoji: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> Button:
        return button(label, ids.pack("play", move, output, owner), emoji=emoji, style=style)

    change = []
    if "seed" in can or "transform" not in can:  # some transformers make but one picture of another
        change.append(play("again", texts.AGAIN, "🔁", discord.ButtonStyle.primary))
    if "strength" in can:
        change += [play("weaker", texts.WEAKER, "🔅"), play("stronger", texts.STRONGER, "🔆")]
    if "vary" in can:
        change += [play("little", texts.LITTLE, "🌱"), play("lot", texts.LOT, "🌪️")]
    if "truncate" in can:
        change += [play("calmer", texts.CALMER, "🧊"), play("bolder", texts.BOLDER, "🔥")]
    explore = []
    if "edit" in can:
        explore.append(button(texts.SLIDERS, ids.pack("slide", output, owner), emoji="🎚️"))
    if "blend" in can:
        explore.append(button(texts.BREED, ids.pack("breed", output, owner), emoji="🧬"))
        explore.append(button(texts.MORPH, ids.pack("morph", output, owner), emoji="🎞️"))
    explore += [star, credit]
    keep = [
        button(texts.EMOJI, ids.pack("emoji", output), emoji="😀"),
        button(texts.STICKER, ids.pack("sticker", output), emoji="🏷️"),
        copy,
    ]
    if view.back:
        keep.append(back_button(view, texts.BACK))
    if not private:
        keep.append(button(texts.DELETE, ids.pack("delete", view.request_id, owner), emoji="🗑️"))
    return [change, explore, keep]


def children(view: PicturesView, *, private: bool = False, sheet: bytes | None = None) -> Panel:
    """A sheet of nine children, their parents beside the words, and a menu that says what each child has of whom.

    `sheet` is what `sheet_of` drew of the parents.
    """
    shown = view.pictures[:9]
    captions = (*view.captions, *("",) * len(shown))
    files = [picture_file(view, number, picture, len(shown)) for number, picture in enumerate(shown, 1)]
    files = [replace(one, description=words or one.description) for one, words in zip(files, captions, strict=False)]
    named = "\n".join(
        f"**{letter}** · #{parent.output_id}" + (f" · {plain(parent.name, 60)}" if parent.name else "")
        for letter, parent in zip("AB", view.parents, strict=False)
    )
    children: list[Item] = [_head(view)]
    if sheet is not None and named:  # both in one file: ten are all that a message may have
        files.append(PanelFile("parents.png", sheet, said(texts.PARENTS_DESCRIPTION)))
        children = [discord.ui.Section(_head(view), text(named), accessory=_thumbnail(files[-1]))]
    elif named:
        children.append(text(named))
    children += [gallery(files[: len(shown)]), text(small(texts.CHILDREN_HINT))]
    options = [
        discord.SelectOption(label=clip(f"{number} · {words}" if words else str(number), 100), value=str(one.output_id))
        for number, (one, words) in enumerate(zip(shown, captions, strict=False), 1)
    ]
    custom_id = ids.pack("lookof", view.request_id, view.owner_id)
    children.append(row(menu(custom_id, texts.OPEN_CHILD, options)))
    last = [back_button(view, texts.BACK)] if view.back else []
    if not private:
        last.append(button(texts.DELETE, ids.pack("delete", view.request_id, view.owner_id), emoji="🗑️"))
    if last:
        children.append(row(*last))
    return Panel(layout(*children, colour=VIOLET), tuple(files), ephemeral=private)


def _thumbnail(file: PanelFile) -> discord.ui.Thumbnail[discord.ui.LayoutView]:
    return discord.ui.Thumbnail(f"attachment://{file.name}", description=file.description)


def back_button(view: PicturesView, label: str) -> Button:
    """The way back, see `PicturesView.back`."""
    kind, _, number = view.back.partition(":")
    verb = "show" if kind == "show" else "look"
    return button(label, ids.pack(verb, number, view.owner_id), emoji="↩️")


def _subject(view: PicturesView) -> int:
    return view.subject_id if view.subject_id is not None else view.pictures[0].output_id


# --- sliders ---------------------------------------------------------------------------------------------------------


def sheet_of(view: PicturesView) -> bytes | None:
    """What stands beside the pictures, as one picture: what each slider does, or the parents of children.

    None where small pictures are missing. Slow: not on the event loop.
    """
    shown: list[sheets.Column] = []
    if view.board is not None:
        shown = [
            sheets.Column(str(number), (bytes(one.more), bytes(one.less)), one.id == view.board.chosen)
            for number, one in enumerate(view.board.sliders, 1)
            if one.more and one.less
        ]
    elif view.parents:
        shown = [
            sheets.Column(letter, (bytes(one.thumbnail),))
            for letter, one in zip("AB", view.parents, strict=False)
            if one.thumbnail
        ]
    wanted = len(view.board.sliders) if view.board is not None else len(view.parents)
    return sheets.columns(shown) if shown and len(shown) == wanted else None


def _with_sliders(view: PicturesView, files: tuple[PanelFile, ...], children: list[Item], private: bool) -> Panel:
    board = view.board
    assert board is not None
    numbered = list(enumerate(board.sliders, 1))
    number, chosen = next(((n, one) for n, one in numbered if one.id == board.chosen), numbered[0])
    output = _subject(view)
    children.append(gallery(files))  # side by side, so that picture, sheet and buttons are seen at once
    children.append(text(f"**{plain(texts.slider_name(number, chosen.name), 80)}**", _scale(chosen)))
    children.append(_pulls(view, chosen))
    if len(numbered) > 1:
        children.append(row(_menu(view, numbered, chosen.id)))
    done = button(texts.DONE, ids.pack("look", output, view.owner_id), emoji="✅", style=discord.ButtonStyle.success)
    star = button(str(view.stars) if view.stars else texts.STAR, ids.pack("star", output), emoji="⭐")
    children.append(row(done, star))
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=private)


def _scale(slider: Slider) -> str:
    """Where the slider stands, as a scale with a knob."""
    span = (slider.high - slider.low) or 1.0
    knob = round((CELLS - 1) * min(1.0, max(0.0, (slider.value - slider.low) / span)))
    drawn = "".join("●" if cell == knob else "│" if cell == CELLS // 2 else "─" for cell in range(CELLS))
    less, _, more = slider.name.partition(" ⇄ ") if " ⇄ " in slider.name else ("", "", "")
    ends = (f"{plain(less, 30)}  " if less else "", f"  {plain(more, 30)}" if more else "")
    return f"{ends[0]}`{drawn}`{ends[1]}  {texts.slider_value(slider.value)}"


def _pulls(view: PicturesView, slider: Slider) -> Item:
    def pull(quarters: int, emoji: str, disabled: bool) -> Button:
        custom_id = ids.pack("pull", _subject(view), view.owner_id, slider.id, quarters)
        style = discord.ButtonStyle.primary if abs(quarters) == NEAR else discord.ButtonStyle.secondary
        return button("", custom_id, emoji=emoji, style=style, disabled=disabled)

    low, high = slider.value <= slider.low + 1e-6, slider.value >= slider.high - 1e-6
    return row(
        pull(-FAR, "⏪", low),
        pull(-NEAR, "◀️", low),
        button(
            texts.MIDDLE,
            ids.pack("pull", _subject(view), view.owner_id, slider.id, 0),
            disabled=abs(slider.value) < 1e-6,
        ),
        pull(NEAR, "▶️", high),
        pull(FAR, "⏩", high),
    )


def _menu(view: PicturesView, numbered: list[tuple[int, Slider]], chosen: str) -> Item:
    options = [
        discord.SelectOption(
            label=clip(texts.slider_name(number, " ".join(one.name.split())), 100),
            value=one.id,
            description=texts.slider_value(one.value) if abs(one.value) >= 0.05 else None,
            default=one.id == chosen,
        )
        for number, one in numbered
    ]
    custom_id = ids.pack("slider-of", _subject(view), view.owner_id)
    return menu(custom_id, texts.CHOOSE_SLIDER, options)
