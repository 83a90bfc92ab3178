"""Hostile uploads: Pillow's own test pictures, mutations of them, and bombs, through the intake as members reach it.

Pillow's source package holds a thousand files that once broke a decoder. Shows that none of them, nor thousands of
mutations, ends a service, takes long or much memory, or is answered with anything but a picture or a sentence; and that
nothing of GPS, XMP, ICC or appended data is left in what is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe, percentile
from bot.safety.intake import Accepted, Intake, Rejected

MOST_SECONDS, MOST_MIB, HEADER_SECONDS = 2.0, 512, 0.05
BARE = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"}
"""Chunks of a PNG that hold pixels and nothing else."""
SECRET = b"48.137154N-11.576124E-secret"
"""What must not be found in anything that is kept."""


@dataclass
class Seen:
    """What became of a group of files."""

    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    wordless: list[str] = field(default_factory=list)
    slowest: str = ""
    mib: int = 0


async def run(console: Console, corpus: Path | None, mutations: int) -> bool:
    """Measure; whether all promises hold. `corpus` holds Pillow's test pictures; without one they are fetched."""
    console.print(describe())
    with tempfile.TemporaryDirectory() as scratch:
        folder = corpus or await asyncio.to_thread(fetched, Path(scratch))
        files = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    groups = {
        f"Pillow's own tests ({len(files):,} files)": files,
        f"mutations ({mutations:,})": list(mutated(files, mutations)),
        "header bombs": list(header_bombs()),
        "other bombs": list(bombs()),
    }
    table = Table(title="Uploads that nobody vouches for")
    for column in ("what", "taken", "refused", "p50 ms", "p99 ms", "slowest ms", "child MiB", "without words"):
        table.add_column(column, justify="left" if column == "what" else "right")
    holds = True
    for name, group in groups.items():
        seen = await through(group)
        bound = HEADER_SECONDS if name.startswith("header") else MOST_SECONDS
        holds &= not seen.wordless and max(seen.seconds) <= bound and seen.mib <= MOST_MIB
        taken = seen.outcomes["taken"]
        times = [f"{percentile(seen.seconds, share) * 1e3:.0f}" for share in (0.5, 0.99, 1.0)]
        table.add_row(name, f"{taken:,}", f"{len(group) - taken:,}", *times, str(seen.mib), str(len(seen.wordless)))
        console.print(f"{name}: {dict(seen.outcomes.most_common())}")
    console.print(table)
    left, looked = await telltale(files)
    console.print(f"metadata: of {looked} files with GPS, XMP, ICC or appended data, {left} keep any of it")
    return holds and not left


async def through(files: Sequence[bytes]) -> Seen:
    """Each file through one intake, one after another; raises what a member's request would."""
    seen, intake = Seen(), Intake(children=1)
    await intake.inspect(b"warm")  # a child is started once, not for each picture
    try:
        for number, data in enumerate(files):
            began = time.perf_counter()
            found = await intake.inspect(data, f"file {number}")
            took = time.perf_counter() - began
            if not seen.seconds or took > max(seen.seconds):
                seen.slowest = f"file {number}"
            seen.seconds.append(took)
            seen.mib = max(seen.mib, child_mib(intake))
            match found:
                case Rejected():
                    seen.outcomes[found.reason.value] += 1
                    if not found.text:
                        seen.wordless.append(found.name)
                case Accepted():
                    seen.outcomes["taken"] += 1
    finally:
        await intake.close()
    return seen


