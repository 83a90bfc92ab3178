"""Stored codes: a style code for each layer as a small safetensors file that names the weights it belongs to."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gan.contract import ErrorCode
from gan.errors import WorkerError

FORMAT = "artel-point-1"
MAX_BYTES = 256 * 1024


def write_point(codes: NDArray[np.float32], model_sha256: str) -> bytes:
    """Style codes [L, D] as a file; equal codes give equal bytes."""
    tensors = {"code": np.ascontiguousarray(codes, np.float32)}
    return save(tensors, {"format": FORMAT, "model": model_sha256})


def read_point(data: bytes, layers: int, code: int) -> NDArray[np.float32]:
    """Style codes [layers, code]. Raises `WorkerError(invalid)` for what is no stored code or of another shape."""
    if len(data) > MAX_BYTES:
        raise _bad("it is too large")
    try:
        tensors = load(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise _bad("it is no stored code") from error
    found = tensors.get("code")
    if found is None or found.dtype != np.float32 or set(tensors) != {"code"}:
        raise _bad("it is no stored code")
    if found.shape != (layers, code):
        raise _bad(f"it has the shape {list(found.shape)}, this model needs {[layers, code]}")
    if not np.isfinite(found).all():
        raise _bad("it holds numbers that are not finite")
    result: NDArray[np.float32] = found
    return result


def model_of(data: bytes) -> str:
    """Hash of the model that a stored code belongs to; empty when the file does not say. The header alone is read."""
    length = int.from_bytes(data[:8], "little")
    try:
        metadata = json.loads(data[8 : 8 + min(length, MAX_BYTES)]).get("__metadata__", {})
    except (ValueError, AttributeError, RecursionError):
        return ""
    return str(metadata.get("model", "")) if isinstance(metadata, dict) else ""


def _bad(why: str) -> WorkerError:
    return WorkerError(ErrorCode.invalid, f"The stored picture cannot be used: {why}. Find the picture anew.")
