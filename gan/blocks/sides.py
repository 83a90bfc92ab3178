"""Sides of pictures that a small map reaches by doubling. Arithmetic alone; no torch."""

from __future__ import annotations

SMALLEST = (4, 5, 6, 7)
"""Sides that the first map may have."""


def first_side(size: int) -> int:
    """The side of the first map. Raises `ValueError` for a side that no doubling reaches."""
    side = size
    while side > SMALLEST[-1] and side % 2 == 0:
        side //= 2
    if side not in SMALLEST:
        raise ValueError(f"size {size} is not 4, 5, 6 or 7 doubled some times; take 28, 32, 48, 64 or 96")
    return side


def doublings(size: int) -> int:
    """How often the first map is doubled. Raises as `first_side`."""
    return (size // first_side(size)).bit_length() - 1
