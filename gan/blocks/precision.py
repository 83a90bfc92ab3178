"""Which numbers this machine is quick with."""

from __future__ import annotations

import torch


def bf16_pays() -> bool:
    """Whether this CPU multiplies bf16 in hardware; where it does not, bf16 is slower than fp32."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
