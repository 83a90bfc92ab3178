"""Training pictures as one resident tensor: small sets fit memory, and a step should never wait for a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gan.contract import ErrorCode
from gan.data.frames import Frame, common_frame
from gan.errors import WorkerError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif")


MOST_TRIMMED = 1.15
"""How much larger than its room an opaque picture may be scaled to fill it: thin clear bars beside it would teach a
model that its pictures have holes."""


def fitted(picture: Image.Image, side: int, frame: Frame | None = None) -> Image.Image:
    """Scaled to fit a square of `side` pixels or the frame in its middle, aspect kept, the rest transparent.

    Opaque pictures of nearly that shape fill it and lose a little at two edges. What lies around a frame is white: it
    is never shown, and a model of pictures without holes shall see none. Premultiplied on the way, so that edges get
    no dark fringe.
    """
    rgba = picture.convert("RGBA")
    room = frame or (side, side)
    ratios = [space / edge for space, edge in zip(room, picture.size, strict=True)]
    opaque = rgba.getchannel("A").getextrema()[0] == 255
    scale = max(ratios) if opaque and max(ratios) <= MOST_TRIMMED * min(ratios) else min(ratios)
    width, height = (max(1, round(edge * scale)) for edge in picture.size)
    resample = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    small = rgba.convert("RGBa").resize((width, height), resample).convert("RGBA")
    inside = _centred(small, room, (0, 0, 0, 0))
    return inside if frame is None else _centred(inside, (side, side), (255, 255, 255, 255))


def _centred(picture: Image.Image, room: tuple[int, int], around: tuple[int, int, int, int]) -> Image.Image:
    if picture.size == room:
        return picture
    canvas = Image.new("RGBA", room, around)
    canvas.paste(picture, ((room[0] - picture.width) // 2, (room[1] - picture.height) // 2))
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


def load_pictures(folder: Path, side: int, frame: Frame | None = None) -> Tensor:
    """All pictures of a folder in name order → premultiplied RGBA [N, 4, side, side], channels last.

    Raises `WorkerError(bad_picture)` naming the file that cannot be read.
    """
    rows = [premultiplied(np.asarray(fitted(picture, side, frame))) for picture in _opened(folder)]
    if not rows:
        raise WorkerError(ErrorCode.too_few_pictures, "There is no picture to learn from.")
    tensor = torch.from_numpy(np.stack(rows)).permute(0, 3, 1, 2)
    return tensor.contiguous(memory_format=torch.channels_last)


def frame_of(folder: Path, side: int) -> Frame | None:
    """The frame that suits the pictures of a folder; none for the square itself. Raises as `load_pictures`."""
    sizes = [picture.size for picture in _opened(folder)]
    return common_frame(sizes, side) if sizes else None


def _opened(folder: Path) -> Iterator[Image.Image]:
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES):
        try:
            with Image.open(path) as picture:
                yield picture
        except (OSError, ValueError) as error:
            raise WorkerError(ErrorCode.bad_picture, f"{path.name} cannot be read as a picture.") from error


def over(premultiplied_NCHW: Tensor, background_N3: Tensor) -> Tensor:
    """Compose on plain paper: premultiplied [N, 4, H, W], colours [N, 3] in [0, 1] → RGB [N, 3, H, W] in [−1, 1]."""
    rgb, alpha = premultiplied_NCHW[:, :3], premultiplied_NCHW[:, 3:]
    return (rgb + (1 - alpha) * background_N3[:, :, None, None]) * 2 - 1
