"""The INTERACTION_CREATE event as Discord sends it."""

from __future__ import annotations

from playground.errors import Json
from playground.interactions import COMPONENT, MODAL_SUBMIT, Interaction
from playground.playing import Playground
from playground.records import DM, Message


def owners(play: Playground, channel: Json) -> Json:
    """`authorizing_integration_owners`: the bot is installed in the guild; in direct messages the key "0" is "0"."""
    return {"0": "0" if channel["type"] == DM else play.world.guild_id}


def metadata(play: Playground, interaction: Interaction, parent: Interaction | None = None) -> Json:
    """`interaction_metadata` of the answers to an interaction; `parent` opened the modal that was submitted."""
    found: Json = {
        "id": interaction.id,
        "type": interaction.type,
        "user_id": interaction.user_id,
        "authorizing_integration_owners": owners(play, play.world.channel(interaction.channel_id)),
    }
    if interaction.data.get("name"):
        found |= {"name": interaction.data["name"], "command_type": interaction.data.get("type", 1)}
    if interaction.type == COMPONENT:
        found["interacted_message_id"] = interaction.clicked_id
    if interaction.type == MODAL_SUBMIT and parent:
        trigger = {k: v for k, v in parent.meta.items() if k != "user_id"}
        found["triggering_interaction_metadata"] = {**trigger, "user": play.rendering.user(parent.user_id)}
    return found


def event(play: Playground, interaction: Interaction, message: Message | None = None) -> Json:
    """The payload; `message` is the one whose component was used."""
    world, shown = play.world, play.rendering
    channel = world.channel(interaction.channel_id)
    direct = channel["type"] == DM
    found: Json = {
        "id": interaction.id,
        "application_id": world.application["id"],
        "type": interaction.type,
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": channel["id"],
        "channel": shown.channel(channel),
        "locale": interaction.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": play.settings.attachment_bytes,
        "authorizing_integration_owners": owners(play, channel),
        "context": 1 if direct else 0,
        "app_permissions": str(world.permissions(world.bot_id, channel)),
    }
    if direct:
        found["user"] = shown.user(interaction.user_id)
    else:
        found["guild_id"] = world.guild_id
        found["guild"] = {
            "id": world.guild_id,
            "locale": world.guild["preferred_locale"],
            "features": world.guild["features"],
        }
        found["guild_locale"] = world.guild["preferred_locale"]
        found["member"] = shown.member(interaction.user_id, channel)
        found["channel"] = {**found["channel"], "permissions": found["member"]["permissions"]}
    if message:
        found["message"] = shown.message(message, world.bot_id)
    return found


def send(play: Playground, interaction: Interaction, message: Message | None = None) -> Json:
    """Dispatch an interaction to the bot; returns what the page is told."""
    channel = play.world.channel(interaction.channel_id)
    guild_id = None if channel["type"] == DM else play.world.guild_id
    play.gateway.dispatch("INTERACTION_CREATE", event(play, interaction, message), guild_id=guild_id)
    return {"interaction_id": interaction.id}
