"""How a training's film looks. A pure function from a view to a message."""

from __future__ import annotations

import discord

from bot.chat import film_texts, ids
from bot.chat.parts import MINT, Panel, PanelFile, button, gallery, layout, plain, row, text
from bot.language import said
from bot.stories import FilmView


def film(view: FilmView) -> Panel:
    """The animation, with a way to draw with what was learned."""
    file = PanelFile(f"artel-{view.training_id}.webp", bytes(view.film), said(film_texts.DESCRIPTION))
    children: list[discord.ui.Item[discord.ui.LayoutView]] = [
        text(film_texts.headline(plain(view.title, 60))),
        gallery([file]),
    ]
    if view.model_id:
        make = ids.pack("make", view.model_id)
        children.append(row(button(film_texts.GENERATE, make, emoji="🎨", style=discord.ButtonStyle.primary)))
    return Panel(layout(*children, colour=MINT), (file,))
