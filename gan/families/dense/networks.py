"""Two fully connected networks (Goodfellow et al. 2014, section 5). Shapes: B pictures, C channels, S side, D code."""

from __future__ import annotations

from torch import Tensor, nn

LEAK = 0.2


class Generator(nn.Module):
    """A code becomes a picture through two ever wider layers. Batch normalisation, which the paper did not have yet,
    is what makes it learn in a minute (Radford, Metz & Chintala 2016, section 3)."""

    def __init__(self, code: int, width: int, channels: int, size: int) -> None:
        super().__init__()
        self._shape = (channels, size, size)
        layers: list[nn.Module] = []
        for inputs, outputs in ((code, width), (width, 2 * width), (2 * width, 4 * width)):
            layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.LeakyReLU(LEAK)]
        self.net = nn.Sequential(*layers, nn.Linear(4 * width, channels * size * size), nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        """z [B, D] → [B, C, S, S] in [−1, 1]."""
        x: Tensor = self.net(z)
        return x.view(len(z), *self._shape)


class Discriminator(nn.Module):
    """Says of a picture whether it is a work: logits [B]."""

    def __init__(self, channels: int, size: int, width: int, dropout: float) -> None:
        super().__init__()
        self.net = nn.Sequential(
            *(nn.Flatten(), nn.Linear(channels * size * size, 2 * width), nn.LeakyReLU(LEAK), nn.Dropout(dropout)),
            *(nn.Linear(2 * width, width), nn.LeakyReLU(LEAK), nn.Dropout(dropout), nn.Linear(width, 1)),
        )

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.net(x)
        return logits[:, 0]
