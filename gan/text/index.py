"""What a model can be asked for in words: its works' titles, tags, looks and colours as a few tensors of its file.

Built once when a model is made; asked in a dozen milliseconds. The answer is a score for each work, rounded, so that
the last bits of one machine's arithmetic do not choose other works than another's.

Shapes: N works, U different texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, from_numpy

from gan.contract import ErrorCode, UnknownWord, Work
from gan.errors import WorkerError
from gan.text import minilm
from gan.text.bridge import Bridge
from gan.text.language import NAMED, colours_in, content, plain, root
from gan.text.looks import COLOURS, Looks
from gan.text.minilm import TextEncoder

PREFIX = "words."
NO_TEXT = -1
LOOKS_SHARE = 0.5
"""Weight of how a work looks against what its title and tags say: a title is surer, where there is one."""
EXACT_SHARE = 0.3
"""What it adds when all words of the prompt stand in title or tags."""
COLOUR_SHARE = 0.2
"""What it adds to be wholly of the colour asked for."""
THING_SHARE = 1.5
"""Weight of being the thing asked for, against being wholly of the colour, in who gives the colour: fine layers of
something else entirely fall apart on it."""
DIGITS = 3
NEAREST = 2
KEPT_PROMPTS = 256
SILENT = "Say in a word or two what it shall show, such as “happy blue cat”."

Floats = NDArray[np.float32]


@cache
def encoder() -> TextEncoder:
    """One for all models of a process: 90 MB, loaded at the first prompt in a quarter of a second."""
    return TextEncoder.load()


@cache
def bridge() -> Bridge:
    return Bridge.load()


@cache
def net() -> Looks:
    return Looks()


@dataclass(frozen=True)
class Asked:
    """How well each work answers a prompt [N], higher is better; and for its colours alone, where any are named."""

    scores: Floats
    colours: Floats | None
    unknown: tuple[UnknownWord, ...] = ()


def build(works: Sequence[Work], pictures: Tensor) -> dict[str, Tensor]:
    """The index of works and their premultiplied pictures [N, 4, H, W], as tensors of a model's file.

    Empty where the text encoder is not installed: such a model cannot be asked in words.
    """
    if not minilm.available():
        return {}
    said = [texts_of(work) for work in works]
    unique = sorted({text for pair in said for text in pair if text})
    place = {text: number for number, text in enumerate(unique)}
    looks = net().of(pictures)
    vectors = encoder().encode(unique) if unique else np.zeros((0, minilm.DIM), np.float32)
    return {
        f"{PREFIX}texts": from_numpy(_small(vectors)),
        f"{PREFIX}of": from_numpy(np.array([[place.get(text, NO_TEXT) for text in pair] for pair in said], np.int32)),
        f"{PREFIX}looks": from_numpy(_small(bridge().of_looks(looks))),
        f"{PREFIX}colours": from_numpy(np.round(looks[:, -len(COLOURS) :] * 255).astype(np.uint8)),
    }


def _small(unit: Floats) -> NDArray[np.int8]:
    """Unit vectors in a byte a number: only their direction counts."""
    largest = np.abs(unit).max(1, keepdims=True) if len(unit) else np.ones((0, 1), np.float32)
    small: NDArray[np.int8] = np.round(unit / np.maximum(largest, 1e-8) * 127).astype(np.int8)
    return small


def _unit(small: NDArray[np.int8]) -> Floats:
    whole = small.astype(np.float32)
    out: Floats = whole / np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1e-8)
    return out


@dataclass(frozen=True)
class WordIndex:
    """The index of a loaded model."""

    works: Sequence[Work]
    texts: Floats
    of: NDArray[np.int32]
    looks: Floats
    colours: Floats
    _memory: dict[str, Asked] = field(default_factory=dict)

    @classmethod
    def read(cls, tensors: Mapping[str, Tensor], works: Sequence[Work]) -> WordIndex | None:
        """None for a model made without one. Raises `WorkerError(bad_model)` for one of other works."""
        if f"{PREFIX}of" not in tensors:
            return None
        texts, of, looks, colours = (tensors[PREFIX + name].numpy() for name in ("texts", "of", "looks", "colours"))
        if not len(of) == len(looks) == len(colours) == len(works) or of.max(initial=NO_TEXT) >= len(texts):
            raise WorkerError(ErrorCode.bad_model, "The model's words are of other works than it has.")
        shares: Floats = (colours / 255).astype(np.float32)
        return cls(works, _unit(texts), of.astype(np.int32), _unit(looks), shares)

    @property
    def nbytes(self) -> int:
        return self.texts.nbytes + self.of.nbytes + self.looks.nbytes + self.colours.nbytes

    def ask(self, text: str) -> Asked:
        """Raises `WorkerError`: `invalid` for a text without a word that says something, `not_found` without the
        encoder."""
        if text not in self._memory:
            while len(self._memory) >= KEPT_PROMPTS:
                del self._memory[next(iter(self._memory))]
            self._memory[text] = self._ask(text)
        return self._memory[text]

    def _ask(self, text: str) -> Asked:
        words = content(text)
        if not words:
            raise WorkerError(ErrorCode.invalid, SILENT)
        named = colours_in(words)
        things = [word for word in words if word not in NAMED] or words
        vectors = encoder().encode([" ".join(things), " ".join(words)])
        scores = self._said(vectors[0]) + LOOKS_SHARE * (self.looks @ bridge().of_text(vectors)[1])
        scores += EXACT_SHARE * self._exact(things)
        colour = None
        if named:
            share = self.colours[:, [COLOURS.index(name) for name in named]].sum(1)
            scores = scores + COLOUR_SHARE * share
            colour = np.round(share + THING_SHARE * scores / max(float(scores.max()), 1e-6), DIGITS)
        return Asked(np.round(scores, DIGITS), colour, self._unknown(things, named))

    def _said(self, vector: Floats) -> Floats:
        """The better of title and tags [N]; 0 for works that have neither."""
        alike = np.append(self.texts @ vector, np.float32(0.0))  # NO_TEXT is the last place
        out: Floats = alike[self.of].max(1)
        return out

    def _exact(self, words: Sequence[str]) -> Floats:
        wanted = {root(word) for word in words}
        return np.array([len(wanted & have) / len(wanted) for have in self._roots], np.float32)

    def _unknown(self, things: Sequence[str], named: Sequence[str]) -> tuple[UnknownWord, ...]:
        known = frozenset().union(*self._roots)
        strange = [word for word in things if word not in NAMED and root(word) not in known]
        if not strange or not len(self.texts):
            return tuple(UnknownWord(word=word) for word in strange)
        alike = np.round(encoder().encode(strange) @ self.texts.T, DIGITS)
        texts = self._texts
        best = [np.argsort(-row, kind="stable")[:NEAREST] for row in alike]
        return tuple(
            UnknownWord(word=word, nearest=tuple(texts[place].split(", ")[0] for place in places))
            for word, places in zip(strange, best, strict=True)
        )

    @cached_property
    def _roots(self) -> list[frozenset[str]]:
        """The words of each work's title and tags."""
        return [
            frozenset(root(word) for text in (work.title, *work.tags) for word in content(text)) for work in self.works
        ]

    @cached_property
    def _texts(self) -> list[str]:
        """As the rows of `texts`."""
        said = {text for work in self.works for text in texts_of(work) if text}
        return sorted(said)


def texts_of(work: Work) -> tuple[str, str]:
    """Title and tags as they are compared; empty where there is none."""
    return plain(work.title).lower(), ", ".join(plain(tag).lower() for tag in work.tags)
