"""What one does with pictures that are there: to breed, walk through, find, keep and show them; and the Apps menu."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import studio_pages
from bot.chat import studio_texts as texts
from bot.chat.desk import Desk, desk_of
from bot.chat.generate import CHOICES, model_choices
from bot.chat.origins import Interaction
from bot.chat.studio_buttons import show_credits, show_family, show_gallery
from bot.errors import Refused
from bot.stories import Breed, Favour, FindPicture, OpenLarge, PicksView, SetShowcase, Upload, Walk

STOPS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
Stops = app_commands.Range[int, 2, 8]
Seconds = app_commands.Range[float, 1.0, 15.0]
_FILE = re.compile(r"(?:SPOILER_)?artel-(\d{1,18})\.[a-z0-9]+")
_NUMBER = re.compile(r"\D*(\d{1,18})\D*")


def number_of(typed: str) -> int:
    """The picture meant: the value of a choice, or a number as people write it. Raises `Refused`."""
    match = _NUMBER.fullmatch(typed.strip())
    if match is None:
        raise Refused(texts.NO_SUCH_PICTURE)
    return int(match[1])


async def pick_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The member's favourites and newest pictures."""
    return await _choices(interaction, typed, None)


async def mate_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Those by the same model as the first picture, once that is chosen."""
    first = _NUMBER.fullmatch(str(interaction.namespace.a or "").strip())
    return await _choices(interaction, typed, int(first[1]) if first else None)


async def stop_choices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Those by the same model as a picture that is chosen already."""
    chosen = (str(getattr(interaction.namespace, name, "") or "").strip() for name in STOPS)
    before = next((match for match in map(_NUMBER.fullmatch, chosen) if match and match[0] != typed.strip()), None)
    return await _choices(interaction, typed, int(before[1]) if before else None)


async def _choices(interaction: Interaction, typed: str, fits: int | None) -> list[app_commands.Choice[str]]:
    studio = desk_of(interaction).studio
    found = await studio.pick_choices(interaction.user.id, interaction.guild_id, typed, fits)
    return [app_commands.Choice(name=label[:100], value=str(output)) for label, output in found[:CHOICES]]


