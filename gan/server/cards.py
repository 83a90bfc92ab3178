"""The card of a model, read from the header of its safetensors file: no torch, and no trust in the file.

Format: 8 bytes little-endian header length, that many bytes of JSON, then the tensors. `__metadata__` holds texts; the
card is JSON under `card`. Source: https://huggingface.co/docs/safetensors (format).
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gan.contract import ErrorCode, ModelCard
from gan.errors import WorkerError

MAX_HEADER_BYTES = 8 * 1024 * 1024
"""A card with the credits of 10,000 works is about 2 MB."""
_BYTES_OF = {
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
}  # fmt: skip


def read_card(path: Path) -> ModelCard:
    """The card of the file; its id is the file's stem whatever the card says, so a copy under another name is another.

    Raises `WorkerError(bad_model)` when the file is not whole, or carries no card.
    """
    header = read_header(path)
    text = header.get("__metadata__", {}).get("card")
    if not isinstance(text, str):
        raise _bad(path, "it carries no card; only models made by Artel are served")
    try:
        return ModelCard.model_validate({**json.loads(text), "id": path.stem})
    except (ValueError, TypeError, RecursionError) as error:
        why = str(error.errors()[0]["loc"]) if isinstance(error, ValidationError) else "not JSON"
        raise _bad(path, f"its card is not valid ({why})") from error


def read_header(path: Path) -> dict[str, Any]:
    """The checked header: every tensor's bytes lie in the file, with no gap, overlap or remainder."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(MAX_HEADER_BYTES, size - 8):
            raise _bad(path, "its header is longer than the file")
        try:
            header = json.loads(file.read(length))
        except (ValueError, RecursionError) as error:
            raise _bad(path, "its header is not JSON") from error
    if not isinstance(header, dict) or not isinstance(header.get("__metadata__", {}), dict):
        raise _bad(path, "its header is not a table")
    _check_extents(path, {name: entry for name, entry in header.items() if name != "__metadata__"}, size - 8 - length)
    return header


def _check_extents(path: Path, tensors: dict[str, Any], payload: int) -> None:
    end = 0
    try:
        for entry in sorted(tensors.values(), key=lambda entry: tuple(entry["data_offsets"])):
            start, stop = entry["data_offsets"]
            if start != end or stop - start != math.prod(entry["shape"]) * _BYTES_OF[entry["dtype"]]:
                raise _bad(path, "its tensors overlap or leave gaps")
            end = stop
    except (TypeError, KeyError, ValueError) as error:
        raise _bad(path, "a tensor's entry is not valid") from error
    if end != payload:
        raise _bad(path, "it is cut short or has bytes left over")


def _bad(path: Path, why: str) -> WorkerError:
    return WorkerError(ErrorCode.bad_model, f"The model file {path.name} cannot be used: {why}.")
