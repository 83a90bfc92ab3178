"""Reading what is sent: JSON or multipart bodies within the limits, and what the files are."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from PIL import Image

from playground.errors import ApiError, Json, too_large

_FIELD = re.compile(r"files?\[(\d+)\]")
_READ_AT_MOST = 96 * 1024 * 1024
"""A body beyond this is cut off unread; below it we read to the end, so that the sender sees the 413."""


@dataclass(frozen=True)
class Upload:
    """One file of a multipart body."""

    field: str
    index: int
    """n of `files[n]`; -1 for a file under another name."""
    filename: str
    content_type: str
    data: bytes


async def read_body(request: web.Request, max_request: int, max_file: int) -> tuple[Any, list[Upload]]:
    """The JSON of a request and its files.

    Raises 413 (40005) for a file above `max_file` or a body above `max_request` bytes, 50109 for broken JSON.
    """
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _read_multipart(request, max_request, max_file)
    raw = bytearray()
    async for chunk in request.content.iter_chunked(256 * 1024):
        raw += chunk
        if len(raw) > _READ_AT_MOST:
            break
    if len(raw) > max_request:
        raise too_large()
    if not raw:
        return None, []
    if kind != "application/json":
        raise ApiError(400, 50035, f"Expected 'Content-Type' header to be 'application/json', not {kind}")
    return parse_json(bytes(raw)), []


def parse_json(raw: bytes | str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None


async def _read_multipart(request: web.Request, max_request: int, max_file: int) -> tuple[Any, list[Upload]]:
    payload: Any = None
    plain: Json = {}
    uploads: list[Upload] = []
    total, file_too_large = 0, False
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        data = bytearray()
        while chunk := await part.read_chunk(256 * 1024):  # type: ignore[union-attr]
            total += len(chunk)
            if total > _READ_AT_MOST:
                raise too_large()
            if total <= max_request:
                data += chunk
        name, filename = part.name or "", part.filename  # type: ignore[union-attr]
        if filename is None:
            if name == "payload_json":
                payload = parse_json(bytes(data)) if total <= max_request else {}
            else:
                plain[name] = data.decode("utf-8", "replace")
            continue
        file_too_large |= len(data) > max_file
        found = _FIELD.fullmatch(name)
        kind = part.headers.get("Content-Type", "application/octet-stream")
        uploads.append(Upload(name, int(found[1]) if found else -1, filename, kind, bytes(data)))
    if total > max_request or file_too_large:
        raise too_large()
    return payload if payload is not None else plain, uploads


def tidy_name(filename: str) -> str:
    """The name Discord gives a file: ASCII letters, digits, `_`, `-`, `.`; blanks become `_`."""
    name = re.sub(r"\s+", "_", filename.replace("\\", "/").rsplit("/", 1)[-1])
    return re.sub(r"[^A-Za-z0-9_.-]", "", name).strip(".")[-200:] or "unknown"


_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_BY_ENDING = {
    "txt": "text/plain; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "mp4": "video/mp4",
    "webm": "video/webm",
}


@dataclass(frozen=True)
class Sniffed:
    """What a file is by its first bytes."""

    content_type: str | None
    width: int | None = None
    height: int | None = None
    animated: bool = False


def sniff(data: bytes, filename: str = "") -> Sniffed:
    """Type and size of a picture by its header, else the type by the name's ending as Discord does."""
    try:
        with Image.open(io.BytesIO(data), formats=list(_KINDS)) as picture:
            kind = _KINDS[picture.format or ""]
            return Sniffed(kind, *picture.size, animated=bool(getattr(picture, "is_animated", False)))
    except Exception:
        # Pillow raises many kinds of errors on broken files; any of them means: no picture.
        ending = filename.rsplit(".", 1)[-1].lower()
        return Sniffed(_BY_ENDING.get(ending))
