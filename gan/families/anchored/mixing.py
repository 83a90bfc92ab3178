"""From recipes to mixtures: which works a picture is made of, layer by layer. No torch here, only small arithmetic.

A picture of an anchored model is its generator applied to one style code a layer, and each of these codes is a weighted
sum of the codes of works (anchors). So a picture *is* a table of weights, every recipe is linear algebra on such
tables, and the credits of all descendants of a picture are exact. Beside works a table may name three other things:
the mean of all works (truncation), a code found from an upload, and moves along the model's directions, which are no
shares: a direction belongs to nobody. Random numbers come from numpy's `RandomState`, whose streams are frozen for ever
(NEP 19): a seed means the same picture in ten years.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gan.contract import (
    MAX_CREDITS,
    Anchor,
    Blend,
    Credit,
    Edit,
    ErrorCode,
    Mix,
    Point,
    Prompt,
    Recipe,
    Seed,
    Truncate,
    Vary,
    Work,
)
from gan.errors import WorkerError

SHARE_OF_LAYER_MIXES = 0.5
"""Half of the inventions take coarse layers of one work and fine layers of another: sharp where blends go soft."""
MOST_BLEND = 0.5
"""A blend leans at most half-way to the second work; the first is anybody, so nothing is lost."""
RECIPES = ("seed", "vary", "blend", "mix", "edit", "truncate", "anchor", "point", "prompt")
NO_WORDS = "This model knows no words: it was made before models learned them. Train it again, or ask another one."
LEAST_NAMED = 0.001
"""Smaller shares are told together as the rest."""
NEGLIGIBLE = 1e-6


def pool_size(works: int, variety: float) -> int:
    """How many nearest relatives of a work may be mixed with it: 2 at variety 0, all at 1, geometric between."""
    return max(1, min(works - 1, round(2 * float((max(works, 2) / 2) ** variety))))


@dataclass(frozen=True, order=True)
class Mean:
    """The mean of all works' codes. Its weight is negative where a picture was drawn away from the mean."""


@dataclass(frozen=True, order=True)
class FoundCode:
    """A stored code; made of no work."""

    blob: str


@dataclass(frozen=True, order=True)
class Move:
    """A direction of the model; its weight is in standard deviations and is no share."""

    direction: str


Other = Mean | FoundCode | Move
K = TypeVar("K")


@dataclass(frozen=True)
class Mixture:
    """`weights[layer]` maps a work's index to its weight in that layer, `others[layer]` what else is in it.

    In each layer the weights of works, mean and found codes sum to 1.
    """

    weights: tuple[dict[int, float], ...]
    others: tuple[dict[Other, float], ...]

    @staticmethod
    def of_work(index: int, layers: int) -> Mixture:
        return Mixture(({index: 1.0},) * layers, ({},) * layers)

    @staticmethod
    def of_other(other: Other, layers: int) -> Mixture:
        return Mixture(({},) * layers, ({other: 1.0},) * layers)

    def blended(self, other: Mixture, t: float) -> Mixture:
        return Mixture(
            tuple(_blend(a, b, t) for a, b in zip(self.weights, other.weights, strict=True)),
            tuple(_blend(a, b, t) for a, b in zip(self.others, other.others, strict=True)),
        )

    def with_layers(self, other: Mixture, layers: Sequence[int]) -> Mixture:
        chosen = set(layers)
        return Mixture(
            tuple(b if i in chosen else a for i, (a, b) in enumerate(zip(self.weights, other.weights, strict=True))),
            tuple(b if i in chosen else a for i, (a, b) in enumerate(zip(self.others, other.others, strict=True))),
        )

    def moved(self, direction: str, layers: Sequence[int], amount: float) -> Mixture:
        move = Move(direction)
        return Mixture(
            self.weights,
            tuple(
                _pruned({**others, move: others.get(move, 0.0) + amount}) if i in layers else others
                for i, others in enumerate(self.others)
            ),
        )

    def truncated(self, psi: float) -> Mixture:
        """Every code w becomes mean + psi (w − mean), after Karras et al. 2019, section 2.1 (their ψ)."""
        return Mixture(
            tuple(_pruned({work: weight * psi for work, weight in layer.items()}) for layer in self.weights),
            tuple(
                _pruned(
                    {
                        **{other: weight * psi for other, weight in layer.items()},
                        Mean(): layer.get(Mean(), 0.0) * psi + (1 - psi),
                    }
                )
                for layer in self.others
            ),
        )

    def shares(self) -> dict[int | Mean | FoundCode, float]:
        """Share of each work, of the mean and of found codes in the whole picture, largest first; they sum to 1.

        The mean over layers. What a picture was drawn away from has no share in it.
        """
        total: dict[int | Mean | FoundCode, float] = {}
        for weights, others in zip(self.weights, self.others, strict=True):
            parts = [*weights.items(), *((key, w) for key, w in others.items() if not isinstance(key, Move))]
            for key, weight in parts:
                total[key] = total.get(key, 0.0) + weight / len(self.weights)
        total = {key: weight for key, weight in total.items() if weight > 0}
        whole = sum(total.values())
        return {
            key: weight / whole for key, weight in sorted(total.items(), key=lambda item: (-item[1], _rank(item[0])))
        }


