"""How art looks: the card of a contribution, lists to withdraw from, collections, the sheet before a training. Pure
functions from plain data to a message."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import discord

from bot.art_views import ArtLine, ArtPage, ArtView, CollectionLine, CollectionView, FilesView, SheetView
from bot.chat import art_texts as texts
from bot.chat import ids, sheets
from bot.chat.parts import (
    AMBER,
    GREY,
    MINT,
    VIOLET,
    Panel,
    PanelFile,
    button,
    clip,
    gallery,
    layout,
    menu,
    plain,
    row,
    rule,
    small,
    small_lines,
    text,
)
from bot.language import said

Item = discord.ui.Item[discord.ui.LayoutView]
COLLECTIONS_SHOWN = 20


def card(view: ArtView) -> Panel:
    """What an artist gave, for everyone to see, with the way to take it back."""
    files = tuple(_file(line) for line in view.works[:10] if line.thumbnail)
    head = [plain(view.title, 100), view.licence]
    if view.collection:
        head.append(texts.in_collection(plain(view.collection, 60)))
    children: list[Item] = [
        text(texts.card_headline(view.owner_id, len(view.works)), small(*head), small(plain(view.tags, 200)))
    ]
    if files:
        children.append(gallery(files))
    left_out = small_lines([texts.LEFT_OUT, *(plain(line, 200) for line in view.left_out)]) if view.left_out else ""
    children.append(text(small(texts.CARD_SMALL), left_out))
    children.append(
        row(
            button(texts.WITHDRAW, ids.pack("withdraw", view.request_id, view.owner_id), emoji="↩️"),
            button(texts.GIVE_MORE, ids.pack("give", 0), emoji="🎨"),
        )
    )
    return Panel(layout(*children, colour=MINT), files)


def _file(line: ArtLine) -> PanelFile:
    words = said(texts.WORK_DESCRIPTION, title=" ".join(line.title.split()), artist=" ".join(line.artist.split()))
    return PanelFile(f"work-{line.artwork_id}.png", bytes(line.thumbnail or b""), clip(words, 250))


async def works_page(view: ArtPage) -> Panel:
    """One's own works, to choose from what to withdraw."""
    headline = texts.WITHDRAW_OF if view.request_id is not None else texts.WITHDRAW_HEADLINE
    count = texts.page_of(view.page, view.pages) if view.pages > 1 else ""
    children: list[Item] = [text(headline, small(count))]
    sheet = await _sheet(view.works)
    if sheet:
        children.append(gallery([sheet]))
    models = texts.models_learned(view.models) if view.models else ""
    children.append(text(models, small(texts.WITHDRAW_EFFECT)))
    request = view.request_id or 0
    choice = menu(ids.pack("withdraw-some", request), texts.WITHDRAW_CHOOSE, _options(view.works))
    choice.max_values = len(view.works)
    children.append(row(choice))
    last = texts.WITHDRAW_ALL if view.request_id is not None else texts.WITHDRAW_EVERYTHING
    children.append(row(button(last, ids.pack("withdraw-all", request), style=discord.ButtonStyle.danger)))
    if view.pages > 1:
        children.append(_pager("art-page", view.page, view.pages))
    return Panel(layout(*children, colour=AMBER), (sheet,) if sheet else (), ephemeral=True)


def _pager(verb: str, page: int, pages: int, *before: object) -> Item:
    newer, older = ids.pack(verb, *before, max(0, page - 1)), ids.pack(verb, *before, page + 1)
    if newer == older:
        raise ValueError("two buttons of one message may not have the same id")
    return row(
        button(texts.EARLIER, newer, emoji="◀️", disabled=page == 0),
        button(texts.LATER, older, emoji="▶️", disabled=page >= pages - 1),
    )


def _options(works: Sequence[ArtLine]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=clip(f"{number} · {' '.join(line.title.split()) or '#' + str(line.artwork_id)}", 100),
            value=str(line.artwork_id),
            description=clip(f"{' '.join(line.artist.split())} · {said(line.licence)}", 100),
        )
        for number, line in enumerate(works, 1)
    ]


async def _sheet(works: Sequence[ArtLine]) -> PanelFile | None:
    """Small pictures with numbers from 1; none where there is none to show."""
    shown = [
        sheets.Column(str(number), (bytes(line.thumbnail),)) for number, line in enumerate(works, 1) if line.thumbnail
    ]
    if not shown:
        return None
    drawn = await asyncio.to_thread(partial(sheets.columns, shown, across=5, square=False))
    return PanelFile("works.png", drawn, said(texts.SHEET_DESCRIPTION))


def withdraw_question(count: int, yes_id: str) -> Panel:
    """Before art is taken back."""
    answers = row(
        button(texts.WITHDRAW_YES, yes_id, style=discord.ButtonStyle.danger),
        button(texts.WITHDRAW_KEEP, ids.pack("keep")),
    )
    words = text(texts.withdraw_question(count), small(texts.WITHDRAW_EFFECT))
    return Panel(layout(words, answers, colour=AMBER), ephemeral=True)


# --- collections -----------------------------------------------------------------------------------------------------


