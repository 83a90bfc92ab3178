"""People use commands: typing a slash command, its autocomplete, and the Apps menus of messages and people."""

from __future__ import annotations

from typing import Any

from playground.access import may_use
from playground.checks.commands import CHAT_INPUT, MESSAGE, USER
from playground.control.calls import Act, Wrong
from playground.control.options import Resolved, read_options
from playground.control.payloads import metadata, send
from playground.errors import Json
from playground.interactions import AUTOCOMPLETE, COMMAND, Interaction


def _find(act: Act) -> tuple[Json, Json]:
    """The channel and the command of a request. Raises `Wrong` (404, 403)."""
    channel = act.channel(act.text("channel_id"))
    command = act.world.commands.get(act.text("command_id"))
    if command is None:
        raise Wrong("This command is outdated, please try again in a few minutes", 404)
    if not may_use(act.world, act.person, command, channel):
        raise Wrong("You do not have permission to use this command here", 403)
    return channel, command


def _open(act: Act, kind: int, channel: Json, command: Json, data: Json) -> Interaction:
    full: Json = {"id": command["id"], "name": command["name"], "type": command["type"], **data}
    if command.get("guild_id"):
        full["guild_id"] = command["guild_id"]
    interaction = act.play.interactions.open(kind, act.person, channel["id"], full, locale=act.locale)
    interaction.meta = metadata(act.play, interaction)
    return interaction


async def use(act: Act) -> Json:
    """POST /_/commands"""
    channel, command = _find(act)
    resolved = Resolved(act, channel)
    data: Json = {}
    if command["type"] == CHAT_INPUT:
        data["options"] = await read_options(act, command.get("options", []), act.body.get("options") or [], resolved)
    else:
        data["target_id"] = target = act.text("target_id")
        if command["type"] == USER:
            resolved.user(target)
        else:
            assert command["type"] == MESSAGE
            message = act.world.message(channel["id"], target, act.person)
            shown = act.play.rendering.message(message, act.world.bot_id)
            resolved.found["messages"] = {target: shown}
    if resolved.found:
        data["resolved"] = resolved.found
    return send(act.play, _open(act, COMMAND, channel, command, data))


async def autocomplete(act: Act) -> Json:
    """POST /_/autocomplete: what the bot suggests for the focused option."""
    channel, command = _find(act)
    given = act.body.get("options") or []
    options = await read_options(act, command.get("options", []), given, Resolved(act, channel), partial=True)
    if not _is_focused(options):
        raise Wrong("One option must be focused")
    interaction = _open(act, AUTOCOMPLETE, channel, command, {"options": options})
    send(act.play, interaction)
    assert interaction.choices is not None
    try:
        return {"choices": await interaction.choices}
    except TimeoutError:
        raise Wrong("Loading options failed", 504) from None


def _is_focused(options: list[Json]) -> bool:
    return any(option.get("focused") or _is_focused(option.get("options", [])) for option in options)


ROUTES: list[tuple[str, str, Any]] = [("POST", "/_/commands", use), ("POST", "/_/autocomplete", autocomplete)]
