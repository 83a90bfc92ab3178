"""Finding the directions of an anchored model.

Candidates are the closed form of SeFa (Shen & Zhou 2021, "Closed-Form Factorization of Latent Semantics in GANs":
eigenvectors of the style layers' weights) for coarse, middle and fine layers, and the principal components of the
works' style codes (GANSpace, Härkönen et al. 2020). What they change is looked at in drawn pictures: the largest
effect comes first, what changes pictures as a better one does is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from gan.blocks.layers import ModulatedConv2d
from gan.contract import Direction
from gan.families.anchored.directions import Directions
from gan.families.anchored.networks import Generator

EACH = 8
"""Candidates of each kind and group of layers."""
MOST = 12
BASES = 12
"""Works whose pictures show what a direction does."""
TRIED = 2.0
"""Deviations by which they are moved to see it."""
ALIKE = 0.6
"""Cosine of two directions' changes from which they count as one."""
SURE = 0.8
"""Share of pictures that must change the same way for a word to be said."""
WORDS = {
    "size": ("larger", "smaller", 0.02),
    "brightness": ("brighter", "darker", 0.03),
    "warmth": ("warmer", "cooler", 0.03),
    "colour": ("more colourful", "greyer", 0.03),
    "width": ("wider", "taller", 0.02),
    "detail": ("busier", "plainer", 0.01),
}
"""What can be measured → words for more and less, and the least change for two deviations worth a word."""


@dataclass(frozen=True)
class _Candidate:
    layers: tuple[int, ...]
    vector: NDArray[np.float32]
    """[D], one deviation of the works long."""


@torch.no_grad()
def find_directions(generator: Generator, styles: NDArray[np.float32]) -> Directions:
    """A pure function of the weights: at most 12 directions, largest visible effect first. Takes a few seconds.

    `styles` [N, D] are the style codes of the works.
    """
    bases = torch.from_numpy(styles[np.linspace(0, len(styles) - 1, min(BASES, len(styles))).astype(int)])
    codes = bases[:, None].expand(-1, generator.layers, -1)
    looked = []
    for candidate in _candidates(generator, styles):
        step = torch.zeros(generator.layers, styles.shape[1])
        step[list(candidate.layers)] = torch.from_numpy(candidate.vector) * TRIED
        less, more = (_drawn(generator, codes + sign * step) for sign in (-1, 1))
        change = _small(more) - _small(less)
        looked.append((float(change.abs().mean()) / (2 * TRIED), candidate, change.flatten(), (less, more)))
    looked.sort(key=lambda one: -one[0])
    chosen: list[tuple[float, _Candidate, Tensor, tuple[Tensor, Tensor]]] = []
    for one in looked:
        if all(abs(float(F.cosine_similarity(one[2], other[2], dim=0))) < ALIKE for other in chosen):
            chosen.append(one)
        if len(chosen) == MOST:
            break
    infos, vectors = [], np.zeros((len(chosen), generator.layers, styles.shape[1]), np.float32)
    for number, (effect, candidate, _, (less, more)) in enumerate(chosen):
        words, sign = _words(less, more)
        vectors[number, list(candidate.layers)] = candidate.vector * sign
        infos.append(
            Direction(
                id=f"d{number + 1}", layers=candidate.layers, more=words[0], less=words[1], effect=round(effect, 5)
            )
        )
    return Directions(tuple(infos), vectors)


def _candidates(generator: Generator, styles: NDArray[np.float32]) -> list[_Candidate]:
    weights = [m.style.weight.float().numpy() for m in generator.modules() if isinstance(m, ModulatedConv2d)]
    first = generator.first.weight.float().numpy()
    spread = styles - styles.mean(0)
    components = np.linalg.svd(spread.astype(np.float64), full_matrices=False)[2][:EACH]
    out = []
    for layers in _groups(generator.layers):
        stacked = np.concatenate([weights[layer] for layer in layers] + ([first] if 0 in layers else []))
        unit = stacked / np.linalg.norm(stacked, axis=1, keepdims=True).clip(1e-8)
        eigenvectors = np.linalg.eigh(unit.T.astype(np.float64) @ unit)[1][:, ::-1].T[:EACH]
        for direction in [*eigenvectors, *components]:
            length = float((spread @ direction).std())
            out.append(_Candidate(layers, (_signed(direction) * length).astype(np.float32)))
    return out


def _groups(layers: int) -> list[tuple[int, ...]]:
    """All layers, and their coarse, middle and fine parts."""
    parts = [tuple(int(i) for i in part) for part in np.array_split(np.arange(layers), min(3, layers))]
    return list(dict.fromkeys([tuple(range(layers)), *parts]))


def _signed(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """An eigenvector's sign is arbitrary: its largest number is made positive."""
    signed: NDArray[np.float64] = direction * np.sign(direction[np.abs(direction).argmax()])
    return signed


def _drawn(generator: Generator, codes: Tensor) -> Tensor:
    return torch.cat([generator(part) for part in codes.split(4)]).clamp(0, 1)


def _small(pictures: Tensor) -> Tensor:
    """On white, at 16 pixels: what one sees at a glance."""
    return F.adaptive_avg_pool2d(pictures[:, :3] + 1 - pictures[:, 3:], 16)


def _words(less: Tensor, more: Tensor) -> tuple[tuple[str, str], int]:
    """The word for what changes most surely, and the sign with which `more` means the word's more."""
    best, said, sign = 1.0, ("", ""), 1
    for name, (word, opposite, least) in WORDS.items():
        change = _measured(name, more) - _measured(name, less)
        mean = float(change.mean())
        surely = float((change.sign() == change.mean().sign()).float().mean())
        if surely >= SURE and abs(mean) / least > best:
            best, said, sign = abs(mean) / least, (word, opposite), 1 if mean > 0 else -1
    return said, sign


def _measured(name: str, pictures: Tensor) -> Tensor:
    """[N, 4, S, S] premultiplied → one number a picture, of the drawing where it is opaque."""
    rgb, alpha = pictures[:, :3], pictures[:, 3]
    mass = alpha.sum((1, 2)).clamp_min(1.0)
    mean = rgb.sum((2, 3)) / mass[:, None]
    if name == "size":
        return alpha.mean((1, 2))
    if name == "brightness":
        return mean @ torch.tensor([0.299, 0.587, 0.114])
    if name == "warmth":
        return mean[:, 0] - mean[:, 2]
    if name == "colour":
        return (rgb.amax(1) - rgb.amin(1)).sum((1, 2)) / mass
    if name == "width":
        place = torch.linspace(0, 1, alpha.shape[-1])
        return _deviation(alpha.sum(1), place, mass) - _deviation(alpha.sum(2), place, mass)
    return (rgb.diff(dim=3).abs().mean((1, 2, 3)) + rgb.diff(dim=2).abs().mean((1, 2, 3))) / 2


def _deviation(weights: Tensor, place: Tensor, mass: Tensor) -> Tensor:
    mean = (weights @ place) / mass
    return ((weights * (place - mean[:, None]).square()).sum(1) / mass).sqrt()
