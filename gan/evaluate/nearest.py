"""The works that a picture looks most like, by the judge, and whether it comes too near to them.

A child of the front, which holds no torch (`python -m gan.evaluate.nearest`). One question a line of JSON on standard
input, one answer a line on standard output; it ends with its input.
    {key, works: [path], size, frame, pictures: [base64]}
    → {kind: "result", pictures: [{near: [[work, distance]], ratio}]} or {kind: "error", code, detail}
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import traceback
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from gan.contract import MAX_SIDE, MOST_NEAREST, ErrorCode
from gan.data.frames import Frame
from gan.data.pictures import fitted, premultiplied
from gan.errors import WorkerError
from gan.evaluate import judge
from gan.evaluate.crowds import COPY_QUANTILE, Features, distances, held_out
from gan.evaluate.metrics import FEWEST_WORKS, MOST_JUDGED, THUMB, on_white

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SHORTLIST = 24
"""Works that are judged for one picture because their thumbnails are nearest, where not all works are judged anyway."""
KEPT = 4
"""Sets of works in memory: 2.6 MB of features for 512 works, and 0.75 kB a work of thumbnails."""


@dataclass(frozen=True)
class Nearness:
    """`near` are works by place with their distances, the nearest first. `ratio` is the first one's over the first
    decile of held-out works' (`gan.evaluate.crowds`): below 1 it is a copy to the eye. None below three works."""

    near: tuple[tuple[int, float], ...]
    ratio: float | None


class Neighbourhood:
    """The works of one model. Of large sets some are judged beforehand, evenly spread, the others when they may be
    near."""

    def __init__(self, works: Sequence[Path], size: int, frame: Frame | None) -> None:
        self._works, self._size, self._frame = works, size, frame
        spread = np.linspace(0, len(works) - 1, min(len(works), MOST_JUDGED)).round().astype(int)
        self._judged = [int(place) for place in np.unique(spread)]
        real = judge.features(on_white(self._opened(works[place] for place in self._judged)))
        self._features: dict[int, NDArray[np.float64]] = dict(zip(self._judged, real, strict=True))
        enough = len(real) >= FEWEST_WORKS
        self._bar = float(np.quantile(held_out(real), COPY_QUANTILE)) if enough else None
        whole = len(self._judged) == len(works)
        self._thumbs = None if whole else np.concatenate([_thumbs(self._opened([work])) for work in works])

    def near(self, pictures: Sequence[Image.Image]) -> list[Nearness]:
        """Of each picture: what it looks most like."""
        seen = self._tensor(pictures)
        drawn = judge.features(on_white(seen))
        return [self._one(row, _thumbs(part)) for row, part in zip(drawn, seen.split(1), strict=True)]

    def _one(self, drawn: NDArray[np.float64], thumb: NDArray[np.float64]) -> Nearness:
        places = [*self._judged, *self._shortlist(thumb)]
        between = distances(drawn[None], np.stack([self._features[place] for place in places]))[0]
        order = np.argsort(between, kind="stable")[:MOST_NEAREST]
        near = tuple((places[n], round(float(between[n]), 4)) for n in order)
        return Nearness(near, None if self._bar is None else round(near[0][1] / max(self._bar, 1e-9), 4))

    def _shortlist(self, thumb: NDArray[np.float64]) -> list[int]:
        """Works that were not judged beforehand and may be near; from now on they are judged."""
        if self._thumbs is None:
            return []
        nearest = np.argsort(distances(thumb, self._thumbs)[0], kind="stable")[:SHORTLIST]
        found = [int(place) for place in nearest if int(place) not in set(self._judged)]
        if new := [place for place in found if place not in self._features]:
            rows = judge.features(on_white(self._opened(self._works[place] for place in new)))
            self._features |= dict(zip(new, rows, strict=True))
        return found

    def _opened(self, works: Iterable[Path]) -> torch.Tensor:
        pictures = []
        for path in works:
            with Image.open(path, formats=FORMATS) as picture:
                pictures.append(picture.convert("RGBA"))
        return self._tensor(pictures)

    def _tensor(self, pictures: Sequence[Image.Image]) -> torch.Tensor:
        rows = [premultiplied(np.asarray(fitted(one, self._size, self._frame))) for one in pictures]
        return torch.from_numpy(np.stack(rows)).permute(0, 3, 1, 2)


def _thumbs(pictures: torch.Tensor) -> Features:
    small = torch.nn.functional.interpolate(on_white(pictures), (THUMB, THUMB), mode="area")
    return np.asarray(small.flatten(1), np.float64)


def main() -> int:
    """Answer until the input ends."""
    known: OrderedDict[str, Neighbourhood] = OrderedDict()
    for line in sys.stdin:
        try:
            answer = _answer(json.loads(line), known)
        except WorkerError as error:
            answer = {"kind": "error", "code": error.code.value, "detail": error.detail}
        except OSError:
            detail = "Not all works of this model are kept here any more, so they cannot be compared with."
            answer = {"kind": "error", "code": "not_found", "detail": detail}
        except Exception:
            traceback.print_exc()
            answer = {"kind": "error", "code": "internal", "detail": "The pictures could not be compared."}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return 0


def _answer(asked: dict[str, Any], known: OrderedDict[str, Neighbourhood]) -> dict[str, Any]:
    key = asked["key"]
    if key not in known:
        frame = tuple(asked["frame"]) if asked["frame"] else None
        known[key] = Neighbourhood([Path(path) for path in asked["works"]], asked["size"], frame)
    known.move_to_end(key)
    while len(known) > KEPT:
        known.popitem(last=False)
    found = known[key].near([_picture(base64.b64decode(data)) for data in asked["pictures"]])
    return {"kind": "result", "pictures": [{"near": one.near, "ratio": one.ratio} for one in found]}


def _picture(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if max(picture.size) > MAX_SIDE:
                raise ValueError("larger than any picture of a model")
            return picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise WorkerError(ErrorCode.bad_picture, "What is to be compared cannot be read as a picture.") from error


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    sys.exit(main())
