"""Founds the demo server: people, roles, channels, the bot, its emoji, and a first word in the channels."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

from playground.checks.messages import Draft
from playground.errors import Json
from playground.permissions import Permission
from playground.playing import Playground
from playground.records import TEXT
from playground.snowflakes import snowflake
from playground.world import World

DEMO = Path(__file__).parent / "demo"
_FOUNDED_MS = 1_767_225_600_000
"""2026-01-01: the ids below are the same in every playground."""
GUILD, BOT, MEMBER, ARTIST, MODERATOR = (snowflake(_FOUNDED_MS, n) for n in range(1, 6))
ARTIST_ROLE, MODERATOR_ROLE, BOT_ROLE = (snowflake(_FOUNDED_MS, n) for n in range(6, 9))
WELCOME, STUDIO, GALLERY, LOUNGE, STAFF = (snowflake(_FOUNDED_MS, n) for n in range(10, 15))

P = Permission
_EVERYONE = (
    P.VIEW_CHANNEL
    | P.SEND_MESSAGES
    | P.SEND_MESSAGES_IN_THREADS
    | P.EMBED_LINKS
    | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY
    | P.ADD_REACTIONS
    | P.USE_EXTERNAL_EMOJIS
    | P.CHANGE_NICKNAME
    | P.USE_APPLICATION_COMMANDS
)
_ARTIST = P.CREATE_GUILD_EXPRESSIONS | P.CREATE_PUBLIC_THREADS
_MODERATOR = (
    P.MANAGE_GUILD
    | P.MANAGE_MESSAGES
    | P.MANAGE_CHANNELS
    | P.MANAGE_GUILD_EXPRESSIONS
    | P.CREATE_GUILD_EXPRESSIONS
    | P.MODERATE_MEMBERS
    | P.MENTION_EVERYONE
    | P.VIEW_AUDIT_LOG
    | P.CREATE_PUBLIC_THREADS
    | P.MANAGE_THREADS
)
BOT_PERMISSIONS = (
    P.VIEW_CHANNEL
    | P.SEND_MESSAGES
    | P.SEND_MESSAGES_IN_THREADS
    | P.CREATE_PUBLIC_THREADS
    | P.EMBED_LINKS
    | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY
    | P.ADD_REACTIONS
    | P.USE_EXTERNAL_EMOJIS
    | P.CREATE_GUILD_EXPRESSIONS
)
"""What the invite of an art bot asks for."""

_PEOPLE: tuple[tuple[str, str, str, list[str], str], ...] = (
    (MEMBER, "juno", "Juno", [], "Here for the emoji. Collects frogs."),
    (ARTIST, "ada.draws", "Ada", [ARTIST_ROLE], "Draws creatures with too many eyes. CC0 or it didn't happen."),
    (MODERATOR, "moss", "Moss", [MODERATOR_ROLE], "Keeps the place tidy. Ask me about roles."),
)
_CHANNELS = (
    (WELCOME, "welcome", "What this place is, and how to begin", "read"),
    (STUDIO, "studio", "Make pictures here: type / and look around", "write"),
    (GALLERY, "gallery", "Show what you made, and be kind about what others made", "write"),
    (LOUNGE, "lounge", "Everything else", "write"),
    (STAFF, "moderators", "Only moderators read this", "staff"),
)
_GREETINGS = (
    (
        WELCOME,
        MODERATOR,
        "# Welcome to The Artel\nThis is a Discord of its own, on your machine: nothing you do here leaves it. "
        "You can be **Juno** (a member), **Ada** (an artist) or **Moss** (a moderator): switch at the lower left, and "
        "see what each of us may do.\n\nGo to <#{studio}> and type `/` to see what the bot can do.",
    ),
    (STUDIO, ARTIST, "Paint's still wet in here. Type `/` and make something {emoji}"),
    (GALLERY, MEMBER, "First! Waiting for somebody's masterpiece {emoji}"),
)


async def open_world(play: Playground) -> None:
    """Read the kept world, or found a new one."""
    if not play.world.load():
        await _found(play)
    play.interactions.load()
    if play.settings.data:
        await asyncio.to_thread(_lay_out_art, play.settings.data / "art")


def _lay_out_art(folder: Path) -> None:
    """Put the demo's folders of art beside the world, once: an operator may change or remove them afterwards."""
    if not folder.exists():
        shutil.copytree(DEMO / "art", folder)


async def _found(play: Playground) -> None:
    world = play.world
    world.found(_guild(), _application())
    joined = datetime.fromtimestamp(_FOUNDED_MS / 1000, UTC).isoformat()
    for role in _roles():
        world.keep("role", role)
    for user_id, username, shown, roles, bio in _PEOPLE:
        await _add_user(play, {"id": user_id, "username": username, "global_name": shown, "bio": bio})
        world.keep("member", {"roles": roles, "joined_at": joined, "nick": None}, user_id)
    await _add_user(play, {"id": BOT, "username": "Artel", "global_name": None, "bot": True})
    world.keep("member", {"roles": [BOT_ROLE], "joined_at": joined, "nick": None}, BOT)
    await _add_portrait(play, GUILD, "guild")
    for position, (channel_id, name, topic, kind) in enumerate(_CHANNELS):
        world.keep("channel", _channel(channel_id, name, topic, kind, position))
    for person in (MEMBER, ARTIST, MODERATOR):
        world.direct_channel(person)
    await _add_emojis(play)
    await _greet(play)
    world.settle()


