"""The bridge between words and looks: two small heads that carry both into one space, where a cosine compares them.

Trained by contrast (Radford et al. 2021) on titled and tagged free pictures (`gan.text.teach`), with the text encoder
and the net that looks both frozen.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gan.text.looks import COLOURS
from gan.text.looks import DIM as LOOKS
from gan.text.minilm import DIM as TEXT

HIDDEN, SPACE = 256, 128
FILE = Path(__file__).with_name("bridge.safetensors")
LEAST_COLOUR_DEVIATION = 0.15
"""Colours that the pictures taught with hardly show must not become loud."""


class Head(nn.Module):
    def __init__(self, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.widen, self.narrow = nn.Linear(width, HIDDEN), nn.Linear(HIDDEN, SPACE)
        self.dropout = dropout

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.widen(F.dropout(x, self.dropout, self.training)))
        return F.normalize(self.narrow(F.dropout(x, self.dropout, self.training)), dim=1)


class Bridge(nn.Module):
    """`of_text` and `of_looks` give unit vectors of the common space."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.text, self.looks = Head(TEXT, dropout), Head(LOOKS, dropout)
        self.register_buffer("mean", torch.zeros(LOOKS))
        self.register_buffer("deviation", torch.ones(LOOKS))

    @classmethod
    def load(cls, path: Path = FILE) -> Bridge:
        bridge = cls()
        bridge.load_state_dict({name: value.float() for name, value in load_file(path).items()})
        return bridge.eval().requires_grad_(False)

    def save(self, path: Path) -> None:
        save_file({name: value.half().contiguous() for name, value in self.state_dict().items()}, path)

    def measure(self, looks: Tensor) -> None:
        """Take the scale of what it will be taught with: [N, C]."""
        self.mean.copy_(looks.mean(0))
        self.deviation.copy_(looks.std(0) + 1e-4)
        self.deviation[-len(COLOURS) :].clamp_min_(LEAST_COLOUR_DEVIATION)

    def seen(self, looks: Tensor) -> Tensor:
        """Looks at the scale that their head wants."""
        return (looks - self.mean) / self.deviation

    @torch.inference_mode()
    def of_text(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        out: NDArray[np.float32] = self.text(torch.from_numpy(vectors)).numpy()
        return out

    @torch.inference_mode()
    def of_looks(self, looks: NDArray[np.float32]) -> NDArray[np.float32]:
        out: NDArray[np.float32] = self.looks(self.seen(torch.from_numpy(looks))).numpy()
        return out
