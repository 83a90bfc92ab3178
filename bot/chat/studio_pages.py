"""Pages of the studio that only the asker sees: credits. Pure functions from plain data to a message."""

from __future__ import annotations

import discord

from bot.chat import studio_texts as texts
from bot.chat.parts import VIOLET, Panel, PanelFile, layout, plain, rule, small, text
from bot.stories import CreditsView

Item = discord.ui.Item[discord.ui.LayoutView]


def credits_page(view: CreditsView) -> Panel:
    """Whose art is in a picture, and how it came to be."""
    files: tuple[PanelFile, ...] = ()
    shares = "\n".join(f"- {plain(line, 160)}" for line in view.shares[:8]) or texts.CREDITS_NONE
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
        text(texts.HOW_MADE + "\n" + "\n".join(f"{n}. {plain(s, 120)}" for n, s in enumerate(view.steps, 1)))
    )
    if view.exact:
        children.append(text(small(texts.CREDITS_SMALL)))
    return Panel(layout(*children, colour=VIOLET), files, ephemeral=True)
