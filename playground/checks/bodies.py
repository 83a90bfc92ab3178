"""Reading one JSON object field by field, noting every fault with its path as Discord does (50035)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.errors import Invalid, Json, Path

_ID = re.compile(r"\d{1,20}")
_URL = re.compile(r"(https?|discord)://[^\s/?#]+[^\s]*", re.IGNORECASE)


@dataclass
class Problems:
    """The faults found so far in one request."""

    found: list[tuple[Path, str, str]] = field(default_factory=list)

    def check(self) -> None:
        """Raises `Invalid` if anything was found."""
        if self.found:
            raise Invalid(self.found)


class Body:
    """A JSON object under examination. A getter returns the value if it is there and right; faults are noted."""

    def __init__(self, data: Any, problems: Problems, path: Path = ()) -> None:
        self.problems = problems
        self.path = path
        if not isinstance(data, dict):
            self.note(None, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            data = {}
        self.data: Json = data

    def note(self, name: str | None, code: str, message: str) -> None:
        """Write down a fault of the field `name` (None: of the object itself)."""
        self.problems.found.append(((*self.path, name) if name else self.path, code, message))

    def has(self, name: str) -> bool:
        return self.data.get(name) is not None

    def _there(self, name: str, required: bool) -> Any:
        value = self.data.get(name)
        if value is None and required:
            self.note(name, "BASE_TYPE_REQUIRED", "This field is required")
        return value

    def text(
        self,
        name: str,
        low: int = 0,
        high: int | None = None,
        required: bool = False,
        pattern: re.Pattern[str] | None = None,
    ) -> str | None:
        """A string of `low` to `high` characters after trimming, as Discord counts."""
        value = self._there(name, required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.note(name, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return None
        value = value.strip()
        if not value and low > 0:
            self.note(name, "BASE_TYPE_REQUIRED", "This field is required")
        elif len(value) < low or (high is not None and len(value) > high):
            self._note_length(name, low, high)
        elif pattern and not pattern.fullmatch(value):
            self.note(name, "STRING_TYPE_REGEX", "String value did not match validation regex.")
        else:
            return value
        return None

    def _note_length(self, name: str, low: int, high: int | None) -> None:
        if low and high is not None:
            self.note(name, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
        elif high is not None:
            self.note(name, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        else:
            self.note(name, "BASE_TYPE_MIN_LENGTH", f"Must be {low} or more in length.")

    def integer(self, name: str, low: int | None = None, high: int | None = None, required: bool = False) -> int | None:
        value = self._there(name, required)
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            self.note(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        return value if self._within(name, value, low, high) else None

    def number(self, name: str) -> float | None:
        value = self.data.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.note(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')
            return None
        return value

    def _within(self, name: str, value: int, low: int | None, high: int | None) -> bool:
        if low is not None and value < low:
            self.note(name, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif high is not None and value > high:
            self.note(name, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        else:
            return True
        return False

    def choice(self, name: str, allowed: Collection[int | str], required: bool = False) -> Any:
        value = self._there(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or value not in allowed:
            shown = ", ".join(map(str, allowed))
            self.note(name, "BASE_TYPE_CHOICES", f"Value must be one of {{{shown}}}.")
            return None
        return value

    def flag(self, name: str) -> bool | None:
        value = self.data.get(name)
        if value is not None and not isinstance(value, bool):
            self.note(name, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
            return None
        return value

    def snowflake(self, name: str, required: bool = False) -> str | None:
        value = self._there(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not _ID.fullmatch(str(value)):
            self.note(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            return None
        return str(value)

    def url(self, name: str, high: int = 2048, required: bool = False, attachments: bool = False) -> str | None:
        """An http(s) address, or `attachment://name` where that is allowed."""
        value = self.text(name, 1 if required else 0, high, required)
        if value is None or (attachments and value.startswith("attachment://")):
            return value
        if not _URL.fullmatch(value):
            self.note(name, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
            return None
        return value

    def values(self, name: str, low: int = 0, high: int | None = None, required: bool = False) -> list[Any] | None:
        """A list of any things, `low` to `high` of them."""
        value = self._there(name, required)
        if value is None:
            return None
        if not isinstance(value, list):
            self.note(name, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return None
        if len(value) < low or (high is not None and len(value) > high):
            self._note_length(name, low, high)
            return None
        return value

    def objects(self, name: str, low: int = 0, high: int | None = None, required: bool = False) -> list[Body] | None:
        found = self.values(name, low, high, required)
        return None if found is None else [self.item(name, i, each) for i, each in enumerate(found)]

    def item(self, name: str, index: int, data: Any) -> Body:
        return Body(data, self.problems, (*self.path, name, index))

    def child(self, name: str, required: bool = False) -> Body | None:
        value = self._there(name, required)
        return None if value is None else Body(value, self.problems, (*self.path, name))

    def snowflakes(self, name: str, high: int) -> Sequence[str]:
        found = self.values(name, 0, high) or []
        for i, each in enumerate(found):
            if isinstance(each, bool) or not _ID.fullmatch(str(each)):
                self.problems.found.append(
                    ((*self.path, name, i), "NUMBER_TYPE_COERCE", f'Value "{each}" is not snowflake.')
                )
        return [str(each) for each in found]