def child_mib(intake: Intake) -> int:
    """The most memory that a resting child of it ever held, in MiB."""
    most = 0
    for pid in intake.children():
        with contextlib.suppress(OSError, IndexError):
            status = Path(f"/proc/{pid}/status").read_text()
            most = max(most, int(status.split("VmHWM:")[1].split()[0]) // 1024)
    return most


def fetched(scratch: Path) -> Path:
    """Pillow's test pictures, out of the source package of the version that is installed."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*command, "-d", str(scratch), f"pillow=={version('pillow')}"], check=True, timeout=600)
    (package,) = scratch.glob("[pP]illow-*.tar.gz")
    with tarfile.open(package) as archive:
        wanted = [member for member in archive if "/Tests/images/" in member.name and member.isfile()]
        archive.extractall(scratch / "corpus", wanted, filter="data")
    return scratch / "corpus"


def mutated(files: Sequence[bytes], count: int) -> Iterator[bytes]:
    """Files with bytes changed, cut out, doubled or torn off; the same ones every time."""
    pick = random.Random(13)
    usable = [data for data in files if 64 < len(data) < 200_000]
    for _ in range(count):
        data = bytearray(pick.choice(usable))
        for _ in range(pick.choice((1, 1, 3, 20))):
            at = pick.randrange(len(data))
            match pick.randrange(4):
                case 0:
                    data[at] = pick.randrange(256)
                case 1:
                    data[at : at + pick.randrange(1, 64)] = b""
                case 2:
                    data[at:at] = data[at : at + pick.randrange(1, 64)]
                case 3:
                    data[at : at + 4] = pick.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))
            if len(data) < 16:
                break
        yield bytes(data)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_head(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))


def header_bombs() -> Iterator[bytes]:
    """Files of some bytes whose heads promise billions of pixels."""
    yield png_head(60_000, 60_000) + chunk(b"IDAT", zlib.compress(b"")[:8])[:23] + b""
    yield png_head(2**31 - 1, 1)
    yield png_head(2**31 - 1, 2**31 - 1)
    yield b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + bytes(6) + b",\0\0\0\0" + b"\xff" * 5
    yield b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + b"\xff" * 6
    yield b"\xff\xd8\xff\xc0\0\x11\x08" + struct.pack(">HH", 65_535, 65_535) + b"\x03\x01\x22\0\x02\x11\1\x03\x11\1"


def bombs() -> Iterator[bytes]:
    """Small files that unpack to much: frames, text, profiles, flat pixels of the largest size."""
    for kind in ("GIF", "PNG", "WEBP"):
        yield frames(kind, 10_000 if kind != "WEBP" else 2_000)
    side = 4_990
    flat = zlib.compress(bytes((side * 4 + 1) * side), 9)
    yield png_head(side, side) + chunk(b"IDAT", flat) + chunk(b"IEND", b"")
    small = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(small, "PNG")
    body = small.getvalue()[33:]
    head = small.getvalue()[:33]
    text = zlib.compress(bytes(50 * 1024 * 1024), 9)
    yield head + chunk(b"zTXt", b"Comment\0\0" + text) + body
    yield head + chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + text) + body
    yield head + chunk(b"iCCP", b"icc\0\0" + text) + body
    yield head + chunk(b"tEXt", b"Comment\0" + b"x" * (15 * 1024 * 1024)) + body
    yield head + b"".join(chunk(b"tEXt", b"k%d\0v" % n) for n in range(100_000)) + body
    yield head + chunk(b"tEXt", b"Comment\0" + b"x" * (50 * 1024 * 1024)) + body


def frames(kind: str, count: int) -> bytes:
    drawn = [Image.new("RGB", (16, 16), (n % 256, n // 256, 90)) for n in range(count)]
    out = io.BytesIO()
    drawn[0].save(out, kind, save_all=True, append_images=drawn[1:], duration=20)
    return out.getvalue()


# --- metadata --------------------------------------------------------------------------------------------------------


async def telltale(files: Sequence[bytes]) -> tuple[int, int]:
    """Of 300 pictures with GPS, XMP, ICC and appended data, how many still tell of it once taken in; and how many there
    were. exiftool looks, where it is installed, beside a search for the words themselves."""
    left = looked = 0
    intake = Intake()
    with tempfile.TemporaryDirectory() as scratch:
        kept = Path(scratch)
        for data in laden(300):
            found = await intake.inspect(data)
            if isinstance(found, Accepted):
                looked += 1
                (kept / f"{looked}.png").write_bytes(found.png)
                left += not chunks(found.png) <= BARE
        await intake.close()
        if exiftool := shutil.which("exiftool"):
            left += await asyncio.to_thread(telling, exiftool, kept)
    return left, looked


def chunks(png: bytes) -> set[str]:
    """The kinds of chunks in a PNG; `trailing` where something follows its end."""
    found, at = set(), 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        found.add(kind.decode("latin-1"))
        at += length + 12
        if kind == b"IEND":
            break
    return found | ({"trailing"} if at < len(png) else set())


def telling(exiftool: str, folder: Path) -> int:
    """Files of the folder in which exiftool finds more than what every picture has: format, size, colours."""
    command = [exiftool, "-j", "-g1", "-q", str(folder)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=300).stdout)
    plain = {"SourceFile", "ExifTool", "System", "File", "PNG", "Composite"}
    return sum(bool(set(one) - plain) for one in told)


def laden(count: int) -> Iterator[bytes]:
    """Pictures in three formats with everything that may travel along in them."""
    pick = random.Random(3)
    for number in range(count):
        kind = ("JPEG", "PNG", "WEBP")[number % 3]
        picture = Image.effect_noise((64 + number % 50, 64), 40 + number % 60).convert("RGB")
        exif = Image.Exif()
        exif[0x010E] = SECRET.decode()
        exif[0x9286] = SECRET
        gps = exif.get_ifd(0x8825)
        gps.update({1: "N", 2: (48.0, 8.0, 13.75), 3: "E", 4: (11.0, 34.0, 34.0)})
        xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description>' + SECRET + b"</rdf:Description></x:xmpmeta>"
        icc = SECRET * pick.randrange(4, 40)
        out = io.BytesIO()
        if kind == "PNG":
            from PIL.PngImagePlugin import PngInfo

            info = PngInfo()
            info.add_itxt("XML:com.adobe.xmp", xmp.decode())
            info.add_text("Comment", SECRET.decode())
            picture.save(out, kind, exif=exif, icc_profile=icc, pnginfo=info)
        else:
            picture.save(out, kind, exif=exif, icc_profile=icc, xmp=xmp)
        yield out.getvalue() + b"PK\x03\x04" + SECRET * 3
