"""`/contribute`, `/withdraw`, `/collection`, `/privacy`: what artists give, gather, and take back."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.art_asks import AddToCollection, CreateCollection, ExportCollection, RemoveFromCollection, ShareCollection
from bot.art_policy import NO_COLLECTION
from bot.chat import art_forms, art_panels
from bot.chat import art_texts as texts
from bot.chat.desk import Desk, desk_of
from bot.chat.generate import CHOICES
from bot.chat.origins import Interaction, Placing
from bot.errors import Refused

CollectionName = app_commands.Range[str, 1, 60]
Who = app_commands.Choice[str]
WHO = [Who(name=locale_str(name), value=value) for name, value in texts.WHO_ADDS]
WHOSE = [Who(name=locale_str(name), value=value) for name, value in texts.WHOSE]
NO_WORK = "Choose a work from the list that opens while you type."


async def collection_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The server's collections."""
    found = await desk_of(interaction).studio.collection_choices(interaction.guild_id, typed)
    return [app_commands.Choice(name=label[:100], value=str(value)) for label, value in found[:CHOICES]]


async def work_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The asker's own works in this server."""
    found = await desk_of(interaction).studio.art_choices(interaction.user.id, interaction.guild_id, typed)
    return [app_commands.Choice(name=label[:100], value=str(value)) for label, value in found[:CHOICES]]


async def collection_of(interaction: Interaction, typed: str) -> int:
    """The collection meant: the value of a choice, or its name. Raises `Refused`."""
    if typed.isascii() and typed.isdigit() and len(typed) < 19:
        return int(typed)
    found = await desk_of(interaction).studio.collection_choices(interaction.guild_id, typed)
    exact = [value for label, value in found if label.rpartition(" · ")[0].casefold() == typed.strip().casefold()]
    if len(exact) != 1:
        raise Refused(NO_COLLECTION)
    return exact[0]


async def show_collection(
    desk: Desk, interaction: Interaction, collection_id: int, page: int, placing: Placing
) -> None:
    """A page of a collection, counted from 0."""
    origin = desk.take(interaction, placing)
    view = await desk.studio.collection(origin, collection_id, page)
    private = placing != "new" and (placing == "private" or origin.private)
    await desk.show(interaction, await art_panels.collection(view, private=private), placing)


async def show_art(desk: Desk, interaction: Interaction, page: int, request_id: int | None, placing: Placing) -> None:
    """A page of the asker's works to withdraw from, or what one contribution gave."""
    origin = desk.take(interaction, placing)
    view = await desk.studio.art(origin, page, request_id)
    await desk.show(interaction, await art_panels.works_page(view), placing)


