"""How two crowds of feature vectors lie to each other: plain arithmetic on arrays, whatever encoder made them.

Rows are pictures. `real` are works, `fake` samples; n, m their counts, d the length of a vector.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]
Floats = NDArray[np.float64]

COPY_QUANTILE = 0.1
"""A sample nearer to a work than a tenth of the works are to each other is a copy to the eye."""
WIDE = 5
"""Neighbours that span a work's ball in density and wide coverage, the default of Naeem et al. 2020."""
RESAMPLES = 200
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Measured:
    """A figure and the interval in which it lies with 95 % confidence."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Measured:
        return Measured(self.value * factor, self.low * factor, self.high * factor)


def kernel(a: Features, b: Features) -> Floats:
    """(x·y / d + 1)³ for every pair: the kernel of KID (Bińkowski et al. 2018, section 4)."""
    result: Floats = ((a @ b.T) / a.shape[1] + 1) ** 3
    return result


def kid(real: Features, fake: Features) -> float:
    """Unbiased squared MMD with the kernel above; about 0 for two draws of one crowd, so it may be negative."""
    return _kid(kernel(real, real), kernel(fake, fake), kernel(real, fake), np.ones(len(real)), np.ones(len(fake)))


def _kid(rr: Floats, ff: Floats, rf: Floats, w: Floats, v: Floats) -> float:
    """The same of works taken `w` and samples taken `v` times. A picture never meets itself, however often taken."""

    def within(k: Floats, weights: Floats) -> float:
        squares = weights**2
        return float((weights @ k @ weights - squares @ k.diagonal()) / (weights.sum() ** 2 - squares.sum()))

    return within(rr, w) + within(ff, v) - 2 * float(w @ rf @ v / (w.sum() * v.sum()))


def distances(a: Features, b: Features) -> Floats:
    """Euclidean distances [len(a), len(b)]."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    result: Floats = np.sqrt(np.maximum(squares, 0))
    return result


def nearest_other(features: Features, k: int = 1) -> Floats:
    """Distance of each row to its k-th nearest other row (to the farthest there is, where there are fewer)."""
    between = distances(features, features)
    np.fill_diagonal(between, np.inf)
    k = min(k, len(features) - 1)
    result: Floats = np.partition(between, k - 1, axis=1)[:, k - 1]
    return result


def coverage(real: Features, fake: Features, k: int = 1) -> float:
    """Share of works with a sample nearer than their own k-th nearest neighbour (Naeem et al. 2020, equation 8)."""
    return float((distances(real, fake).min(1) <= nearest_other(real, k)).mean())


def density(real: Features, fake: Features, k: int = WIDE) -> float:
    """Works in whose ball a sample lies, over k (equation 7 there): 1 for the works' own kind, 0 for noise; above 1
    where samples crowd where works are many."""
    k = min(k, len(real) - 1)
    return float((distances(real, fake) <= nearest_other(real, k)[:, None]).sum(0).mean() / k)


def perfect_coverage(works: int, samples: int, k: int = 1) -> float:
    """What `coverage` is on average when samples are drawn from the very crowd of the works: no model can do better
    without copying. A work is missed when its k nearest of all others are works."""
    missed = 1.0
    for j in range(min(k, works - 1)):
        missed *= (works - 1 - j) / (works - 1 + samples - j)
    return 1 - missed


def copies(real: Features, fake: Features) -> float:
    """Share of samples nearer to a work than the first decile of held-out works' distances (`held_out`)."""
    return float((to_nearest(real, fake) < np.quantile(held_out(real), COPY_QUANTILE)).mean())


def to_nearest(real: Features, fake: Features, suspects: Features | None = None) -> Floats:
    """Distance of each sample to its nearest work. `suspects` are works beyond those that the figures compare with."""
    result: Floats = distances(fake, real if suspects is None else np.concatenate([real, suspects])).min(1)
    return result


def held_out(real: Features) -> Floats:
    """Distance of each work to the nearest other: every work held out once, so that small sets spare none for it."""
    return nearest_other(real)


def deciles(real: Features, fake: Features, suspects: Features | None = None) -> tuple[float, ...]:
    """Shares of samples between the deciles of held-out distances, nearest first: ten tenths for new works of the same
    hand, all in the first for copies, all in the last for what looks like no work at all."""
    edges = np.quantile(held_out(real), np.arange(1, 10) / 10)
    counts = np.bincount(np.searchsorted(edges, to_nearest(real, fake, suspects), "right"), minlength=10)
    return tuple(float(count / len(fake)) for count in counts)


# --- intervals ------------------------------------------------------------------------------------------------------


def measured_kid(real: Features, fake: Features, seed: int = 0) -> Measured:
    rr, ff, rf = kernel(real, real), kernel(fake, fake), kernel(real, fake)
    return _bootstrap(lambda w, v: _kid(rr, ff, rf, w, v), len(real), len(fake), seed)


def measured_coverage(real: Features, fake: Features, k: int = 1, seed: int = 0) -> Measured:
    inside = distances(real, fake) <= nearest_other(real, k)[:, None]
    return _bootstrap(lambda w, v: float(w @ inside[:, v > 0].any(1) / w.sum()), len(real), len(fake), seed)


def measured_density(real: Features, fake: Features, k: int = WIDE, seed: int = 0) -> Measured:
    k = min(k, len(real) - 1)
    inside = (distances(real, fake) <= nearest_other(real, k)[:, None]).astype(np.float64) * (len(real) / k)
    return _bootstrap(lambda w, v: float(w @ inside @ v / (w.sum() * v.sum())), len(real), len(fake), seed)


def measured_new(real: Features, fake: Features, suspects: Features | None = None, seed: int = 0) -> Measured:
    """Share of samples that are no copies. The interval counts in how ill a decile is known on a small set."""
    nearest, own = to_nearest(real, fake, suspects), held_out(real)
    order = np.argsort(own, kind="stable")
    own = own[order]

    def share(w: Floats, v: Floats) -> float:
        return float(v @ (nearest >= _weighted_quantile(own, w[order], COPY_QUANTILE)) / v.sum())

    return _bootstrap(share, len(real), len(fake), seed)


def _weighted_quantile(ordered: Floats, weights: Floats, quantile: float) -> float:
    """`np.quantile` of values in order, each taken `weights` times."""
    return float(np.quantile(np.repeat(ordered, weights.astype(np.int64)), quantile))


def _bootstrap(figure: Callable[[Floats, Floats], float], n: int, m: int, seed: int) -> Measured:
    """Percentile interval (Efron 1979) over works and samples drawn anew with replacement, always the same draws.

    A crowd drawn with replacement holds only 63 % of the pictures, which alone lowers a coverage: the interval is
    therefore moved so that its middle is the figure itself.
    """
    random = np.random.RandomState(seed)
    value = figure(np.ones(n), np.ones(m))
    drawn = np.empty(RESAMPLES)
    for turn in range(RESAMPLES):
        w = random.multinomial(n, np.full(n, 1 / n)).astype(np.float64)
        v = random.multinomial(m, np.full(m, 1 / m)).astype(np.float64)
        drawn[turn] = figure(w, v)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail]) - drawn.mean() + value
    return Measured(value, float(low), float(high))
