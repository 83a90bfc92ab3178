"""Layers that several families use."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ModulatedConv2d(nn.Module):
    """Convolution whose input channels are scaled by a style, output deviation brought back to one.

    Modulation and demodulation of StyleGAN2 (Karras et al. 2020, section 2.2, equations 1 and 3), done on activations
    instead of the weights, so that one convolution serves a whole batch.
    """

    def __init__(self, inputs: int, outputs: int, code: int, kernel: int = 3) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel) / math.sqrt(inputs * kernel * kernel))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.style = nn.Linear(code, inputs)
        nn.init.normal_(self.style.weight, std=1 / math.sqrt(code))
        nn.init.ones_(self.style.bias)
        self._energy: Tensor | None = None

    def freeze(self) -> None:
        """Work out what depends on the weights alone, for good: they must not change after this."""
        self._energy = self._weight_energy().detach()

    def _weight_energy(self) -> Tensor:
        return self.weight.float().square().sum((2, 3)).t()

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """x [B, inputs, H, W], w [B, code] → [B, outputs, H, W]."""
        style = self.style(w)
        y = F.conv2d(x * style[:, :, None, None].to(x.dtype), self.weight, padding=self.weight.shape[-1] // 2)
        energy = self._weight_energy() if self._energy is None else self._energy
        demodulation = torch.rsqrt(style.float().square() @ energy + 1e-6)
        return y * demodulation[:, :, None, None].to(y.dtype) + self.bias[:, None, None].to(y.dtype)


def unit_length(z: Tensor) -> Tensor:
    """Pixel norm of a code (Karras et al. 2018, section 4.2): mean square one over the last dimension."""
    return z * torch.rsqrt(z.square().mean(-1, keepdim=True) + 1e-8)
