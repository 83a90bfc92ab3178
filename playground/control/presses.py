"""People press buttons, choose in selects, and submit modals."""

from __future__ import annotations

from typing import Any

from playground.checks.components import walk
from playground.checks.controls import SELECTS, STRING_SELECT, TEXT_INPUT
from playground.checks.modals import CHECKBOX, CHECKBOX_GROUP, FILE_UPLOAD, RADIO_GROUP
from playground.control.calls import Act, Wrong
from playground.control.options import Resolved
from playground.control.payloads import metadata, send
from playground.errors import Json
from playground.interactions import COMPONENT, MODAL_SUBMIT

_LINK, _PREMIUM = 5, 6


async def press(act: Act) -> Json:
    """POST /_/components"""
    message = act.world.find_message(act.text("message_id"))
    if message is None or not act.world.visible(message, act.person):
        raise Wrong("There is no such message, or it is for someone else")
    channel = act.channel(message.channel_id)
    custom_id = act.text("custom_id")
    component = next((c for c in walk(message.components) if c.get("custom_id") == custom_id), None)
    if component is None or component.get("style") in (_LINK, _PREMIUM):
        raise Wrong(f"The message has no button or menu {custom_id}")
    if component.get("disabled"):
        raise Wrong("This is disabled")
    if message.author_id != act.world.bot_id:
        raise Wrong("Only messages of the bot can be pressed")
    data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
    if component["type"] in SELECTS:
        resolved = Resolved(act, channel)
        data["values"] = read_values(component, act.body.get("values"), resolved)
        if resolved.found:
            data["resolved"] = resolved.found
    interaction = act.play.interactions.open(
        COMPONENT, act.person, channel["id"], data, clicked_id=message.id, locale=act.locale
    )
    interaction.meta = metadata(act.play, interaction)
    return send(act.play, interaction, message)


def read_values(component: Json, values: Any, resolved: Resolved, required: bool = True) -> list[str]:
    """The chosen values of a select, within its options and counts. Raises `Wrong`."""
    if not isinstance(values, list):
        raise Wrong("values must be a list")
    chosen = [str(value) for value in values]
    low = component.get("min_values", 1)
    if not required and not chosen:
        return []
    high = component.get("max_values", 1)
    if len(set(chosen)) < len(chosen) or not low <= len(chosen) <= high:
        raise Wrong(f"Choose {low} to {high} different options")
    if component["type"] == STRING_SELECT:
        known = {option["value"] for option in component["options"]}
        if unknown := [value for value in chosen if value not in known]:
            raise Wrong(f"The menu has no option {unknown[0]}")
    else:
        by_kind = {5: resolved.user, 6: resolved.role, 8: resolved.channel}
        for value in chosen:
            by_kind.get(component["type"], resolved.mentionable)(value)
    return chosen


async def submit(act: Act) -> Json:
    """POST /_/modals"""
    parent = act.play.interactions.get(act.text("interaction_id"))
    if parent.user_id != act.person or parent.modal is None or parent.modal["custom_id"] != act.text("custom_id"):
        raise Wrong("This interaction has no such modal for you")
    if parent.modal_used:
        raise Wrong("This modal was already submitted")
    channel = act.channel(parent.channel_id)
    values = act.body.get("values") or {}
    if not isinstance(values, dict):
        raise Wrong("values must be an object of custom_id to value")
    resolved = Resolved(act, channel)
    known = {c["custom_id"] for c in walk(parent.modal["components"]) if c.get("custom_id")}
    if unknown := sorted(set(values) - known):
        raise Wrong(f"The modal has no field {unknown[0]}")
    components = [await _read_top(each, values, resolved) for each in parent.modal["components"]]
    data: Json = {"custom_id": parent.modal["custom_id"], "components": components}
    if resolved.found:
        data["resolved"] = resolved.found
    parent.modal_used = True
    message = act.world.find_message(parent.clicked_id) if parent.clicked_id else None
    interaction = act.play.interactions.open(
        MODAL_SUBMIT, act.person, channel["id"], data, clicked_id=message.id if message else None, locale=act.locale
    )
    interaction.meta = metadata(act.play, interaction, parent)
    return send(act.play, interaction, message)


async def _read_top(component: Json, values: Json, resolved: Resolved) -> Json:
    found: Json = {"type": component["type"], "id": component["id"]}
    if component.get("component"):
        inner = component["component"]
        found["component"] = await _read_input(inner, component["label"], values.get(inner["custom_id"]), resolved)
    elif component.get("components"):
        found["components"] = [
            await _read_input(each, each["label"], values.get(each["custom_id"]), resolved)
            for each in component["components"]
        ]
    return found


async def _read_input(component: Json, label: str, value: Any, resolved: Resolved) -> Json:
    kind = component["type"]
    found: Json = {"type": kind, "id": component["id"], "custom_id": component["custom_id"]}
    required = component.get("required", True)
    if kind == CHECKBOX:
        return {**found, "value": bool(component.get("default") if value is None else value)}
    if kind == TEXT_INPUT:
        return {**found, "value": _read_text(component, label, value, required)}
    if kind == RADIO_GROUP:
        return {**found, "value": _read_radio(component, label, value, required)}
    chosen = [] if value is None else value if isinstance(value, list) else [value]
    if required and not chosen:
        raise Wrong(f"{label} is required")
    if kind == FILE_UPLOAD:
        _check_count(component, label, chosen)
        return {**found, "values": [await resolved.attachment(index) for index in chosen]}
    if kind == CHECKBOX_GROUP:
        _check_count(component, label, chosen)
        known = {option["value"] for option in component["options"]}
        if not set(chosen) <= known:
            raise Wrong(f"{label} has no such option")
        return {**found, "values": chosen}
    return {**found, "values": read_values(component, chosen, resolved, required)}


def _read_text(component: Json, label: str, value: Any, required: bool) -> str:
    text = component.get("value", "") if value is None else value
    if not isinstance(text, str):
        raise Wrong(f"{label} must be a text")
    if not text and not required:
        return text
    low, high = max(component.get("min_length", 0), int(required)), component.get("max_length", 4000)
    if not low <= len(text) <= high:
        raise Wrong(f"{label} must have {low} to {high} characters")
    return text


def _read_radio(component: Json, label: str, value: Any, required: bool) -> str | None:
    if value is None:
        value = next((o["value"] for o in component["options"] if o.get("default")), None)
    if value is None:
        if required:
            raise Wrong(f"{label} is required")
        return None
    if value not in {option["value"] for option in component["options"]}:
        raise Wrong(f"{label} has no such option")
    return str(value)


def _check_count(component: Json, label: str, chosen: list[Any]) -> None:
    low = component.get("min_values", 1) if chosen else 0
    high = component.get("max_values", len(component.get("options", [0])))
    if not low <= len(chosen) <= high:
        raise Wrong(f"{label} takes {low} to {high}")


ROUTES: list[tuple[str, str, Any]] = [("POST", "/_/components", press), ("POST", "/_/modals", submit)]
