"""Training pictures as one resident tensor: small sets fit memory, and a step should never wait for a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gan.contract import ErrorCode
from gan.errors import WorkerError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif")


def fitted(picture: Image.Image, side: int) -> Image.Image:
    """Scaled to fit a square of `side` pixels, aspect kept, the rest transparent; premultiplied on the way, so that
    edges get no dark fringe."""
    scale = side / max(picture.size)
    width, height = (max(1, round(edge * scale)) for edge in picture.size)
    resample = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    small = picture.convert("RGBA").convert("RGBa").resize((width, height), resample).convert("RGBA")
    if small.size == (side, side):
        return small
    canvas = Image.new("RGBA", (side, side))
    canvas.paste(small, ((side - width) // 2, (side - height) // 2))
    return canvas


def premultiplied(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 RGBA [..., 4] → float premultiplied RGBA in [0, 1]."""
    out = pixels.astype(np.float32) / np.float32(255)
    out[..., :3] *= out[..., 3:]
    return out


def straight(premultiplied_NCHW: Tensor) -> NDArray[np.uint8]:
    """Premultiplied RGBA [N, 4, H, W], about [0, 1] → uint8 RGBA [N, H, W, 4], not premultiplied."""
    x = premultiplied_NCHW.float()
    alpha = x[:, 3:].clamp(0, 1)
    colour = torch.where(alpha > 1 / 512, x[:, :3] / alpha.clamp_min(1 / 512), torch.zeros(())).clamp(0, 1)
    out = torch.cat([colour, alpha], 1).mul(255).round().to(torch.uint8)
    return np.ascontiguousarray(out.permute(0, 2, 3, 1).numpy())


def load_pictures(folder: Path, side: int) -> Tensor:
    """All pictures of a folder in name order → premultiplied RGBA [N, 4, side, side], channels last.

    Raises `WorkerError(bad_picture)` naming the file that cannot be read.
    """
    rows = []
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES):
        try:
            with Image.open(path) as picture:
                rows.append(premultiplied(np.asarray(fitted(picture, side))))
        except (OSError, ValueError) as error:
            raise WorkerError(ErrorCode.bad_picture, f"{path.name} cannot be read as a picture.") from error
    if not rows:
        raise WorkerError(ErrorCode.too_few_pictures, "There is no picture to learn from.")
    tensor = torch.from_numpy(np.stack(rows)).permute(0, 3, 1, 2)
    return tensor.contiguous(memory_format=torch.channels_last)


def over(premultiplied_NCHW: Tensor, background_N3: Tensor) -> Tensor:
    """Compose on plain paper: premultiplied [N, 4, H, W], colours [N, 3] in [0, 1] → RGB [N, 3, H, W] in [−1, 1]."""
    rgb, alpha = premultiplied_NCHW[:, :3], premultiplied_NCHW[:, 3:]
    return (rgb + (1 - alpha) * background_N3[:, :, None, None]) * 2 - 1
