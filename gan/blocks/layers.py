"""Layers that several families use."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEAK = 0.2
LEAKY_GAIN = math.sqrt(2)
"""Keeps the deviation of what passes a leaky ReLU about one (He et al. 2015)."""


class ModulatedConv2d(nn.Module):
    """Convolution whose input channels are scaled by a style, its output brought back to unit deviation, shifted and
    bent by a leaky ReLU. One that `doubles` doubles the side on the way.

    Modulation and demodulation of StyleGAN2 (Karras et al. 2020, section 2.2, equations 1 and 3), done on activations
    instead of the weights, so that one convolution serves a whole batch.
    """

    def __init__(self, inputs: int, outputs: int, code: int, doubles: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3) / math.sqrt(inputs * 9))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.style = nn.Linear(code, inputs)
        nn.init.normal_(self.style.weight, std=1 / math.sqrt(code))
        nn.init.ones_(self.style.bias)
        self.doubles = doubles
        self._energy: Tensor | None = None

    def freeze(self) -> None:
        """Work out what depends on the weights alone, for good: they must not change after this."""
        self._energy = self._weight_energy().detach()

    def _weight_energy(self) -> Tensor:
        return self.weight.float().square().sum((2, 3)).t()

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """x [B, inputs, H, W], w [B, code] → [B, outputs, H, W], of twice the side where it doubles."""
        style = self.style(w)
        x = x * style[:, :, None, None].to(x.dtype)
        y = doubled_convolution(x, self.weight) if self.doubles else F.conv2d(x, self.weight, padding=1)
        energy = self._weight_energy() if self._energy is None else self._energy
        demodulation = torch.rsqrt(style.float().square() @ energy + 1e-6)
        return scaled_leaky_relu(y, demodulation * LEAKY_GAIN, self.bias * LEAKY_GAIN)


def doubled_convolution(x: Tensor, weight: Tensor) -> Tensor:
    """3 x 3 convolution of `x` doubled by repeating pixels: [B, I, H, W], [O, I, 3, 3] → [B, O, 2H, 2W].

    Repeated pixels meet the kernel in sums, so a transposed convolution with the kernel summed over 2 x 2 windows gives
    the same with 16 instead of 36 products for each input pixel. On the smallest maps it has too little to do at once.
    """
    if x.shape[-1] < 8:
        return F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), weight, padding=1)
    return F.conv_transpose2d(x, summed_kernel(weight).to(x.dtype), stride=2, padding=1)


def summed_kernel(weight: Tensor) -> Tensor:
    """[O, I, 3, 3] → [I, O, 4, 4]: the kernel of the transposed convolution above."""
    outputs, inputs = weight.shape[:2]
    summed = (weight.flatten(0, 1).flatten(1) @ _window_sums(weight)).view(outputs, inputs, 4, 4)
    return summed.transpose(0, 1)


def _window_sums(like: Tensor) -> Tensor:
    """[9, 16]: from a 3 x 3 kernel to its sums over 2 x 2 windows, turned round as transposed convolutions want it."""
    line = like.new_tensor([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]).flip(1)
    return torch.kron(line, line)


class _ScaledLeakyRelu(torch.autograd.Function):
    """leaky_relu(scale · x + bias), in place of x; its gradients need nothing but its own output."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
        ctx.mark_dirty(x)
        x.mul_(scale[:, :, None, None].to(x.dtype)).add_(bias[:, None, None].to(x.dtype))
        F.leaky_relu_(x, LEAK)
        ctx.save_for_backward(x, scale, bias)
        return x

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        out, scale, bias = ctx.saved_tensors
        grad = grads[0].contiguous(memory_format=torch.channels_last)
        bent = torch.ops.aten.leaky_relu_backward(grad, out, LEAK, True)
        # With p = scale · x + bias: the leak cancels in bent · p = grad · out, and x = (p − bias) / scale.
        total = bent.sum((2, 3), dtype=torch.float32)
        along = (grad * out).sum((2, 3), dtype=torch.float32)
        grad_scale = (along - total * bias) / scale
        return bent * scale[:, :, None, None].to(bent.dtype), grad_scale, total.sum(0)


_scaled_leaky_relu: Callable[..., Tensor] = _ScaledLeakyRelu.apply


def scaled_leaky_relu(x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """leaky_relu(scale · x + bias) with slope 0.2, overwriting x [B, C, H, W]; scale [B, C] > 0, bias [C]."""
    if torch.is_grad_enabled():
        return _scaled_leaky_relu(x, scale, bias)
    return F.leaky_relu_(x.mul_(scale[:, :, None, None].to(x.dtype)).add_(bias[:, None, None].to(x.dtype)), LEAK)


def unit_length(z: Tensor) -> Tensor:
    """Pixel norm of a code (Karras et al. 2018, section 4.2): mean square one over the last dimension."""
    return z * torch.rsqrt(z.square().mean(-1, keepdim=True) + 1e-8)
