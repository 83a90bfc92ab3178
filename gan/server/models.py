"""The models that the worker serves: shipped bases and what was trained here, found in two folders.

The folders are the record; this keeps what it read of them in memory. Files appear under their final name at once (link
or rename), so a listed model is always whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import structlog

from gan.contract import ErrorCode, ModelCard, ModelInfo
from gan.engines.base import ModelFile
from gan.errors import WorkerError
from gan.rundir import write_atomically
from gan.server.cards import read_card

_ID = re.compile(r"^[a-z0-9][a-z0-9._-]{0,63}$")
log = structlog.get_logger("artel.models")


class ModelStore:
    """Finds, registers and removes models. Blocking (it hashes files): call `scan` and `register` in a thread."""

    def __init__(self, shipped: Path, made: Path) -> None:
        self._shipped, self._made = shipped, made
        self._models: dict[str, tuple[ModelInfo, Path]] = {}
        self._lock = threading.Lock()
        self._seen: frozenset[tuple[str, int, int]] = frozenset()

    def scan(self) -> None:
        """Read both folders. A damaged file is logged and left out, never a reason not to start."""
        self._made.mkdir(parents=True, exist_ok=True)
        self._seen = self._listing()
        known = self._known_hashes()
        found = {}
        # a shipped name always means the shipped model, so the made ones come first and are overwritten
        for folder, shipped in ((self._made, False), (self._shipped, True)):
            for path in sorted(folder.glob("*.safetensors")):
                try:
                    found[path.stem] = (self._describe(path, shipped, known), path)
                except (WorkerError, OSError) as error:
                    log.warning("model left out", file=str(path), reason=str(error))
        with self._lock:
            self._models = found
        self._remember_hashes()

    def look_again(self) -> None:
        """Scan once more if a file came or went since, such as by `artel import`."""
        if self._listing() != self._seen:
            self.scan()

    def all(self) -> list[ModelInfo]:
        """Shipped ones first, then the newest first."""
        with self._lock:
            infos = [info for info, _ in self._models.values()]
        return sorted(infos, key=lambda info: (not info.shipped, -info.card.created, info.card.id))

    def get(self, model_id: str) -> ModelInfo:
        return self._entry(model_id)[0]

    def file(self, model_id: str) -> ModelFile:
        info, path = self._entry(model_id)
        return ModelFile(path, info.sha256, info.card.family)

    def register(self, file: Path, title: str, training_id: str) -> ModelInfo:
        """Take a finished model in under `<slug of title>-<tail of the training's id>`; the same again is no error."""
        read_card(file)  # a damaged file must not enter the folder
        model_id = model_id_for(title, training_id)
        target = self._made / f"{model_id}.safetensors"
        if not (target.exists() and os.path.samefile(target, file)):
            beside = target.with_name(f".{target.name}.{os.getpid()}")
            beside.unlink(missing_ok=True)
            try:
                os.link(file, beside)
            except OSError:  # another file system, or one without links
                shutil.copyfile(file, beside)
            beside.replace(target)
        info = self._describe(target, False, {})
        with self._lock:
            self._models[model_id] = (info, target)
        self._remember_hashes()
        return info

    def remove(self, model_id: str) -> ModelInfo:
        """Raises `WorkerError`: `model_missing`, `conflict` for a shipped one."""
        info, path = self._entry(model_id)
        if info.shipped:
            raise WorkerError(ErrorCode.conflict, "This model is part of Artel and cannot be deleted.")
        path.unlink(missing_ok=True)
        with self._lock:
            self._models.pop(model_id, None)
        return info

    def _entry(self, model_id: str) -> tuple[ModelInfo, Path]:
        with self._lock:
            entry = self._models.get(model_id)
        if entry is None:
            raise WorkerError(ErrorCode.model_missing, f"There is no model called {model_id[:64]!r}; choose another.")
        return entry

    def _describe(self, path: Path, shipped: bool, known: dict[str, Any]) -> ModelInfo:
        if not _ID.match(path.stem):
            raise WorkerError(ErrorCode.bad_model, "its file name is not a model id (a-z, 0-9, dot, dash, underscore)")
        card: ModelCard = read_card(path)
        stat = path.stat()
        mark = [stat.st_size, stat.st_mtime_ns]
        remembered = known.get(path.stem)
        sha256 = remembered[2] if remembered and remembered[:2] == mark and not shipped else _hash(path)
        return ModelInfo(card=card, sha256=sha256, bytes=stat.st_size, shipped=shipped)

    def _listing(self) -> frozenset[tuple[str, int, int]]:
        with os.scandir(self._made) as entries:
            stats = [(one.name, one.stat()) for one in entries if one.name.endswith(".safetensors")]
        return frozenset((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)

    # Hashing hundreds of models would cost seconds at each start, so hashes are kept beside size and time of change.
    def _known_hashes(self) -> dict[str, Any]:
        try:
            known = json.loads((self._made / "hashes.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _remember_hashes(self) -> None:
        with self._lock:
            made = [(i, p) for i, p in self._models.values() if not i.shipped]
        marks = {}
        for info, path in made:
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            marks[path.stem] = [stat.st_size, stat.st_mtime_ns, info.sha256]
        write_atomically(self._made / "hashes.json", json.dumps(marks).encode())


def model_id_for(title: str, training_id: str) -> str:
    """`<slug>-<tail>`: readable, and unique as long as training ids are."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-") or "model"
    return f"{slug}-{training_id[-12:].strip('-')}"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
