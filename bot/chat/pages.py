"""How the lists and the help look: pure functions from plain data to a message that only the asker sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.chat import ids, texts
from bot.chat.parts import (
    GREY,
    MINT,
    VIOLET,
    Panel,
    bar,
    button,
    clip,
    duration,
    layout,
    menu,
    plain,
    row,
    rule,
    small,
    text,
)
from bot.chat.training_texts import CALLED_BY
from bot.language import said
from bot.stories import ModelLine, QueueLine, TrainingPhase

Item = discord.ui.Item[discord.ui.LayoutView]

MODELS_A_PAGE = 8
QUEUE_LINES = 10


def models(lines: Sequence[ModelLine], page: int, *, may_choose: bool) -> Panel:
    """Models, eight a page, each with a button to use it; a moderator may choose the server's default below."""
    last = max(0, (len(lines) - 1) // MODELS_A_PAGE)
    page = min(max(0, page), last)
    shown = lines[page * MODELS_A_PAGE : (page + 1) * MODELS_A_PAGE]
    count = " (" + said("{page} of {last}", page=page + 1, last=last + 1) + ")" if last else ""
    children: list[Item] = [text(said(texts.MODELS_HEADLINE) + count)]
    if not shown:
        children.append(text(texts.NO_MODELS))
    children += [_model(line) for line in shown]
    choosable = [line for line in shown if not line.is_default and line.family not in CALLED_BY]
    if may_choose and choosable:
        children.append(row(_default_menu(choosable)))
    if last:
        children.append(_pager(page, last))
    return Panel(layout(*children, colour=VIOLET), ephemeral=True)


def _model(line: ModelLine) -> Item:
    title = f"**{plain(line.title, 60) or line.id}**" + (" ⭐" if line.is_default else "")
    origin = said(texts.SHIPPED) if line.shipped else (texts.by(plain(line.made_by, 40)) if line.made_by else "")
    facts = small(
        plain(line.family, 30), f"{line.size} px", texts.works(line.works), origin, plain(line.figures, 100), limit=250
    )
    if line.family in CALLED_BY:
        return text(title, facts, small(said(CALLED_BY[line.family])))
    use = button(texts.GENERATE_SHORT, ids.pack("make", line.id), emoji="🎨")
    return discord.ui.Section(f"{title}\n{facts}", accessory=use)


def _default_menu(lines: Sequence[ModelLine]) -> discord.ui.Select[discord.ui.LayoutView]:
    options = [
        discord.SelectOption(label=clip(" ".join(line.title.split()), 100) or line.id, value=line.id, emoji="⭐")
        for line in lines
    ]
    return menu(ids.pack("default-of"), texts.CHOOSE_DEFAULT, options)


def _pager(page: int, last: int) -> Item:
    return row(
        button(texts.PREVIOUS, ids.pack("models", max(0, page - 1)), emoji="◀️", disabled=page == 0),
        button(texts.NEXT, ids.pack("models", page + 1), emoji="▶️", disabled=page >= last),
    )


def queue(lines: Sequence[QueueLine], viewer_id: int, *, moderator: bool) -> Panel:
    """Running trainings first as they come; the viewer's own (for a moderator: all) can be cancelled."""
    children: list[Item] = [text(texts.QUEUE_HEADLINE)]
    if not lines:
        children.append(text(texts.NO_QUEUE))
    for line in lines[:QUEUE_LINES]:
        words = _training(line)
        if line.owner_id == viewer_id or moderator:
            cancel = button(texts.CANCEL, ids.pack("cancel", line.training_id, line.owner_id))
            children.append(discord.ui.Section(words, accessory=cancel))
        else:
            children.append(text(words))
    if len(lines) > QUEUE_LINES:
        children.append(text(small(texts.and_more(len(lines) - QUEUE_LINES))))
    children.append(row(button(texts.REFRESH, ids.pack("queue"), emoji="🔄")))
    return Panel(layout(*children, colour=MINT if lines else GREY), ephemeral=True)


def _training(line: QueueLine) -> str:
    head = f"**{plain(line.title, 60)}** · <@{line.owner_id}>"
    if line.phase in {TrainingPhase.queued, TrainingPhase.checking}:
        return f"{head}\n{small(texts.queue_place(line.place or 1))}"
    left = (
        texts.time_left(duration(line.seconds_left))
        if line.seconds_left is not None
        else said(texts.STATES[line.phase.value])
    )
    percent = f"{int(min(1.0, max(0.0, line.fraction)) * 100)} %"
    return f"{head}\n{bar(line.fraction, 12)} {percent} · {left}"


def help_page() -> Panel:
    return Panel(layout(*(text(part) for part in texts.HELP_PAGE), colour=VIOLET), ephemeral=True)


def about(status: Mapping[str, str]) -> Panel:
    """Who we are and how we are doing, a line a fact."""
    facts = "\n".join(f"**{plain(key, 40)}** {plain(value, 150)}" for key, value in list(status.items())[:15])
    children: list[Item] = [text(f"### {texts.NAME}", texts.TAGLINE)]
    if facts:
        children += [rule(), text(facts)]
    children.append(text(small(texts.ABOUT_SMALL)))
    return Panel(layout(*children, colour=VIOLET), ephemeral=True)
