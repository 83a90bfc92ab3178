"""How the review queue, the settings, `/me` and contests look: pure functions from a view to a message."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import discord

from bot.chat import ids, sheets
from bot.chat import moderation_texts as texts
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
from bot.chat.studio_pages import numbered_sheet
from bot.language import said
from bot.moderation_views import ContestView, MeView, ReviewView, SettingsView
from bot.rights import LABELS, SETTABLE, Right

Item = discord.ui.Item[discord.ui.LayoutView]
MOST_CHOSEN = 10
"""Roles or channels in one menu."""


async def review(view: ReviewView) -> Panel:
    """One thing that waits, its picture behind a spoiler; only moderators ever see it."""
    children: list[Item] = [text(f"✅ {view.done}"), rule()] if view.done else []
    if view.report_id is None:
        children.append(text(texts.REVIEW_NONE))
        children += _audit(view)
        return Panel(layout(*children, colour=MINT), ephemeral=True)
    numbers = ", ".join(f"#{one}" for one in view.numbers)
    head = f"### {said(texts.REVIEW_HEADLINES[view.what])} {numbers}".rstrip()
    maker = texts.sent_by(view.maker_id) if view.what == "upload" else texts.made_by(view.maker_id)
    reporter = texts.reported_by(view.reporter_id) if view.reporter_id else ""
    link = f"[{said(texts.OPEN_MESSAGE)}]({view.link})" if view.link else ""
    children.append(text(head, small(texts.waiting(view.waiting), maker, reporter, f"<t:{round(view.at)}:R>", link)))
    files: tuple[PanelFile, ...] = ()
    if view.pictures:
        shown = [sheets.Column("", (bytes(one),)) for one in view.pictures]
        drawn = await asyncio.to_thread(partial(sheets.columns, shown, tile=192, across=3, square=False))
        files = (PanelFile("SPOILER_review.png", drawn),)
        item = discord.MediaGalleryItem(f"attachment://{files[0].name}", spoiler=True)
        children.append(discord.ui.MediaGallery(item))
    else:
        children.append(text(small(texts.GONE)))
    children.append(text(f"> {plain(view.reason, 600)}"))
    children.append(_verdicts(view, view.report_id))
    children += _audit(view)
    return Panel(layout(*children, colour=AMBER), files, ephemeral=True)


def _verdicts(view: ReviewView, report_id: int) -> Item:
    block = "unblock" if view.blocked else "block"
    return row(
        button(texts.APPROVE, ids.pack("review", "approve", report_id), style=discord.ButtonStyle.success),
        button(texts.REMOVE, ids.pack("review", "remove", report_id), style=discord.ButtonStyle.danger),
        button(texts.UNBLOCK if view.blocked else texts.BLOCK, ids.pack("review", block, report_id)),
        button(texts.NEXT, ids.pack("review-next", report_id), emoji="▶️", disabled=view.waiting < 2),
    )


def _audit(view: ReviewView) -> list[Item]:
    return [rule(), text(texts.AUDIT, small_lines(view.audit))] if view.audit else []


def settings(view: SettingsView) -> Panel:
    """All of it in one message: a menu of roles a right, one of channels, switches, and how much is used."""
    children: list[Item] = [text(texts.SETTINGS_HEADLINE, small(texts.SETTINGS_HELP))]
    children += [row(_roles(right, view.rules.roles.get(right, ()))) for right in SETTABLE]
    channels: discord.ui.ChannelSelect[discord.ui.LayoutView] = discord.ui.ChannelSelect(
        custom_id=ids.pack("rule-channels"),
        placeholder=clip(said(texts.CHANNELS), 150),
        channel_types=[discord.ChannelType.text, discord.ChannelType.forum],
        min_values=0,
        max_values=MOST_CHOSEN,
        default_values=[discord.Object(one) for one in view.rules.channels[:MOST_CHOSEN]],
    )
    children += [row(channels), text(small(texts.CHANNELS_HELP)), row(*_switches(view)), _operators(view)]
    children.append(row(_words_button()))
    children += [rule(), text(texts.LIMITS_HEADLINE, small_lines(view.limits))]
    if view.blocked:
        names = [f"<@{member}> {plain(name, 40)}" for member, name in view.blocked]
        children.append(text(texts.BLOCKED_HEADLINE, small_lines(names)))
    return Panel(layout(*children, colour=VIOLET), ephemeral=True)


def _operators(view: SettingsView) -> Item:
    """How the operator's own gate stands."""
    lines = [texts.GATE[view.gate], texts.HASHES[view.hashes]]
    return text(small_lines([said(line) for line in lines if line]))


def _roles(right: Right, chosen: Sequence[int]) -> discord.ui.RoleSelect[discord.ui.LayoutView]:
    words = said(texts.MODERATOR_ROLES) if right is Right.moderate else texts.role_placeholder(right)
    return discord.ui.RoleSelect(
        custom_id=ids.pack("rule-roles", right.value),
        placeholder=clip(words, 150),
        min_values=0,
        max_values=MOST_CHOSEN,
        default_values=[discord.Object(one) for one in chosen[:MOST_CHOSEN]],
    )


def _switches(view: SettingsView) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    on = {name: bool(getattr(view.rules, name)) for name in texts.SWITCHES}
    return [
        button(
            label,
            ids.pack("rule-switch", name),
            emoji="✅" if on[name] else "⬜",
            style=discord.ButtonStyle.success if on[name] else discord.ButtonStyle.secondary,
        )
        for name, label in texts.SWITCHES.items()
    ]


def _words_button() -> discord.ui.Button[discord.ui.LayoutView]:
    return button(texts.WORDS, ids.pack("rule-words"), emoji="✏️")


def me(view: MeView) -> Panel:
    """What one may do here, each with the reason why not."""
    lines = [
        f"{'✋' if why else '✅'} {said(LABELS[right])}" + (f"\n-# {said(why)}" if why else "")
        for right, why in view.rights
    ]
    children: list[Item] = [text(texts.ME_HEADLINE), text("\n".join(lines)), rule()]
    children.append(text(texts.ME_LIMITS, small_lines(view.limits)))
    return Panel(layout(*children, colour=GREY), ephemeral=True)


async def contest(view: ContestView, *, private: bool = False) -> Panel:
    """The pictures that were entered, and the menu to vote with."""
    closes = small(texts.contest_closes(round(view.closes_at)))
    children: list[Item] = [text(texts.contest_headline(plain(view.theme, 100)), closes)]
    sheet = await numbered_sheet(view.entries, said(texts.CONTEST_SHEET)) if view.entries else None
    if sheet:
        children.append(gallery([sheet]))
    if view.entries:
        options = [
            discord.SelectOption(
                label=clip(f"{place} · #{number} · {' '.join(one.name.split())}", 100), value=str(one.output_id)
            )
            for place, (one, number) in enumerate(zip(view.entries, view.numbers, strict=True), 1)
        ]
        children.append(row(menu(ids.pack("vote", view.contest_id), texts.CONTEST_VOTE, options)))
    else:
        children.append(text(texts.CONTEST_EMPTY))
    children.append(text(small(texts.CONTEST_SMALL)))
    return Panel(layout(*children, colour=VIOLET), (sheet,) if sheet else (), ephemeral=private)
