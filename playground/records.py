"""The records that are more than Discord's own JSON: messages, and the limits and types they go by."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from playground.errors import Json

# Message flags
SUPPRESS_EMBEDS: Final = 1 << 2
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
COMPONENTS_V2: Final = 1 << 15

# Message types
DEFAULT: Final = 0
REPLY: Final = 19
CHAT_INPUT_COMMAND: Final = 20
CONTEXT_MENU_COMMAND: Final = 23

# Channel types
TEXT: Final = 0
DM: Final = 1
PUBLIC_THREAD: Final = 11
PRIVATE_THREAD: Final = 12
THREADS: Final = frozenset({10, PUBLIC_THREAD, PRIVATE_THREAD})


@dataclass
class Message:
    """One message as kept; `playground.rendering` turns it into what a client sees.

    Media in components and embeds are kept as `attachment://name` together with the attachment's id, because their
    addresses are signed when they are shown.
    """

    id: str
    channel_id: str
    author_id: str
    timestamp: str
    type: int = DEFAULT
    content: str = ""
    flags: int = 0
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    sticker_ids: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    tts: bool = False
    edited_timestamp: str | None = None
    nonce: str | int | None = None
    reply_to: str | None = None
    interaction: Json | None = None
    """`interaction_metadata` of an answer to an interaction."""
    interaction_name: str = ""
    """The command's name, for the older field `interaction`."""
    addressee: str | None = None
    """The one person who sees an ephemeral message."""
    dismissed: bool = False
    """Put away by its addressee."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    """Emoji (a Unicode emoji or `name:id`) to the people who gave it, in order."""
    edits_when_old: list[float] = field(default_factory=list)
    """Times of edits after the first hour, seconds since 1970."""

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def v2(self) -> bool:
        return bool(self.flags & COMPONENTS_V2)

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Message:
        return cls(**body)
