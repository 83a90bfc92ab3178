"""Answers to interactions: the callback, and the webhook that lives as long as the token."""

from __future__ import annotations

from typing import Any

from playground.checks.bodies import Body, Problems
from playground.checks.choices import read_choices
from playground.checks.modals import read_modal
from playground.errors import Json
from playground.interactions import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER_MESSAGE,
    DEFER_UPDATE,
    MESSAGE,
    MODAL,
    UPDATE,
    Interaction,
)
from playground.records import EPHEMERAL, LOADING, Message
from playground.rest.calls import NOTHING, Call
from playground.rest.drafts import read_draft

_PATH = ("data",)


def _allowed(interaction: Interaction) -> tuple[int, ...]:
    if interaction.type == AUTOCOMPLETE:
        return (CHOICES,)
    allowed = [MESSAGE, DEFER_MESSAGE]
    if interaction.clicked_id:
        allowed += [DEFER_UPDATE, UPDATE]
    if interaction.type in (COMMAND, COMPONENT):
        allowed.append(MODAL)
    return tuple(allowed)


async def callback(call: Call) -> Any:
    """POST /interactions/{id}/{token}/callback"""
    interaction = call.play.interactions.awaiting(call["interaction_id"], call["token"])
    problems = Problems()
    body = Body(call.body, problems)
    kind = body.choice("type", _allowed(interaction), required=True)
    problems.check()
    message = await _respond(call, interaction, kind, call.body.get("data"))
    if call.query("with_response") not in ("1", "true"):
        return NOTHING
    told: Json = {"id": interaction.id, "type": interaction.type}
    if message is None:
        if interaction.message_id:
            told |= {"response_message_id": interaction.message_id, "response_message_loading": False}
        return {"interaction": told}
    told |= {
        "response_message_id": message.id,
        "response_message_loading": bool(message.flags & LOADING),
        "response_message_ephemeral": message.ephemeral,
    }
    shown = call.play.rendering.message(message, call.world.bot_id)
    return {"interaction": told, "resource": {"type": kind, "message": shown}}


async def _respond(call: Call, interaction: Interaction, kind: int, data: Any) -> Message | None:
    interactions = call.play.interactions
    if kind == MESSAGE:
        return await interactions.respond(interaction, read_draft(call, data, may_be_ephemeral=True, path=_PATH))
    if kind == DEFER_MESSAGE:
        flags = (data or {}).get("flags") or 0
        if flags & ~EPHEMERAL:
            call.notes.append("a deferral can set no flag but EPHEMERAL; the others are ignored")
        return await interactions.defer(interaction, bool(flags & EPHEMERAL))
    if kind == DEFER_UPDATE:
        interactions.defer_update(interaction)
        return None
    if kind == UPDATE:
        clicked = call.world.message(interaction.channel_id, interaction.clicked_id or "")
        return await interactions.update(interaction, clicked, read_draft(call, data, existing=clicked, path=_PATH))
    if kind == CHOICES:
        interactions.give_choices(interaction, read_choices(data, _focused(interaction)))
        return None
    interactions.show_modal(interaction, read_modal(data, call.world.emojis, _PATH))
    return None


def _focused(interaction: Interaction) -> int:
    """The type of the option that is being typed."""

    def find(options: list[Json]) -> int:
        for option in options:
            if option.get("focused"):
                return int(option["type"])
            if found := find(option.get("options", [])):
                return found
        return 0

    return find(interaction.data.get("options", []))


async def follow_up(call: Call) -> Any:
    """POST /webhooks/{application_id}/{token}"""
    interaction = call.play.interactions.by_token(call["application_id"], call["token"])
    message = await call.play.interactions.follow_up(interaction, read_draft(call, may_be_ephemeral=True))
    # Interaction webhooks always answer with the message, whatever `wait` says.
    return call.play.rendering.message(message, call.world.bot_id)


async def get_message(call: Call) -> Json:
    return call.play.rendering.message(_own(call)[1], call.world.bot_id)


async def edit_message(call: Call) -> Json:
    interaction, message = _own(call)
    await call.play.interactions.edit(interaction, message, read_draft(call, existing=message))
    return call.play.rendering.message(message, call.world.bot_id)


async def delete_message(call: Call) -> Any:
    await call.play.interactions.delete(_own(call)[1])
    return NOTHING


def _own(call: Call) -> tuple[Interaction, Message]:
    interaction = call.play.interactions.by_token(call["application_id"], call["token"])
    return interaction, call.play.interactions.own_message(interaction, call["message_id"])


_MESSAGE = "/webhooks/{application_id}/{token}/messages/{message_id}"
ROUTES: list[tuple[str, str, Any]] = [
    ("POST", "/interactions/{interaction_id}/{token}/callback", callback),
    ("POST", "/webhooks/{application_id}/{token}", follow_up),
    ("GET", _MESSAGE, get_message),
    ("PATCH", _MESSAGE, edit_message),
    ("DELETE", _MESSAGE, delete_message),
]
