"""The quick ways of the blocks give what the plain ways give, forward and back."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from gan.blocks.features import FrozenFeatures, _FoldedConv
from gan.blocks.layers import LEAK, doubled_convolution, scaled_leaky_relu


def gradients(out: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
    towards = torch.randn(out.shape, generator=torch.Generator().manual_seed(1))
    return torch.autograd.grad((out * towards).sum(), inputs)


@pytest.mark.parametrize("side", [4, 8, 16])
def test_a_doubling_convolution_is_one_of_repeated_pixels(side: int) -> None:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(2, 5, side, side, generator=random).requires_grad_()
    weight = torch.randn(7, 5, 3, 3, generator=random).requires_grad_()
    quick = doubled_convolution(x, weight)
    plain = F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), weight, padding=1)
    torch.testing.assert_close(quick, plain, atol=1e-4, rtol=1e-4)
    for a, b in zip(gradients(quick, x, weight), gradients(plain, x, weight), strict=True):
        torch.testing.assert_close(a, b, atol=1e-3, rtol=1e-4)


def test_an_activation_in_place_has_the_gradients_of_the_plain_one() -> None:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(3, 4, 6, 6, generator=random).requires_grad_()
    scale = (torch.rand(3, 4, generator=random) + 0.2).requires_grad_()
    bias = torch.randn(4, generator=random).requires_grad_()
    quick = scaled_leaky_relu(x * 1.0, scale, bias)  # it overwrites what it is given
    plain = F.leaky_relu(x * scale[:, :, None, None] + bias[:, None, None], LEAK)
    torch.testing.assert_close(quick, plain)
    for a, b in zip(gradients(quick, x, scale, bias), gradients(plain, x, scale, bias), strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-4)
    with torch.no_grad():
        torch.testing.assert_close(scaled_leaky_relu(x.detach().clone(), scale, bias), plain)


def plain_convolution(conv: _FoldedConv, x: Tensor) -> Tensor:
    y = F.conv2d(x, conv.get_buffer("weight"), conv.get_buffer("bias"), conv.stride, conv.padding, groups=conv.groups)
    return F.relu6(y) if conv.activate else y


@pytest.mark.parametrize("side", [64, 96])
def test_the_frozen_net_has_the_gradient_of_plain_convolutions(monkeypatch: pytest.MonkeyPatch, side: int) -> None:
    features = FrozenFeatures()
    picture = (torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0)) * 2 - 1).requires_grad_()

    def slope() -> Tensor:
        (grad,) = torch.autograd.grad(torch.stack([m.abs().mean() for m in features(picture)]).sum(), picture)
        return grad

    quick = slope()
    monkeypatch.setattr(_FoldedConv, "forward", plain_convolution)
    plain = slope()
    torch.testing.assert_close(quick, plain, atol=float(plain.abs().max()) * 1e-4, rtol=1e-3)
