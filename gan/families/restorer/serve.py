"""A trained restorer at work on whole pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gan.contract import MAX_TRANSFORM_SIDE, ErrorCode, ModelCard
from gan.data.frames import scaled
from gan.errors import WorkerError
from gan.families.restorer.config import Config
from gan.families.restorer.networks import STRIDE, Cascade, fill
from gan.spec import Rendered, Transforming
from gan.training.bundle import load_module
from gan.training.modelfile import read_model

SIDE, ENLARGED = 256, 4
"""Smaller pictures are enlarged to this longer side, at most so many times: few pixels are a damage too."""
FRAMED = 0.9
"""Opaque share of the outermost pixels from which on clear pixels are holes, not what is around a figure."""


class RestorerModel:
    """`gan.spec.TransformerModel`."""

    def __init__(self, card: ModelCard, cascade: Cascade, device: str) -> None:
        self.card, self._cascade, self._device = card, cascade, torch.device(device)
        self.nbytes = sum(parameter.nbytes for parameter in cascade.parameters())

    @staticmethod
    def read(path: Path, device: str = "cpu") -> RestorerModel:
        """Raises `WorkerError(bad_model)`."""
        file = read_model(path, "restorer", Config)
        cascade = Cascade(file.config.stages, file.config.width)
        try:
            load_module(cascade, file.tensors, "cascade.")
        except (KeyError, RuntimeError) as error:
            raise WorkerError(ErrorCode.bad_model, f"{path.name} is not a whole restorer.") from error
        cascade.eval().requires_grad_(False).to(device)
        cascade.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return RestorerModel(file.card, cascade, device)

    def transform(self, asked: Sequence[Transforming]) -> list[Rendered]:
        """One at a time: sides differ, and bytes must not depend on company."""
        return [Rendered(self._mended(one)) for one in asked]

    def _mended(self, one: Transforming) -> NDArray[np.uint8]:
        pixels = sized(one.picture, one.options.side)
        rgb, known, alpha = parts(pixels)
        mended = self.mend(rgb[None], known[None])[0]
        whole = rgb * known + mended * (1 - known)  # at no strength holes are filled all the same
        out = (whole + one.options.strength * (mended - whole)).clamp(0, 1)
        drawn = out.mul(255).round().to(torch.uint8).permute(1, 2, 0).numpy()
        return np.dstack([drawn, alpha])

    @torch.inference_mode()
    def mend(self, damaged: Tensor, known: Tensor) -> Tensor:
        """RGB [B, 3, H, W] in [0, 1] of any size, known [B, 1, H, W] → mended [B, 3, H, W]."""
        height, width = damaged.shape[2:]
        room = (0, -width % STRIDE, 0, -height % STRIDE)
        damaged, known = (F.pad(x, room, mode="replicate").to(self._device) for x in (damaged, known))
        with torch.autocast(self._device.type, torch.bfloat16):
            mended: Tensor = self._cascade(damaged, known)[-1]
        return mended[:, :, :height, :width].float().cpu()


def sized(pixels: NDArray[np.uint8], side: int | None) -> NDArray[np.uint8]:
    """At the side asked, else enlarged to where a restorer can draw in what is missing."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    wanted = min(side or max(longer, min(SIDE, ENLARGED * longer)), MAX_TRANSFORM_SIDE)
    if wanted == longer:
        return pixels
    room = scaled(width, height, wanted)
    picture = Image.fromarray(pixels).convert("RGBa").resize(room, Image.Resampling.BICUBIC).convert("RGBA")
    return np.asarray(picture)


def parts(pixels: NDArray[np.uint8]) -> tuple[Tensor, Tensor, NDArray[np.uint8]]:
    """RGBA [H, W, 4] → colours [3, H, W], what is known of them [1, H, W], and the alpha of the answer [H, W].

    Clear places in a framed picture are holes to be filled. Those around a figure are no damage: they stay clear, and
    beneath them stands what is near, so that edges get no fringe.
    """
    alpha = pixels[..., 3]
    border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    rgb = torch.from_numpy(pixels[..., :3].astype(np.float32) / 255).permute(2, 0, 1)
    known = torch.from_numpy((alpha >= 250).astype(np.float32))[None]
    if (border >= 250).mean() >= FRAMED:
        return rgb, known, np.full_like(alpha, 255)
    if known.sum() == 0:
        return rgb, torch.ones_like(known), alpha
    near = _spread(rgb, known)
    return near, torch.ones_like(known), alpha


def _spread(rgb: Tensor, known: Tensor) -> Tensor:
    """Colours of what is known, spread into what is not."""
    return rgb * known + fill(rgb[None] * known, known[None])[0] * (1 - known)
