"""The choices of an autocomplete answer."""

from __future__ import annotations

from typing import Any

from playground.checks.bodies import Body, Problems
from playground.errors import Json

STRING, INTEGER, NUMBER = 3, 4, 10


def read_choice(body: Body, option_type: int) -> Json:
    """One choice {name, value}; the value must be of the option's type."""
    name = body.text("name", 1, 100, required=True)
    value = body.data.get("value")
    if option_type == STRING:
        value = body.text("value", 1, 100, required=True)
    elif option_type == INTEGER:
        value = body.integer("value", -(2**53), 2**53, required=True)
    elif value is None:
        body.note("value", "BASE_TYPE_REQUIRED", "This field is required")
    else:
        value = body.number("value")
    return {"name": name, "value": value}


def read_choices(data: Any, option_type: int) -> list[Json]:
    """The data of a response of type 8. Raises `Invalid`."""
    problems = Problems()
    body = Body(data, problems, ("data",))
    choices = [read_choice(each, option_type) for each in body.objects("choices", 0, 25, required=True) or []]
    problems.check()
    return choices
