"""Posting, editing and deleting messages: what the checked drafts do to the world, and who hears of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from playground.checks.components import walk
from playground.checks.messages import Draft, find_mentions
from playground.errors import ApiError, Invalid, Json, unknown
from playground.outbox import Outbox
from playground.records import DEFAULT, LOADING, REPLY, SUPPRESS_EMBEDS, Message
from playground.settings import Settings
from playground.snowflakes import made_at
from playground.uploads import Upload
from playground.world import World

_NONCE_SECONDS = 300.0
"""Discord: "the past few minutes"."""
_OLD_EDITS, _OLD_EDITS_SECONDS = 5, 60.0
"""Discord does not publish the throttle of edits to messages older than an hour; this is on the strict side."""


def now_iso() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Messages:
    def __init__(self, world: World, outbox: Outbox, settings: Settings) -> None:
        self._world = world
        self._outbox = outbox
        self._settings = settings
        self._nonces: dict[tuple[str, str], tuple[float, str]] = {}

    def with_nonce(self, author_id: str, draft: Draft) -> Message | None:
        """The message that this author already sent with an enforced nonce."""
        if not draft.enforce_nonce or draft.nonce is None:
            return None
        limit = time.time() - _NONCE_SECONDS
        self._nonces = {key: value for key, value in self._nonces.items() if value[0] > limit}
        seen = self._nonces.get((author_id, str(draft.nonce)))
        return self._world.find_message(seen[1]) if seen else None

    async def post(self, draft: Draft, author_id: str, channel_id: str, **fields: Any) -> Message:
        """Post a draft; `fields` are those of `Message` that the draft does not have (addressee, interaction …)."""
        world = self._world
        text = " ".join([draft.content or "", *_texts(draft.components or [])])
        users, roles, everyone = find_mentions(text, draft.allowed_mentions)
        message = Message(
            id=world.new_id(),
            channel_id=channel_id,
            author_id=author_id,
            timestamp=now_iso(),
            content=draft.content or "",
            flags=draft.flags or 0,
            embeds=draft.embeds or [],
            components=draft.components or [],
            attachments=draft.attachments or [],
            sticker_ids=draft.sticker_ids,
            mentions=[u for u in users if u in world.users],
            mention_roles=[r for r in roles if r in world.roles],
            mention_everyone=everyone,
            tts=draft.tts,
            nonce=draft.nonce,
            **fields,
        )
        if draft.reply_to:
            self._answer(message, draft)
        if draft.nonce is not None:
            self._nonces[author_id, str(draft.nonce)] = (time.time(), message.id)
        await self._save_files(channel_id, draft.files, message.attachments)
        world.keep_message(message)
        channel = world.channel(channel_id)
        if not message.ephemeral:
            world.keep("channel", {**channel, "last_message_id": message.id})
        self._outbox.message("create", message)
        return message

    def _answer(self, message: Message, draft: Draft) -> None:
        target = self._world.messages.get(message.channel_id, {}).get(draft.reply_to or "")
        if target is None or not self._world.visible(target, message.author_id):
            if draft.reply_must_exist:
                found = [(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")]
                raise Invalid(found)  # type: ignore[arg-type]
            return
        message.reply_to = target.id
        message.type = REPLY if message.type == DEFAULT else message.type
        pinged = draft.allowed_mentions is None or draft.allowed_mentions.get("replied_user") is not False
        if pinged and target.author_id not in message.mentions and target.author_id != message.author_id:
            message.mentions.append(target.author_id)

    async def edit(self, message: Message, draft: Draft, keep_time: bool = False) -> Message:
        """Apply a draft to a message. `keep_time`: a deferred answer is filled in, which is no edit to readers.

        Files are written first, so that the change itself is of one piece, whatever else happens meanwhile.
        """
        await self._save_files(message.channel_id, draft.files, draft.attachments or [])
        if message.id not in self._world.messages.get(message.channel_id, {}):
            raise unknown("Message")  # deleted while its files were written
        if draft.content is not None:
            message.content = draft.content
        if draft.embeds is not None:
            message.embeds = draft.embeds
        if draft.components is not None:
            message.components = draft.components
        if draft.flags is not None:
            message.flags = message.flags & ~SUPPRESS_EMBEDS | draft.flags
        message.flags &= ~LOADING
        gone: list[str] = []
        if draft.attachments is not None:
            kept = {a["id"] for a in draft.attachments}
            gone = [a["id"] for a in message.attachments if a["id"] not in kept]
            message.attachments = draft.attachments
        text = " ".join([message.content, *_texts(message.components)])
        users, roles, _ = find_mentions(text, draft.allowed_mentions)
        message.mentions = [u for u in users if u in self._world.users]
        message.mention_roles = [r for r in roles if r in self._world.roles]
        if not keep_time:
            message.edited_timestamp = now_iso()
        self._world.keep_message(message)
        self._outbox.message("update", message)
        for attachment_id in gone:
            await self._drop_file(attachment_id)
        return message

    def throttle_old(self, message: Message) -> None:
        """Raises 429 (30046) for too many edits of a message older than an hour."""
        now = time.time()
        if now - made_at(message.id) < self._settings.old_message_seconds:
            return
        recent = [t for t in message.edits_when_old if now - t < _OLD_EDITS_SECONDS]
        if len(recent) >= _OLD_EDITS:
            sentence = "Maximum number of edits to messages older than 1 hour reached. Try again later."
            raise ApiError(429, 30046, sentence)
        message.edits_when_old = [*recent, now]

    async def delete(self, message: Message) -> None:
        self._world.forget_message(message)
        for attachment in message.attachments:
            await self._drop_file(attachment["id"])
        self._outbox.message_deleted(message)

    def dismiss(self, message: Message) -> None:
        """Hide an ephemeral answer from its addressee."""
        self._outbox.message_deleted(message)
        message.dismissed = True
        self._world.keep_message(message)

    async def _save_files(self, channel_id: str, files: dict[str, Upload], attachments: list[Json]) -> None:
        for attachment in attachments:
            upload = files.get(attachment["id"])
            if upload:
                await self._world.store.save_blob(attachment["id"], upload.data)
                self._world.keep("attachment", {**attachment, "channel_id": channel_id})

    async def _drop_file(self, attachment_id: str) -> None:
        self._world.forget("attachment", attachment_id)
        await self._world.store.drop_blob(attachment_id)


def _texts(components: list[Any]) -> list[str]:
    return [component["content"] for component in walk(components) if component.get("content")]
