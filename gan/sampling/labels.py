"""What prompts may ask a conditional sampler for; here by labels: tags and titles that several works share.

`gan.text.meaning` is the other way, by what words mean.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gan.contract import UnknownWord, Work


class Words(Protocol):
    """What a network was told of its works' words."""

    @property
    def width(self) -> int:
        """Numbers that it is told; all of them 0 ask for anything."""

    def ask(self, text: str) -> tuple[NDArray[np.float32], tuple[UnknownWord, ...]]:
        """What a prompt tells it [width], and the words of it that it has never heard."""

    def unasked(self, seed: int) -> NDArray[np.float32]:
        """What it is told for a picture of a number, for which nobody said a word [width]."""


@dataclass(frozen=True)
class Labels:
    """`Words` of shared tags and titles: 1 for each that the prompt names."""

    names: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return len(self.names)

    def ask(self, text: str) -> tuple[NDArray[np.float32], tuple[UnknownWord, ...]]:
        return asked(text, self.names)

    def unasked(self, seed: int) -> NDArray[np.float32]:
        return np.zeros(len(self.names), np.float32)


FEWEST = 8
"""Works that must share a tag for a model to learn what it looks like."""
SMALL_WORDS = frozenset(["a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"])
_WORD = re.compile(r"\w+")


def choose_labels(works: Sequence[Work], most: int) -> tuple[str, ...]:
    """The tags (and titles) that most works share, most shared first; one that all share tells nothing."""
    counts = Counter(label for work in works for label in _labels_of(work))
    able = [(count, label) for label, count in counts.items() if FEWEST <= count < len(works)]
    return tuple(label for _, label in sorted(able, key=lambda pair: (-pair[0], pair[1]))[:most])


def labelled(works: Sequence[Work], labels: Sequence[str]) -> NDArray[np.float32]:
    """[N, L]: 1 where a work has the label."""
    rows = np.zeros((len(works), len(labels)), np.float32)
    for row, work in zip(rows, works, strict=True):
        own = _labels_of(work)
        row[:] = [label in own for label in labels]
    return rows


def asked(text: str, labels: Sequence[str]) -> tuple[NDArray[np.float32], tuple[UnknownWord, ...]]:
    """The labels [L] that a prompt names, and its words that belong to none."""
    words = _WORD.findall(text.casefold())
    row = np.array([_named(label, words) for label in labels], np.float32).reshape(len(labels))
    known = {word for label, on in zip(labels, row, strict=True) if on for word in _WORD.findall(label)}
    unknown = dict.fromkeys(word for word in words if word not in known and word not in SMALL_WORDS)
    return row, tuple(UnknownWord(word=word) for word in unknown)


def _named(label: str, words: Sequence[str]) -> bool:
    own = _WORD.findall(label)
    return bool(own) and all(word in words for word in own)


def _labels_of(work: Work) -> set[str]:
    return {label.casefold().strip() for label in (work.title, *work.tags) if label.strip()}
