"""From an interaction of discord.py to the plain `Origin` that travels with a request."""

from __future__ import annotations

from typing import Any, Literal

import discord

from bot.stories import Origin

Placing = Literal["new", "private", "panel", "prompt"]
Interaction = discord.Interaction[Any]


def read(interaction: Interaction, placing: Placing = "new") -> Origin:
    """Who asked, where, and how to answer; `placing` is where the answer goes (see `Origin.placing`)."""
    message = interaction.message
    return Origin(
        interaction_id=interaction.id,
        application_id=interaction.application_id,
        token=interaction.token,
        at=interaction.created_at.timestamp(),
        component=message is not None,
        guild_id=interaction.guild_id,
        guild_name=(interaction.guild.name or "") if interaction.guild else "",
        channel_id=interaction.channel_id or (message.channel.id if message else 0),
        member_id=interaction.user.id,
        member_name=interaction.user.display_name,
        moderator=is_moderator(interaction),
        message_id=message.id if message else None,
        private=bool(message and message.flags.ephemeral),
        filesize_limit=interaction.filesize_limit,
        locale=str(interaction.locale),
        guild_locale=str(interaction.guild_locale or ""),
        app_permissions=interaction.app_permissions.value,
        roles=_roles(interaction),
        parent_id=getattr(interaction.channel, "parent_id", None),
        age_restricted=_age_restricted(interaction),
        placing=placing,
    )


def _roles(interaction: Interaction) -> tuple[int, ...]:
    return tuple(role.id for role in getattr(interaction.user, "roles", ()))


def _age_restricted(interaction: Interaction) -> bool:
    asked = getattr(interaction.channel, "is_nsfw", None)
    return bool(asked is not None and asked())


def is_moderator(interaction: Interaction) -> bool:
    """Has Manage Server or Manage Messages where the interaction was made."""
    may = interaction.permissions
    return may.administrator or may.manage_guild or may.manage_messages
