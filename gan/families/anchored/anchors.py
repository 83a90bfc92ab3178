"""Which works of a very large set become anchors: those that the model draws best.

A base learns from tens of thousands of works, but a served model that named all of them would be larger than its
network, and many were seen too seldom to be drawn well. All teach; the best drawn are mixed and credited.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gan.families.anchored.papers import STUDY_BATCH
from gan.families.anchored.state import Nets

BLOCK = 64
"""Works that came together (a style, an artist) compete among themselves, so that simple styles do not win it all."""


@torch.no_grad()
def choose_anchors(nets: Nets, pictures: Tensor, most: int) -> Tensor:
    """Indices in rising order, all if there are no more than `most`; pictures premultiplied [N, 4, S, S]."""
    count = len(pictures)
    if count <= most:
        return torch.arange(count)
    errors = torch.cat([_errors(nets, pictures, part) for part in torch.arange(count).split(STUDY_BATCH)])
    chosen = []
    for block in torch.arange(count).split(BLOCK):
        kept = len(block) * most // count
        chosen.append(block[errors[block].argsort()[:kept]])
    return torch.cat(chosen).sort().values


def _errors(nets: Nets, pictures: Tensor, works: Tensor) -> Tensor:
    """[B] how far each work's own picture is off, seen by the frozen net on white."""
    works = works.to(nets.device)
    white = torch.zeros_like(works)
    styles = nets.styles_of(works)[:, None].expand(-1, nets.generator.layers, -1)
    drawn = nets.papers.lay(nets.generator_average(styles), white)
    maps = zip(nets.look(drawn), nets.look(nets.papers.lay(pictures[works].float(), white)), strict=True)
    scaled = [
        (a.float() - b.float()).abs().mean((1, 2, 3)) * s for (a, b), s in zip(maps, nets.feature_scale, strict=True)
    ]
    return torch.stack(scaled).mean(0).cpu()
