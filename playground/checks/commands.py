"""Application commands as bots register them. Source: Discord's page "Application Commands"."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from playground.checks.bodies import Body, Problems
from playground.checks.choices import read_choice
from playground.checks.controls import keep_some
from playground.errors import Json

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
_OPTION_TYPES = tuple(range(1, 12))
_NAME = re.compile(r"[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}")
MAX_BY_TYPE = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
_MAX_TOTAL = 8000
_LOCALES = re.compile(
    "id|da|de|en-GB|en-US|es-ES|es-419|fr|hr|it|lt|hu|nl|no|pl|pt-BR|ro|fi|sv-SE|vi|tr|cs|el|bg|ru|uk|hi|th|zh-CN|ja|"
    "zh-TW|ko"
)


def read_commands(data: Any) -> list[Json]:
    """The body of a bulk overwrite: a list of commands. Raises `Invalid`."""
    problems = Problems()
    if not isinstance(data, list):
        problems.found.append(((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"))
        problems.check()
    found = [_read_command(Body(each, problems, (i,))) for i, each in enumerate(data)]
    for kind, most in MAX_BY_TYPE.items():
        if sum(c["type"] == kind for c in found) > most:
            sentence = f"A maximum of {most} commands of type {kind} is allowed"
            problems.found.append(((), "APPLICATION_COMMANDS_MAX", sentence))
    seen: set[tuple[int, str]] = set()
    for i, command in enumerate(found):
        key = (command["type"], command.get("name") or "")
        if key in seen:
            problems.found.append(((i, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Command names must be unique"))
        seen.add(key)
    problems.check()
    return found


def read_command(data: Any) -> Json:
    """One command. Raises `Invalid`."""
    problems = Problems()
    found = _read_command(Body(data, problems))
    problems.check()
    return found


def _read_command(body: Body) -> Json:
    kind = body.choice("type", (CHAT_INPUT, USER, MESSAGE)) or CHAT_INPUT
    command: Json = {
        "type": kind,
        "name": _read_name(body, lower=kind == CHAT_INPUT),
        "name_localizations": _read_localizations(body, "name_localizations", 32),
        "default_member_permissions": _read_permissions(body),
        "dm_permission": body.flag("dm_permission"),
        "nsfw": body.flag("nsfw") or False,
        "integration_types": _read_set(body, "integration_types", (0, 1)) or [0],
        "contexts": _read_set(body, "contexts", (0, 1, 2)),
    }
    if kind == CHAT_INPUT:
        command["description"] = body.text("description", 1, 100, required=True)
        command["description_localizations"] = _read_localizations(body, "description_localizations", 100)
        command["options"] = _read_options(body, depth=0)
        if _length(command) > _MAX_TOTAL:
            body.note(None, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({_MAX_TOTAL})")
    else:
        if body.data.get("description"):
            body.note("description", "APPLICATION_COMMAND_DESCRIPTION", "Context menu commands cannot have description")
        if body.data.get("options"):
            body.note("options", "APPLICATION_COMMAND_OPTIONS", "Context menu commands cannot have options")
        command |= {"description": "", "options": []}
    return command


def _read_name(body: Body, lower: bool) -> str | None:
    name = body.text("name", 1, 32, required=True)
    if name and lower and (not _NAME.fullmatch(name) or name != name.lower()):
        body.note("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        return None
    return unicodedata.normalize("NFC", name) if name else None


def _read_permissions(body: Body) -> str | None:
    value = body.data.get("default_member_permissions")
    if value is None:
        return None
    if not re.fullmatch(r"\d{1,20}", str(value)):
        body.note("default_member_permissions", "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        return None
    return str(value)


def _read_localizations(body: Body, name: str, longest: int) -> Json | None:
    found = body.child(name)
    if found is None:
        return None
    for locale in found.data:
        if not _LOCALES.fullmatch(locale):
            found.note(locale, "APPLICATION_COMMAND_LOCALE", "Unknown locale")
        found.text(locale, 1, longest, required=True)
    return found.data


def _read_set(body: Body, name: str, allowed: tuple[int, ...]) -> list[int] | None:
    found = body.values(name, 0, len(allowed))
    if found is None:
        return None
    if any(each not in allowed for each in found) or len(set(found)) < len(found):
        body.note(name, "BASE_TYPE_CHOICES", f"Values must be different ones of {{{', '.join(map(str, allowed))}}}.")
        return None
    return found


# --- options -------------------------------------------------------------------------------------------------------


def _read_options(body: Body, depth: int) -> list[Json]:
    """`depth` 0: of the command, 1: of a subcommand group, 2: of a subcommand."""
    options: list[Json] = []
    optional_seen = False
    bodies = body.objects("options", 0, 25) or []
    kinds = {each.data.get("type") in (SUBCOMMAND, GROUP) for each in bodies}
    if len(kinds) > 1:
        body.note("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands and options cannot be mixed")
    for each in bodies:
        option = _read_option(each, depth)
        if any(option["name"] and option["name"] == other["name"] for other in options):
            each.note("name", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", "Option names must be unique")
        if option.get("required"):
            if optional_seen:
                each.note(
                    "required",
                    "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                    "Required options must be placed before non-required options",
                )
        else:
            optional_seen = True
        options.append(option)
    return options


def _allowed_types(depth: int) -> tuple[int, ...]:
    return {0: _OPTION_TYPES, 1: (SUBCOMMAND,), 2: _OPTION_TYPES[2:]}[depth]


def _read_option(body: Body, depth: int) -> Json:
    kind = body.choice("type", _allowed_types(depth), required=True)
    option: Json = {
        "type": kind,
        "name": _read_name(body, lower=True),
        "name_localizations": _read_localizations(body, "name_localizations", 32),
        "description": body.text("description", 1, 100, required=True),
        "description_localizations": _read_localizations(body, "description_localizations", 100),
    }
    if kind in (SUBCOMMAND, GROUP):
        option["options"] = _read_options(body, 1 if kind == GROUP else 2)
        return keep_some(option)
    option["required"] = body.flag("required") or False
    option["autocomplete"] = body.flag("autocomplete")
    if kind in (STRING, INTEGER, NUMBER):
        _read_values(body, option, kind)
    else:
        for name in ("choices", "autocomplete", "min_value", "max_value", "min_length", "max_length"):
            if body.data.get(name):
                body.note(name, "APPLICATION_COMMAND_OPTION_FIELD", f"An option of type {kind} cannot have {name}")
        option["channel_types"] = body.values("channel_types") if kind == 7 else None
    return keep_some(option)


def _read_values(body: Body, option: Json, kind: int) -> None:
    choices = body.objects("choices", 0, 25)
    if choices:
        option["choices"] = found = [_read_choice(each, kind) for each in choices]
        if len({choice["name"] for choice in found}) < len(found):
            body.note("choices", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Choice names must differ")
        if option["autocomplete"]:
            body.note("autocomplete", "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", "Not together with choices")
    if kind == STRING:
        option["min_length"] = body.integer("min_length", 0, 6000)
        option["max_length"] = body.integer("max_length", 1, 6000)
    elif kind == INTEGER:
        option["min_value"] = body.integer("min_value", -(2**53), 2**53)
        option["max_value"] = body.integer("max_value", -(2**53), 2**53)
    else:
        option["min_value"] = body.number("min_value")
        option["max_value"] = body.number("max_value")


def _read_choice(body: Body, kind: int) -> Json:
    localizations = _read_localizations(body, "name_localizations", 100)
    return read_choice(body, kind) | ({"name_localizations": localizations} if localizations else {})


def _length(command: Json) -> int:
    """Names, descriptions and values together, of the command and all that is in it."""
    own = len(command.get("name") or "") + len(command.get("description") or "")
    own += sum(len(str(c.get("name"))) + len(str(c.get("value"))) for c in command.get("choices", []))
    return own + sum(_length(option) for option in command.get("options", []))
