"""`artel backup` and `artel restore`: the data folder as one file, taken while everything runs."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bot.cli.lock import HouseLock
from bot.errors import Refused
from bot.records.database import sqlite_library, sqlite_path
from bot.settings import Settings

MANIFEST = "artel-backup.json"
LEFT_OUT = frozenset({"logs", "run", "artel.lock"})
LEFT_OUT_OF_WORKER = frozenset({"worker.json", "worker.lock", "token"})
"""Facts about a running process, and a secret that a new worker makes for itself."""


def back_up(settings: Settings, target: Path | None) -> Path:
    """Write everything that cannot be made again; where it was written.

    SQLite is copied through its own backup, so the copy is one moment's state even while the bot writes. A Postgres
    database is not in it: use pg_dump. Raises `Refused` when there is nothing to back up.
    """
    data = settings.data
    if not data.is_dir():
        raise Refused(f"There is no data folder {data} yet; ARTEL_DATA names another.")
    target = target or Path(f"artel-{time.strftime('%Y%m%d-%H%M%S')}.tar.gz")
    beside = target.with_name(f".{target.name}.part")
    try:
        with tarfile.open(beside, "w:gz", compresslevel=1) as archive:  # pictures and weights do not get smaller
            _add_manifest(archive)
            with tempfile.TemporaryDirectory() as scratch:
                for path, name in _contents(settings, Path(scratch)):
                    archive.add(path, name, recursive=False)
        os.chmod(beside, 0o600)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def restore(settings: Settings, source: Path) -> Path | None:
    """Put a backup in the place of the data folder; where what stood there before was moved.

    Raises `Refused` for a file that is no backup, `AlreadyRunning` while `artel up` has the folder.
    """
    data = settings.data.absolute()
    with HouseLock(data):
        pass
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=".artel-restore-") as scratch:
        fresh = Path(scratch) / "data"
        _extract(source, fresh)
        before = _moved_away(data)
        shutil.move(fresh, data)
    return before


def _contents(settings: Settings, scratch: Path) -> Iterator[tuple[Path, str]]:
    """(file, name in the archive). Databases are replaced by copies of one moment's state."""
    data, copies = settings.data, 0
    for path in sorted({*data.rglob("*"), *_databases_elsewhere(settings)}):
        inside = path.is_relative_to(data)
        name = path.relative_to(data) if inside else Path(path.name)
        if path.is_symlink() or not path.is_file() or _left_out(name):
            continue
        if path.suffix == ".sqlite":
            copies += 1
            copy = scratch / f"{copies}.sqlite"
            _copy_sqlite(path, copy)
            path = copy
        yield path, str(name)


def _left_out(name: Path) -> bool:
    if name.parts[0] in LEFT_OUT or name.name.endswith((".sqlite-wal", ".sqlite-shm", ".sqlite-journal")):
        return True
    return name.parts[0] == "worker" and name.name in LEFT_OUT_OF_WORKER


def _databases_elsewhere(settings: Settings) -> set[Path]:
    """Our SQLite files where DATABASE_URL puts them outside of the data folder; none with Postgres."""
    if not settings.storage.database or not settings.database_url.startswith("sqlite"):
        return set()
    main = sqlite_path(settings.database_url)
    both = {main, main.with_suffix(".workflows.sqlite")}
    return {one for one in both if one.exists() and not one.resolve().is_relative_to(settings.data.resolve())}


def _copy_sqlite(source: Path, target: Path) -> None:
    library = sqlite_library()
    reading, writing = library.connect(str(source)), library.connect(str(target))
    try:
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()


def _add_manifest(archive: tarfile.TarFile) -> None:
    text = json.dumps({"artel": version("artel"), "made": time.time()}).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mtime = len(text), int(time.time())
    archive.addfile(entry, io.BytesIO(text))


def _extract(source: Path, target: Path) -> None:
    try:
        with tarfile.open(source, "r:*") as archive:
            first = archive.next()
            if first is None or first.name != MANIFEST:
                raise Refused(f"{source} is no backup of Artel.")
            archive.extractall(target, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Refused(f"{source} cannot be read as a backup ({error}).") from error
    (target / MANIFEST).unlink()


def _moved_away(data: Path) -> Path | None:
    if not any(one for one in data.iterdir() if one.name != "artel.lock"):
        shutil.rmtree(data)
        return None
    before = data.with_name(f"{data.name}.before-{time.strftime('%Y%m%d-%H%M%S')}")
    data.rename(before)
    return before
