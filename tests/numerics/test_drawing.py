"""The quick way to draw against the plain generator, and in any company."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from gan.families.anchored.drawing import FEW, MANY, Drawing
from gan.families.anchored.networks import Generator

CPU = torch.device("cpu")
SHAPES = [(32, 16, 64, 32, 1), (64, 32, 128, 64, 1), (64, 16, 64, 32, 2), (128, 16, 96, 48, 1)]
"""Size, code, width, widest, convolutions at each side."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other beside other tests take seconds."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make(shape: tuple[int, int, int, int, int] = SHAPES[0]) -> tuple[Generator, Tensor]:
    torch.manual_seed(0)
    generator = Generator(*shape).requires_grad_(False)
    return generator, torch.randn(MANY + 5, generator.layers, shape[1])


@pytest.mark.parametrize("shape", SHAPES)
def test_it_draws_what_the_generator_draws(shape: tuple[int, int, int, int, int]) -> None:
    generator, w = make(shape)
    plain = generator(w)
    assert torch.allclose(Drawing(generator, CPU, half=False).draw(w), plain, atol=1e-4)
    half = Drawing(generator, CPU, half=True).draw(w)
    assert (half - plain).abs().mean() < 1 / 255, "less than a level"
    assert (half - plain).abs().max() < 0.1


@pytest.mark.parametrize("half", [False, True])
def test_the_bits_of_a_picture_depend_on_no_company(half: bool) -> None:
    generator, w = make()
    drawing = Drawing(generator, CPU, half)
    alone = torch.cat([drawing.draw(row[None]) for row in w])
    for count in (3, FEW, FEW + 1, MANY, len(w)):
        assert torch.equal(drawing.draw(w[:count]), alone[:count]), f"{count} together"
    assert torch.equal(drawing.draw(w.flip(0)), alone.flip(0))


def test_where_large_batches_draw_otherwise_fours_serve_alone() -> None:
    class Fickle(Drawing):
        def _batch(self, w: Tensor) -> Tensor:
            return super()._batch(w) + 1e-3 * (len(w) == MANY)

    generator, w = make()
    assert torch.equal(Fickle(generator, CPU).draw(w), Drawing(generator, CPU).draw(w))


def test_it_counts_what_it_holds() -> None:
    generator, _ = make()
    weights = sum(p.numel() * 2 for p in generator.parameters())
    assert weights / 2 < Drawing(generator, CPU, half=True).nbytes < 4 * weights
