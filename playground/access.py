"""Who may use which command: the permissions it asks for, and where it can be used."""

from __future__ import annotations

from playground.errors import Json
from playground.permissions import Permission
from playground.records import DM
from playground.world import World

GUILD_CONTEXT, BOT_DM_CONTEXT = 0, 1


def contexts_of(command: Json) -> list[int]:
    """Where a command can be used; Discord's default is everywhere the application is installed."""
    if command.get("guild_id"):
        return [GUILD_CONTEXT]
    if command.get("contexts") is not None:
        return list(command["contexts"])
    return [GUILD_CONTEXT] if command.get("dm_permission") is False else [GUILD_CONTEXT, BOT_DM_CONTEXT]


def may_use(world: World, person: str, command: Json, channel: Json | None = None) -> bool:
    """Whether a person sees this command in this channel (None: anywhere in the guild)."""
    if channel is not None and channel["type"] == DM:
        return BOT_DM_CONTEXT in contexts_of(command)
    if GUILD_CONTEXT not in contexts_of(command):
        return False
    bits = world.permissions(person, channel)
    if bits & Permission.ADMINISTRATOR:
        return True
    wanted = command.get("default_member_permissions")
    if wanted is not None and (int(wanted) == 0 or bits & int(wanted) != int(wanted)):
        return False
    return bool(bits & Permission.USE_APPLICATION_COMMANDS)


def visible_commands(world: World, person: str) -> list[Json]:
    """All commands this person may use, each with `may` {guild, dm}: a command that asks for permissions is open to
    all in direct messages, as on Discord, unless its contexts say otherwise."""
    direct = world.direct_channel(person)
    found = [
        {**command, "may": {"guild": may_use(world, person, command), "dm": may_use(world, person, command, direct)}}
        for command in world.commands.values()
    ]
    return [command for command in found if any(command["may"].values())]
