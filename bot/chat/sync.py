"""Telling Discord our commands, once per change: a start compares and mostly stays silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

log = structlog.get_logger(__name__)

_COMMAND = ("type", "name", "description", "default_member_permissions", "nsfw", "contexts", "integration_types")
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
        there = await tree.client.http.get_global_commands(tree.client.application_id or 0)
        here = [command.to_dict(tree) for command in tree.get_commands()]
        if canonical(there) == canonical(here):
            log.info("commands unchanged", count=len(here))
            return False
        await tree.sync()
    except (discord.HTTPException, app_commands.CommandSyncFailure, aiohttp.ClientError, OSError) as error:
        log.error("commands not synced", error=str(error))
        return False
    log.info("commands synced", count=len(here))
    return True


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
    return kept | _options(command)


def _options(holder: Mapping[str, Any]) -> dict[str, Any]:
    options = [
        {key: option[key] for key in _OPTION if _says_something(option.get(key))}
        | ({"choices": [(one["name"], one["value"]) for one in option["choices"]]} if option.get("choices") else {})
        | _options(option)
        for option in holder.get("options") or ()
    ]
    return {"options": options} if options else {}


def _says_something(value: object) -> bool:
    return value is not None and value is not False and value != [] and value != ""
