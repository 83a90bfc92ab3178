"""Figures of quality of a model's samples, by the independent judge; the arithmetic is in `crowds`."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import Figures, Interval, Recipe, Seed
from gan.data.pictures import over, premultiplied
from gan.evaluate import crowds, judge
from gan.evaluate.crowds import Features, Measured

FEWEST_WORKS = 3
FEWEST_FOR_KID = 8
"""Below, the interval of a KID is wider than all that training changes (docs/measured.md)."""
MOST_JUDGED = 512
FIRST_JUDGED_SEED = 10_000
"""Judged pictures are always of the same seeds, none of which a sample grid shows."""
THUMB = 8
"""Side of the thumbnails by which nearest works are looked for in sets too large to judge whole."""


def judged_recipes(count: int, variety: float = 0.5) -> list[Recipe]:
    """What is drawn to judge a model by."""
    return [Seed(seed=FIRST_JUDGED_SEED + n, variety=variety) for n in range(count)]


def judge_samples(
    samples: NDArray[np.uint8],
    works: Tensor,
    base_samples: NDArray[np.uint8] | None = None,
    most: int = MOST_JUDGED,
) -> Figures:
    """Figures of samples uint8 RGBA [M, H, W, 4] against works, premultiplied [N, 4, H, W]; empty without the judge.

    `base_samples` are the base's, judged against the same works. Of more than `most` works so many are judged, evenly
    spread, and copies are looked for among them and each sample's nearest work by thumbnail.
    """
    if not judge.available() or len(works) < FEWEST_WORKS or len(samples) < FEWEST_WORKS:
        return Figures()
    chosen = np.unique(np.linspace(0, len(works) - 1, min(len(works), most)).round().astype(int))
    real = judge.features(on_white(works[chosen]))
    drawn = on_white(torch.from_numpy(premultiplied(samples)).permute(0, 3, 1, 2))
    fake = judge.features(drawn)
    suspects = real[:0]
    if len(chosen) < len(works):
        suspects = judge.features(on_white(works[_likely_copied(drawn, works, chosen)]))
    before = None if base_samples is None else _features_of_samples(base_samples)
    return figures_of(real, fake, before, suspects)


def figures_of(
    real: Features, fake: Features, before: Features | None = None, suspects: Features | None = None
) -> Figures:
    """Figures of samples' features against works'. `before` are the base's samples, `suspects` further works that
    samples may be copies of."""
    cover, new = crowds.measured_coverage(real, fake), crowds.measured_new(real, fake, suspects)
    with_kid = len(real) >= FEWEST_FOR_KID
    kid = crowds.measured_kid(real, fake).times(1000) if with_kid else None
    return Figures(
        judge=judge.NAME,
        works_judged=len(real),
        samples_judged=len(fake),
        kid_x1000=None if kid is None else round(kid.value, 2),
        kid_interval=None if kid is None else _interval(kid, 1),
        base_kid_x1000=round(1000 * crowds.kid(real, before), 2) if with_kid and before is not None else None,
        coverage=round(cover.value, 3),
        coverage_interval=_shares(cover),
        perfect_coverage=round(crowds.perfect_coverage(len(real), len(fake)), 3),
        coverage_k5=round(crowds.coverage(real, fake, crowds.WIDE), 3),
        density_k5=round(crowds.density(real, fake), 3),
        copies=round(1 - new.value, 3),
        new=round(new.value, 3),
        new_interval=_shares(new),
        copy_deciles=tuple(round(share, 3) for share in crowds.deciles(real, fake, suspects)),
    )


def _interval(measured: Measured, places: int) -> Interval:
    return round(measured.low, places), round(measured.high, places)


def _shares(measured: Measured) -> Interval:
    return round(max(0.0, measured.low), 3), round(min(1.0, measured.high), 3)


def _likely_copied(drawn: Tensor, works: Tensor, known: NDArray[np.int_]) -> NDArray[np.int_]:
    """Each sample's nearest work by thumbnail, those left out that are judged anyway: any copy is found so."""
    thumbs = [_thumbs(drawn), torch.cat([_thumbs(on_white(part)) for part in works.split(1024)])]
    nearest = torch.cdist(thumbs[0], thumbs[1]).argmin(1).unique().numpy()
    return np.setdiff1d(nearest, known)


def _thumbs(rgb: Tensor) -> Tensor:
    return torch.nn.functional.interpolate(rgb, (THUMB, THUMB), mode="area").flatten(1)


def _features_of_samples(samples: NDArray[np.uint8]) -> Features:
    return judge.features(on_white(torch.from_numpy(premultiplied(samples)).permute(0, 3, 1, 2)))


def on_white(pictures: Tensor) -> Tensor:
    """Premultiplied [N, 4, H, W] → RGB in [−1, 1], a square: what is not one is filled up with white."""
    rgb = over(pictures, torch.ones(len(pictures), 3)).clamp(-1, 1)
    height, width = rgb.shape[-2:]
    if height == width:
        return rgb
    across, down = max(0, height - width), max(0, width - height)
    edges = (across // 2, across - across // 2, down // 2, down - down // 2)
    return torch.nn.functional.pad(rgb, edges, value=1.0)
