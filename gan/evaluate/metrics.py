"""Figures of quality: how near samples are to the works as a crowd, how many works are covered, how many are copies."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import Figures
from gan.data.pictures import over, premultiplied
from gan.evaluate import judge

Features = NDArray[np.float64]
MOST_JUDGED = 512
COPY_QUANTILE = 0.1


def kid(real: Features, fake: Features) -> float:
    """Unbiased squared MMD with the kernel (x·y / d + 1)³ (Bińkowski et al. 2018, section 4)."""
    dimension = real.shape[1]
    n, m = len(real), len(fake)
    rr, ff, rf = (((a @ b.T) / dimension + 1) ** 3 for a, b in ((real, real), (fake, fake), (real, fake)))
    within = (rr.sum() - np.trace(rr)) / (n * (n - 1)) + (ff.sum() - np.trace(ff)) / (m * (m - 1))
    return float(within - 2 * rf.mean())


def distances(a: Features, b: Features) -> NDArray[np.float64]:
    """Euclidean distances [len(a), len(b)]."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    result: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0))
    return result


def nearest_other(features: Features) -> NDArray[np.float64]:
    """Distance of each row to its nearest other row."""
    between = distances(features, features)
    np.fill_diagonal(between, np.inf)
    result: NDArray[np.float64] = between.min(1)
    return result


def coverage(real: Features, fake: Features) -> float:
    """Share of works with a sample nearer than their own nearest neighbour (Naeem et al. 2020, equation 8, k = 1)."""
    return float((distances(real, fake).min(1) <= nearest_other(real)).mean())


def copies(real: Features, fake: Features) -> float:
    """Share of samples nearer to a work than a tenth of the works are to each other: these are copies to the eye."""
    return float((distances(fake, real).min(1) < np.quantile(nearest_other(real), COPY_QUANTILE)).mean())


def judge_samples(samples: NDArray[np.uint8], works: Tensor, base_samples: NDArray[np.uint8] | None = None) -> Figures:
    """Figures of samples uint8 RGBA [M, H, W, 4] against works, premultiplied [N, 4, H, W]; empty without the judge.

    `base_samples` are the base's, judged against the same works.
    """
    if not judge.available() or len(works) < 3:
        return Figures()
    step = max(1, len(works) // MOST_JUDGED)
    real = judge.features(_on_white(works[::step][:MOST_JUDGED]))
    fake = _features_of_samples(samples)
    before = None if base_samples is None else kid(real, _features_of_samples(base_samples))
    return Figures(
        judge=judge.NAME,
        kid_x1000=round(1000 * kid(real, fake), 2),
        base_kid_x1000=None if before is None else round(1000 * before, 2),
        coverage=round(coverage(real, fake), 3),
        copies=round(copies(real, fake), 3),
    )


def _features_of_samples(samples: NDArray[np.uint8]) -> Features:
    return judge.features(_on_white(torch.from_numpy(premultiplied(samples)).permute(0, 3, 1, 2)))


def _on_white(pictures: Tensor) -> Tensor:
    return over(pictures, torch.ones(len(pictures), 3)).clamp(-1, 1)
