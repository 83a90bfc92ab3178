"""What the picture-to-picture families share: a discriminator of patches, residual blocks, and their first weights.

Instance normalisation (Ulyanov et al. 2016) throughout: what becomes of a picture then depends on nothing else in its
batch, and it is what batch normalisation at one picture a batch amounts to (Isola et al. 2017, section 6.2).

Shapes: B pictures, C channels, H height, W width.
"""

from __future__ import annotations

from torch import Tensor, nn

FIRST_DEVIATION = 0.02
"""Of all kernels at the start, as in the papers of these families."""


def norm(channels: int) -> nn.Module:
    return nn.InstanceNorm2d(channels, affine=True)


def start_small(module: nn.Module) -> None:
    """The first weights of pix2pix, pix2pixHD and CycleGAN: normal with deviation 0.02, no bias."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(part.weight, std=FIRST_DEVIATION)
            if part.bias is not None:
                nn.init.zeros_(part.bias)


def first_layers(inputs: int, outputs: int) -> list[nn.Module]:
    """c7s1-k of Johnson et al. 2016: a wide look at full size."""
    return [nn.ReflectionPad2d(3), nn.Conv2d(inputs, outputs, 7, bias=False), norm(outputs), nn.ReLU(True)]


def halving(inputs: int, outputs: int) -> list[nn.Module]:
    """d-k: half of the side."""
    return [nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), norm(outputs), nn.ReLU(True)]


def doubling(inputs: int, outputs: int) -> list[nn.Module]:
    """u-k: twice the side."""
    conv = nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, output_padding=1, bias=False)
    return [conv, norm(outputs), nn.ReLU(True)]


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions beside a straight way (Johnson et al. 2016); mirrored edges leave no seam at the rim."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            *(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=False), norm(channels), nn.ReLU(True)),
            *(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=False), norm(channels)),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.net(x)
        return x + y


class PatchDiscriminator(nn.Module):
    """Says of each patch whether it is real (Isola et al. 2017, section 3.2.2): logits, one for each place.

    `layers` strided convolutions see patches of 16, 34 or 70 pixels for 1, 2 or 3 of them.
    """

    def __init__(self, inputs: int, width: int = 64, layers: int = 3) -> None:
        super().__init__()
        stages = [nn.Sequential(nn.Conv2d(inputs, width, 4, 2, 1), nn.LeakyReLU(0.2, True))]
        for number in range(1, layers + 1):
            before, after = width * min(2 ** (number - 1), 8), width * min(2**number, 8)
            conv = nn.Conv2d(before, after, 4, 2 if number < layers else 1, 1, bias=False)
            stages.append(nn.Sequential(conv, norm(after), nn.LeakyReLU(0.2, True)))
        self.stages = nn.ModuleList(stages)
        self.last = nn.Conv2d(width * min(2**layers, 8), 1, 4, 1, 1)
        start_small(self)

    def forward(self, x: Tensor) -> Tensor:
        """x [B, C, H, W] → logits [B, 1, h, w]."""
        return self.look(x)[-1]

    def look(self, x: Tensor) -> list[Tensor]:
        """The maps of all layers, the logits last, for feature matching."""
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        maps.append(self.last(x))
        return maps
