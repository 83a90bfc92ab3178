"""Blobs by content hash in a folder: pictures to learn from, sample grids, checkpoints.

A name is the SHA-256 of what it holds, so a blob never changes, a second PUT changes nothing, and a reader can check
what it got. Files are written beside the folder's own names and renamed once their hash is proved.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from gan.contract import ErrorCode
from gan.errors import WorkerError

_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


class BlobStore:
    """`folder/ab/abcd…`; blocking reads and writes are of files at most `max_bytes` long."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder, self._max_bytes = folder, max_bytes

    def path(self, sha256: str) -> Path:
        """Where a blob lies, there or not. The caller has checked that `sha256` is 64 hexadecimal digits."""
        return self._folder / sha256[:2] / sha256

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def existing(self, sha256: str) -> Path:
        """Raises `WorkerError(blob_missing)`."""
        path = self.path(sha256)
        if not path.exists():
            raise WorkerError(ErrorCode.blob_missing, f"The blob {sha256[:12]}… is not here; send it first.")
        return path

    async def put(self, sha256: str, chunks: AsyncIterator[bytes]) -> bool:
        """Store what arrives under the hash it must have; true when it was not there before.

        Raises `WorkerError`: `too_large` one byte past the limit, `invalid` when empty or of another hash.
        """
        digest, size = hashlib.sha256(), 0
        with self._beside() as file:
            try:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > self._max_bytes:
                        raise WorkerError(ErrorCode.too_large, f"A blob may have at most {self._max_bytes} bytes.")
                    digest.update(chunk)
                    file.write(chunk)
                if not size:
                    raise WorkerError(ErrorCode.invalid, "The file is empty; choose another.")
                if digest.hexdigest() != sha256:
                    detail = "What arrived has another hash than its address says; send it again."
                    raise WorkerError(ErrorCode.invalid, detail)
                return await asyncio.to_thread(self._keep, file, sha256)
            finally:
                _drop(file.name)

    def add(self, data: bytes) -> str:
        """Store bytes of our own; returns their hash."""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 not in self:
            with self._beside() as file:
                try:
                    file.write(data)
                    self._keep(file, sha256)
                finally:
                    _drop(file.name)
        return sha256

    def remove(self, sha256: str) -> None:
        """Forget a blob; one that is not there is no error. A run that has linked it keeps its link."""
        self.path(sha256).unlink(missing_ok=True)

    def _beside(self) -> tempfile._TemporaryFileWrapper[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=self._folder, prefix=".part-", delete=False)

    def _keep(self, file: tempfile._TemporaryFileWrapper[bytes], sha256: str) -> bool:
        path = self.path(sha256)
        if path.exists():
            return False
        file.flush()
        os.fsync(file.fileno())
        path.parent.mkdir(exist_ok=True)
        Path(file.name).replace(path)
        return True

    def sweep(self) -> None:
        """Drop what an earlier process left half written."""
        for part in self._folder.glob(".part-*"):
            part.unlink(missing_ok=True)


def _drop(name: str) -> None:
    Path(name).unlink(missing_ok=True)


def media_type(path: Path) -> str:
    """By the first bytes, never by a name or a sender's word; unknown is `application/octet-stream`."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "application/octet-stream")
