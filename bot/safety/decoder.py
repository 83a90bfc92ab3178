"""The child that decodes pictures nobody vouches for, one after another: `python -m bot.safety.decoder LIMITS`.

It runs with an empty environment, a bounded address space and bounded CPU time, cannot write files, and is thrown away
as soon as it misbehaves. Over its standard input it gets a line of JSON (`{"bytes": n}`) and n bytes; on its standard
output it answers with a line of JSON and, for an accepted picture, the bytes of a clean PNG.
"""

from __future__ import annotations

import io
import json
import math
import resource
import sys
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from PIL import Image, UnidentifiedImageError

if TYPE_CHECKING:
    from bot.safety.looking import Look

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
"""Nothing else is even probed: each decoder is a surface. APNG is a PNG."""
LONGEST_ASPECT = 4.0
"""Longer pictures are banners or strips: a square of them shows nothing of the whole."""
THUMB_SIDE = 16
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By EXIF's orientation; 1 is upright."""
READY = b"ready\n"
LINE_BYTES = 16 * 1024
"""Of the line that asks; the certificate of our own house is in it."""


@dataclass(frozen=True)
class Limits:
    megapixels: int = 25
    smallest_side: int = 16
    kept_side: int = 512
    seconds: float = 8.0
    memory_mib: int = 1024


@dataclass(frozen=True)
class Answer:
    """The line of JSON. `reason` is empty for an accepted picture; its other values are `intake.Reason`."""

    reason: str = ""
    width: int = 0
    height: int = 0
    format: str = ""
    bytes: int = 0
    side: int = 0
    alpha: bool = False
    animated: bool = False
    phash: str = ""
    thumb: str = ""
    """16 x 16 RGBA in hexadecimal: tells pictures apart that a perceptual hash takes for the same."""


class _No(Exception):
    """The picture is not taken; the argument is the reason."""


def main() -> None:
    limits = Limits(**json.loads(sys.argv[1]))
    import imagehash  # costs a third of a second, so before the limits and before the first picture

    imagehash.phash(Image.new("L", (32, 32)))
    confine(limits)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(READY)
    sink.flush()
    while line := source.readline(LINE_BYTES):
        asked = json.loads(line)
        data = _read(source, asked["bytes"])
        renew_cpu_limit(limits.seconds)
        do = asked.get("do")
        answer, png = look_at(data, limits, asked) if do == "look" else decode(data, limits, whole=do == "whole")
        sink.write(json.dumps(asdict(answer)).encode() + b"\n" + png)
        sink.flush()


