"""Make an animation of a training run's samples: `python scripts/evolution.py RUN_DIR out.webp`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

PAPER = (43, 45, 49)
SIDE, FRAME_MS, LAST_MS, MOST_FRAMES = 384, 220, 2400, 36


def frames(folder: Path) -> list[Image.Image]:
    """Sample grids in order on dark paper, evenly thinned to `MOST_FRAMES`, more of them from the start."""
    paths = sorted(folder.glob("*.png"))
    count = min(MOST_FRAMES, len(paths))
    chosen = sorted({round((len(paths) - 1) * (number / max(1, count - 1)) ** 1.6) for number in range(count)})
    out = []
    for place in chosen:
        with Image.open(paths[place]) as sheet:
            small = sheet.convert("RGBa").resize((SIDE, SIDE), Image.Resampling.LANCZOS).convert("RGBA")
        frame = Image.new("RGB", (SIDE + 32, SIDE + 32), PAPER)
        frame.paste(small, (16, 16), small)
        out.append(frame)
    return out


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    drawn = frames(Path(sys.argv[1]) / "samples")
    if not drawn:
        raise SystemExit(f"{sys.argv[1]} has no samples")
    durations = [FRAME_MS] * (len(drawn) - 1) + [LAST_MS]
    drawn[0].save(sys.argv[2], save_all=True, append_images=drawn[1:], duration=durations, loop=0, quality=80, method=6)


if __name__ == "__main__":
    main()
