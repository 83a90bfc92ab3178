"""From recipes to mixtures: which works a picture is made of, layer by layer. No torch here, only small arithmetic.

A picture of an anchored model is its generator applied to one style code a layer, and each of these codes is a weighted
sum of the codes of works (anchors). So a picture *is* a table of weights, every recipe is linear algebra on such
tables, and the credits of all descendants of a picture are exact. Random numbers come from numpy's `RandomState`,
whose streams are frozen for ever (NEP 19): a seed means the same picture in ten years.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan.contract import Anchor, Blend, Credit, ErrorCode, Mix, Recipe, Seed, Vary, Work
from gan.errors import WorkerError

SHARE_OF_LAYER_MIXES = 0.5
"""Half of the inventions take coarse layers of one work and fine layers of another: sharp where blends go soft."""
MOST_BLEND = 0.5
"""A blend leans at most half-way to the second work; the first is anybody, so nothing is lost."""
RECIPES = ("seed", "vary", "blend", "mix", "anchor")


def pool_size(works: int, variety: float) -> int:
    """How many nearest relatives of a work may be mixed with it: 2 at variety 0, all at 1, geometric between."""
    return max(1, min(works - 1, round(2 * float((max(works, 2) / 2) ** variety))))


@dataclass(frozen=True)
class Mixture:
    """`weights[layer]` maps a work's index to its share in that layer; shares of a layer sum to 1."""

    weights: tuple[dict[int, float], ...]

    def blended(self, other: Mixture, t: float) -> Mixture:
        return Mixture(tuple(_blend(a, b, t) for a, b in zip(self.weights, other.weights, strict=True)))

    def with_layers(self, other: Mixture, layers: Sequence[int]) -> Mixture:
        chosen = set(layers)
        return Mixture(
            tuple(b if i in chosen else a for i, (a, b) in enumerate(zip(self.weights, other.weights, strict=True)))
        )

    def shares(self) -> dict[int, float]:
        """Share of each work in the whole picture: the mean over layers, largest first."""
        total: dict[int, float] = {}
        for layer in self.weights:
            for index, weight in layer.items():
                total[index] = total.get(index, 0.0) + weight / len(self.weights)
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _blend(a: dict[int, float], b: dict[int, float], t: float) -> dict[int, float]:
    out = {index: weight * (1 - t) for index, weight in a.items()}
    for index, weight in b.items():
        out[index] = out.get(index, 0.0) + weight * t
    return {index: weight for index, weight in out.items() if weight > 1e-6}


@dataclass(frozen=True)
class Mixer:
    """Turns recipes into mixtures for a model with `works` anchors and `layers` style layers.

    `neighbours` [works, k] holds each work's nearest relatives in feature space, nearest first.
    """

    works: int
    layers: int
    neighbours: NDArray[np.integer]

    def mixture(self, recipe: Recipe) -> Mixture:
        """Raises `WorkerError` for a recipe of another kind of model, or one that names what is not there."""
        match recipe:
            case Seed(seed=seed, variety=variety):
                return self._drawn(seed, variety)
            case Vary(of=of, seed=seed, amount=amount):
                return self.mixture(of).blended(self._drawn(seed, 1.0), amount)
            case Blend(a=a, b=b, t=t):
                return self.mixture(a).blended(self.mixture(b), t)
            case Mix(a=a, b=b, layers=layers):
                if layers and max(layers) >= self.layers:
                    raise WorkerError(ErrorCode.invalid, f"This model has layers 0 to {self.layers - 1}.")
                return self.mixture(a).with_layers(self.mixture(b), layers)
            case Anchor(index=index):
                if index >= self.works:
                    raise WorkerError(ErrorCode.invalid, f"This model has works 0 to {self.works - 1}.")
                return Mixture(({index: 1.0},) * self.layers)
            case _:
                raise WorkerError(
                    ErrorCode.recipe_unsupported,
                    f"An anchored model cannot follow a “{recipe.kind}” recipe; it knows {', '.join(RECIPES)}.",
                )

    def _drawn(self, seed: int, variety: float) -> Mixture:
        """The mixture that a seed stands for: two works, blended a little or mixed by layers."""
        random = np.random.RandomState([seed & 0xFFFFFFFF, seed >> 32])
        first = int(random.randint(self.works))
        pool = pool_size(self.works, variety)
        place = random.random_sample()
        if pool <= self.neighbours.shape[1]:
            second = int(self.neighbours[first, int(place * pool)])
        else:
            second = (first + 1 + int(place * (self.works - 1))) % self.works
        lean, layered = random.random_sample() * MOST_BLEND, random.random_sample() < SHARE_OF_LAYER_MIXES
        cut = 1 + int(random.random_sample() * (self.layers - 1))
        blend = {first: 1 - lean, second: lean} if second != first else {first: 1.0}
        return Mixture(
            tuple({second: 1.0} if layered and layer >= cut else dict(blend) for layer in range(self.layers))
        )


def credits_of(mixture: Mixture, works: Sequence[Work], most: int = 8) -> tuple[Credit, ...]:
    """The works that a mixture is made of, largest share first, with the names its model keeps."""
    shown = [item for item in mixture.shares().items() if item[1] >= 0.005][:most]
    return tuple(
        Credit(
            work=works[index].sha256,
            weight=min(1.0, round(share, 4)),
            title=works[index].title,
            artist=works[index].artist,
            licence=works[index].licence,
        )
        for index, share in shown
    )


def nearest(features: NDArray[np.float32], most: int = 64) -> NDArray[np.int32]:
    """[N, C] features → [N, min(most, N − 1)] indices of each row's nearest others by cosine, nearest first."""
    count = min(most, len(features) - 1)
    if count < 1:
        return np.zeros((len(features), 1), np.int32)
    unit = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-8)
    out = np.empty((len(unit), count), np.int32)
    for start in range(0, len(unit), 512):
        similarity = unit[start : start + 512] @ unit.T
        rows = np.arange(len(similarity))
        similarity[rows, start + rows] = -math.inf
        out[start : start + 512] = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
    return out
