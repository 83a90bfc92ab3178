"""Generator and discriminator of the anchored family.

Shapes: B pictures, L style layers, D numbers a code, S the side of a picture.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gan.blocks.layers import ModulatedConv2d, unit_length

PROJECTED_WIDTHS = {0: 24, 2: 32, 4: 48, 10: 64, 15: 96}
"""Tap of the frozen net → channels that the discriminator sees of it."""


def layer_count(size: int, convs: int) -> int:
    """Style layers of a generator: one at 4 x 4, `convs` at each doubling up to half the picture's side."""
    return 1 + convs * int(math.log2(size // 8))


class Mapping(nn.Module):
    """Free code z of a work → its style code w (two layers; it conditions the codes' optimisation)."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(code, code) for _ in range(2))
        for layer in self.layers:
            assert isinstance(layer, nn.Linear)
            nn.init.normal_(layer.weight, std=1.4 / math.sqrt(code))
            nn.init.zeros_(layer.bias)

    def forward(self, z: Tensor) -> Tensor:
        """z [B, D] → w [B, D]."""
        w = unit_length(z)
        for layer in self.layers:
            w = F.leaky_relu(layer(w), 0.2)
        return w


class Generator(nn.Module):
    """Style-modulated generator with RGBA skips; the last doubling is a pixel shuffle, which halves its cost.

    Output is premultiplied RGBA, nominally in [0, 1]: a picture over a background b is then rgb + (1 − a) · b.
    """

    def __init__(self, size: int = 64, code: int = 128, width: int = 512, widest: int = 256, convs: int = 1) -> None:
        super().__init__()
        sides = [4 * 2**i for i in range(int(math.log2(size // 2 // 4)) + 1)]
        channels = [min(widest, width * 4 // side) for side in sides]
        self.layers = layer_count(size, convs)
        self.first = nn.Linear(code, channels[0] * 16)
        nn.init.normal_(self.first.weight, std=1 / math.sqrt(code))
        self.conv = ModulatedConv2d(channels[0], channels[0], code)
        self.stages = nn.ModuleList()
        for before, after in pairwise(channels):
            convolutions = [ModulatedConv2d(before if i == 0 else after, after, code, i == 0) for i in range(convs)]
            self.stages.append(nn.ModuleList(convolutions))
        self.skips = nn.ModuleList(nn.Conv2d(c, 4, 1) for c in channels[:-1])
        self.last = nn.Conv2d(channels[-1], 16, 3, padding=1)
        nn.init.normal_(self.last.weight, std=0.3 / math.sqrt(channels[-1] * 9))
        with torch.no_grad():  # the four pixels of a shuffle start equal (Aitken et al. 2017: no checkerboard)
            self.last.weight.copy_(self.last.weight[::4].repeat_interleave(4, 0))
            assert self.last.bias is not None
            self.last.bias.fill_(0.5)

    @torch.no_grad()
    def grow_from(self, smaller: dict[str, Tensor]) -> None:
        """Take over the layers of a generator of half this one's side or less, by its tensors.

        What that one drew last as four pixels at once becomes their mean, a layer below; what is new starts by adding
        nothing. So the first pictures are the smaller one's, soft (Karras et al. 2018 fade layers in instead).
        """
        own = self.state_dict()
        given = {name: value for name, value in smaller.items() if name in own and own[name].shape == value.shape}
        skip = self.skips[sum(name.startswith("skips.") and name.endswith(".weight") for name in smaller)]
        assert isinstance(skip, nn.Conv2d)
        assert skip.bias is not None
        self.load_state_dict({**own, **{name: value.to(own[name].dtype) for name, value in given.items()}})
        skip.weight.copy_(smaller["last.weight"].sum((2, 3), keepdim=True).unflatten(0, (4, 4)).mean(1))
        skip.bias.copy_(smaller["last.bias"].unflatten(0, (4, 4)).mean(1))
        self.last.weight.mul_(0.1)
        assert self.last.bias is not None
        self.last.bias.zero_()

    def forward(self, w: Tensor) -> Tensor:
        """w [B, L, D] → [B, 4, S, S]."""
        styles = w.unbind(1)
        x = self.first(styles[0]).view(len(w), -1, 4, 4).contiguous(memory_format=torch.channels_last)
        x = self.conv(x, styles[0])
        picture: Tensor | None = None
        number = 1
        for stage, skip in zip(self.stages, self.skips, strict=True):
            drawn = skip(x)
            picture = drawn if picture is None else doubled(picture) + drawn
            assert isinstance(stage, nn.ModuleList)
            for conv in stage:
                x = conv(x, styles[number])
                number += 1
        assert picture is not None
        fine = self.last(x)
        if fine.requires_grad:  # else the way back through the shuffle turns all layers below to the slow layout
            fine.register_hook(lambda grad: grad.contiguous(memory_format=torch.channels_last))
        return saturated((F.pixel_shuffle(fine, 2) + doubled(doubled(picture))).float())


def saturated(x: Tensor) -> Tensor:
    """Clamp to [0, 1] that leaks a tenth: plain paper and clear glass are reached exactly by overshooting, and what has
    overshot by mistake can still come back."""
    inside = x.clamp(0, 1)
    return inside + 0.1 * (x - inside)


def doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class Projection(nn.Module):
    """Frozen random mixing of feature maps across channels and scales (Sauer et al. 2021, section 3.2):
    it keeps the discriminator from leaning on a few features. Weights are drawn from a fixed seed, never stored."""

    def __init__(self, taps: tuple[int, ...], channels: tuple[int, ...]) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.widths = tuple(PROJECTED_WIDTHS[tap] for tap in taps)

        def frozen(inputs: int, outputs: int, kernel: int) -> nn.Conv2d:
            conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
            drawn = torch.randn(conv.weight.shape, generator=generator) / math.sqrt(inputs * kernel * kernel)
            conv.weight.data.copy_(drawn)
            return conv

        self.across = nn.ModuleList(frozen(c, w, 1) for c, w in zip(channels, self.widths, strict=True))
        pairs = zip(self.widths[1:], self.widths, strict=False)
        self.down = nn.ModuleList(frozen(deep, shallow, 1) for deep, shallow in pairs)
        self.mix = nn.ModuleList(frozen(w, w, 3) for w in self.widths)
        self.register_buffer("scale", torch.ones(len(taps)))
        self.requires_grad_(False)

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        scale = self.get_buffer("scale")
        mixed = [conv(x) * s.to(x.dtype) for conv, x, s in zip(self.across, maps, scale.unbind(), strict=True)]
        out = [self.mix[-1](mixed[-1])]
        for i in range(len(maps) - 2, -1, -1):
            above = F.interpolate(self.down[i](out[0]), size=mixed[i].shape[-2:], mode="nearest")
            out.insert(0, self.mix[i]((mixed[i] + above) * math.sqrt(0.5)))
        return out

    @torch.no_grad()
    def calibrate(self, maps: list[Tensor]) -> None:
        """Bring every output to unit deviation on these maps, so that no scale drowns another."""
        scale = self.get_buffer("scale")
        for _ in range(2):
            scale.mul_(torch.stack([1 / x.float().std() for x in self(maps)]).to(scale))


class Discriminator(nn.Module):
    """One small patch discriminator for each projected map."""

    def __init__(self, sides: tuple[int, ...], inputs: tuple[int, ...], width: int = 64) -> None:
        super().__init__()
        self.heads = nn.ModuleList(_head(side, c, width) for side, c in zip(sides, inputs, strict=True))

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        """Maps [B, C, H, H] → logits [B, 1, h, h] for each."""
        return [head(x) for head, x in zip(self.heads, maps, strict=True)]


def _head(side: int, inputs: int, width: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    outputs = min(width, 256)
    if side <= 4:
        layers += [_sn(nn.Conv2d(inputs, outputs, 1, bias=False)), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)]
        inputs = outputs
    while side > 4:
        layers += [_sn(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)]
        inputs, outputs, side = outputs, min(outputs * 2, 256), side // 2
    layers.append(_sn(nn.Conv2d(inputs, 1, 3, padding=1)))
    return nn.Sequential(*layers)


def _sn(conv: nn.Conv2d) -> nn.Module:
    """Spectral norm (Miyato et al. 2018): bounds how fast logits may change."""
    module: nn.Module = spectral_norm(conv)
    return module