def _guild() -> Json:
    return {
        "id": GUILD,
        "name": "The Artel",
        "icon": "guild",
        "owner_id": MODERATOR,
        "features": [],
        "premium_tier": 3,
        "premium_subscription_count": 14,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "preferred_locale": "en-US",
        "description": None,
        "splash": None,
        "banner": None,
        "discovery_splash": None,
        "vanity_url_code": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "application_id": None,
        "max_members": 500_000,
        "premium_progress_bar_enabled": False,
    }


def _application() -> Json:
    """The bot's application; its id is the bot's, as with every application made since 2016."""
    return {
        "id": BOT,
        "bot_id": BOT,
        "owner_id": MODERATOR,
        "name": "Artel",
        "icon": None,
        "description": "A server's own art studio",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": hashlib.sha256(b"playground").hexdigest(),
        "flags": 1 << 23,
        "tags": [],
        "integration_types_config": {"0": {}, "1": {}},
    }


def _roles() -> list[Json]:
    def role(role_id: str, name: str, bits: int, color: int, position: int, tags: Json | None = None) -> Json:
        return {
            "id": role_id,
            "name": name,
            "permissions": str(int(bits)),
            "color": color,
            "colors": {"primary_color": color, "secondary_color": None, "tertiary_color": None},
            "hoist": position > 0,
            "position": position,
            "managed": tags is not None,
            "mentionable": position > 0,
            "flags": 0,
            "icon": None,
            "unicode_emoji": None,
            **({"tags": tags} if tags else {}),
        }

    return [
        role(GUILD, "@everyone", _EVERYONE, 0, 0),
        role(ARTIST_ROLE, "Artist", _ARTIST, 0xE8A33D, 1),
        role(BOT_ROLE, "Artel", BOT_PERMISSIONS, 0x5865F2, 2, {"bot_id": BOT}),
        role(MODERATOR_ROLE, "Moderator", _MODERATOR, 0x3BA55D, 3),
    ]


def _channel(channel_id: str, name: str, topic: str, kind: str, position: int) -> Json:
    overwrites = []
    if kind == "read":
        overwrites.append({"id": GUILD, "type": 0, "allow": "0", "deny": str(int(P.SEND_MESSAGES))})
        overwrites.append({"id": MODERATOR_ROLE, "type": 0, "allow": str(int(P.SEND_MESSAGES)), "deny": "0"})
    if kind == "staff":
        overwrites.append({"id": GUILD, "type": 0, "allow": "0", "deny": str(int(P.VIEW_CHANNEL))})
        overwrites.append({"id": MODERATOR_ROLE, "type": 0, "allow": str(int(P.VIEW_CHANNEL)), "deny": "0"})
        overwrites.append({"id": BOT_ROLE, "type": 0, "allow": str(int(P.VIEW_CHANNEL)), "deny": "0"})
    return {
        "id": channel_id,
        "type": TEXT,
        "name": name,
        "topic": topic,
        "position": position,
        "parent_id": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "permission_overwrites": overwrites,
        "flags": 0,
    }


async def _add_user(play: Playground, user: Json) -> None:
    name = "artel" if user.get("bot") else str(user["username"]).split(".")[0]
    play.world.keep("user", {**user, "avatar": name})
    await _add_portrait(play, user["id"], name)


async def _add_portrait(play: Playground, owner: str, name: str) -> None:
    data = await asyncio.to_thread(_read, DEMO / "portraits" / f"{name}.png")
    if data:
        await play.store.save_blob(f"portrait-{owner}", data)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


async def _add_emojis(play: Playground) -> None:
    """The pictures of `demo/emoji`, in the order of their names."""
    pictures = await asyncio.to_thread(
        lambda: [(p.stem, p.read_bytes()) for p in sorted((DEMO / "emoji").glob("*.png"))]
    )
    for n, (name, data) in enumerate(pictures):
        emoji: Json = {"id": snowflake(_FOUNDED_MS + 1000, n), "name": name, "animated": False, "user_id": ARTIST}
        await play.store.save_blob(emoji["id"], data)
        play.world.keep("emoji", emoji)


async def _greet(play: Playground) -> None:
    for n, (channel_id, author, text) in enumerate(_GREETINGS):
        content = text.format(studio=STUDIO, emoji=_mention(play.world, 40 * n))
        await play.messages.post(Draft(content=content), author, channel_id)


def _mention(world: World, n: int) -> str:
    emojis = list(world.emojis.values())
    return f"<:{emojis[n % len(emojis)]['name']}:{emojis[n % len(emojis)]['id']}>" if emojis else ""
