"""One step of a style model: paint pictures in the style of artworks, and learn from what a frozen network sees."""

from __future__ import annotations

import copy

import torch
from torch import Tensor

from gan.blocks.ema import ema_decay, ema_update
from gan.blocks.features import FrozenFeatures
from gan.families.style.config import Config
from gan.families.style.networks import Look, Painter
from gan.families.style.statistics import (
    TAPS,
    Seen,
    colours,
    content_distance,
    look,
    style_distance,
)
from gan.families.style.texture import brushed
from gan.training.bundle import Bundle, load_module

LEAST = 0.05
"""Of the learning rate at the end, as a share of it at the beginning."""
WARM_STEPS = 50
OUTSIDE = 10.0
"""Weight of colours that no picture can have, which the features do not punish."""


class Nets:
    """The frozen network, and all that a step changes."""

    def __init__(self, config: Config, device: str) -> None:
        self.device = torch.device(device)
        self.features = FrozenFeatures(TAPS).to(self.device, torch.bfloat16)
        painter = Painter(config.code, config.width).to(self.device)
        self.painter, self.average = painter, copy.deepcopy(painter).requires_grad_(False)
        self.optimiser = torch.optim.Adam(painter.parameters(), lr=config.lr, betas=(0.9, 0.99))
        self.seen = torch.zeros((), dtype=torch.int64)
        self._bundle = Bundle({"painter": painter, "average": self.average}, {"optimiser": self.optimiser})

    def state(self) -> dict[str, Tensor]:
        return {**self._bundle.state(), "seen": self.seen}

    def load_state(self, state: dict[str, Tensor]) -> None:
        self._bundle.load_state(state)
        self.seen = state["seen"].clone()

    def start_from(self, tensors: dict[str, Tensor]) -> None:
        """Go on from a model's weights. Raises as `load_module` for another architecture."""
        for module in (self.painter, self.average):
            load_module(module, tensors, "painter.")

    @torch.no_grad()
    def calibrate(self, artworks: Tensor) -> None:
        """See `Painter.calibrate`; for a painter that begins from nothing."""
        _, told = self.look(artworks)
        for module in (self.painter, self.average):
            module.calibrate(told)

    @torch.no_grad()
    def look(self, pictures: Tensor) -> tuple[Seen, Look]:
        seen = look(self.features, pictures.contiguous(memory_format=torch.channels_last))
        return seen, Look.of(seen, colours(pictures))


def paint(painter: Painter, pictures: Tensor, seen: Seen, artworks: Tensor, told: Look, noise: Tensor) -> Tensor:
    """RGB, about [0, 1]."""
    # half precision is too coarse for the roots of nearly singular covariances
    with torch.no_grad(), torch.autocast(pictures.device.type, enabled=False):
        begun = brushed(pictures, artworks)
    return painter(seen, begun, told, noise)  # type: ignore[no-any-return]


def train_step(
    nets: Nets, config: Config, pictures: Tensor, artworks: Tensor, noise: Tensor, progress: float
) -> dict[str, Tensor]:
    """Loss: content + style (`gan.families.style.statistics`), and of one picture in its own style how far it moves.

    The last artwork of a batch is its picture itself.
    """
    fall = min(1.0, (1 - progress) / config.decay_share) if config.decay_share else 1.0
    warm = min(1.0, (int(nets.seen) + config.batch) / (WARM_STEPS * config.batch))
    for group in nets.optimiser.param_groups:
        group["lr"] = config.lr * max(LEAST, fall) * warm
    pictures, artworks, noise = (x.to(nets.device) for x in (pictures, artworks, noise))
    artworks = torch.cat([artworks[:-1], pictures[-1:]])
    seen_picture, _ = nets.look(pictures)
    seen_artwork, told = nets.look(artworks)
    with torch.autocast(nets.device.type, torch.bfloat16):
        painted = paint(nets.painter, pictures, seen_picture, artworks, told, noise)
    drawn = look(nets.features, painted.clamp(-0.1, 1.1).contiguous(memory_format=torch.channels_last))
    content = content_distance(drawn, seen_picture).mean()
    style = style_distance(drawn, seen_artwork)[:-1].mean()
    same = (painted[-1] - pictures[-1]).abs().mean()
    outside = (painted - painted.clamp(0, 1)).square().mean()
    loss = config.content_weight * content + config.style_weight * style + config.same_weight * same + OUTSIDE * outside
    nets.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(nets.painter.parameters(), 1.0)
    nets.optimiser.step()
    nets.seen += config.batch
    decay = ema_decay(config.batch, int(nets.seen), config.ema_half_life)
    ema_update(nets.average.parameters(), nets.painter.parameters(), decay)
    return {"content": content.detach(), "style": style.detach(), "same": same.detach()}
