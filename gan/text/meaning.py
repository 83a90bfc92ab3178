"""What words mean, as numbers that a network is told while it learns: titles and tags of works, then anyone's prompts.

Texts go through the frozen text encoder, so a network that has heard of cats has an idea of kittens. Which words it
has really heard is kept beside, for what it has not heard is guessed, and members are told so.

Shapes: N works, V texts of one work.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan.contract import ErrorCode, UnknownWord, Work
from gan.errors import WorkerError
from gan.text import index, minilm
from gan.text.language import content, root

WIDTH = minilm.DIM
SCALE = math.sqrt(WIDTH)
"""Unit vectors at this length have numbers of unit deviation, as networks like them."""
TEXTS = 2
"""V: the title and the tags."""
NEAREST_AMONG, NEAREST = 300, 2
"""Of the words that most works share, those that are nearest to an unknown one are named."""
KEPT_PROMPTS, KEPT_MODELS = 256, 8


def available() -> bool:
    return minilm.available()


def meanings_of(works: Sequence[Work]) -> Tensor:
    """[N, V, `WIDTH`]: of title and tags, one for the other where it is missing, zeros where both are.

    Raises `WorkerError(not_found)` without the text encoder.
    """
    said = [_texts_of(work) for work in works]
    unique = sorted({text for pair in said for text in pair if text})
    place = {text: number for number, text in enumerate(unique)}
    table = np.zeros((len(unique) + 1, WIDTH), np.float32)  # the last row stays empty
    if unique:
        table[:-1] = index.encoder().encode(unique) * np.float32(SCALE)
    return torch.from_numpy(table[np.array([[place.get(text, len(unique)) for text in pair] for pair in said])])


def known_of(works: Sequence[Work]) -> tuple[str, ...]:
    """The words that works are called by, each once, those that most share first."""
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for work in works:
        words = dict.fromkeys(word for text in _texts_of(work) for word in text.split())
        for word in words:
            spelled.setdefault(root(word), word)
        counts.update({root(word) for word in words})
    return tuple(spelled[one] for one in sorted(counts, key=lambda one: (-counts[one], one)))


def _texts_of(work: Work) -> tuple[str, str]:
    title, tags = " ".join(content(work.title)), " ".join(content(" ".join(work.tags)))
    return title or tags, tags or title


@dataclass(frozen=True)
class Meanings:
    """`gan.sampling.labels.Words` of a model that has heard these words."""

    known: tuple[str, ...]

    @property
    def width(self) -> int:
        return WIDTH

    def ask(self, text: str) -> tuple[NDArray[np.float32], tuple[UnknownWord, ...]]:
        """Raises `WorkerError`: `invalid` for a text without a word that says something, `not_found` without the
        encoder."""
        words = content(text)
        if not words:
            raise WorkerError(ErrorCode.invalid, index.SILENT)
        return _meaning(" ".join(words)), tuple(self._unknown(words))

    def unasked(self, seed: int) -> NDArray[np.float32]:
        return np.zeros(WIDTH, np.float32)

    def _unknown(self, words: Sequence[str]) -> Iterator[UnknownWord]:
        heard = _roots(self.known)
        for word in words:
            if root(word) not in heard:
                usual = self.known[:NEAREST_AMONG]
                alike = np.round(_vectors(usual) @ _meaning(word), 3)
                best = np.argsort(-alike, kind="stable")[:NEAREST]
                yield UnknownWord(word=word, nearest=tuple(usual[place] for place in best))


@lru_cache(KEPT_MODELS)
def _roots(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(root(word) for word in known)


@lru_cache(KEPT_MODELS)
def _vectors(words: tuple[str, ...]) -> NDArray[np.float32]:
    return index.encoder().encode(words)


@lru_cache(KEPT_PROMPTS)
def _meaning(text: str) -> NDArray[np.float32]:
    """Always encoded by itself: a text's numbers depend a little on its company."""
    meaning: NDArray[np.float32] = (index.encoder().encode([text])[0] * np.float32(SCALE)).astype(np.float32)
    return meaning
