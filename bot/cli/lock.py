"""One house on one data folder: the kernel's lock on a file, let go at the very moment its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import IO


class AlreadyRunning(Exception):
    """Another `artel up` has this data folder; the text says where it answers."""


class HouseLock:
    """Held from construction to `close`. The file tells others who holds it and where to find it."""

    def __init__(self, folder: Path) -> None:
        """Raises `AlreadyRunning`, or `OSError` when the folder cannot be written."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = (folder / "artel.lock").open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read()
            self._file.close()
            raise AlreadyRunning(_sentence(folder, holder)) from None

    def tell(self, address: str) -> None:
        """Leave word of who we are and where we answer."""
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), "address": address}, self._file)
        self._file.flush()

    def close(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._file.truncate(0)
            self._file.close()

    def __enter__(self) -> HouseLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _sentence(folder: Path, holder: str) -> str:
    try:
        facts = json.loads(holder)
        where = f" at {facts['address']} (process {facts['pid']})"
    except (ValueError, KeyError, TypeError):
        where = ""
    return (
        f"Artel is already running on the folder {folder}{where}. Stop it there with Ctrl-C, "
        "or start a second one with another folder: ARTEL_DATA=other make run"
    )
