"""Telling Discord our commands, once per change: a start compares and mostly stays silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.http import Route

log = structlog.get_logger(__name__)

Command = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu

_COMMAND = ("type", "name", "description", "default_member_permissions", "nsfw", "contexts", "integration_types")
_WORDS = ("name_localizations", "description_localizations")
_OPTION = (
    "type",
    "name",
    "description",
    "required",
    "autocomplete",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "channel_types",
)


async def sync_if_changed(tree: app_commands.CommandTree[Any]) -> bool:
    """Compare what Discord has with what we have, and write only when they differ. Returns whether it wrote.

    A failure is logged, not raised: the commands of the last start still work.
    """
    try:
        # The raw answer: discord.py's AppCommand loses permissions and reads contexts and installs shifted by one.
        route = Route("GET", "/applications/{app}/commands", app=tree.client.application_id or 0)
        there = await tree.client.http.request(route, params={"with_localizations": "true"})
        here = [await _as_sent(command, tree) for command in tree.get_commands()]
        if canonical(there) == canonical(here):
            log.info("commands unchanged", count=len(here))
            return False
        await tree.sync()
    except (discord.HTTPException, app_commands.CommandSyncFailure, aiohttp.ClientError, OSError) as error:
        log.error("commands not synced", error=str(error))
        return False
    log.info("commands synced", count=len(here))
    return True


async def _as_sent(command: Command, tree: app_commands.CommandTree[Any]) -> Mapping[str, Any]:
    if tree.translator is None:
        return command.to_dict(tree)
    return await command.get_translated_payload(tree, tree.translator)


def canonical(commands: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Commands in one order and without what Discord adds or leaves out as a default."""
    return sorted((_command(command) for command in commands), key=lambda one: (one.get("type", 1), one["name"]))


def _command(command: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"type": 1} | {key: command[key] for key in _COMMAND if _says_something(command.get(key))}
    for key in ("contexts", "integration_types"):
        if key in kept:
            kept[key] = sorted(kept[key])
    if "default_member_permissions" in kept:
        kept["default_member_permissions"] = str(kept["default_member_permissions"])
    return kept | _words(command) | _options(command)


def _words(holder: Mapping[str, Any]) -> dict[str, Any]:
    """Names and descriptions in other languages."""
    return {key: dict(sorted(holder[key].items())) for key in _WORDS if holder.get(key)}


def _options(holder: Mapping[str, Any]) -> dict[str, Any]:
    options = [
        {key: option[key] for key in _OPTION if _says_something(option.get(key))}
        | ({"choices": [_choice(one) for one in option["choices"]]} if option.get("choices") else {})
        | _words(option)
        | _options(option)
        for option in holder.get("options") or ()
    ]
    return {"options": options} if options else {}


def _choice(choice: Mapping[str, Any]) -> tuple[str, Any, dict[str, Any]]:
    return choice["name"], choice["value"], _words(choice)


def _says_something(value: object) -> bool:
    return value is not None and value is not False and value != [] and value != ""
