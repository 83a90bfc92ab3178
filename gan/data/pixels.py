"""Pictures resident as bytes, for families that learn from crops: a fourth of the room that floats take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gan.contract import ErrorCode
from gan.data.pictures import fitted
from gan.errors import WorkerError


def load_pixels(paths: Sequence[Path], side: int) -> Tensor:
    """uint8 RGBA [N, 4, side, side], in order; as `gan.data.pictures.fitted`, so smaller works are enlarged.

    Raises `WorkerError(bad_picture)` naming the file that cannot be read.
    """
    out = torch.empty(len(paths), 4, side, side, dtype=torch.uint8)
    for row, path in zip(out, paths, strict=True):
        try:
            with Image.open(path) as picture:
                row.copy_(torch.from_numpy(np.array(fitted(picture, side))).permute(2, 0, 1))
        except (OSError, ValueError) as error:
            raise WorkerError(ErrorCode.bad_picture, f"{path.name} cannot be read as a picture.") from error
    return out


def crops(pixels: Tensor, count: int, side: int, random: torch.Generator) -> Tensor:
    """`count` random crops on random papers, mirrored at random: RGB [count, 3, side, side] in [0, 1].

    A crop takes from `side` pixels to the whole work, so that a model meets details at every scale.
    """
    whole = pixels.shape[-1]
    which = torch.randint(len(pixels), (count,), generator=random)
    wide = (side + torch.rand(count, generator=random).square() * (whole - side)).round().long()
    made = []
    for index, width in zip(which.tolist(), wide.tolist(), strict=True):
        top, left = torch.randint(whole - width + 1, (2,), generator=random).tolist()
        made.append(_on_paper(pixels[index, :, top : top + width, left : left + width], side, random))
    out = torch.stack(made)
    mirrored = torch.rand(count, generator=random) < 0.5
    out[mirrored] = out[mirrored].flip(-1)
    return out


def _on_paper(rgba: Tensor, side: int, random: torch.Generator) -> Tensor:
    x = rgba.float().div_(255)
    rgb, alpha = x[:3], x[3:]
    paper = torch.rand(3, 1, 1, generator=random)
    flat = rgb * alpha + paper * (1 - alpha)
    if flat.shape[-1] == side:
        return flat
    sized = torch.nn.functional.interpolate(flat[None], (side, side), mode="bilinear", antialias=True)
    return sized[0]
