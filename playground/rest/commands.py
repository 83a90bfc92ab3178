"""Registering application commands, global ones and a guild's own."""

from __future__ import annotations

from typing import Any

from playground.checks.commands import MAX_BY_TYPE, read_command, read_commands
from playground.errors import ApiError, Json, missing_access, unknown
from playground.rest.calls import NOTHING, Call


def _scope(call: Call) -> str | None:
    """The guild of the path, None for global. Raises 20012 for another's application, 50001 for a foreign guild."""
    if call["application_id"] != call.world.application["id"]:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    guild_id = call.request.match_info.get("guild_id")
    if guild_id is not None and guild_id != call.world.guild_id:
        raise missing_access()
    return guild_id


def _find(call: Call) -> Json:
    scope = _scope(call)
    command = call.world.commands.get(call["command_id"])
    if command is None or command.get("guild_id") != scope:
        raise unknown("application command")
    return command


async def list_all(call: Call) -> list[Json]:
    return call.world.commands_of(_scope(call))


async def overwrite(call: Call) -> list[Json]:
    """PUT: the list is complete; a command that was there keeps its id, and its version if nothing changed."""
    scope = _scope(call)
    wanted = read_commands(call.body)
    old = {(c["type"], c["name"]): c for c in call.world.commands_of(scope)}
    kept = [_save(call, scope, command, old.pop((command["type"], command["name"]), None)) for command in wanted]
    for gone in old.values():
        call.world.forget("command", gone["id"])
    call.play.commands_changed()
    return kept


async def create(call: Call) -> Json:
    """POST: adds, or replaces the command with the same name."""
    scope = _scope(call)
    command = read_command(call.body)
    same_kind = [c for c in call.world.commands_of(scope) if c["type"] == command["type"]]
    old = next((c for c in same_kind if c["name"] == command["name"]), None)
    if old is None and len(same_kind) >= MAX_BY_TYPE[command["type"]]:
        raise ApiError(400, 30032, "Maximum number of application commands reached")
    saved = _save(call, scope, command, old)
    call.play.commands_changed()
    return saved


async def get_one(call: Call) -> Json:
    return _find(call)


async def edit(call: Call) -> Json:
    old = _find(call)
    fresh = read_command({**old, **(call.body if isinstance(call.body, dict) else {})})
    saved = _save(call, old.get("guild_id"), fresh, old)
    call.play.commands_changed()
    return saved


async def delete(call: Call) -> Any:
    call.world.forget("command", _find(call)["id"])
    call.play.commands_changed()
    return NOTHING


def _save(call: Call, scope: str | None, command: Json, old: Json | None) -> Json:
    fixed: Json = {
        "id": old["id"] if old else call.world.new_id(),
        "application_id": call.world.application["id"],
        **command,
    }
    if scope:
        fixed["guild_id"] = scope
    if old and {**fixed, "version": old["version"]} == old:
        return old
    return call.world.keep("command", {**fixed, "version": call.world.new_id()})


ROUTES: list[tuple[str, str, Any]] = []
for _base in ("/applications/{application_id}/commands", "/applications/{application_id}/guilds/{guild_id}/commands"):
    ROUTES += [
        ("GET", _base, list_all),
        ("PUT", _base, overwrite),
        ("POST", _base, create),
        ("GET", _base + "/{command_id}", get_one),
        ("PATCH", _base + "/{command_id}", edit),
        ("DELETE", _base + "/{command_id}", delete),
    ]
