"""Text to word pieces, as the uncased BERT vocabularies want it (Devlin et al. 2019; greedy longest match first)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

LONGEST_WORD = 100
"""Characters; a longer word is told as unknown, as in the reference."""
START, END, UNKNOWN, PAD = "[CLS]", "[SEP]", "[UNK]", "[PAD]"


class WordPieces:
    """Word pieces of a vocabulary, one a line in the order of their numbers."""

    def __init__(self, vocabulary: Path) -> None:
        lines = vocabulary.read_text("utf-8").splitlines()
        self._number: Mapping[str, int] = {piece: number for number, piece in enumerate(lines)}
        self.pad = self._number[PAD]

    def encode(self, text: str, most: int) -> list[int]:
        """Numbers of the pieces between start and end, at most `most` of them with both."""
        pieces = [piece for word in words(text) for piece in self._pieces(word)][: most - 2]
        return [self._number[piece] for piece in (START, *pieces, END)]

    def _pieces(self, word: str) -> list[str]:
        if len(word) > LONGEST_WORD:
            return [UNKNOWN]
        pieces, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in self._number), None)
            if end is None:
                return [UNKNOWN]
            pieces.append(mark + word[start:end])
            start = end
        return pieces


def words(text: str) -> Iterator[str]:
    """Lower-case words without accents; punctuation and ideographs each stand alone."""
    word = ""
    for char in unicodedata.normalize("NFD", text.lower()):
        kind = unicodedata.category(char)
        if kind == "Mn" or char in "\0\ufffd" or (kind.startswith("C") and char not in "\t\n\r"):
            continue
        if char.isspace() or _alone(char, kind):
            if word:
                yield word
            word = ""
            if not char.isspace():
                yield char
        else:
            word += char
    if word:
        yield word


def _alone(char: str, kind: str) -> bool:
    code = ord(char)
    ascii_sign = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    ideograph = 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0xF900 <= code <= 0xFAFF or code >= 0x20000
    return ascii_sign or kind.startswith("P") or (ideograph and code < 0x2FA20)