def _rank(key: int | Mean | FoundCode) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (1 << 62, repr(key))


def _blend(a: Mapping[K, float], b: Mapping[K, float], t: float) -> dict[K, float]:
    out = {key: weight * (1 - t) for key, weight in a.items()}
    for key, weight in b.items():
        out[key] = out.get(key, 0.0) + weight * t
    return _pruned(out)


def _pruned(layer: dict[K, float]) -> dict[K, float]:
    return {key: weight for key, weight in layer.items() if abs(weight) > NEGLIGIBLE}


@dataclass(frozen=True)
class Mixer:
    """Turns recipes into mixtures for a model with `works` anchors and `layers` style layers.

    `neighbours` [works, k] holds each work's nearest relatives in feature space, nearest first; `directions` the style
    layers that each of the model's directions moves.
    """

    works: int
    layers: int
    neighbours: NDArray[np.integer]
    directions: Mapping[str, Sequence[int]] = field(default_factory=dict)
    prompted: Callable[[Prompt], Mixture] | None = None
    """The mixture that answers a prompt; none where the model cannot be asked in words."""

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
            case Edit(of=of, direction=direction, amount=amount):
                return self.mixture(of).moved(direction, self._layers_of(direction), amount)
            case Truncate(of=of, psi=psi):
                return self.mixture(of).truncated(psi)
            case Anchor(index=index):
                if index >= self.works:
                    raise WorkerError(ErrorCode.invalid, f"This model has works 0 to {self.works - 1}.")
                return Mixture.of_work(index, self.layers)
            case Prompt():
                if self.prompted is None:
                    raise WorkerError(ErrorCode.recipe_unsupported, NO_WORDS)
                return self.prompted(recipe)
            case Point(blob=blob):
                return Mixture.of_other(FoundCode(blob), self.layers)
            case _:
                raise WorkerError(
                    ErrorCode.recipe_unsupported,
                    f"An anchored model cannot follow a “{recipe.kind}” recipe; it knows {', '.join(RECIPES)}.",
                )

    def _layers_of(self, direction: str) -> Sequence[int]:
        layers = self.directions.get(direction)
        if layers is None:
            known = ", ".join(self.directions) or "none yet"
            raise WorkerError(ErrorCode.invalid, f"This model has no direction “{direction}”; it has {known}.")
        return layers

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
        layers = range(self.layers)
        return Mixture(
            tuple({second: 1.0} if layered and layer >= cut else dict(blend) for layer in layers),
            ({},) * self.layers,
        )


def credits_of(mixture: Mixture, works: Sequence[Work], most: int = MAX_CREDITS) -> tuple[Credit, ...]:
    """What a mixture is made of, largest share first, with the names its model keeps; the weights sum to 1.

    At most `most` credits: shares under a thousandth and those that find no room are told together, last.
    """
    shares = list(mixture.shares().items())
    shown = [item for item in shares if item[1] >= LEAST_NAMED][:most]
    left = shares[len(shown) :]
    if left and len(shown) == most:
        left.insert(0, shown.pop())
    out = [_credit(key, round(share, 4), works) for key, share in shown]
    missing = round(1 - sum(credit.weight for credit in out), 4)
    if left and missing > 0:
        title = "1 other work" if len(left) == 1 else f"{len(left)} other works"
        out.append(Credit(work="", weight=missing, kind="rest", title=title))
    elif missing and out:
        out[0] = out[0].model_copy(update={"weight": round(out[0].weight + missing, 4)})
    return tuple(out)


def _credit(key: int | Mean | FoundCode, weight: float, works: Sequence[Work]) -> Credit:
    if isinstance(key, Mean):
        return Credit(work="", weight=weight, kind="all", title="all works alike")
    if isinstance(key, FoundCode):
        return Credit(work="", weight=weight, kind="found", title="found from an upload")
    work = works[key]
    return Credit(work=work.sha256, weight=weight, title=work.title, artist=work.artist, licence=work.licence)


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
