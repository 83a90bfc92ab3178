"""The works of a training, from blobs into the run's `pictures/` folder, each proved to be a picture first."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from gan.blobs import BlobStore
from gan.contract import ErrorCode, Work
from gan.errors import WorkerError

MIN_SIDE, MAX_SIDE = 8, 4096
"""Pixels. Below 8 there is nothing to learn; above 4096 a small file can unpack to hundreds of megabytes."""
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_PLAIN_MODES = {"RGB", "RGBA", "L", "LA", "P", "1"}


def materialise(works: Sequence[Work], blobs: BlobStore, folder: Path) -> None:
    """Write `00000.png` … in the order of `works`; a PNG is linked rather than copied. Blocking: decodes each one.

    Raises `WorkerError`: `blob_missing` when some were not sent, `bad_picture` when one cannot be used.
    """
    missing = [work.sha256 for work in works if work.sha256 not in blobs]
    if missing:
        some = ", ".join(f"{sha256[:12]}…" for sha256 in missing[:3])
        detail = f"{len(missing)} of {len(works)} pictures were not sent ({some}); PUT them as blobs first."
        raise WorkerError(ErrorCode.blob_missing, detail)
    folder.mkdir(parents=True, exist_ok=True)
    for index, work in enumerate(works):
        target = folder / f"{index:05d}.png"
        target.unlink(missing_ok=True)
        try:
            _bring(blobs.path(work.sha256), target)
        except WorkerError as error:
            name = f"“{work.title}”" if work.title else work.sha256[:12]
            raise WorkerError(error.code, f"Picture {index + 1} ({name}) {error.detail}") from error


def _bring(source: Path, target: Path) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=_FORMATS) as picture:
                _check_sides(picture)
                picture.load()
                if picture.format != "PNG" or picture.mode not in _PLAIN_MODES or getattr(picture, "n_frames", 1) > 1:
                    picture.seek(0)
                    picture.convert("RGBA").save(target, "PNG", compress_level=1)
                    return
    except WorkerError:
        raise
    except UnidentifiedImageError as error:
        raise _bad("is not a PNG, JPEG, WebP or GIF; leave it out or convert it.") from error
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ) as e:
        if isinstance(e, OSError) and e.errno is not None:
            raise  # the disk, not the picture
        raise _bad("is damaged; leave it out or save it anew.") from e
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def _check_sides(picture: Image.Image) -> None:
    width, height = picture.size
    if min(width, height) < MIN_SIDE:
        raise _bad(f"is only {width}x{height} pixels; leave out what is smaller than {MIN_SIDE}.")
    if max(width, height) > MAX_SIDE:
        raise _bad(f"is {width}x{height} pixels; make it at most {MAX_SIDE} on a side.")


def _bad(why: str) -> WorkerError:
    return WorkerError(ErrorCode.bad_picture, why)
