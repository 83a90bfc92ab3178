"""Muon for convolution kernels: steps with all singular values alike (Jordan et al. 2024, "Muon").

A kernel [O, I, k, k] is one matrix [O, k · k · I]. torch's optimiser takes matrices alone; channels-last kernels are
such matrices in memory, so it works on views of them and the network needs no other weights than its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

CHANNELS_LAST = torch.channels_last
ITERATIONS = 3
"""Of Newton and Schulz; five, the usual number, cost more than they gain at these sizes."""
LEAST_ROWS = 32
"""A kernel with fewer outputs than this is left to Adam: it has too few directions to balance."""


def balanced_kernels(module: nn.Module) -> list[nn.Parameter]:
    """The 3 x 3 kernels of a network that are worth balancing."""
    return [p for p in module.parameters() if p.ndim == 4 and p.shape[-1] == 3 and len(p) >= LEAST_ROWS]


class KernelOptimiser(torch.optim.Muon):
    """`torch.optim.Muon` over 4-d kernels [O, I, k, k], which must lie channels last in memory."""

    def __init__(self, kernels: Sequence[nn.Parameter], lr: float) -> None:
        self._kernels = list(kernels)
        self._matrices = [_matrix(kernel.detach()) for kernel in self._kernels]
        super().__init__(self._matrices, lr=lr, weight_decay=0.0, momentum=0.95, nesterov=True, ns_steps=ITERATIONS)

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for kernel, matrix in zip(self._kernels, self._matrices, strict=True):
            matrix.grad = None if kernel.grad is None else _matrix(kernel.grad.contiguous(memory_format=CHANNELS_LAST))
        super().step()  # type: ignore[no-untyped-call]

    def zero_grad(self, set_to_none: bool = True) -> None:
        for kernel in self._kernels:
            kernel.grad = None


def _matrix(kernel: Tensor) -> Tensor:
    """A view [O, k · k · I]; raises where the memory does not lie so."""
    return kernel.permute(0, 2, 3, 1).view(len(kernel), -1)
