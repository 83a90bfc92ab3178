"""A trained style model at work on whole pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gan.blocks.features import FrozenFeatures
from gan.contract import MAX_TRANSFORM_SIDE, ErrorCode, ModelCard
from gan.data.frames import scaled
from gan.errors import WorkerError
from gan.families.style.config import Config
from gan.families.style.networks import STRIDE, Look, Painter
from gan.families.style.statistics import TAPS, Seen, colours, look, padded
from gan.families.style.texture import brushed
from gan.spec import Rendered, Transforming
from gan.training.bundle import load_module
from gan.training.modelfile import read_model

PLAIN_BELOW = 0.3
"""Strength below which the picture itself shows through, so that 0 leaves it as it is."""
LEAST_SIDE = 64


class StyleModel:
    """`gan.spec.TransformerModel`."""

    def __init__(self, card: ModelCard, painter: Painter, features: FrozenFeatures, device: str) -> None:
        self.card, self.features, self._painter, self._device = card, features, painter, torch.device(device)
        parts = (*painter.parameters(), *features.buffers())
        self.nbytes = sum(tensor.nbytes for tensor in parts)

    @staticmethod
    def read(path: Path, device: str = "cpu") -> StyleModel:
        """Raises `WorkerError(bad_model)`."""
        file = read_model(path, "style", Config)
        painter = Painter(file.config.code, file.config.width)
        try:
            load_module(painter, file.tensors, "painter.")
        except (KeyError, RuntimeError) as error:
            raise WorkerError(ErrorCode.bad_model, f"{path.name} is not a whole style model.") from error
        painter.eval().requires_grad_(False).to(device)
        features = FrozenFeatures(TAPS).to(device, torch.bfloat16)
        return StyleModel(file.card, painter, features, device)

    def transform(self, asked: Sequence[Transforming]) -> list[Rendered]:
        """One at a time: sides differ, and bytes must not depend on company."""
        return [Rendered(self._painted(one)) for one in asked]

    def _painted(self, one: Transforming) -> NDArray[np.uint8]:
        if one.second is None:
            raise WorkerError(ErrorCode.invalid, "Style transfer takes two pictures: one to paint, and an artwork.")
        side = min(max(one.options.side or self.card.size, LEAST_SIDE), MAX_TRANSFORM_SIDE)
        pixels = at_side(one.picture, side)
        picture, artwork = on_own_colour(pixels), on_own_colour(at_side(trimmed(one.second), side))
        painted = self.paint(picture[None], artwork[None], one.options.strength, one.options.seed)[0]
        rgb = painted.mul(255).round().to(torch.uint8).permute(1, 2, 0).numpy()
        return np.dstack([rgb, pixels[..., 3]])

    @torch.inference_mode()
    def paint(self, picture: Tensor, artwork: Tensor, strength: float = 1.0, seed: int = 0) -> Tensor:
        """RGB [1, 3, H, W] in [0, 1] of any sizes → the picture in the artwork's style, of its own size."""
        height, width = picture.shape[2:]
        whole = padded(picture, STRIDE)
        noise = torch.randn(1, 1, *whole.shape[2:], generator=torch.Generator().manual_seed(seed))
        whole, artwork, noise = whole.to(self._device), padded(artwork, STRIDE).to(self._device), noise.to(self._device)
        seen, own = self._look(whole)
        _, wanted = self._look(artwork)
        told = own.toward(wanted, strength)
        matched = whole.lerp(brushed(whole, artwork, seed), strength)
        with torch.autocast(self._device.type, torch.bfloat16):
            painted = self._painter(seen, matched, told, noise)
        painted = whole.lerp(painted.float(), min(1.0, strength / PLAIN_BELOW))
        return painted[:, :, :height, :width].cpu().clamp(0, 1)

    def _look(self, rgb: Tensor) -> tuple[Seen, Look]:
        seen = look(self.features, rgb.contiguous(memory_format=torch.channels_last))
        return seen, Look.of(seen, colours(rgb))


def at_side(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """RGBA with its longer side `side`, so that brushes have one size whatever was uploaded."""
    height, width = pixels.shape[:2]
    if max(height, width) == side:
        return pixels
    picture = Image.fromarray(pixels).convert("RGBa").resize(scaled(width, height, side), Image.Resampling.LANCZOS)
    return np.asarray(picture.convert("RGBA"))


def trimmed(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without the clear margins, which are no part of an artwork's style."""
    rows, columns = (np.flatnonzero(pixels[..., 3].max(axis) > 8) for axis in (1, 0))
    if not len(rows):
        return pixels
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def on_own_colour(pixels: NDArray[np.uint8]) -> Tensor:
    """RGBA [H, W, 4] → RGB [3, H, W] in [0, 1]; clear places take the mean colour of the rest, which disturbs least."""
    x = torch.from_numpy(pixels.astype(np.float32) / 255).permute(2, 0, 1)
    rgb, alpha = x[:3], x[3:]
    mean = (rgb * alpha).sum((1, 2)) / alpha.sum().clamp_min(1e-6)
    return rgb * alpha + mean[:, None, None] * (1 - alpha)
