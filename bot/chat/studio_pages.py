"""Pages of the studio: credits, whom to breed with, family trees. Pure functions from plain data to a message."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import discord

from bot.chat import ids, sheets, trees
from bot.chat import studio_texts as texts
from bot.chat.charts import drawable
from bot.chat.parts import (
    DESCRIPTION_LIMIT,
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
    text,
)
from bot.language import said
from bot.stories import CreditsView, FamilyView, GalleryView, MatesView, Pick, PicksView, SliderSheet

Item = discord.ui.Item[discord.ui.LayoutView]


def credits_page(view: CreditsView) -> Panel:
    """Whose art is in a picture, and how it came to be."""
    files: tuple[PanelFile, ...] = ()
    head = texts.credits_headline(view.output_id)
    made = small(texts.made(view.maker_id, plain(view.model_title, 60), round(view.made_at)))
    children: list[Item] = []
    if view.thumbnail:
        files = (PanelFile(f"artel-{view.output_id}.png", bytes(view.thumbnail)),)
        thumb = discord.ui.Thumbnail[discord.ui.LayoutView](f"attachment://{files[0].name}")
        children.append(discord.ui.Section(f"{head}\n{made}", accessory=thumb))
    else:
        children.append(text(head, made))
    if view.nearest:
        children.append(text(texts.NEAREST_WORKS))
    shown, files = _shares(view, files)
    children += [*shown, rule()]
    children.append(
        text(said(texts.HOW_MADE) + "\n" + "\n".join(f"{n}. {plain(s, 120)}" for n, s in enumerate(view.steps, 1)))
    )
    if view.copied:
        children.append(text(texts.looks_copied(plain(view.copied, 100))))
    if view.exact or view.nearest:
        children.append(text(small(texts.NEAREST_SMALL if view.nearest else texts.CREDITS_SMALL)))
    children.append(row(button(texts.FAMILY, ids.pack("family", view.output_id), emoji="🌳")))
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=True)


def _shares(view: CreditsView, files: tuple[PanelFile, ...]) -> tuple[list[Item], tuple[PanelFile, ...]]:
    """The shares, each beside its work where that is at hand; and the files with those works."""
    children: list[Item] = []
    rest: list[str] = []
    for number, line in enumerate(view.shares[:8]):
        work = view.works[number] if number < len(view.works) else None
        if work is None:
            rest.append(f"- {plain(line, 160)}")
            continue
        file = PanelFile(f"work-{number + 1}.png", bytes(work), clip(line, DESCRIPTION_LIMIT))
        files = (*files, file)
        thumb = discord.ui.Thumbnail[discord.ui.LayoutView](f"attachment://{file.name}", description=file.description)
        children.append(discord.ui.Section(plain(line, 160), accessory=thumb))
    if rest or not children:
        children.append(text("\n".join(rest) or said(texts.CREDITS_NONE)))
    if view.attribution:
        children.append(text(small(*(plain(line, 120) for line in view.attribution[:8]))))
    return children, files


async def mates_page(view: MatesView, *, private: bool) -> Panel:
    """Pictures to breed or morph with: a numbered sheet, and a menu with the same numbers."""
    headline = texts.BREED_HEADLINE if view.purpose == "breed" else texts.MORPH_HEADLINE
    children: list[Item] = [text(said(headline).format(view.output_id))]
    sheet = await numbered_sheet(view.picks, said(texts.MATES_DESCRIPTION))
    if sheet:
        children.append(gallery([sheet]))
    custom_id = ids.pack("mate", view.purpose, view.output_id, view.owner_id)
    children.append(row(pick_menu(view.picks, custom_id, texts.CHOOSE_MATE)))
    children.append(row(button(texts.BACK, ids.pack("look", view.output_id, view.owner_id), emoji="↩️")))
    return Panel(layout(*children, colour=VIOLET), (sheet,) if sheet else (), ephemeral=private)


async def numbered_sheet(picks: Sequence[Pick], description: str) -> PanelFile | None:
    """Small pictures with numbers from 1; none where some are missing."""
    shown = [
        sheets.Column(str(number), (bytes(pick.thumbnail),)) for number, pick in enumerate(picks, 1) if pick.thumbnail
    ]
    if not shown or len(shown) < len(picks):
        return None
    across = 6 if len(shown) > 8 else 4
    drawn = await asyncio.to_thread(partial(sheets.columns, shown, across=across, square=False))
    return PanelFile("sheet.png", drawn, description)


def pick_menu(picks: Sequence[Pick], custom_id: str, placeholder: str) -> discord.ui.Select[discord.ui.LayoutView]:
    options = [
        discord.SelectOption(
            label=clip(
                f"{number} · {texts.pick_label(pick.output_id, ' '.join(pick.name.split()), pick.starred)}", 100
            ),
            value=str(pick.output_id),
        )
        for number, pick in enumerate(picks, 1)
    ]
    return menu(custom_id, placeholder, options)


async def family_page(view: FamilyView, *, private: bool) -> Panel:
    """The family tree as a picture; its makers are named in it, and mentioned below it."""
    children: list[Item] = [text(texts.family_headline(view.output_id), small(plain(view.model_title, 60)))]
    files: tuple[PanelFile, ...] = ()
    if len(view.kin) > 1:
        drawn = await asyncio.to_thread(
            trees.draw, view.kin, {one: drawable(words) for one, words in texts.RELATIONS.items()}
        )
        files = (PanelFile("family.png", drawn, said(texts.FAMILY_DESCRIPTION)),)
        children.append(gallery(files))
    else:
        children.append(text(texts.FAMILY_ALONE))
    children.append(text(small(texts.makers(list(dict.fromkeys(one.maker_id for one in view.kin))[:10]))))
    if view.cut:
        children.append(text(small(texts.FAMILY_CUT)))
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=private)


async def picks_page(view: PicksView) -> Panel:
    """Which of several pictures of a message is meant."""
    remix = view.purpose == "remix"
    children: list[Item] = [text(texts.REMIX_HEADLINE if remix else texts.CREDITS_WHICH)]
    sheet = await numbered_sheet(view.picks, said(texts.MATES_DESCRIPTION))
    if sheet:
        children.append(gallery([sheet]))
    custom_id = ids.pack("remix-of" if remix else "credits-of")
    children.append(row(pick_menu(view.picks, custom_id, texts.CHOOSE_MATE)))
    return Panel(layout(*children, colour=VIOLET), (sheet,) if sheet else (), ephemeral=True)


async def gallery_page(view: GalleryView) -> Panel:
    """A page of pictures to open, and the ways to the others."""
    number = texts.page_number(view.page) if view.page or view.more else ""
    children: list[Item] = [text(texts.gallery_headline(view.shelf), small(number))]
    sheet = await numbered_sheet(view.picks, said(texts.GALLERY_DESCRIPTION)) if view.picks else None
    if sheet:
        children.append(gallery([sheet]))
    if view.picks:
        children.append(row(pick_menu(view.picks, ids.pack("gallery-of"), texts.OPEN_PICTURE)))
    else:
        children.append(text(texts.GALLERY_EMPTY))
    if view.page or view.more:
        later = button(
            texts.LATER, ids.pack("gallery", view.shelf, max(0, view.page - 1)), emoji="◀️", disabled=not view.page
        )
        earlier = button(
            texts.EARLIER, ids.pack("gallery", view.shelf, view.page + 1), emoji="▶️", disabled=not view.more
        )
        children.append(row(later, earlier))
    others = [(label, shelf) for label, shelf in texts.SHELVES if shelf != view.shelf]
    children.append(row(*(button(label, ids.pack("gallery", shelf, 0)) for label, shelf in others)))
    return Panel(layout(*children, colour=VIOLET), (sheet,) if sheet else (), ephemeral=True)


async def directions_page(view: SliderSheet) -> Panel:
    """A model's explanation of itself: what each of its sliders does, with a vote for their names."""
    names = [texts.slider_name(number, plain(one.name, 60)) for number, one in enumerate(view.sliders, 1)]
    heads = [str(number) for number in range(1, len(names) + 1)]
    tops = [f"{end:+g}".replace("-", "−") if end else "0" for end in view.ends]
    pictures = [bytes(one) for one in view.pictures]
    drawn = await asyncio.to_thread(sheets.rows_of, pictures, len(view.ends), heads, tops)
    sheet = PanelFile("sliders.png", drawn, said(texts.DIRECTIONS_DESCRIPTION))
    options = [
        discord.SelectOption(label=clip(texts.slider_name(number, " ".join(one.name.split())), 100), value=one.id)
        for number, one in enumerate(view.sliders, 1)
    ]
    vote = menu(ids.pack("name-of", view.model_id), texts.NAME_SLIDER, options)
    children = [text(texts.directions_headline(plain(view.model_title, 60))), gallery([sheet]), text("\n".join(names))]
    return Panel(layout(*children, row(vote), colour=VIOLET), (sheet,))
