"""What machine a figure was seen on, and small statistics."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import torch


def describe() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in _read("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    return (
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}, load {load}"
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile; share in [0, 1]. Raises `ValueError` on nothing."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
