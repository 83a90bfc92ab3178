"""A small art bot on the real discord.py client that uses every road the playground offers."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
from discord import app_commands
from PIL import Image


def picture(color: str = "tomato", side: int = 32) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), color).save(out, "PNG")
    return out.getvalue()


def file(name: str = "a.png", color: str = "tomato") -> discord.File:
    return discord.File(io.BytesIO(picture(color)), name)


class Again(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"again:(?P<n>\d+)"):
    """A button that outlives the process: its state is in the custom id."""

    def __init__(self, n: int) -> None:
        self.n = n
        super().__init__(discord.ui.Button(label=f"Again {n}", emoji="🔁", custom_id=f"again:{n}"))

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction, item: Any, match: Any) -> Again:
        return cls(int(match["n"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(view=panel(self.n + 1), attachments=[file("b.png", "teal")])


def panel(n: int = 0, name: str | None = None) -> discord.ui.LayoutView:
    """A panel as an art bot shows it: heading, gallery, buttons, a menu."""
    view = discord.ui.LayoutView(timeout=None)
    box: discord.ui.Container[Any] = discord.ui.Container(accent_colour=0x5865F2)
    box.add_item(discord.ui.TextDisplay(f"## Picture {n}"))
    box.add_item(
        discord.ui.Section(
            discord.ui.TextDisplay("by Artel"),
            accessory=discord.ui.Thumbnail(f"attachment://{name or ('b.png' if n else 'a.png')}"),
        )
    )
    gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery()
    gallery.add_item(media=f"attachment://{name or ('b.png' if n else 'a.png')}", description="a square")
    box.add_item(gallery)
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    row.add_item(Again(n))
    box.add_item(row)
    view.add_item(box)
    return view


class Ask(discord.ui.Modal, title="Tell me more"):
    word: discord.ui.Label[Any] = discord.ui.Label(text="Word", component=discord.ui.TextInput(custom_id="word"))
    files: discord.ui.Label[Any] = discord.ui.Label(
        text="Pictures", component=discord.ui.FileUpload(custom_id="files", max_values=3)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        sizes = [len(await a.read()) for a in self.files.component.values]  # type: ignore[attr-defined]
        word = self.word.component.value  # type: ignore[attr-defined]
        await interaction.response.send_message(f"{word}: {sizes}", ephemeral=True)


class Probe(discord.Client):
    def __init__(self, **options: Any) -> None:
        wanted = discord.Intents(guilds=True, messages=True, reactions=True, expressions=True)
        super().__init__(intents=options.pop("intents", wanted), **options)
        self.tree = app_commands.CommandTree(self)
        self.connected = asyncio.Event()
        self.resumed = asyncio.Event()
        self.heard: list[discord.Message] = []
        self.errors: list[BaseException] = []
        self.presses: list[str] = []
        add_commands(self)
        add_menus(self)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Again)
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py waits five seconds here before it identifies again."""

    async def on_connect(self) -> None:
        self.connected.set()

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        if message.guild is None and message.author != self.user:
            await message.channel.send(f"you said {message.content}", reference=message)


def add_commands(bot: Probe) -> None:
    tree = bot.tree

    @tree.command(description="Make a picture")
    @app_commands.describe(count="How many")
    @app_commands.choices(count=[app_commands.Choice(name=str(n), value=n) for n in (1, 4, 9)])
    async def generate(interaction: discord.Interaction, count: int = 4, style: str = "plain") -> None:
        await interaction.response.send_message(view=panel(), files=[file()])

    @generate.autocomplete("style")
    async def complete(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed}-{n}", value=f"{typed}{n}") for n in range(3)]

    @tree.command(description="Think first, then show, then say more")
    async def slow(interaction: discord.Interaction, secret: bool = False) -> None:
        await interaction.response.defer(ephemeral=secret)
        await interaction.edit_original_response(view=panel(), attachments=[file()])
        await interaction.followup.send("that was it")

    @tree.command(description="Measure a picture")
    async def measure(interaction: discord.Interaction, image: discord.Attachment, friend: discord.Member) -> None:
        data = await image.read()
        await interaction.response.send_message(f"{image.width} {len(data)} {friend.display_name}", ephemeral=True)

    @tree.command(description="Fill a form")
    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Ask())

    @tree.command(description="Choose one")
    async def choose(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Menu(bot))

    @tree.command(description="Only moderators")
    @app_commands.default_permissions(manage_guild=True)
    async def rule(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("ruled")

    group = app_commands.Group(name="album", description="Albums")

    @group.command(description="Open an album")
    async def open(interaction: discord.Interaction, name: str) -> None:  # noqa: A001
        await interaction.response.send_message(f"opened {name}")

    tree.add_command(group)

    @tree.error
    async def on_error(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        bot.errors.append(error)


def add_menus(bot: Probe) -> None:
    @bot.tree.context_menu(name="Remix this")
    async def remix(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.content}/{len(message.attachments)}", ephemeral=True)

    @bot.tree.context_menu(name="Pictures by")
    async def pictures(interaction: discord.Interaction, user: discord.Member) -> None:
        await interaction.response.send_message(user.mention, ephemeral=True)


class Menu(discord.ui.View):
    """The older kind of view, with a select and a button that acknowledges silently first."""

    def __init__(self, bot: Probe) -> None:
        super().__init__(timeout=None)
        self.bot = bot

    @discord.ui.select(custom_id="which", options=[discord.SelectOption(label=c, value=c) for c in "abc"], max_values=2)
    async def which(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.edit_message(content=f"chose {','.join(select.values)}", view=None)

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="done later")
