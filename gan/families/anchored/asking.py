"""From a prompt to a mixture: which works answer it, and whose colours. No torch here, only small arithmetic.

What comes is a mixture of works like any other, so its credits are as exact. Random numbers as in `mixing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gan.families.anchored.mixing import MOST_BLEND, SHARE_OF_LAYER_MIXES, Mixture

if TYPE_CHECKING:
    from gan.text.index import Asked

ANSWERS = 12
"""The works that answer a prompt best, among which seeds choose."""
ANSWERS_DEVIATION = 0.06
"""A work that scores so much less than the best is chosen about a third as often."""

COLOUR_FIRST, COLOUR_WHOLE = 0.15, 0.5
"""Share that the work with the colour has in the coarsest layer, and the place (0 coarsest, 1 finest) from which on all
is its own. On the shipped base that brings the colour asked for from 0.10 to 0.26 of the pictures' area, and likeness
to the thing from 0.36 to 0.32 (`python -m benchmarks prompts`)."""


def answered(asked: Asked, seed: int, layers: int) -> Mixture:
    """The mixture that a prompt and a seed stand for: the shape of works that answer it, blended a little, and where
    colours are named the fine layers of one that shows them."""
    random = np.random.RandomState([seed & 0xFFFFFFFF, seed >> 32])
    first, second = _chosen(asked.scores, 2, random)
    lean, layered = random.random_sample() * MOST_BLEND, random.random_sample() < SHARE_OF_LAYER_MIXES
    cut = 1 + int(random.random_sample() * (layers - 1))
    blend = {first: 1 - lean, second: lean} if second != first else {first: 1.0}
    rows = [{second: 1.0} if layered and layer >= cut else dict(blend) for layer in range(layers)]
    if asked.colours is not None:
        (third, _) = _chosen(asked.colours, 2, random)
        rows = [_coloured(row, third, layer / layers) for layer, row in enumerate(rows)]
    return Mixture(tuple(rows), ({},) * layers)


def _coloured(row: dict[int, float], work: int, place: float) -> dict[int, float]:
    share = min(1.0, COLOUR_FIRST + (1 - COLOUR_FIRST) * place / COLOUR_WHOLE)
    mixed = {key: weight * (1 - share) for key, weight in row.items() if share < 1}
    return {**mixed, work: mixed.get(work, 0.0) + share}


def _chosen(scores: NDArray[np.float32], count: int, random: np.random.RandomState) -> list[int]:
    """Different works, the better the likelier; the same one again where there is no other."""
    best = np.argsort(-scores, kind="stable")[:ANSWERS]
    chances = np.exp((scores[best].astype(np.float64) - float(scores[best[0]])) / ANSWERS_DEVIATION)
    chosen: list[int] = []
    for _ in range(count):
        left = [place for place in range(len(best)) if int(best[place]) not in chosen] or [0]
        sums = np.cumsum(chances[left])
        place = int(np.searchsorted(sums, random.random_sample() * sums[-1], side="right"))
        chosen.append(int(best[left[min(place, len(left) - 1)]]))
    return chosen
