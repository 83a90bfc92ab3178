"""The operator's folders of pictures to learn from: one folder a set, under the data folder (and the playground's art).

A name is never joined to a path: it must be one of those listed, so there is nothing to traverse.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.errors import Refused
from bot.language import said
from bot.safety.intake import MIB, SENTENCES, Given, Reason, Rejected

MOST_LISTED = 200
DEEPEST = 4
"""Folders within folders that are read: a set sorted into a few subfolders is one set."""


class Folders:
    """Folders under several roots; the first root that has a name wins."""

    def __init__(self, roots: Sequence[Path], *, file_mib: int = 20) -> None:
        self._roots = tuple(roots)
        self._limit = file_mib * MIB

    async def names(self) -> list[str]:
        """Names that can be given to `read`, in alphabetical order."""
        return sorted(await asyncio.to_thread(self._found))[:MOST_LISTED]

    async def read(self, name: str, most: int) -> list[Given | Rejected]:
        """The files of a folder by path, at most `most` of them; what is too large or unreadable is told in its place.

        Raises `Refused` for a name that is not listed.
        """
        return await asyncio.to_thread(self._read, name, most)

    def _found(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for root in self._roots:
            if not root.is_dir():
                continue
            for folder in root.iterdir():
                if folder.is_dir() and not folder.name.startswith("."):
                    found.setdefault(folder.name, folder)
        return found

    def _read(self, name: str, most: int) -> list[Given | Rejected]:
        found = self._found()
        if name not in found:
            known = ", ".join(f"`{one}`" for one in sorted(found)[:10]) or said("none yet")
            raise Refused(
                said("There is no folder called “{name}”. Those there are: {known}.", name=name[:64], known=known)
            )
        return [self._file(path) for path in self._files(found[name])[:most]]

    def _files(self, folder: Path, depth: int = 0) -> list[Path]:
        """Regular files, hidden ones and links left out: a link could lead anywhere."""
        files: list[Path] = []
        for entry in sorted(folder.iterdir()):
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_file():
                files.append(entry)
            elif entry.is_dir() and depth < DEEPEST:
                files += self._files(entry, depth + 1)
        return files

    def _file(self, path: Path) -> Given | Rejected:
        try:
            if path.stat().st_size > self._limit:
                text = SENTENCES[Reason.too_many_bytes].format(mib=self._limit // MIB)
                return Rejected(path.name, Reason.too_many_bytes, text)
            return Given(path.name, path.read_bytes())
        except OSError as error:
            return Rejected(path.name, Reason.not_fetched, f"{path.name} cannot be read ({error.strerror}).")
