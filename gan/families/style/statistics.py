"""What a style is, to a frozen network: how its features are distributed, wherever in the picture they stand.

Maps are taken where they are widest: inside the blocks, behind the depthwise convolution. The blocks' own outputs are
narrow by design (Sandler et al. 2018), and tell colours apart better than brushes.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from gan.blocks.features import FrozenFeatures

TAPS = (0, 2, 4, 10)
"""Blocks whose outputs the painter is given, of strides 2, 4, 8 and 16."""
WIDE = (1, 3, 5)
"""Blocks inside which style is measured besides the stem, of strides 4 (96 channels), 8 (144) and 16 (240)."""
CONTENT = (4, 10)
EPSILON = 1e-4


@dataclass(frozen=True)
class Seen:
    """What the frozen network sees in pictures."""

    taps: list[Tensor]
    wide: list[Tensor]


def look(features: FrozenFeatures, rgb: Tensor) -> Seen:
    """RGB [B, 3, H, W] in [0, 1] → maps of the blocks in `TAPS`, and those that style is measured by."""
    x = features.stem((rgb * 2 - 1).to(features.stem.get_buffer("weight").dtype))
    taps, wide = [], [x]
    for number, block in enumerate(features.blocks):
        y = x
        for part, conv in enumerate(block.net):  # type: ignore[arg-type]
            y = conv(y)
            if number in WIDE and part == 1:
                wide.append(y)
        x = x + y if block.skip else y
        if number in TAPS:
            taps.append(x)
    return Seen(taps, wide)


def moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation over places: [B, C, H, W] → two of [B, C], single precision."""
    x = x.float()
    return x.mean((2, 3)), (x.var((2, 3), correction=0) + EPSILON).sqrt()


def gram(x: Tensor) -> tuple[Tensor, Tensor]:
    """Gram matrix (Gatys et al. 2016, equation 3) as the mean over places, and the mean: [B, C, H, W] → [B, C, C],
    [B, C], single precision."""
    flat = x.flatten(2).float()
    return flat @ flat.transpose(1, 2) / flat.shape[2], flat.mean(2)


def style_distance(drawn: Seen, artwork: Seen) -> Tensor:
    """How far pictures are from artworks in style: [B]. Each map counts alike, as a share of the artwork's own size.

    Per map ‖G − G*‖² / ‖G*‖² + (‖μ − μ*‖² + ‖σ − σ*‖²) / (‖μ*‖² + ‖σ*‖²), meant over maps.
    """
    total = drawn.wide[0].new_zeros(len(drawn.wide[0]), dtype=torch.float32)
    for x, y in zip(drawn.wide, artwork.wide, strict=True):
        (grams, means), (grams_wanted, means_wanted) = gram(x), gram(y)
        total = total + (grams - grams_wanted).square().sum((1, 2)) / _size(grams_wanted)
        moved = torch.cat([means - means_wanted, _spread(grams, means) - _spread(grams_wanted, means_wanted)], 1)
        total = total + moved.square().sum(1) / grams_wanted.diagonal(0, 1, 2).sum(1).clamp_min(EPSILON)
    return total / len(drawn.wide)


def _size(grams: Tensor) -> Tensor:
    return grams.square().sum((1, 2)).clamp_min(EPSILON)


def _spread(grams: Tensor, means: Tensor) -> Tensor:
    """Deviations: a Gram matrix's diagonal is the mean square, μ² + σ²."""
    return (grams.diagonal(0, 1, 2) - means.square()).clamp_min(EPSILON).sqrt()


def content_distance(drawn: Seen, picture: Seen) -> Tensor:
    """How far pictures are from others in what is seen where, colours and contrast left out: [B], 2 for strangers."""
    total = drawn.taps[0].new_zeros(len(drawn.taps[0]), dtype=torch.float32)
    for block in CONTENT:
        number = TAPS.index(block)
        x, y = normalised(drawn.taps[number]), normalised(picture.taps[number])
        total = total + (x - y).square().mean((1, 2, 3))
    return total / len(CONTENT)


def normalised(x: Tensor) -> Tensor:
    """Zero mean and unit deviation over places, for each channel of each picture."""
    mean, deviation = moments(x)
    return (x.float() - mean[:, :, None, None]) / deviation[:, :, None, None]


def recoloured(picture: Tensor, artwork: Tensor) -> Tensor:
    """A picture with the artwork's mean and covariance of colours, by the map that moves colours least.

    The linear Monge–Kantorovich map (Pitié & Kokaram 2007, equation 11). RGB [B, 3, H, W] in [0, 1].
    """
    x, y = picture.float().flatten(2), artwork.float().flatten(2)
    mean_x, mean_y = x.mean(2, keepdim=True), y.mean(2, keepdim=True)
    root, back = _roots(_covariance(x - mean_x))
    middle, _ = _roots(root @ _covariance(y - mean_y) @ root)
    mapped = back @ middle @ back @ (x - mean_x) + mean_y
    return mapped.view(picture.shape)


def _covariance(x: Tensor) -> Tensor:
    # a floor keeps flat pictures from being stretched without bound: noise of a fiftieth of the range
    return x @ x.transpose(1, 2) / x.shape[2] + torch.eye(3, device=x.device) * 4e-4


def _roots(symmetric: Tensor) -> tuple[Tensor, Tensor]:
    """Square root of positive matrices [B, 3, 3], and its inverse."""
    values, vectors = torch.linalg.eigh(symmetric)
    root = values.clamp_min(1e-8).sqrt()
    rebuilt = vectors * root[:, None] @ vectors.transpose(1, 2)
    return rebuilt, vectors / root[:, None] @ vectors.transpose(1, 2)


def colours(artwork: Tensor) -> Tensor:
    """Mean and root of the covariance of colours: [B, 3, H, W] → [B, 12]."""
    x = artwork.float().flatten(2)
    mean = x.mean(2)
    root, _ = _roots(_covariance(x - mean[:, :, None]))
    return torch.cat([mean, root.flatten(1)], 1)


def padded(rgb: Tensor, multiple: int) -> Tensor:
    """Sides made multiples by repeating edges."""
    height, width = rgb.shape[2:]
    return F.pad(rgb, (0, -width % multiple, 0, -height % multiple), mode="replicate")
