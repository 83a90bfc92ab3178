"""Files that people really attach: drawings, and all that is wrong with the rest."""

from __future__ import annotations

import io
import random
import struct
import zlib

from PIL import Image, ImageDraw


def drawing(n: int, side: int = 64, alpha: bool = False) -> Image.Image:
    """A drawing of a few shapes, another one for each number."""
    rng = random.Random(n)
    ground = (0, 0, 0, 0) if alpha else (*(rng.randrange(200, 256) for _ in range(3)), 255)
    picture = Image.new("RGBA", (side, side), ground)
    draw = ImageDraw.Draw(picture)
    for _ in range(5):
        x, y, size = rng.randrange(side), rng.randrange(side), rng.randrange(side // 6, side // 2)
        colour = (rng.randrange(256), rng.randrange(256), rng.randrange(256), 255)
        shape = rng.choice([draw.ellipse, draw.rectangle])
        shape([x - size // 2, y - size // 2, x + size // 2, y + size // 2], fill=colour)
    return picture if alpha else picture.convert("RGB")


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)  # type: ignore[arg-type]
    return file.getvalue()


def good(n: int) -> bytes:
    return saved(drawing(n))


def transparent(n: int) -> bytes:
    return saved(drawing(n, alpha=True))


def animated(n: int, kind: str) -> bytes:
    frames = [drawing(n + step) for step in range(3)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=80, loop=0)


def noise(byte_count: int) -> bytes:
    """A whole PNG of at least so many bytes: noise does not compress."""
    side = int((byte_count / 3) ** 0.5) + 8
    return saved(Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3)))


def truncated(n: int) -> bytes:
    """The first half of a PNG."""
    whole = saved(drawing(n, side=256))
    return whole[: len(whole) // 2]


def bomb(side: int = 60_000) -> bytes:
    """A grey PNG of `side` x `side` pixels in a few megabytes at most: zeros compress a thousandfold."""
    packer = zlib.compressobj(9)
    line = bytes(1 + side // 8)
    packed = b"".join(packer.compress(line) for _ in range(200)) + packer.flush()  # the rest need not even be there
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
