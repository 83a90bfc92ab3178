"""The networks of Radford, Metz & Chintala 2016, section 3: strides instead of pooling, batch normalisation, no fully
connected layer but the first. Shapes: B pictures, C channels, S side, D code."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from gan.blocks.patches import start_small
from gan.blocks.sides import doublings, first_side
from gan.families.dcgan.config import Config

LEAK = 0.2


def channels(config: Config) -> list[int]:
    """Of the maps from the largest to the smallest."""
    return [min(config.width * 2**level, config.widest) for level in range(doublings(config.size))]


class Generator(nn.Module):
    """A code becomes a small map, which is doubled until it is a picture."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths, side = channels(config)[::-1], first_side(config.size)
        layers: list[nn.Module] = [
            *(nn.Unflatten(1, (config.code, 1, 1)), nn.ConvTranspose2d(config.code, widths[0], side, bias=False)),
            *(nn.BatchNorm2d(widths[0]), nn.ReLU()),
        ]
        for inputs, outputs in pairwise(widths):
            layers += [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
        self.net = nn.Sequential(*layers, nn.ConvTranspose2d(widths[-1], config.channels, 4, 2, 1), nn.Tanh())
        start_small(self)

    def forward(self, z: Tensor) -> Tensor:
        """z [B, D] → [B, C, S, S] in [−1, 1]."""
        x: Tensor = self.net(z)
        return x


class Discriminator(nn.Module):
    """Says of a picture whether it is a work: logits [B]."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = config.channels
        normed = config.batch_norm and not config.spectral
        for level, after in enumerate(channels(config)):
            layers.append(nn.Conv2d(before, after, 4, 2, 1, bias=level == 0 or not normed))
            if level and normed:
                layers.append(nn.BatchNorm2d(after))
            layers += [nn.LeakyReLU(LEAK), nn.Dropout2d(config.dropout)]
            before = after
        self.net = nn.Sequential(*layers, nn.Conv2d(before, 1, first_side(config.size)), nn.Flatten())
        start_small(self)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.net(x)
        return logits[:, 0]