class ArtCog(commands.Cog):
    collection = app_commands.Group(
        name="collection",
        description=texts.COLLECTION,
        guild_only=True,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    )

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="contribute", description=texts.CONTRIBUTE)
    @app_commands.describe(collection=texts.CONTRIBUTE_COLLECTION)
    @app_commands.autocomplete(collection=collection_choices)
    @app_commands.guild_only()
    async def contribute(self, interaction: discord.Interaction, collection: str | None = None) -> None:
        chosen = await collection_of(interaction, collection) if collection else 0
        slip = await self.desk.studio.parcel(interaction.user.id)
        if slip is not None:
            await self.desk.ask(interaction, art_forms.of_parcel(slip, chosen))
            return
        await art_forms.ask_art(interaction, chosen)

    @app_commands.command(name="withdraw", description=texts.WITHDRAW_COMMAND)
    @app_commands.guild_only()
    async def withdraw(self, interaction: discord.Interaction) -> None:
        await show_art(self.desk, interaction, 0, None, "private")

    @app_commands.command(name="privacy", description=texts.PRIVACY)
    async def privacy(self, interaction: discord.Interaction) -> None:
        await self.desk.show(interaction, art_panels.privacy(self.desk.studio.pages_at()))

    @collection.command(name="create", description=texts.COLLECTION_CREATE)
    @app_commands.describe(name=texts.COLLECTION_NAME, who_adds=texts.COLLECTION_WHO)
    @app_commands.choices(who_adds=WHO)
    async def create(self, interaction: discord.Interaction, name: CollectionName, who_adds: Who | None = None) -> None:
        who = _who(who_adds) or "owner"
        await self.desk.ask(interaction, CreateCollection(name=name, who_adds=who), "private")

    @collection.command(name="show", description=texts.COLLECTION_SHOW)
    @app_commands.describe(collection=texts.COLLECTION_WHICH)
    @app_commands.autocomplete(collection=collection_choices)
    async def show(self, interaction: discord.Interaction, collection: str | None = None) -> None:
        if collection is None:
            origin = self.desk.take(interaction, "private")
            lines = await self.desk.studio.collections(origin)
            await self.desk.show(interaction, art_panels.collections(lines))
            return
        await show_collection(self.desk, interaction, await collection_of(interaction, collection), 0, "private")

    @collection.command(name="add", description=texts.COLLECTION_ADD)
    @app_commands.describe(collection=texts.COLLECTION_WHICH, work=texts.COLLECTION_WORKS, whose=texts.COLLECTION_WORKS)
    @app_commands.choices(whose=WHOSE)
    @app_commands.autocomplete(collection=collection_choices, work=work_choices)
    async def add(
        self, interaction: discord.Interaction, collection: str, work: str | None = None, whose: Who | None = None
    ) -> None:
        chosen = await collection_of(interaction, collection)
        whole: Any = None if work else (whose.value if whose else "mine")
        ask = AddToCollection(collection=chosen, artworks=(_work(work),) if work else (), whose=whole)
        await self.desk.ask(interaction, ask, "private")

    @collection.command(name="remove", description=texts.COLLECTION_REMOVE)
    @app_commands.describe(collection=texts.COLLECTION_WHICH, work=texts.COLLECTION_WORK)
    @app_commands.autocomplete(collection=collection_choices, work=work_choices)
    async def remove(self, interaction: discord.Interaction, collection: str, work: str) -> None:
        chosen = await collection_of(interaction, collection)
        await self.desk.ask(interaction, RemoveFromCollection(collection=chosen, artworks=(_work(work),)), "private")

    @collection.command(name="export", description=texts.COLLECTION_EXPORT)
    @app_commands.describe(collection=texts.COLLECTION_WHICH)
    @app_commands.autocomplete(collection=collection_choices)
    async def export(self, interaction: discord.Interaction, collection: str) -> None:
        chosen = await collection_of(interaction, collection)
        await self.desk.ask(interaction, ExportCollection(collection=chosen), "private")

    @collection.command(name="share", description=texts.COLLECTION_SHARE)
    @app_commands.describe(
        collection=texts.COLLECTION_WHICH, who_adds=texts.COLLECTION_WHO, member=texts.COLLECTION_MEMBER
    )
    @app_commands.choices(who_adds=WHO)
    @app_commands.autocomplete(collection=collection_choices)
    async def share(
        self,
        interaction: discord.Interaction,
        collection: str,
        who_adds: Who | None = None,
        member: discord.User | None = None,
    ) -> None:
        chosen = await collection_of(interaction, collection)
        if who_adds is None and member is None:
            await self.desk.ask(interaction, ShareCollection(collection=chosen))
            return
        ask = ShareCollection(
            collection=chosen,
            who_adds=_who(who_adds),
            member_id=member.id if member else None,
            member_name=member.display_name if member else "",
        )
        await self.desk.ask(interaction, ask, "private")


def _who(choice: Who | None) -> Literal["owner", "moderators", "everyone"] | None:
    match choice.value if choice else None:
        case "owner" | "moderators" | "everyone" as who:
            return who
    return None


def _work(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise Refused(NO_WORK)
    return int(typed)
