"""Modals: title, and 1 to 5 labels with an input each, rows with a text input, or texts.

Source of the limits: Discord's pages "Component Reference" and "Receiving and Responding".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.checks.bodies import Body, Problems
from playground.checks.components import number, read_id, read_text_display
from playground.checks.controls import (
    SELECTS,
    TEXT_INPUT,
    Scope,
    keep_some,
    read_custom_id,
    read_options,
    read_select,
    read_text_input,
)
from playground.errors import Json, Path

ROW, TEXT, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 1, 10, 18, 19, 21, 22, 23
_IN_LABEL = (TEXT_INPUT, *sorted(SELECTS), FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)


def read_modal(data: Any, emojis: Mapping[str, Json], path: Path) -> Json:
    """The data of a response of type 9. Raises `Invalid`."""
    problems = Problems()
    body = Body(data, problems, path)
    scope = Scope(emojis)
    modal = {
        "custom_id": body.text("custom_id", 1, 100, required=True),
        "title": body.text("title", 1, 45, required=True),
        "components": [_read_top(each, scope) for each in body.objects("components", 1, 5, required=True) or []],
    }
    number(modal["components"], scope)  # type: ignore[arg-type]
    problems.check()
    return modal


def _kind(body: Body, allowed: tuple[int, ...]) -> int | None:
    kind = body.data.get("type")
    if isinstance(kind, bool) or kind not in allowed:
        shown = ", ".join(map(str, allowed))
        body.note("type", "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({shown},).')
        return None
    return int(kind)


def _read_top(body: Body, scope: Scope) -> Json:
    kind = _kind(body, (ROW, TEXT, LABEL))
    found: Json = {"type": kind, "id": read_id(body, scope)}
    if kind == TEXT:
        found |= read_text_display(body, scope)
    elif kind == ROW:
        found["components"] = [_read_row_input(c, scope) for c in body.objects("components", 1, 1, required=True) or []]
    elif kind == LABEL:
        found["label"] = body.text("label", 1, 45, required=True)
        found["description"] = body.text("description", 0, 100) or None
        inner = body.child("component", required=True)
        found["component"] = inner and _read_input(inner, scope)
    return keep_some(found)


def _read_row_input(body: Body, scope: Scope) -> Json:
    kind = _kind(body, (TEXT_INPUT,))
    return keep_some({"type": kind, "id": read_id(body, scope), **read_text_input(body, scope, labelled=True)})


def _read_input(body: Body, scope: Scope) -> Json:
    kind = _kind(body, _IN_LABEL)
    found: Json = {"type": kind, "id": read_id(body, scope)}
    if kind is None:
        return found
    if kind == TEXT_INPUT:
        return keep_some({**found, **read_text_input(body, scope, labelled=False)})
    if kind in SELECTS:
        return keep_some({**found, **read_select(body, scope, kind, in_modal=True)})
    found |= {"custom_id": read_custom_id(body, scope), "required": body.flag("required")}
    if kind == CHECKBOX:
        found |= {"required": None, "default": body.flag("default")}
    elif kind == RADIO_GROUP:
        found["options"] = options = read_options(body, scope, 2, 10)
        if sum(bool(option.get("default")) for option in options) > 1:
            body.note("options", "RADIO_GROUP_MAX_DEFAULTS", "Only one option of a radio group can be chosen at first")
    else:
        found |= _read_counts(body)
        if kind == CHECKBOX_GROUP:
            found["options"] = read_options(body, scope, 1, 10)
    return keep_some(found)


def _read_counts(body: Body) -> Json:
    """min_values and max_values of a file upload or a checkbox group."""
    low = body.integer("min_values", 0, 10)
    high = body.integer("max_values", 1, 10)
    if low is not None and high is not None and low > high:
        body.note("min_values", "COMPONENT_MIN_ABOVE_MAX", f"min_values {low} is above max_values {high}")
    if low == 0 and body.data.get("required", True) and body.data.get("type") == FILE_UPLOAD:
        body.note("required", "COMPONENT_REQUIRED_MIN_VALUES", "required must be false where min_values is 0")
    return {"min_values": low, "max_values": high}
