"""From what the frozen net sees of a picture to its code: one look instead of a search."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PARTS = 4
"""Maps are averaged over PARTS x PARTS parts of the picture at most: where things are matters, their pixels do not."""
SIGHT = 64
"""Side in pixels at which the encoder looks, whatever the model draws at: so it serves larger models too."""
PREFIX = "encoder."
FIRST_TAP = 1
"""The shallowest tap tells of strokes alone."""


def gist_width(channels: tuple[int, ...], sides: tuple[int, ...]) -> int:
    """Numbers in the gist of maps with these channels and sides, all taps listed."""
    taps = list(zip(channels, sides, strict=True))[FIRST_TAP:]
    return sum(count * min(side, PARTS) ** 2 for count, side in taps)


def gist(maps: list[Tensor]) -> Tensor:
    """Frozen maps of all taps → [B, gist_width] fp32."""
    parts = [F.adaptive_avg_pool2d(m.float(), min(m.shape[-1], PARTS)).flatten(1) for m in maps[FIRST_TAP:]]
    return torch.cat(parts, 1)


def shrunk(pictures: Tensor) -> Tensor:
    """Pictures [B, C, H, H], premultiplied where they have alpha, as small as the encoder looks at them."""
    return F.interpolate(pictures, (SIGHT, SIGHT), mode="area") if pictures.shape[-1] > SIGHT else pictures


class Encoder(nn.Module):
    """Two layers from a picture's gist to its code z; it brings its inputs' mean and deviation along."""

    def __init__(self, inputs: int, hidden: int, code: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("deviation", torch.ones(inputs))
        self.hidden, self.out = nn.Linear(inputs, hidden), nn.Linear(hidden, code)

    @classmethod
    def read(cls, tensors: dict[str, Tensor]) -> Encoder | None:
        """The encoder among a model file's tensors; none if the model was learned without."""
        own = {name.removeprefix(PREFIX): value for name, value in tensors.items() if name.startswith(PREFIX)}
        if not own:
            return None
        hidden, inputs = own["hidden.weight"].shape
        encoder = cls(inputs, hidden, len(own["out.weight"]))
        encoder.load_state_dict(own)
        return encoder.eval().requires_grad_(False)

    def forward(self, gists: Tensor) -> Tensor:
        """[B, inputs] → z [B, code]."""
        x = (gists.float() - self.get_buffer("mean")) / self.get_buffer("deviation")
        out: Tensor = self.out(F.leaky_relu(self.hidden(x), 0.2))
        return out

    @torch.no_grad()
    def calibrate(self, gists: Tensor) -> None:
        """Learn mean and deviation of the inputs from these gists [N, inputs]."""
        self.get_buffer("mean").copy_(gists.float().mean(0))
        self.get_buffer("deviation").copy_(gists.float().std(0).clamp_min(1e-2))
