"""The state of the little Discord: one guild, its people, channels, messages, emoji, stickers and commands.

Reads are plain dictionaries of Discord's JSON; every change goes through a method here, which writes it to the store.
"""

from __future__ import annotations

from collections.abc import Iterator

from playground.errors import ApiError, Json, unknown
from playground.permissions import ALL, DIRECT_MESSAGE, Permission, add_up
from playground.records import DM, EPHEMERAL, THREADS, Message
from playground.snowflakes import Snowflakes
from playground.store import Store

_TABLES = ("user", "member", "role", "channel", "emoji", "app_emoji", "sticker", "command", "attachment")
EMOJI_SLOTS = {0: 50, 1: 100, 2: 150, 3: 250}
STICKER_SLOTS = {0: 5, 1: 15, 2: 30, 3: 60}


class World:
    """See the module; `guild`, `application` and `bot_id` are set by `playground.seed`."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.new_id = Snowflakes()
        self.guild: Json = {}
        self.application: Json = {}
        self.bot_id = ""
        self.users: dict[str, Json] = {}
        """User objects; people have `bio` besides."""
        self.members: dict[str, Json] = {}
        self.roles: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        """Channel objects; direct messages keep the person's id as `person`."""
        self.emojis: dict[str, Json] = {}
        self.app_emojis: dict[str, Json] = {}
        self.stickers: dict[str, Json] = {}
        self.commands: dict[str, Json] = {}
        self.attachments: dict[str, Json] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        """Channel id to its messages by id, oldest first."""
        self._by_kind = dict(
            zip(
                _TABLES,
                (
                    self.users,
                    self.members,
                    self.roles,
                    self.channels,
                    self.emojis,
                    self.app_emojis,
                    self.stickers,
                    self.commands,
                    self.attachments,
                ),
                strict=True,
            )
        )

    # --- keeping ---------------------------------------------------------------------------------------------------

    def load(self) -> bool:
        """Read the store; False if it holds no world yet."""
        kept = dict(self.store.all("world"))
        if "guild" not in kept:
            return False
        self.guild = kept["guild"]
        self.application = kept["application"]
        self.bot_id = self.application["bot_id"]
        for kind, table in self._by_kind.items():
            table.update(self.store.all(kind))
            for record_id in table:
                self.new_id.pass_over(record_id)
        for message_id, body in self.store.all("message"):
            message = Message.from_json(body)
            self.messages.setdefault(message.channel_id, {})[message_id] = message
            self.new_id.pass_over(message_id)
        return True

    def found(self, guild: Json, application: Json) -> None:
        """Start a new world: the guild's own fields and the application's (with `bot_id`)."""
        self.guild, self.application, self.bot_id = guild, application, application["bot_id"]

    def settle(self) -> None:
        """Write down that the world is complete; a founding that was broken off starts again."""
        self.store.put_all("world", {"guild": self.guild, "application": self.application})

    def keep(self, kind: str, record: Json, record_id: str | None = None) -> Json:
        """Add or change one record of a table."""
        record_id = record_id or record["id"]
        self._by_kind[kind][record_id] = record
        self.store.put(kind, record_id, record)
        return record

    def forget(self, kind: str, record_id: str) -> None:
        self._by_kind[kind].pop(record_id, None)
        self.store.drop(kind, record_id)

    def keep_message(self, message: Message) -> None:
        self.messages.setdefault(message.channel_id, {})[message.id] = message
        self.store.put("message", message.id, message.to_json())

    def forget_message(self, message: Message) -> None:
        self.messages.get(message.channel_id, {}).pop(message.id, None)
        self.store.drop("message", message.id)

    # --- asking ----------------------------------------------------------------------------------------------------

    @property
    def guild_id(self) -> str:
        return str(self.guild["id"])

    @property
    def people(self) -> list[Json]:
        """Everyone but the bot, in the order they were made."""
        return [user for user in self.users.values() if not user.get("bot")]

    def channel(self, channel_id: str) -> Json:
        """Raises 10003 if there is none."""
        if channel_id not in self.channels:
            raise unknown("Channel")
        return self.channels[channel_id]

    def message(self, channel_id: str, message_id: str, viewer: str | None = None) -> Message:
        """Raises 10008 if there is none that `viewer` (None: anyone) may know of."""
        message = self.messages.get(channel_id, {}).get(message_id)
        if message is None or (viewer and not self.visible(message, viewer)):
            raise unknown("Message")
        return message

    def find_message(self, message_id: str) -> Message | None:
        """A message by its id alone."""
        return next((m[message_id] for m in self.messages.values() if message_id in m), None)

    def visible(self, message: Message, viewer: str) -> bool:
        """An ephemeral message shows to its addressee only, not even to the bot."""
        return not message.flags & EPHEMERAL or (message.addressee == viewer and not message.dismissed)

    def history(self, channel_id: str, viewer: str) -> Iterator[Message]:
        """What `viewer` sees of a channel, oldest first."""
        return (m for m in list(self.messages.get(channel_id, {}).values()) if self.visible(m, viewer))

    def direct_channel(self, person: str) -> Json:
        """The direct messages of one person with the bot, made when first asked for."""
        if person not in self.users or person == self.bot_id:
            raise ApiError(400, 50007, "Cannot send messages to this user")
        for channel in self.channels.values():
            if channel["type"] == DM and channel["person"] == person:
                return channel
        fresh = {"id": self.new_id(), "type": DM, "person": person, "flags": 0, "last_message_id": None}
        return self.keep("channel", fresh)

    def guild_channels(self) -> list[Json]:
        """Channels of the guild without threads, in their order."""
        found = [c for c in self.channels.values() if c["type"] != DM and c["type"] not in THREADS]
        return sorted(found, key=lambda c: (c["position"], int(c["id"])))

    def threads(self) -> list[Json]:
        return [c for c in self.channels.values() if c["type"] in THREADS]

    def roles_of(self, user_id: str) -> list[Json]:
        """A member's roles, @everyone first."""
        own = [self.roles[i] for i in self.members[user_id]["roles"] if i in self.roles]
        return [self.roles[self.guild_id], *own]

    def permissions(self, user_id: str, channel: Json | None = None) -> int:
        """What a member may do in a channel, or in the guild at large; nothing for strangers."""
        if channel is not None and channel["type"] == DM:
            return int(DIRECT_MESSAGE) if user_id in (channel["person"], self.bot_id) else 0
        if user_id not in self.members:
            return 0
        if user_id == self.guild["owner_id"]:
            return ALL
        parent = channel
        if channel is not None and channel["type"] in THREADS:
            parent = self.channels.get(channel["parent_id"], channel)
        overwrites = parent.get("permission_overwrites", []) if parent else []
        return add_up(self.guild_id, self.roles_of(user_id), overwrites, user_id)

    def may(self, user_id: str, needed: Permission, channel: Json | None = None) -> bool:
        return self.permissions(user_id, channel) & needed == needed

    def commands_of(self, guild_id: str | None) -> list[Json]:
        """Global commands (None) or a guild's own."""
        return [c for c in self.commands.values() if c.get("guild_id") == guild_id]

    def slots(self) -> tuple[int, int]:
        """How many emoji of a kind (still, moving) and how many stickers the guild can hold."""
        tier = self.guild["premium_tier"]
        return EMOJI_SLOTS[tier], STICKER_SLOTS[tier]