def collections(lines: Sequence[CollectionLine]) -> Panel:
    """All collections of a server, with a menu to open one."""
    children: list[Item] = [text(texts.COLLECTION_LIST)]
    if not lines:
        children.append(text(texts.COLLECTION_LIST_NONE))
        return Panel(layout(*children, colour=GREY), ephemeral=True)
    shown = lines[:COLLECTIONS_SHOWN]
    children.append(text(*(_collection_line(line) for line in shown)))
    options = [discord.SelectOption(label=clip(line.name, 100), value=str(line.id), emoji="🗂️") for line in shown]
    children.append(row(menu(ids.pack("collection-of"), texts.OPEN_COLLECTION, options)))
    return Panel(layout(*children, colour=VIOLET), ephemeral=True)


def _collection_line(line: CollectionLine) -> str:
    counts = texts.collection_counts(line.works, line.artists)
    return f"**{plain(line.name, 60)}** · {counts} · {plain(line.owner_name, 40)}"


async def collection(view: CollectionView, *, private: bool) -> Panel:
    """A page of one collection."""
    line = view.line
    head = small(
        texts.collection_counts(line.works, line.artists),
        f"<@{view.owner_id}>",
        said(texts.WHO_LABELS[line.who_adds]),
    )
    children: list[Item] = [text(texts.collection_headline(plain(line.name, 60)), head)]
    sheet = await _sheet(view.works)
    if sheet:
        children.append(gallery([sheet]))
        children.append(text(_legend(view.works)))
    else:
        children.append(text(texts.COLLECTION_EMPTY))
    if view.licences:
        children.append(text(small(*(f"{count} × {said(label)}" for label, count in view.licences))))
    if view.versions:
        children += [rule(), text(texts.VERSIONS, small_lines(view.versions))]
    if view.pages > 1:
        children.append(_pager("collection", view.page, view.pages, line.id))
    children.append(row(button(texts.ADD_TO_IT, ids.pack("give", line.id), emoji="🎨")))
    return Panel(layout(*children, colour=VIOLET), (sheet,) if sheet else (), ephemeral=private)


def _legend(works: Sequence[ArtLine]) -> str:
    lines = [f"{n}. {plain(line.title, 60)} · {plain(line.artist, 40)}" for n, line in enumerate(works, 1)]
    return clip("\n".join(lines), 1500)


# --- the sheet before a training, files to take away -----------------------------------------------------------------


def training_sheet(view: SheetView, drawn: bytes | None = None) -> Panel:
    """What a training would learn from and come to, with Start and Cancel. `drawn`: the works in small."""
    files = (PanelFile("works.png", drawn, said(texts.SHEET_DESCRIPTION)),) if drawn else ()
    source = small(plain(view.source, 150), plain(view.version, 60), f"<@{view.owner_id}>")
    children: list[Item] = [text(texts.sheet_headline(plain(view.title, 60)), source)]
    children += [gallery(files)] if files else []
    children.append(text("\n".join(f"- {plain(line, 200)}" for line in view.facts[:10])))
    if view.expected:
        children.append(text(plain(view.expected, 400)))
    if view.left_out:
        lines = [texts.LEFT_OUT, *(plain(line, 150) for line in view.left_out[:12])]
        children += [rule(), text(small_lines(lines, limit=1600))]
    if view.problem:
        children.append(text(clip(view.problem, 1000)))
        return Panel(layout(*children, colour=AMBER), files)
    if view.needs_moderator:
        children.append(text(texts.EMOJI_RIGHTS))
    label = texts.START_MODERATOR if view.needs_moderator else texts.START
    begin = ids.pack("begin", view.request_id, view.owner_id, int(view.needs_moderator))
    children.append(
        row(
            button(label, begin, emoji="🎓", style=discord.ButtonStyle.success),
            button(texts.CANCEL, ids.pack("put-away", view.request_id, view.owner_id)),
        )
    )
    children.append(text(small(texts.SHEET_SMALL)))
    return Panel(layout(*children, colour=VIOLET), files)


async def drawn_sheet(view: SheetView) -> Panel:
    """`training_sheet` with its small pictures, drawn off the event loop."""
    drawn = None
    if view.thumbnails:
        shown = [sheets.Column("", (bytes(one),)) for one in view.thumbnails]
        drawn = await asyncio.to_thread(partial(sheets.columns, shown, tile=64, across=8, square=False))
    return training_sheet(view, drawn)


def take_away(view: FilesView) -> Panel:
    """Files for the asker alone."""
    files = tuple(PanelFile(name, bytes(data)) for name, data in view.files)
    children: list[Item] = [text(clip(said(view.text), 1500))]
    children += [discord.ui.File[discord.ui.LayoutView](f"attachment://{file.name}") for file in files]
    return Panel(layout(*children, colour=MINT), files, ephemeral=True)


def privacy(page_url: str | None) -> Panel:
    """What is kept of a member, in ten lines, and the ways to get or erase it."""
    buttons = [
        button(texts.EXPORT_ME, ids.pack("export-me"), emoji="📦", style=discord.ButtonStyle.primary),
        button(texts.ERASE_ME, ids.pack("erase-me"), emoji="🗑️", style=discord.ButtonStyle.danger),
    ]
    children: list[Item] = [text(texts.PRIVACY_PAGE), row(*buttons)]
    if page_url:
        links = [f"[{said(texts.READ_MORE)}]({page_url}/privacy)", f"[{said(texts.TERMS)}]({page_url}/terms)"]
        children.append(text(small(*links)))
    return Panel(layout(*children, colour=VIOLET), ephemeral=True)
