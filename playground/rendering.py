"""Turns kept records into the JSON that one client sees: the bot, or a person."""

from __future__ import annotations

import re
from typing import Any

from playground.cdn import Cdn
from playground.errors import Json
from playground.records import DM, REPLY, Message
from playground.snowflakes import made_at
from playground.world import World

_CUSTOM = re.compile(r"(.+):(\d+)")


class Rendering:
    def __init__(self, world: World, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn

    def user(self, user_id: str) -> Json:
        """Discord's user object, without what only people's profiles have."""
        user = self._world.users[user_id]
        return {
            "id": user["id"],
            "username": user["username"],
            "global_name": user.get("global_name"),
            "discriminator": "0",
            "avatar": user.get("avatar"),
            "bot": bool(user.get("bot")),
            "system": False,
            "public_flags": 0,
            "flags": 0,
            "banner": None,
            "accent_color": None,
        }

    def member(self, user_id: str, channel: Json | None = None, with_user: bool = True) -> Json:
        """Discord's member object; with a channel also the permissions there."""
        member = self._world.members[user_id]
        found: Json = {
            "roles": member["roles"],
            "joined_at": member["joined_at"],
            "nick": member.get("nick"),
            "avatar": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "premium_since": None,
            "communication_disabled_until": None,
        }
        if with_user:
            found["user"] = self.user(user_id)
        if channel is not None:
            found["permissions"] = str(self._world.permissions(user_id, channel))
        return found

    def channel(self, channel: Json) -> Json:
        """Discord's channel object; a direct channel has its recipient as the bot sees it."""
        if channel["type"] == DM:
            found = {key: value for key, value in channel.items() if key != "person"}
            return {**found, "recipients": [self.user(channel["person"])]}
        return channel if channel.get("thread_metadata") else {**channel, "guild_id": self._world.guild_id}

    def emoji(self, emoji: Json) -> Json:
        fixed = {"require_colons": True, "managed": False, "available": True, "roles": []}
        found = {**fixed, **{k: v for k, v in emoji.items() if k != "user_id"}}
        if emoji.get("user_id") in self._world.users:
            found["user"] = self.user(emoji["user_id"])
        return found

    def sticker(self, sticker: Json) -> Json:
        found = {k: v for k, v in sticker.items() if k != "user_id"}
        return {**found, "type": 2, "available": True, "guild_id": self._world.guild_id}

    def attachment(self, channel_id: str, attachment: Json) -> Json:
        url = self._cdn.attachment_url(channel_id, attachment)
        return {**attachment, "url": url, "proxy_url": url}

    # --- messages --------------------------------------------------------------------------------------------------

    def message(self, message: Message, viewer: str, nested: bool = False) -> Json:
        """`viewer` is whose client it is (reactions say `me`); `nested` leaves the message it answers to out."""
        world = self._world
        found: Json = {
            "id": message.id,
            "type": message.type,
            "channel_id": message.channel_id,
            "author": self.user(message.author_id),
            "content": message.content,
            "timestamp": message.timestamp,
            "edited_timestamp": message.edited_timestamp,
            "flags": message.flags,
            "tts": message.tts,
            "pinned": False,
            "mention_everyone": message.mention_everyone,
            "mentions": [self.user(u) for u in message.mentions if u in world.users],
            "mention_roles": message.mention_roles,
            "attachments": [self.attachment(message.channel_id, a) for a in message.attachments],
            "embeds": self._with_addresses(message.embeds, message),
            "components": self._with_addresses(message.components, message),
        }
        if message.reactions:
            found["reactions"] = [self._reaction(e, who, viewer) for e, who in message.reactions.items()]
        if message.sticker_ids:
            found["sticker_items"] = [
                {"id": i, "name": s["name"], "format_type": s["format_type"]}
                for i in message.sticker_ids
                if (s := world.stickers.get(i))
            ]
        if message.nonce is not None:
            found["nonce"] = message.nonce
        if message.interaction:
            self._add_interaction(found, message)
        if message.reply_to:
            self._add_reference(found, message, viewer, nested)
        return found

    def _add_interaction(self, found: Json, message: Message) -> None:
        meta = dict(message.interaction or {})
        meta["user"] = self.user(meta.pop("user_id"))
        found["interaction_metadata"] = meta
        found["application_id"] = found["webhook_id"] = self._world.application["id"]
        if message.interaction_name:
            found["interaction"] = {
                "id": meta["id"],
                "type": meta["type"],
                "name": message.interaction_name,
                "user": meta["user"],
            }

    def _add_reference(self, found: Json, message: Message, viewer: str, nested: bool) -> None:
        reference = {"type": 0, "message_id": message.reply_to, "channel_id": message.channel_id}
        if self._world.channels.get(message.channel_id, {}).get("type") != DM:
            reference["guild_id"] = self._world.guild_id
        found["message_reference"] = reference
        if not nested and found["type"] == REPLY:
            original = self._world.messages.get(message.channel_id, {}).get(message.reply_to or "")
            shown = original is not None and self._world.visible(original, message.addressee or viewer)
            found["referenced_message"] = self.message(original, viewer, nested=True) if original and shown else None

    def _reaction(self, emoji: str, people: list[str], viewer: str) -> Json:
        custom = _CUSTOM.fullmatch(emoji)
        shown: Json = {"id": custom[2], "name": custom[1]} if custom else {"id": None, "name": emoji}
        return {
            "emoji": shown,
            "count": len(people),
            "count_details": {"normal": len(people), "burst": 0},
            "me": viewer in people,
            "me_burst": False,
            "burst_colors": [],
        }

    def _with_addresses(self, tree: Any, message: Message) -> Any:
        """The same tree with `attachment://name` turned into addresses, and sizes beside them."""
        by_name = {f"attachment://{a['filename']}": a for a in message.attachments}

        def turn(node: Any) -> Any:
            if isinstance(node, list):
                return [turn(each) for each in node]
            if not isinstance(node, dict):
                return node
            turned = {key: turn(value) for key, value in node.items()}
            if "attachment_id" in node or (set(node) == {"url"} and isinstance(node["url"], str)):
                return self._media(turned, by_name.get(node["url"]), message.channel_id)
            for key in ("icon_url",):
                if by_name.get(node.get(key, "")):
                    turned[key] = self._cdn.attachment_url(message.channel_id, by_name[node[key]])
            return turned

        return turn(tree)

    def _media(self, media: Json, attachment: Json | None, channel_id: str) -> Json:
        if attachment is None:
            known = {"proxy_url": media["url"], "width": None, "height": None, "content_type": None}
            return {**media, **known, "flags": 0, "loading_state": 0, "placeholder": ""}
        shown = self.attachment(channel_id, attachment)
        return {
            "url": shown["url"],
            "proxy_url": shown["url"],
            "width": attachment.get("width"),
            "height": attachment.get("height"),
            "content_type": attachment.get("content_type"),
            "attachment_id": attachment["id"],
            "flags": 0,
            "loading_state": 2,
            "placeholder": "",
        }

    # --- people ----------------------------------------------------------------------------------------------------

    def person(self, user_id: str) -> Json:
        """A person as the page's member list shows them."""
        user = self._world.users[user_id]
        roles = [r["name"] for r in self._world.roles_of(user_id)[1:]]
        return {
            **self.user(user_id),
            "avatar_url": self._cdn.avatar_url(user),
            "role_names": roles,
            "bio": user.get("bio", ""),
            "since": made_at(user_id),
        }
