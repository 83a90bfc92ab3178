"""Permission bits and how roles and channel overwrites add up. Source: Discord's page "Permissions"."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag

from playground.errors import Json


class Permission(IntFlag):
    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51


ALL = (1 << 53) - 1
P = Permission
DIRECT_MESSAGE = (
    P.VIEW_CHANNEL
    | P.SEND_MESSAGES
    | P.EMBED_LINKS
    | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY
    | P.ADD_REACTIONS
    | P.MENTION_EVERYONE
    | P.USE_EXTERNAL_EMOJIS
    | P.USE_EXTERNAL_STICKERS
    | P.USE_APPLICATION_COMMANDS
)
"""What everyone may do in a direct message."""


def add_up(everyone: str, roles: Iterable[Json], overwrites: Iterable[Json], user_id: str) -> int:
    """Permissions of one member in one channel.

    `everyone` is the id of the role that all have; `roles` are the member's, with that one.
    """
    roles = list(roles)
    bits = 0
    for role in roles:
        bits |= int(role["permissions"])
    if bits & P.ADMINISTRATOR:
        return ALL
    role_ids = {role["id"] for role in roles} - {everyone}
    by_id = {overwrite["id"]: overwrite for overwrite in overwrites}
    for group in ([everyone], [i for i in by_id if i in role_ids], [user_id]):
        found = [by_id[i] for i in group if i in by_id]
        for overwrite in found:
            bits &= ~int(overwrite["deny"])
        for overwrite in found:
            bits |= int(overwrite["allow"])
    if not bits & P.VIEW_CHANNEL:
        return 0
    if not bits & P.SEND_MESSAGES:
        bits &= ~(P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES | P.ATTACH_FILES | P.EMBED_LINKS)
    return bits
