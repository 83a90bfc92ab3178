"""Pages of the studio: credits, whom to breed with, family trees. Pure functions from plain data to a message."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import discord

from bot.chat import ids, sheets, trees
from bot.chat import studio_texts as texts
from bot.chat.charts import drawable
from bot.chat.parts import VIOLET, Panel, PanelFile, button, clip, gallery, layout, menu, plain, row, rule, small, text
from bot.language import said
from bot.stories import CreditsView, FamilyView, MatesView, Pick

Item = discord.ui.Item[discord.ui.LayoutView]


def credits_page(view: CreditsView) -> Panel:
    """Whose art is in a picture, and how it came to be."""
    files: tuple[PanelFile, ...] = ()
    shares = "\n".join(f"- {plain(line, 160)}" for line in view.shares[:8]) or said(texts.CREDITS_NONE)
    head = texts.credits_headline(view.output_id)
    made = small(texts.made(view.maker_id, plain(view.model_title, 60), round(view.made_at)))
    children: list[Item] = []
    if view.thumbnail:
        files = (PanelFile(f"artel-{view.output_id}.png", bytes(view.thumbnail)),)
        thumb = discord.ui.Thumbnail[discord.ui.LayoutView](f"attachment://{files[0].name}")
        children.append(discord.ui.Section(f"{head}\n{made}", accessory=thumb))
    else:
        children.append(text(head, made))
    children += [text(shares), rule()]
    children.append(
        text(said(texts.HOW_MADE) + "\n" + "\n".join(f"{n}. {plain(s, 120)}" for n, s in enumerate(view.steps, 1)))
    )
    if view.exact:
        children.append(text(small(texts.CREDITS_SMALL)))
    children.append(row(button(texts.FAMILY, ids.pack("family", view.output_id), emoji="🌳")))
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=True)


async def mates_page(view: MatesView, *, private: bool) -> Panel:
    """Pictures to breed or morph with: a numbered sheet, and a menu with the same numbers."""
    headline = texts.BREED_HEADLINE if view.purpose == "breed" else texts.MORPH_HEADLINE
    children: list[Item] = [text(headline.format(view.output_id))]
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
    return PanelFile("sheet.png", await asyncio.to_thread(sheets.columns, shown), description)


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
