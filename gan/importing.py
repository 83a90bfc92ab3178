"""`python -m gan import`, which is also `artel import`: a model file from elsewhere, checked and taken in.

Only safetensors of this project's own families: a file that would have to be unpickled is never opened. The header is
read here and bounded; the tensors are first touched by a process of its own (`gan.sampling.checking`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from gan.contract import ErrorCode, ModelCard
from gan.errors import WorkerError
from gan.server.cards import read_card
from gan.server.models import model_id_for

MOST_BYTES = 2 * 1024**3
LIMIT_S = 180.0
CHECK: Sequence[str] = (sys.executable, "-m", "gan.sampling.checking")
MAGIC_OF_OTHERS = {b"PK\x03\x04": "a zip, as PyTorch saves it", b"\x80": "a pickle", b"\x89HDF": "HDF5"}
ONLY_OURS = "Only safetensors files of Artel's own families can be taken in."


def import_model(source: Path, data: Path, families: Collection[str], *, dry: bool = False) -> int:
    """Check a file and copy it to the models of the worker's data folder; prints what came of it, gives the status."""
    try:
        card = checked(source, families)
        target = data / "models" / f"{_id_for(card, source)}.safetensors"
        if not dry:
            _copy(source, target)
    except WorkerError as error:
        print(error.detail, file=sys.stderr)
        return 1
    print(f"{card.title}: {card.family}, {card.size} px, {card.works} works. {target.stem} " + _came(dry))
    return 0


def _came(dry: bool) -> str:
    return "could be taken in." if dry else "is there now; a running worker lists it at once."


def checked(source: Path, families: Collection[str], check: Sequence[str] = CHECK) -> ModelCard:
    """The card of a file that may be used. Raises `WorkerError`: `not_found`, `too_large`, `bad_model`."""
    try:
        size = source.stat().st_size
        with source.open("rb") as file:
            magic = file.read(8)
    except OSError as error:
        raise WorkerError(ErrorCode.not_found, f"{source}: {error.strerror}.") from error
    if size > MOST_BYTES:
        raise WorkerError(ErrorCode.too_large, f"{source.name} has more than {MOST_BYTES // 1024**3} GiB.")
    for start, what in MAGIC_OF_OTHERS.items():
        if magic.startswith(start) and int.from_bytes(magic, "little") > size:
            raise WorkerError(ErrorCode.bad_model, f"{source.name} is {what}. {ONLY_OURS}")
    card = read_card(source)
    if card.family not in families:
        raise WorkerError(ErrorCode.bad_model, f"{source.name} is of the family “{card.family[:40]}”. {ONLY_OURS}")
    _opened(source, card.family, check)
    return card


def _opened(source: Path, family: str, check: Sequence[str]) -> None:
    """Have it opened and drawn with in a confined process. Raises `WorkerError(bad_model)`."""
    command = [*check, str(source.resolve()), family]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        raise _bad(source, f"opening it took longer than {LIMIT_S:.0f} s") from error
    if done.returncode == 0:
        return
    try:
        why = str(json.loads(done.stdout.splitlines()[-1])["why"])
    except (IndexError, ValueError, KeyError) as error:  # it ended without a word: killed, by itself or by a limit
        raise _bad(source, "the process that opened it broke down") from error
    raise WorkerError(ErrorCode.bad_model, why)


def _bad(source: Path, why: str) -> WorkerError:
    return WorkerError(ErrorCode.bad_model, f"The model file {source.name} cannot be used: {why}.")


def _id_for(card: ModelCard, source: Path) -> str:
    with source.open("rb") as file:
        return model_id_for(card.title, hashlib.file_digest(file, "sha256").hexdigest()[:8])


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, beside)
    beside.replace(target)