def confine(limits: Limits) -> None:
    """From here on: no more memory than allowed, no files, no core dumps, no bombs."""
    memory = limits.memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    Image.MAX_IMAGE_PIXELS = limits.megapixels * 1_000_000
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def renew_cpu_limit(seconds: float) -> None:
    """The kernel ends this process when the next picture takes more CPU time than that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def decode(data: bytes, limits: Limits, *, whole: bool = False) -> tuple[Answer, bytes]:
    """What is in `data`, and a clean PNG of it, square unless it is to be kept `whole`. Never raises for bad data."""
    try:
        return _decode(data, limits, whole)
    except Exception as error:
        return Answer(reason=_reason(error)), b""


def look_at(data: bytes, limits: Limits, asked: Mapping[str, Any]) -> tuple[Look, bytes]:
    """What `data` says of itself, see `bot.safety.looking`. Never raises for bad data."""
    from bot.safety.looking import Look, look

    try:
        return look(data, limits, asked["anchors"], asked["label"])
    except Exception as error:
        return Look(reason=_reason(error)), b""


def _reason(error: Exception) -> str:
    match error:
        case _No():
            return str(error)
        case UnidentifiedImageError():
            return "not_a_picture"
        case MemoryError() | Image.DecompressionBombError() | Image.DecompressionBombWarning():
            return "too_many_pixels"
    return "damaged"  # whatever a decoder makes of hostile bytes, the picture is what is wrong


def _decode(data: bytes, limits: Limits, whole: bool) -> tuple[Answer, bytes]:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        checked_size(width, height, limits)
        format_, animated = picture.format or "", bool(getattr(picture, "is_animated", False))
        if format_ == "JPEG":  # decodes at a half, a quarter or an eighth, which is quicker and needs less memory
            picture.draft("RGB", (limits.kept_side * 2, limits.kept_side * 2))
        picture.load()
        clean = upright(picture, limits.kept_side * 2)
    clean = _shrunk(clean, limits.kept_side, max(clean.size)) if whole else _square(clean, limits.kept_side)
    _check_content(clean)
    file = io.BytesIO()
    clean.save(file, "PNG", compress_level=6)
    png = file.getvalue()
    phash, thumb = fingerprint(clean)
    answer = Answer(
        width=width,
        height=height,
        format=format_,
        bytes=len(png),
        side=max(clean.size),
        alpha=clean.mode == "RGBA",
        animated=animated,
        phash=phash,
        thumb=thumb,
    )
    return answer, png


def checked_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.megapixels * 1_000_000:
        raise _No("too_many_pixels")
    if min(width, height) < limits.smallest_side:
        raise _No("too_small")
    if max(width, height) > LONGEST_ASPECT * min(width, height):
        raise _No("too_long")


def upright(picture: Image.Image, side: int) -> Image.Image:
    """RGB or RGBA, turned as its metadata say, and already made coarser where it is much larger than `side`.

    In this order a picture of the largest size is held twice at most: memory is what a hostile one asks for.
    """
    turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
    factor = min(picture.size) // side
    if factor > 1 and picture.mode in ("L", "RGB", "RGBA", "CMYK"):
        picture = picture.reduce(factor)
    clean = plain(picture)
    clean = clean.transpose(turn) if turn is not None else clean
    clean.info = {}  # a colour profile would be written along, and with it whatever is in it
    return clean


def plain(picture: Image.Image) -> Image.Image:
    """RGB, or RGBA where something really is transparent; palettes, 16 bits, CMYK and metadata gone."""
    if picture.mode.startswith(("I", "F")):
        picture = picture.point(lambda value: value / 256).convert("L") if picture.mode != "F" else picture.convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    full = picture.convert("RGBA")
    return full if _extrema(full)[3][0] < 255 else full.convert("RGB")


def _shrunk(picture: Image.Image, side: int, kept: int) -> Image.Image:
    """Scaled so that what is `kept` pixels long has at most `side`; colours under transparency do not bleed in."""
    if picture.mode == "RGBA":
        picture = picture.convert("RGBa")
    if kept > side:
        scale = side / kept
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return picture.convert("RGBA") if picture.mode == "RGBa" else picture


def _square(picture: Image.Image, most: int) -> Image.Image:
    """A cut-out figure is kept whole on a transparent square; a full picture is cropped to its middle."""
    picture = _shrunk(picture, most, max(picture.size) if picture.mode == "RGBA" else min(picture.size))
    width, height = picture.size
    if width == height:
        return picture
    if picture.mode == "RGBA":
        side = max(width, height)
        square = Image.new("RGBA", (side, side))
        square.paste(picture, ((side - width) // 2, (side - height) // 2))
        return square
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return picture.crop((left, top, left + side, top + side))


def _check_content(picture: Image.Image) -> None:
    extrema = _extrema(picture)
    if picture.mode == "RGBA" and extrema[3][1] < 8:
        raise _No("blank")  # nothing on it is visible
    if all(low == high for low, high in extrema):
        raise _No("blank")


def _extrema(picture: Image.Image) -> list[tuple[float, float]]:
    """Lowest and highest value of each channel."""
    return [cast("tuple[float, float]", channel.getextrema()) for channel in picture.split()]


def fingerprint(picture: Image.Image) -> tuple[str, str]:
    """A perceptual hash (64 bits) of the picture on grey, and its 16 x 16 thumbnail."""
    import imagehash

    full = picture.convert("RGBA")
    ground = Image.new("RGBA", full.size, (128, 128, 128, 255))
    shown = Image.alpha_composite(ground, full).convert("RGB")
    thumb = full.convert("RGBa").resize((THUMB_SIDE, THUMB_SIDE), Image.Resampling.BOX)
    return str(imagehash.phash(shown)), thumb.tobytes().hex()


def _read(source: BinaryIO, count: int) -> bytes:
    data = source.read(count)
    if len(data) != count:
        sys.exit(1)  # whoever asked is gone
    return data


if __name__ == "__main__":
    from bot.safety.decoder import main as run  # under its own name, so that its exceptions are known everywhere

    run()
