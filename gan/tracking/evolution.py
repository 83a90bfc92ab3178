"""A run's sample grids, one after another, as one animation: the same seeds from the first step to the last."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from gan.contract import ErrorCode, WalkFormat
from gan.errors import WorkerError
from gan.rundir import RunDir, write_atomically
from gan.sampling.animate import animate

FRAMES = 32
"""More would be a longer wait for a run's end than anybody gains; in between they are taken evenly."""
SIDE = 360
"""Pixels of the longer side: four by four pictures of 90, and a file of a megabyte at most."""
SECONDS = 5.0
HELD = 6
"""How many frames long the last one stands: it is what one waits for."""
MOST_BYTES = 4 * 1024 * 1024
BAR = 6
"""Pixels of the bar below, which grows with the pictures seen."""
INK, GROUND = (122, 111, 240, 255), (128, 132, 142, 90)


def write_evolution(run: RunDir) -> Path | None:
    """Write `evolution.webp` into the run folder; None where the run has fewer than two samples."""
    samples = sorted(run.samples.glob("[0-9]*.png"))
    if len(samples) < 2:
        return None
    write_atomically(run.evolution, evolution(samples))
    return run.evolution


def evolution(samples: Sequence[Path], wanted: WalkFormat = WalkFormat.webp, side: int = SIDE) -> bytes:
    """The animation of sample grids, oldest first, each named by the pictures seen.

    Raises `WorkerError(invalid)` for fewer than two.
    """
    if len(samples) < 2:
        raise WorkerError(ErrorCode.invalid, "There are fewer than two samples yet; wait for the training to go on.")
    last = int(samples[-1].stem) or 1
    frames = [_frame(path, int(path.stem) / last, side) for path in spread(samples, FRAMES)]
    frames = [frame if frame.size == frames[-1].size else frame.resize(frames[-1].size) for frame in frames]
    return animate([*frames, *[frames[-1]] * HELD], wanted, SECONDS, MOST_BYTES).data


def spread(samples: Sequence[Path], most: int) -> list[Path]:
    """At most so many, the first and the last among them. Early ones, when most happens, lie denser anyway."""
    if len(samples) <= most:
        return list(samples)
    return [samples[round(n * (len(samples) - 1) / (most - 1))] for n in range(most)]


def _frame(path: Path, done: float, side: int) -> Image.Image:
    with Image.open(io.BytesIO(path.read_bytes())) as opened:
        grid = opened.convert("RGBa")
    scale = side / max(grid.size)
    width, height = (max(2, round(edge * scale / 2) * 2) for edge in grid.size)
    frame = Image.new("RGBA", (width, height + 2 * BAR))
    frame.paste(grid.resize((width, height), Image.Resampling.BILINEAR).convert("RGBA"), (0, 0))
    pen = ImageDraw.Draw(frame)
    top = height + BAR
    pen.rectangle((0, top, width - 1, top + BAR - 1), fill=GROUND)
    pen.rectangle((0, top, max(1, round((width - 1) * done)), top + BAR - 1), fill=INK)
    return frame
