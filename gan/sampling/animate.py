"""Frames to one animated file that fits a limit: WebP and GIF by Pillow, MP4 by PyAV."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from gan.contract import ErrorCode, WalkFormat
from gan.errors import WorkerError

QUALITIES = (82, 60, 35)
"""Tried in turn until the file fits; then the side shrinks."""
LEAST_SIDE = 48
PAPER = (49, 51, 56)
"""Behind what is clear in a format without alpha: the dark chat's own colour."""
SHRINK = 0.7


@dataclass(frozen=True)
class Animation:
    data: bytes
    media_type: str
    width: int
    height: int
    quality: int


def animate(frames: Sequence[Image.Image], wanted: WalkFormat, seconds: float, max_bytes: int) -> Animation:
    """Encode frames of one size, `seconds` in all, for ever in a circle. Lowers quality, then size, until it fits.

    Raises `WorkerError(too_large)` when it does not fit at all.
    """
    encoders: dict[WalkFormat, Callable[[Sequence[Image.Image], int, int], bytes]]
    encoders = {WalkFormat.webp: _webp, WalkFormat.gif: _gif, WalkFormat.mp4: _mp4}
    encode = encoders[wanted]
    kind = "video" if wanted is WalkFormat.mp4 else "image"
    milliseconds = max(20, round(1000 * seconds / len(frames)))
    while max(frames[0].size) >= LEAST_SIDE:
        for quality in QUALITIES:
            data = encode(frames, milliseconds, quality)
            if len(data) <= max_bytes:
                width, height = frames[0].size
                return Animation(data, f"{kind}/{wanted.value}", width, height, quality)
        room = (int(frames[0].width * SHRINK), int(frames[0].height * SHRINK))
        frames = [frame.resize(room, Image.Resampling.LANCZOS) for frame in frames]
    raise WorkerError(ErrorCode.too_large, "The walk does not fit the limit; ask for fewer frames.")


def _webp(frames: Sequence[Image.Image], milliseconds: int, quality: int) -> bytes:
    out = io.BytesIO()
    # method 1: a third of the time of the default for a few percent of size; somebody waits
    frames[0].save(
        out, "WEBP", save_all=True, append_images=list(frames[1:]), duration=milliseconds, loop=0, quality=quality,
        method=1, alpha_quality=80, minimize_size=False, kmin=9, kmax=17,
    )  # fmt: skip
    return out.getvalue()


def _gif(frames: Sequence[Image.Image], milliseconds: int, quality: int) -> bytes:
    """`quality` chooses the number of colours. One palette for all frames, so that nothing flickers."""
    colours = min(255, max(16, round(quality * 3)))
    width, height = frames[0].size
    strip = Image.new("RGB", (width * 4, height), "white")
    for place in range(4):
        frame = frames[place * len(frames) // 4].convert("RGBA")
        strip.paste(frame.convert("RGB"), (place * width, 0), frame.getchannel("A"))
    palette = strip.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    drawn = []
    for frame in frames:
        rgba = frame.convert("RGBA")
        paper = Image.new("RGB", rgba.size, "white")
        paper.paste(rgba.convert("RGB"), (0, 0), rgba.getchannel("A"))
        indexed = paper.quantize(palette=palette, dither=Image.Dither.NONE)
        indexed.paste(255, (0, 0), rgba.getchannel("A").point(lambda a: 255 if a < 128 else 0))
        drawn.append(indexed)
    # GIF counts in hundredths: rounded sums, so that the whole keeps its length
    ends = [round(number * milliseconds / 10) * 10 for number in range(len(frames) + 1)]
    out = io.BytesIO()
    clear = any(frame.mode == "RGBA" for frame in frames)
    options = {"transparency": 255, "disposal": 2} if clear else {}
    drawn[0].save(
        out, "GIF", save_all=True, append_images=drawn[1:], loop=0, optimize=False,
        duration=[stop - start for start, stop in pairwise(ends)], **options,
    )  # fmt: skip
    return out.getvalue()


def _mp4(frames: Sequence[Image.Image], milliseconds: int, quality: int) -> bytes:
    # the index goes to the front, so that players start at once; for that the muxer reads back what it wrote
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        _write_mp4(file.name, frames, milliseconds, quality)
        return Path(file.name).read_bytes()


def _write_mp4(path: str, frames: Sequence[Image.Image], milliseconds: int, quality: int) -> None:
    import av

    width, height = (edge // 2 * 2 for edge in frames[0].size)  # this colour format halves both sides
    with av.open(path, "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(1000, milliseconds))
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "veryfast", "crf": str(round(40 - quality * 0.22)), "threads": "1"}
        for frame in frames:
            rgba = frame.convert("RGBA")
            paper = Image.new("RGB", rgba.size, PAPER)
            paper.paste(rgba.convert("RGB"), (0, 0), rgba.getchannel("A"))
            picture = av.VideoFrame.from_ndarray(np.asarray(paper.crop((0, 0, width, height))), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
