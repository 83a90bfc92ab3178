"""How the inputs and results of steps are written down: JSON with a closed list of types, never pickle."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from dbos import Serializer
from pydantic import BaseModel

from bot.errors import Bug, Refused, Retry, Unseen

TYPE, VALUE, ERROR = "$type", "$value", "$error"


class JsonSerializer(Serializer):
    """JSON in which a listed pydantic model is `{"$type": name, "$value": …}` and an exception is `{"$error": …}`.

    Only plain JSON and the listed types can be written; anything else is a `TypeError` where it happens, rather than
    a surprise at the next start.
    """

    def __init__(self, types: Iterable[type[BaseModel]]) -> None:
        self._types = {one.__name__: one for one in types}

    def name(self) -> str:
        return "artel_json"

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=self._encode, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data, object_hook=self._decode)

    def _encode(self, value: Any) -> dict[str, Any]:
        if isinstance(value, BaseModel) and type(value).__name__ in self._types:
            return {TYPE: type(value).__name__, VALUE: value.model_dump(mode="json")}
        if isinstance(value, Retry):
            return {ERROR: "Retry", "text": str(value), "after": value.after}
        if isinstance(value, Refused):
            return {ERROR: "Refused", "text": str(value)}
        if isinstance(value, Unseen):
            return {ERROR: "Unseen", "text": str(value)}
        if isinstance(value, Exception):
            return {ERROR: "Bug", "text": f"{type(value).__name__}: {value}"[:2000]}
        raise TypeError(f"{type(value).__name__} cannot be written down by a workflow; list it in its types")

    def _decode(self, found: dict[str, Any]) -> Any:
        if TYPE in found:
            return self._types[found[TYPE]].model_validate(found[VALUE])
        match found.get(ERROR):
            case "Retry":
                return Retry(found["text"], found["after"])
            case "Refused":
                return Refused(found["text"])
            case "Unseen":
                return Unseen(found["text"])
            case "Bug":
                return Bug(found["text"])
        return found
