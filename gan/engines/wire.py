"""Frames between the front and its sampler child: a JSON header and raw bytes, so nothing is ever unpickled.

    4 bytes  header length, big endian
    4 bytes  length of all blobs together
    header   JSON object; `blobs` lists the length of each blob
    blobs    one after the other

Both ends run the same code of the same version, so there is no negotiation; lengths are checked all the same, because
a child that has gone wrong must not make the front ask for gigabytes.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

HEAD = struct.Struct(">II")
MAX_HEADER_BYTES = 16 * 1024 * 1024
MAX_BLOBS_BYTES = 1024 * 1024 * 1024

Frame = tuple[dict[str, Any], list[bytes]]


class WireError(Exception):
    """The other end is gone, or speaks something else."""


def pack(header: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """One frame as bytes."""
    text = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}, separators=(",", ":")).encode()
    return b"".join((HEAD.pack(len(text), sum(map(len, blobs))), text, *blobs))


def _sizes(head: bytes) -> tuple[int, int]:
    header_length, blobs_length = HEAD.unpack(head)
    if header_length > MAX_HEADER_BYTES or blobs_length > MAX_BLOBS_BYTES:
        raise WireError(f"frame of {header_length} + {blobs_length} bytes is too large")
    return header_length, blobs_length


def _split(text: bytes, body: bytes) -> Frame:
    header = json.loads(text)
    lengths = header.pop("blobs")
    if sum(lengths) != len(body):
        raise WireError("blob lengths do not add up")
    blobs, start = [], 0
    for length in lengths:
        blobs.append(body[start : start + length])
        start += length
    return header, blobs


async def receive(reader: asyncio.StreamReader) -> Frame:
    """The next frame. Raises `WireError` when the other end has closed."""
    try:
        header_length, blobs_length = _sizes(await reader.readexactly(HEAD.size))
        return _split(await reader.readexactly(header_length), await reader.readexactly(blobs_length))
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise WireError("the other end has closed") from error


def receive_blocking(sock: socket.socket) -> Frame:
    """The next frame, for the child's reading thread. Raises `WireError` when the front has closed."""
    header_length, blobs_length = _sizes(_exactly(sock, HEAD.size))
    return _split(_exactly(sock, header_length), _exactly(sock, blobs_length))


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = bytearray(count)
    view, got = memoryview(data), 0
    while got < count:
        try:
            read = sock.recv_into(view[got:])
        except ConnectionError as error:
            raise WireError("the other end has closed") from error
        if not read:
            raise WireError("the other end has closed")
        got += read
    return bytes(data)
