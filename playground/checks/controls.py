"""Buttons, selects and the inputs of modals: the components a person acts on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from playground.checks.bodies import Body
from playground.checks.emoji import read_emoji
from playground.errors import Json

BUTTON, STRING_SELECT, TEXT_INPUT = 2, 3, 4
SELECTS = frozenset({3, 5, 6, 7, 8})
_PREMIUM, _LINK = 6, 5
_DEFAULT_KINDS = {5: ("user",), 6: ("role",), 7: ("user", "role"), 8: ("channel",)}


@dataclass
class Scope:
    """What one message or modal knows while its components are read."""

    emojis: Mapping[str, Json]
    v2: bool = True
    files: Mapping[str, Json] = field(default_factory=dict)
    """File name to attachment, for `attachment://`."""
    custom_ids: set[str] = field(default_factory=set)
    ids: set[int] = field(default_factory=set)
    count: int = 0
    text_length: int = 0


def keep_some(found: Json) -> Json:
    """Without the fields that were not given."""
    return {name: value for name, value in found.items() if value is not None}


def read_custom_id(body: Body, scope: Scope, required: bool = True) -> str | None:
    custom_id = body.text("custom_id", 1, 100, required)
    if custom_id is None:
        return None
    if custom_id in scope.custom_ids:
        body.note("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    scope.custom_ids.add(custom_id)
    return custom_id


def read_button(body: Body, scope: Scope) -> Json:
    style = body.choice("style", (1, 2, 3, 4, 5, 6), required=True)
    label = body.text("label", 0, 80) or None
    found: Json = {"style": style, "disabled": body.flag("disabled") or None, "label": label}
    if style == _PREMIUM:
        found["sku_id"] = body.snowflake("sku_id", required=True)
        if label or body.has("emoji") or body.has("custom_id") or body.has("url"):
            body.note(None, "BUTTON_COMPONENT_PREMIUM_FIELDS", "A premium button cannot have label, emoji, id or url")
        return keep_some(found)
    found["emoji"] = read_emoji(body, scope.emojis)
    if not label and not body.has("emoji"):
        body.note(None, "BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or emoji")
    if style == _LINK:
        found["url"] = body.url("url", 512, required=True)
        if body.has("custom_id"):
            body.note("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A link has no custom id")
    else:
        found["custom_id"] = read_custom_id(body, scope)
        if body.has("url"):
            body.note("url", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "Only a link button has a url")
    return keep_some(found)


def read_select(body: Body, scope: Scope, kind: int, in_modal: bool = False) -> Json:
    found: Json = {
        "custom_id": read_custom_id(body, scope),
        "placeholder": body.text("placeholder", 0, 150) or None,
        "min_values": body.integer("min_values", 0, 25),
        "max_values": body.integer("max_values", 1, 25),
    }
    if in_modal:
        found["required"] = body.flag("required")
        if body.data.get("disabled"):
            body.note("disabled", "COMPONENT_DISABLED_IN_MODAL", "A select in a modal cannot be disabled")
    else:
        found["disabled"] = body.flag("disabled") or None
    low = 1 if found["min_values"] is None else found["min_values"]
    high = found["max_values"] or 1
    if low > high:
        body.note("min_values", "SELECT_COMPONENT_MIN_ABOVE_MAX", f"min_values {low} is above max_values {high}")
    if kind == STRING_SELECT:
        found["options"] = options = read_options(body, scope, 1, 25, emoji=True)
        if sum(bool(option.get("default")) for option in options) > high:
            body.note("options", "SELECT_COMPONENT_MAX_DEFAULTS", "More options are chosen at first than max_values")
        if high > len(options) and body.has("max_values"):
            body.note("max_values", "SELECT_COMPONENT_MAX_VALUES", "max_values is above the number of options")
    else:
        found["default_values"] = _read_default_values(body, kind, high)
    if kind == 8:
        found["channel_types"] = body.values("channel_types")
    return keep_some(found)


def _read_default_values(body: Body, kind: int, high: int) -> list[Json] | None:
    found = body.objects("default_values", 0, high)
    if found is None:
        return None
    return [
        {"id": each.snowflake("id", required=True), "type": each.choice("type", _DEFAULT_KINDS[kind], required=True)}
        for each in found
    ]


def read_options(body: Body, scope: Scope, low: int, high: int, emoji: bool = False) -> list[Json]:
    """Options of a string select, a radio group or a checkbox group; their values must differ."""
    options: list[Json] = []
    seen: set[str] = set()
    for each in body.objects("options", low, high, required=True) or []:
        value = each.text("value", 1, 100, required=True)
        if value in seen:
            each.note("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
        seen.add(value or "")
        option = {
            "label": each.text("label", 1, 100, required=True),
            "value": value,
            "description": each.text("description", 0, 100) or None,
            "default": each.flag("default") or None,
            "emoji": read_emoji(each, scope.emojis, "SELECT_COMPONENT_INVALID_EMOJI") if emoji else None,
        }
        options.append(keep_some(option))
    return options


def read_text_input(body: Body, scope: Scope, labelled: bool) -> Json:
    """A text input; in an action row (`labelled`) it needs its own label, inside a Label it has none."""
    low = body.integer("min_length", 0, 4000)
    high = body.integer("max_length", 1, 4000)
    if low is not None and high is not None and low > high:
        body.note("min_length", "TEXT_INPUT_MIN_ABOVE_MAX", "min_length is above max_length")
    if not labelled and body.has("label"):
        body.note("label", "TEXT_INPUT_LABEL_IN_LABEL", "A text input inside a label cannot have a label of its own")
    return keep_some(
        {
            "custom_id": read_custom_id(body, scope),
            "style": body.choice("style", (1, 2), required=True),
            "label": body.text("label", 1, 45, required=True) if labelled else None,
            "min_length": low,
            "max_length": high,
            "required": body.flag("required"),
            "value": body.text("value", 0, 4000),
            "placeholder": body.text("placeholder", 0, 100),
        }
    )
