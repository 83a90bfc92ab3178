"""A generator made ready for drawing alone: the same picture as `networks.Generator`, in a third of the time.

Whatever depends on the weights alone is worked out once, and convolutions run in bf16 where the processor has it (their
sums stay fp32; a picture moves by half a level of 255 on average). Company must not change a picture, so:

- The small matrices that turn codes into styles are multiplied in double precision and then rounded: libraries sum
  them in another order for another number of rows or threads, and bf16 would make a whole step of the last bit of that.
- Convolutions take batches of two shapes only, and before the larger is first used it is proved to give the same bits
  as the smaller; where it does not, the smaller serves alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from gan.blocks.layers import LEAK, LEAKY_GAIN, ModulatedConv2d, summed_kernel
from gan.blocks.precision import bf16_pays
from gan.families.anchored.networks import Generator, doubled, saturated

FEW, MANY = 4, 16
"""Batch shapes; fewer pictures are padded. A chat's grid is four; beyond sixteen small nets gain nothing."""


@dataclass(frozen=True)
class _Conv:
    """A modulated convolution with everything but its input worked out."""

    kernel: Tensor
    transposed: bool
    enlarges: bool
    """Repeats pixels before it: the smallest map has too little to do for a transposed convolution."""
    bias: Tensor
    style: tuple[Tensor, Tensor]
    energy: Tensor

    @staticmethod
    def of(conv: ModulatedConv2d, side: int, kind: torch.dtype) -> _Conv:
        transposed = conv.doubles and side >= 8
        kernel = summed_kernel(conv.weight) if transposed else conv.weight
        return _Conv(
            kernel.to(kind, memory_format=torch.channels_last),
            transposed,
            conv.doubles and not transposed,
            (conv.bias * LEAKY_GAIN)[:, None, None].to(kind),
            (conv.style.weight.double().t().contiguous(), conv.style.bias.double()),
            conv.weight.double().square().sum((2, 3)).t().contiguous(),
        )

    def __call__(self, x: Tensor, w: Tensor) -> Tensor:
        """x [B, I, H, W], w [B, D] in double → [B, O, H', W']."""
        style = torch.addmm(self.style[1], w, self.style[0])
        scale = torch.rsqrt(style.square() @ self.energy + 1e-6) * LEAKY_GAIN
        x = x * style[:, :, None, None].to(x.dtype)
        if self.enlarges:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = (
            F.conv_transpose2d(x, self.kernel, stride=2, padding=1)
            if self.transposed
            else F.conv2d(x, self.kernel, padding=1)
        )
        return F.leaky_relu_(torch.addcmul(self.bias, x, scale[:, :, None, None].to(x.dtype)), LEAK)


class Drawing:
    """Style codes in, pictures out; a snapshot of the generator's weights."""

    def __init__(self, generator: Generator, device: torch.device, half: bool | None = None) -> None:
        self._half = (device.type == "cpu" and bf16_pays()) if half is None else half
        self._kind = kind = torch.bfloat16 if self._half else torch.float32
        self._device = device
        with torch.inference_mode():
            self._first = generator.first.weight.double().t().contiguous(), generator.first.bias.double()
            self._convs = [_Conv.of(generator.conv, 4, kind)]
            side = 4
            self._stages: list[int] = []
            for stage in generator.stages:
                assert isinstance(stage, torch.nn.ModuleList)
                for conv in stage:
                    assert isinstance(conv, ModulatedConv2d)
                    self._convs.append(_Conv.of(conv, side, kind))
                    side *= 2 if conv.doubles else 1
                self._stages.append(len(stage))
            self._skips = [_plain(skip, kind) for skip in generator.skips]
            self._last = _plain(generator.last, kind)
        self._layers, self._code = generator.layers, generator.first.in_features
        self._agree: bool | None = None
        kernels = [conv.kernel for conv in self._convs]
        styles = [t for conv in self._convs for t in (*conv.style, conv.energy)]
        self.nbytes = sum(t.numel() * t.element_size() for t in [*kernels, *styles, *self._first])

    @torch.inference_mode()
    def draw(self, w: Tensor) -> Tensor:
        """w [N, L, D] → premultiplied RGBA [N, 4, S, S] in fp32; the bits of a picture do not depend on the others."""
        w = w.to(self._device)
        most = MANY if len(w) >= MANY and self._shapes_agree() else FEW
        return torch.cat([self._batch(part) for part in _parts(w, most)])[: len(w)]

    def _batch(self, w: Tensor) -> Tensor:
        codes = w.double().unbind(1)
        x = torch.addmm(self._first[1], codes[0], self._first[0]).view(len(w), -1, 4, 4)
        x = self._convs[0](x.to(self._kind, memory_format=torch.channels_last), codes[0])
        picture: Tensor | None = None
        number = 1
        for convs, skip in zip(self._stages, self._skips, strict=True):
            drawn = F.conv2d(x, *skip)
            picture = drawn if picture is None else doubled(picture) + drawn
            for _ in range(convs):
                x = self._convs[number](x, codes[number])
                number += 1
        assert picture is not None
        fine = F.pixel_shuffle(F.conv2d(x, *self._last, padding=1), 2)
        return saturated(fine.float() + doubled(doubled(picture.float())))

    def _shapes_agree(self) -> bool:
        """Whether a picture has the same bits in both shapes of batch, tried once."""
        if self._agree is None:
            w = torch.randn(MANY, self._layers, self._code, generator=torch.Generator().manual_seed(0)).to(self._device)
            few = torch.cat([self._batch(part) for part in w.split(FEW)])
            self._agree = torch.equal(self._batch(w), few)
        return self._agree


def _parts(w: Tensor, most: int) -> Sequence[Tensor]:
    """Whole batches of `most`, then fours, the last one filled up with its first row."""
    whole = len(w) - len(w) % most
    parts = list(w[:whole].split(most)) if whole else []
    for rest in w[whole:].split(FEW) if whole < len(w) else ():
        parts.append(torch.cat([rest, rest[:1].expand(FEW - len(rest), -1, -1)]))
    return parts


def _plain(conv: torch.nn.Module, kind: torch.dtype) -> tuple[Tensor, Tensor]:
    assert isinstance(conv, torch.nn.Conv2d)
    assert conv.bias is not None
    return conv.weight.to(kind, memory_format=torch.channels_last), conv.bias.to(kind)
