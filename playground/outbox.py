"""Tells everyone concerned about a change: the bot over the gateway, the people over their event streams."""

from __future__ import annotations

from playground import gateway as intents
from playground.errors import Json
from playground.gateway import Gateway
from playground.people import Hub
from playground.permissions import Permission
from playground.records import DM, Message
from playground.rendering import Rendering
from playground.world import World


class Outbox:
    def __init__(self, world: World, rendering: Rendering, gateway: Gateway, hub: Hub) -> None:
        self._world = world
        self._rendering = rendering
        self._gateway = gateway
        self._hub = hub

    def message(self, event: str, message: Message) -> None:
        """`event` is `create` or `update`."""
        self._hub.tell_each(
            f"message_{event}",
            lambda person: self._rendering.message(message, person) if self._sees(message, person) else None,
        )
        if message.ephemeral:
            return
        channel = self._world.channel(message.channel_id)
        full = self._rendering.message(message, self._world.bot_id)
        direct = channel["type"] == DM
        if not direct:
            full["guild_id"] = self._world.guild_id
            if message.author_id in self._world.members:
                full["member"] = self._rendering.member(message.author_id, with_user=False)
        own = message.author_id == self._world.bot_id or self._world.bot_id in message.mentions
        blank = full if own or direct else without_content(full)
        if direct or self._world.may(self._world.bot_id, Permission.VIEW_CHANNEL, channel):
            self._gateway.dispatch_message(f"MESSAGE_{event.upper()}", full, blank, direct)

    def message_deleted(self, message: Message) -> None:
        gone = {"id": message.id, "channel_id": message.channel_id}
        self._hub.tell("message_delete", gone, lambda person: self._sees(message, person))
        if not message.ephemeral:
            self._dispatch("MESSAGE_DELETE", gone, message.channel_id, intents.GUILD_MESSAGES, intents.DIRECT_MESSAGES)

    def reaction(self, message: Message, emoji: Json, user_id: str, added: bool) -> None:
        told = {"user_id": user_id, "channel_id": message.channel_id, "message_id": message.id, "emoji": emoji}
        self._hub.tell("reaction", {**told, "added": added}, lambda person: self._sees(message, person))
        event = "MESSAGE_REACTION_ADD" if added else "MESSAGE_REACTION_REMOVE"
        full = {**told, "type": 0, "burst": False}
        if added:
            full["message_author_id"] = message.author_id
            if user_id in self._world.members and self._world.channel(message.channel_id)["type"] != DM:
                full["member"] = self._rendering.member(user_id)
        self._dispatch(event, full, message.channel_id, intents.GUILD_REACTIONS, intents.DIRECT_REACTIONS)

    def typing(self, channel_id: str) -> None:
        channel = self._world.channel(channel_id)
        told = {"channel_id": channel_id, "user": self._rendering.user(self._world.bot_id)}
        self._hub.tell("typing", told, lambda person: self._world.may(person, Permission.VIEW_CHANNEL, channel))

    def emojis(self) -> None:
        """The guild's emoji changed."""
        found = [self._rendering.emoji(e) for e in self._world.emojis.values()]
        self._hub.tell("emojis", found)
        guild_id = self._world.guild_id
        self._gateway.dispatch(
            "GUILD_EMOJIS_UPDATE", {"guild_id": guild_id, "emojis": found}, intents.EXPRESSIONS, guild_id
        )

    def stickers(self) -> None:
        found = [self._rendering.sticker(s) for s in self._world.stickers.values()]
        guild_id = self._world.guild_id
        self._gateway.dispatch(
            "GUILD_STICKERS_UPDATE", {"guild_id": guild_id, "stickers": found}, intents.EXPRESSIONS, guild_id
        )

    def channel(self, event: str, channel: Json) -> None:
        """`event` such as CHANNEL_UPDATE or THREAD_CREATE."""
        guild_id = self._world.guild_id
        self._gateway.dispatch(event, self._rendering.channel(channel), intents.GUILDS, guild_id)
        self._hub.tell_each(
            "channel",
            lambda person: (
                self._rendering.channel(channel) if self._world.may(person, Permission.VIEW_CHANNEL, channel) else None
            ),
        )

    def role(self, role: Json) -> None:
        guild_id = self._world.guild_id
        self._gateway.dispatch("GUILD_ROLE_UPDATE", {"guild_id": guild_id, "role": role}, intents.GUILDS, guild_id)

    def _sees(self, message: Message, person: str) -> bool:
        channel = self._world.channels.get(message.channel_id)
        allowed = channel is not None and self._world.may(person, Permission.VIEW_CHANNEL, channel)
        return allowed and self._world.visible(message, person)

    def _dispatch(self, event: str, data: Json, channel_id: str, guild_intent: int, direct_intent: int) -> None:
        if self._world.channel(channel_id)["type"] == DM:
            self._gateway.dispatch(event, data, direct_intent)
        else:
            guild_id = self._world.guild_id
            self._gateway.dispatch(event, {**data, "guild_id": guild_id}, guild_intent, guild_id)


def without_content(message: Json) -> Json:
    """What a bot without the message content intent gets of another's message."""
    return {**message, "content": "", "embeds": [], "attachments": [], "components": []}
