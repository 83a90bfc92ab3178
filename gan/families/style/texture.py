"""The artwork's own brushwork on the recoloured picture: what the painter begins with.

As in texture transfer by quilting (Efros & Freeman 2001), pieces of the artwork are laid where the picture is most like
them in colour; but only their fine bands, so that the picture keeps its shapes and the artwork's objects do not show.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from gan.families.style.statistics import recoloured

CANDIDATES = 192
"""Pieces of the artwork that are tried for each place."""
PIECE, OVERLAP = 1 / 4, 1 / 4
"""Side of a piece as a share of the artwork's shorter side, and of a piece that it shares with each neighbour."""
FINE = 1 / 48
"""Deviation of the blur, as a share of the same side, that parts brushwork from shapes."""
EDGES = 20.0
"""How soon brushwork gives way to the picture's own edges, which say what it shows."""
EVEN = (0.42, 0.64)
CHANCE = 0.05
"""How far from the best piece in colour another one may be taken, so that places alike do not all get one piece."""


def brushed(picture: Tensor, artwork: Tensor, seed: int = 0) -> Tensor:
    """RGB [B, 3, H, W] in [0, 1] → recoloured pictures with the artworks' brushwork, about [0, 1]."""
    random = torch.Generator().manual_seed(seed)
    pairs = zip(picture.float().split(1), artwork.float().split(1), strict=True)
    return torch.cat([_brushed(one, other, random) for one, other in pairs])


def _brushed(picture: Tensor, artwork: Tensor, random: torch.Generator) -> Tensor:
    base = recoloured(picture, artwork)
    shorter = min(artwork.shape[2:])
    fine = artwork - blurred(artwork, FINE * shorter)
    laid = _laid(base, artwork, fine, max(8, round(PIECE * shorter) // 4 * 4), random)
    detail = (picture - blurred(picture, 2.0)).abs().mean(1, keepdim=True)
    quiet = 1 / (1 + (EDGES * blurred(detail, 1.0)).square())
    return recoloured(base + laid * quiet * _brushwork(fine, shorter), artwork)


def _brushwork(fine: Tensor, shorter: int) -> Tensor:
    """How far the fine bands are brushwork, from 0 to 1: brushes are everywhere, an object's edges in few places.

    Told by how evenly their energy is spread, (mean e)² / mean e²: 0.6 to 1 for paintings, below 0.5 for drawn objects.
    """
    energy = blurred(fine.square().mean(1, keepdim=True), shorter / 16)
    even = energy.mean().square() / energy.square().mean().clamp_min(1e-12)
    return ((even - EVEN[0]) / (EVEN[1] - EVEN[0])).clamp(0, 1)


def _laid(base: Tensor, artwork: Tensor, fine: Tensor, piece: int, random: torch.Generator) -> Tensor:
    """Pieces of `fine` side by side, each where `base` has about the colour that the artwork has there."""
    height, width = base.shape[2:]
    step = piece - round(OVERLAP * piece)
    rows, columns = -(-max(height - piece, 0) // step) + 1, -(-max(width - piece, 0) // step) + 1
    room = ((rows - 1) * step + piece, (columns - 1) * step + piece)
    tops = torch.randint(artwork.shape[2] - piece + 1, (CANDIDATES,), generator=random)
    lefts = torch.randint(artwork.shape[3] - piece + 1, (CANDIDATES,), generator=random)
    windows = [(slice(top, top + piece), slice(left, left + piece)) for top, left in zip(tops, lefts, strict=True)]
    pieces = torch.stack([fine[0, :, y, x] for y, x in windows])
    tones = torch.stack([artwork[0, :, y, x].mean((1, 2)) for y, x in windows])
    whole = F.pad(base, (0, room[1] - width, 0, room[0] - height), mode="replicate")
    wanted = F.avg_pool2d(whole, piece, step)[0].flatten(1).t()
    chance = CHANCE * torch.rand(len(wanted), CANDIDATES, generator=random).to(base.device)
    chosen = pieces[(torch.cdist(wanted, tones) + chance).argmin(1)]
    ramp = (torch.arange(piece, device=base.device) + 0.5) / max(piece - step, 1)
    edge = torch.minimum(ramp, ramp.flip(0)).clamp(max=1.0)
    weight = edge[:, None] * edge
    stacks = torch.cat([chosen * weight, (weight**2).expand(len(chosen), 1, piece, piece)], 1)
    out = F.fold(stacks.flatten(1).t()[None], room, piece, stride=step)
    # by the root of the squares, so that where pieces overlap brushwork is as strong as elsewhere
    return (out[:, :3] / out[:, 3:].clamp_min(1e-6).sqrt())[:, :, :height, :width]


def blurred(x: Tensor, deviation: float) -> Tensor:
    """Gaussian blur of [B, C, H, W], edges repeated."""
    reach = max(1, round(2.5 * deviation))
    line = torch.exp(-torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype).square() / (2 * deviation**2))
    kernel = (line / line.sum()).expand(x.shape[1], 1, 1, -1)
    x = F.conv2d(F.pad(x, (reach, reach, 0, 0), mode="replicate"), kernel, groups=x.shape[1])
    return F.conv2d(F.pad(x, (0, 0, reach, reach), mode="replicate"), kernel.transpose(2, 3), groups=x.shape[1])
