"""The bot as Discord sees it: the gateway client, its command tree, and the way each interaction takes to a cog."""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.chat import modals, studio, texts, verify
from bot.chat.art import ArtCog
from bot.chat.buttons import PRESSES
from bot.chat.desk import Desk
from bot.chat.drawing import DrawingCog
from bot.chat.generate import GenerateCog
from bot.chat.ids import PREFIX
from bot.chat.info import InfoCog
from bot.chat.messenger import DiscordMessenger
from bot.chat.moderation import ModerationCog, moderation_menus
from bot.chat.origins import Interaction
from bot.chat.sync import sync_if_changed
from bot.chat.train import TrainCog
from bot.chat.transforms import TransformCog
from bot.chat.translator import CommandWords
from bot.errors import Refused
from bot.language import speak
from bot.rights import right_of_command
from bot.stories import Studio

log = structlog.get_logger(__name__)


def intents() -> discord.Intents:
    """No privileged intent, and no messages at all: servers with their roles and emoji are enough."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.expressions = True
    return wanted


class StudioTree(app_commands.CommandTree["ArtelBot"]):
    """Hands what a command raises to the one chain of trouble, and speaks the asker's language until it is known who
    reads the answer."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        speak(str(interaction.locale))
        if interaction.type is discord.InteractionType.autocomplete or interaction.command is None:
            return True
        try:
            await self.client.desk.admit(interaction, right_of_command(interaction.command.qualified_name))
        except Exception as error:
            await self.client.desk.fail(interaction, error)
            return False
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        await self.client.desk.fail(interaction, error)


class ArtelBot(commands.Bot):
    """One bot process. It reads no messages, so it has no prefix commands; all of it are slash commands and presses.

    Start it with `await bot.start(token)` or `async with bot`; stop it with `await bot.close()`.
    """

    def __init__(self, studio: Studio, messenger: DiscordMessenger, **options: Any) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=StudioTree,
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            activity=discord.CustomActivity(texts.ACTIVITY),
            **options,
        )
        self.desk = Desk(studio, messenger)

    async def setup_hook(self) -> None:
        """Logged in, not yet connected: everything an interaction may need is there before the first one comes."""
        self.add_dynamic_items(*PRESSES)
        for cog in (GenerateCog(self.desk), studio.StudioCog(self.desk), TrainCog(self.desk), InfoCog(self.desk)):
            await self.add_cog(cog)
        await self.add_cog(ArtCog(self.desk))
        await self.add_cog(DrawingCog(self.desk))
        await self.add_cog(ModerationCog(self.desk))
        await self.add_cog(TransformCog(self.desk))
        await self.add_cog(verify.VerifyCog(self.desk))
        for menu in (*studio.menus(), verify.menu(), *moderation_menus()):
            self.tree.add_command(menu)
        self.desk.messenger.attach(self)
        await self.tree.set_translator(CommandWords())
        await sync_if_changed(self.tree)

    async def on_ready(self) -> None:
        log.info("connected", user=str(self.user), guilds=len(self.guilds))

    async def on_interaction(self, interaction: Interaction) -> None:
        """Modals, which must work after a restart too, and buttons that no version of us knows."""
        async with self.desk.guarded(interaction):
            if interaction.type is discord.InteractionType.modal_submit:
                await modals.submitted(self.desk, interaction)
            elif interaction.type is discord.InteractionType.component and not _known(interaction):
                raise Refused(texts.BUTTON_UNKNOWN)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.exception("event failed", event=event_method)

    async def close(self) -> None:
        """Leave in peace: what is in the air is acknowledged first, so its answer can follow after a restart."""
        await self.desk.messenger.close()
        await super().close()


def _known(interaction: Interaction) -> bool:
    data: dict[str, Any] = dict(interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    if not custom_id.startswith(PREFIX):
        return False
    return any(press.__discord_ui_compiled_template__.fullmatch(custom_id) for press in PRESSES)
