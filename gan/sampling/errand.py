"""The inside of an errand: `python -m gan.sampling.errand`, started by `gan.engines.errands`.

One request as a line of JSON on standard input; reports as lines on standard output, the last a `result` or an `error`.
    find        {path, family, sha256, picture, seconds}          → previews, then the stored code
    directions  {path, family, out}                                → the file `out`
    paint       {path, family, recipe, blobs, seconds}             → previews, then the picture as PNG
    animate     {frames, format, seconds, max_bytes, out}          → the file `out`
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from PIL import Image

from gan.contract import ErrorCode, Transform, WalkFormat
from gan.data.frames import scaled
from gan.errors import WorkerError
from gan.sampling.transforms import opened_inputs
from gan.spec import Family, LatentFamily, PaintingFamily, Seen

PREVIEW_SIDE = 256
MAX_PICTURE_SIDE = 4096


def main(get_family: Callable[[str], Family]) -> int:
    """Do one errand; returns the exit status."""
    request = json.loads(sys.stdin.readline())
    try:
        match request["do"]:
            case "find":
                _find(request, cast("LatentFamily", get_family(request["family"])))
            case "directions":
                family = cast("LatentFamily", get_family(request["family"]))
                family.find_directions(Path(request["path"]), Path(request["out"]))
                _report(kind="result")
            case "paint":
                _paint(request, cast("PaintingFamily", get_family(request["family"])))
            case "animate":
                _animate(request)
    except WorkerError as error:
        _report(kind="error", code=error.code.value, detail=error.detail)
    except MemoryError:
        _report(kind="error", code="out_of_memory", detail="There is not enough memory for this; ask for less.")
    except Exception:
        traceback.print_exc()
        _report(kind="error", code="internal", detail="This did not work; the worker's log has the reason.")
        return 1
    return 0


def _seen(what: Seen) -> None:
    height, width = what.pixels.shape[:2]
    room = scaled(width, height, PREVIEW_SIDE)
    preview = _png(Image.fromarray(what.pixels).resize(room, Image.Resampling.LANCZOS))
    _report(kind="seen", fraction=what.fraction, distance=what.distance, preview=preview)


def _png(picture: Image.Image) -> str:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return base64.b64encode(out.getvalue()).decode()


def _paint(request: dict[str, Any], family: PaintingFamily) -> None:
    blobs = {name: Path(path).read_bytes() for name, path in request["blobs"].items()}
    asked = opened_inputs(Transform.model_validate(request["recipe"]), blobs)
    made = family.paint(Path(request["path"]), asked, request["seconds"], _seen)
    picture = _png(Image.fromarray(made.pixels))
    _report(kind="result", picture=picture, nearer=made.nearer, steps=made.steps, seconds=made.seconds)


def _find(request: dict[str, Any], family: LatentFamily) -> None:
    picture = _opened(Path(request["picture"]))
    found = family.find(Path(request["path"]), request["sha256"], picture, request["seconds"], _seen)
    _report(
        kind="result",
        point=base64.b64encode(found.point).decode(),
        distance=found.distance,
        mean_distance=found.mean_distance,
        steps=found.steps,
        seconds=found.seconds,
    )


def _opened(path: Path) -> Image.Image:
    """An upload, bounded before it is decoded; this process is the fence around the decoder."""
    try:
        with Image.open(path, formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
            if max(picture.size) > MAX_PICTURE_SIDE:
                detail = f"The picture has a side over {MAX_PICTURE_SIDE} pixels; send a smaller one."
                raise WorkerError(ErrorCode.bad_picture, detail)
            return picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise WorkerError(ErrorCode.bad_picture, "The upload cannot be read as a picture; send a PNG.") from error


def _animate(request: dict[str, Any]) -> None:
    from gan.sampling.animate import animate

    frames = []
    for path in sorted(Path(request["frames"]).glob("*.png")):
        with Image.open(path) as frame:
            frames.append(frame.copy())
    if len({frame.mode for frame in frames}) > 1:
        frames = [frame.convert("RGBA") for frame in frames]
    made = animate(frames, WalkFormat(request["format"]), request["seconds"], request["max_bytes"])
    Path(request["out"]).write_bytes(made.data)
    _report(kind="result", media_type=made.media_type, width=made.width, height=made.height, quality=made.quality)


def _report(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    from gan import families
    from gan.priority import ERRAND, step_back

    step_back(ERRAND)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: beside renders two threads wait for each other
    sys.exit(main(families.get))
