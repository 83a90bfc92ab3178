"""Pictures out of a zip that nobody vouches for: read as a stream, with a bound on everything an archive can blow up.

Nothing is written to disk and no name of an archive is ever a path: a name is cut to its last part and only shown. What
comes out are bytes for `Intake`, which looks at them as at any other upload. Blocking: run it in a thread.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from bot.errors import Refused
from bot.language import said
from bot.safety.intake import LABELS, MIB, Given, Reason, Rejected

MOST_ENTRIES = 2_000
MOST_DIRECTORY = 2 * MIB
"""Of the list of contents at the end of the file, which has to be read at once."""
MOST_RATIO = 200
"""Pictures are compressed already; text of zeros reaches 1,000."""
CHUNK = 64 * 1024
FILES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
_END = struct.Struct("<4s4H2LH")

NOT_A_ZIP = "That is not a zip file I can read. Pack the pictures anew, without a password."
TOO_MANY = "The zip holds more than {most} files. Pack fewer into each."
TOO_MUCH = "The zip holds more than {mib} MiB. Pack fewer pictures into each."
BOMB = "The zip unpacks to far more than pictures do, so I do not go on. Pack the pictures anew."
LOCKED = "The zip is locked with a password. Pack the pictures without one."


@dataclass(frozen=True)
class Caps:
    """What one archive may hold, unpacked."""

    file_mib: int = 20
    total_mib: int = 200
    pictures: int = 500


def pictures_in(data: bytes, caps: Caps, author: str = "") -> Iterator[Given | Rejected]:
    """The pictures of an archive, one after another; what is no picture by its name is passed over.

    Raises `Refused` for what is no zip, and as soon as it turns out to be larger than allowed or a bomb.
    """
    _check_directory(data)
    left, count = caps.total_mib * MIB, 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                name = shown_name(entry.filename)
                if not _is_picture(entry):
                    continue
                count += 1
                if count > caps.pictures:
                    raise Refused(said(TOO_MANY, most=caps.pictures))
                if entry.flag_bits & 0x1:
                    raise Refused(said(LOCKED))
                unpacked = _unpacked(archive, entry, min(caps.file_mib * MIB, left))
                if unpacked is None and left < caps.file_mib * MIB:
                    raise Refused(said(TOO_MUCH, mib=caps.total_mib))
                if unpacked is None:
                    words = said(LABELS[Reason.too_many_bytes], mib=caps.file_mib)
                    yield Rejected(name, Reason.too_many_bytes, words)
                    continue
                left -= len(unpacked)
                yield Given(name, unpacked, author)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise Refused(said(NOT_A_ZIP)) from error


def listed(data: bytes, caps: Caps) -> int:
    """How many pictures an archive holds by its list of contents; nothing is unpacked. Raises `Refused`."""
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            count = sum(_is_picture(entry) for entry in archive.infolist())
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise Refused(said(NOT_A_ZIP)) from error
    if count > caps.pictures:
        raise Refused(said(TOO_MANY, most=caps.pictures))
    return count


def _is_picture(entry: zipfile.ZipInfo) -> bool:
    name = shown_name(entry.filename)
    return not entry.is_dir() and name.lower().endswith(FILES) and not name.startswith("._")


def shown_name(name: str) -> str:
    """The last part of a name, without what could steer a terminal or a page."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(one for one in last if one.isprintable())[:100]


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | None:
    """The bytes of one entry; none when they are more than `most`, whatever its head says. Raises `Refused`."""
    out = bytearray()
    with archive.open(entry) as source:
        while chunk := source.read(CHUNK):
            out += chunk
            if len(out) > MIB and len(out) > MOST_RATIO * max(1, entry.compress_size):
                raise Refused(said(BOMB))
            if len(out) > most:
                return None
    return bytes(out)


def _check_directory(data: bytes) -> None:
    """Look at the end record before the list of contents is read. Raises `Refused`."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or len(data) < at + _END.size:
        raise Refused(said(NOT_A_ZIP))
    _, _, _, _, entries, size, _, _ = _END.unpack_from(data, at)
    if entries > MOST_ENTRIES or size > MOST_DIRECTORY:
        raise Refused(said(TOO_MANY, most=MOST_ENTRIES))