class StudioCog(commands.Cog):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @app_commands.command(name="breed", description=texts.BREED_COMMAND)
    @app_commands.describe(a=texts.BREED_A, b=texts.BREED_B)
    @app_commands.autocomplete(a=pick_choices, b=mate_choices)
    async def breed(self, interaction: discord.Interaction, a: str, b: str) -> None:
        await self.desk.ask(interaction, Breed(a=number_of(a), b=number_of(b)))

    @app_commands.command(name="walk", description=texts.WALK_COMMAND)
    @app_commands.describe(
        first=texts.WALK_PICTURE,
        second=texts.WALK_PICTURE,
        third=texts.WALK_PICTURE,
        fourth=texts.WALK_PICTURE,
        fifth=texts.WALK_PICTURE,
        sixth=texts.WALK_PICTURE,
        seventh=texts.WALK_PICTURE,
        eighth=texts.WALK_PICTURE,
        random=texts.WALK_RANDOM,
        model=texts.WALK_MODEL,
        seconds=texts.WALK_SECONDS,
        file=texts.WALK_FORMAT,
        loop=texts.WALK_LOOP,
    )
    @app_commands.autocomplete(
        first=stop_choices,
        second=stop_choices,
        third=stop_choices,
        fourth=stop_choices,
        fifth=stop_choices,
        sixth=stop_choices,
        seventh=stop_choices,
        eighth=stop_choices,
        model=model_choices,
    )
    @app_commands.choices(file=[app_commands.Choice(name=name, value=value) for name, value in texts.FORMATS])
    async def walk(
        self,
        interaction: discord.Interaction,
        first: str | None = None,
        second: str | None = None,
        third: str | None = None,
        fourth: str | None = None,
        fifth: str | None = None,
        sixth: str | None = None,
        seventh: str | None = None,
        eighth: str | None = None,
        random: Stops | None = None,
        model: str | None = None,
        seconds: Seconds | None = None,
        file: app_commands.Choice[str] | None = None,
        loop: bool = True,
    ) -> None:
        typed = (first, second, third, fourth, fifth, sixth, seventh, eighth)
        stops = tuple(number_of(one) for one in typed if one)
        told = {"stops": stops, "random": random or 0, "model": model, "seconds": seconds, "loop": loop}
        await self.desk.ask(interaction, Walk.model_validate({**told, "format": file.value if file else None}))

    @app_commands.command(name="find", description=texts.FIND_COMMAND)
    @app_commands.describe(picture=texts.FIND_PICTURE, model=texts.FIND_MODEL)
    @app_commands.autocomplete(model=model_choices)
    async def find(
        self, interaction: discord.Interaction, picture: discord.Attachment, model: str | None = None
    ) -> None:
        upload = Upload(
            filename=picture.filename[:200],
            url=picture.url,
            size=picture.size,
            content_type=picture.content_type or "",
        )
        await self.desk.ask(interaction, FindPicture(upload=upload, model=model))

    @app_commands.command(name="lineage", description=texts.LINEAGE_COMMAND)
    @app_commands.describe(picture=texts.LINEAGE_PICTURE)
    @app_commands.autocomplete(picture=pick_choices)
    async def lineage(self, interaction: discord.Interaction, picture: str) -> None:
        await show_family(self.desk, interaction, number_of(picture), "new")

    @app_commands.command(name="favourite", description=texts.FAVOURITE_COMMAND)
    @app_commands.describe(picture=texts.LINEAGE_PICTURE, name=texts.FAVOURITE_NAME)
    @app_commands.autocomplete(picture=pick_choices)
    async def favourite(
        self, interaction: discord.Interaction, picture: str, name: app_commands.Range[str, 1, 60]
    ) -> None:
        ask = Favour(output_id=number_of(picture), name=name, starred=True)
        await self.desk.ask(interaction, ask, "private")

    @app_commands.command(name="gallery", description=texts.GALLERY_COMMAND)
    @app_commands.describe(pictures=texts.GALLERY_SHELF)
    @app_commands.choices(pictures=[app_commands.Choice(name=name, value=value) for name, value in texts.SHELVES])
    async def gallery(self, interaction: discord.Interaction, pictures: app_commands.Choice[str] | None = None) -> None:
        shelf = pictures.value if pictures else "favourites"
        await show_gallery(self.desk, interaction, shelf, 0, "private")

    @app_commands.command(name="directions", description=texts.DIRECTIONS_COMMAND)
    @app_commands.describe(model=texts.DIRECTIONS_MODEL)
    @app_commands.autocomplete(model=model_choices)
    async def directions(self, interaction: discord.Interaction, model: str | None = None) -> None:
        origin = self.desk.take(interaction, "new")
        page = await studio_pages.directions_page(await self.desk.studio.slider_sheet(origin, model))
        await self.desk.show(interaction, page, "new")

    @app_commands.command(name="showcase", description=texts.SHOWCASE_COMMAND)
    @app_commands.describe(channel=texts.SHOWCASE_CHANNEL, stars=texts.SHOWCASE_STARS)
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def showcase(
        self,
        interaction: discord.Interaction,
        channel: discord.TextChannel | None = None,
        stars: app_commands.Range[int, 1, 100] = 3,
    ) -> None:
        if channel is not None:
            may = channel.permissions_for(channel.guild.me)
            if not (may.view_channel and may.send_messages and may.attach_files):
                raise Refused(texts.SHOWCASE_FORBIDDEN)
        ask = SetShowcase(channel_id=channel.id if channel else None, stars=stars)
        await self.desk.ask(interaction, ask, "private")


# --- the Apps menu of a message --------------------------------------------------------------------------------------


async def remix(interaction: Interaction, message: discord.Message) -> None:
    """Any picture that we ever posted, opened for the asker to play with."""
    desk = desk_of(interaction)
    view = await _pictures_in(desk, interaction, message, "remix")
    if len(view.picks) == 1:
        await desk.ask(interaction, OpenLarge(output_id=view.picks[0].output_id), "private")
    else:
        await desk.show(interaction, await studio_pages.picks_page(view))


async def credits_of(interaction: Interaction, message: discord.Message) -> None:
    """Whose art is in a picture that we ever posted."""
    desk = desk_of(interaction)
    view = await _pictures_in(desk, interaction, message, "credits")
    if len(view.picks) == 1:
        await show_credits(desk, interaction, view.picks[0].output_id)
    else:
        await desk.show(interaction, await studio_pages.picks_page(view))


async def _pictures_in(
    desk: Desk, interaction: Interaction, message: discord.Message, purpose: Literal["remix", "credits"]
) -> PicksView:
    origin = desk.take(interaction, "private")
    return await desk.studio.pictures_in(origin, message.id, numbers_in(message), purpose)


def numbers_in(message: discord.Message) -> tuple[int, ...]:
    """The pictures of ours on a message, by the names of its files."""
    names = [file.filename for file in message.attachments]
    for piece in _pieces(message.components):  # where Discord names them only within the components
        names += [item.media.url.partition("?")[0].rpartition("/")[2] for item in getattr(piece, "items", ())]
    matches = (_FILE.fullmatch(name) for name in names)
    return tuple(dict.fromkeys(int(match[1]) for match in matches if match))


def _pieces(components: Iterable[Any]) -> Iterator[Any]:
    for one in components:
        yield one
        yield from _pieces(getattr(one, "children", ()))


def menus() -> tuple[app_commands.ContextMenu, ...]:
    """What the Apps menu of a message offers."""
    return (
        app_commands.ContextMenu(name=texts.REMIX, callback=remix),
        app_commands.ContextMenu(name=texts.CREDITS_MENU, callback=credits_of),
    )
