"""What a person typed behind a command, checked as Discord's client does it and turned into the bot's data."""

from __future__ import annotations

import math
from typing import Any

from playground.checks.messages import describe
from playground.control.calls import Act, Wrong
from playground.errors import Json
from playground.records import DM

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)


class Resolved:
    """Collects the `resolved` part of an interaction's data."""

    def __init__(self, act: Act, channel: Json) -> None:
        self._act = act
        self._channel = channel
        self.found: Json = {}

    def _put(self, kind: str, record_id: str, record: Json) -> None:
        self.found.setdefault(kind, {})[record_id] = record

    def user(self, user_id: str) -> None:
        world, shown = self._act.world, self._act.play.rendering
        if user_id not in world.users:
            raise Wrong("There is no such person")
        self._put("users", user_id, shown.user(user_id))
        if self._channel["type"] != DM and user_id in world.members:
            self._put("members", user_id, shown.member(user_id, self._channel, with_user=False))

    def role(self, role_id: str) -> None:
        if role_id not in self._act.world.roles:
            raise Wrong("There is no such role")
        self._put("roles", role_id, self._act.world.roles[role_id])

    def channel(self, channel_id: str) -> None:
        channel = self._act.channel(channel_id)
        permissions = str(self._act.world.permissions(self._act.person, channel))
        self._put("channels", channel_id, {**self._act.play.rendering.channel(channel), "permissions": permissions})

    def mentionable(self, record_id: str) -> None:
        (self.role if record_id in self._act.world.roles else self.user)(record_id)

    async def attachment(self, index: Any) -> str:
        """Keep an uploaded file; returns its new id."""
        upload = self._act.upload(index)
        world = self._act.world
        found = describe(upload, world.new_id())
        await world.store.save_blob(found["id"], upload.data)
        world.keep("attachment", {**found, "channel_id": self._channel["id"]})
        shown = self._act.play.rendering.attachment(self._channel["id"], found)
        self._put("attachments", found["id"], {**shown, "ephemeral": True})
        return str(found["id"])


async def read_options(
    act: Act, definitions: list[Json], given: list[Json], resolved: Resolved, partial: bool = False
) -> list[Json]:
    """Discord's `options` from [{name, value}]; subcommands nest as {name, options}.

    `partial`: autocomplete, where required options may still be missing and values half typed. Raises `Wrong`.
    """
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Wrong("options must be a list of {name, value}")
    by_name = {d["name"]: d for d in definitions}
    for each in given:
        if each.get("name") not in by_name:
            raise Wrong(f"The command has no option {each.get('name')}")
    if definitions and definitions[0]["type"] in (SUBCOMMAND, GROUP):
        return [await _read_sub(act, by_name, given, resolved, partial)]
    values = {each["name"]: each for each in given if each.get("value") is not None}
    found: list[Json] = []
    for definition in definitions:
        typed = values.get(definition["name"])
        if typed is None:
            if definition.get("required") and not partial:
                raise Wrong(f"{definition['name']} is required")
            continue
        option = {"name": definition["name"], "type": definition["type"]}
        if partial and typed.get("focused"):
            found.append({**option, "value": str(typed["value"]), "focused": True})
        elif not (partial and definition["type"] == ATTACHMENT):
            found.append({**option, "value": await _read_value(definition, typed["value"], resolved)})
    return found


async def _read_sub(act: Act, by_name: dict[str, Json], given: list[Json], resolved: Resolved, partial: bool) -> Json:
    if len(given) != 1:
        raise Wrong(f"Choose one of {', '.join(by_name)}")
    definition = by_name[given[0]["name"]]
    inner = await read_options(act, definition.get("options", []), given[0].get("options", []), resolved, partial)
    return {"name": definition["name"], "type": definition["type"], "options": inner}


async def _read_value(definition: Json, value: Any, resolved: Resolved) -> Any:
    kind, name = definition["type"], definition["name"]
    if kind == ATTACHMENT:
        return await resolved.attachment(value)
    if kind == BOOLEAN:
        if not isinstance(value, bool):
            raise Wrong(f"{name} is true or false")
        return value
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
        by_kind = {USER: resolved.user, CHANNEL: resolved.channel, ROLE: resolved.role}
        by_kind.get(kind, resolved.mentionable)(str(value))
        return str(value)
    value = _read_text(definition, value) if kind == STRING else _read_number(definition, value)
    choices = definition.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise Wrong(f"{name} must be one of {', '.join(choice['name'] for choice in choices)}")
    return value


def _read_text(definition: Json, value: Any) -> str:
    name = definition["name"]
    if not isinstance(value, str):
        raise Wrong(f"{name} must be a text")
    low, high = definition.get("min_length") or 0, definition.get("max_length") or 6000
    if not low <= len(value) <= high:
        raise Wrong(f"{name} must have {low} to {high} characters")
    return value


def _read_number(definition: Json, value: Any) -> int | float:
    name = definition["name"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Wrong(f"{name} must be a number")
    if definition["type"] == INTEGER and not float(value).is_integer():
        raise Wrong(f"{name} must be a whole number")
    low, high = definition.get("min_value", -(2**53)), definition.get("max_value", 2**53)
    if not low <= value <= high:
        raise Wrong(f"{name} must be from {low} to {high}")
    return int(value) if definition["type"] == INTEGER else value
