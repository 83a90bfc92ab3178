"""The learning curve: any history draws, and what it shows is where it should be."""

from __future__ import annotations

import io
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.chat import charts


def drawn(points: list[charts.Point]) -> Image.Image:
    chart = charts.draw(points)
    assert chart is not None
    image = Image.open(io.BytesIO(chart))
    image.load()
    return image


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e9, 1e9)), min_size=2, max_size=120))
def test_any_history_draws(points: list[charts.Point]) -> None:
    image = drawn(points)
    assert image.size == (charts.WIDTH, charts.HEIGHT)
    assert image.mode == "RGBA"


def test_a_falling_loss_falls_on_the_page() -> None:
    image = drawn([(float(at), 3.0 * math.exp(-at / 20)) for at in range(100)])
    assert _line_height(image, 0.15) < _line_height(image, 0.9)


def test_it_is_transparent_so_it_suits_dark_and_light() -> None:
    image = drawn([(0.0, 1.0), (1.0, 0.5)])
    assert image.getpixel((2, 2))[3] == 0  # type: ignore[index]


def test_one_spike_does_not_flatten_the_rest() -> None:
    calm = [(float(at), 1.0 - at / 200) for at in range(100)]
    spiked = [*calm[:50], (49.5, 1e6), *calm[50:]]
    assert _spread(drawn(spiked)) > 0.5 * _spread(drawn(calm)) - 40


def test_holes_are_left_out_and_nothing_is_refused() -> None:
    drawn([(0.0, 1.0), (1.0, math.nan), (2.0, math.inf), (3.0, 0.5)])
    assert charts.draw([(0.0, 1.0), (1.0, math.nan)]) is None


def _bold(image: Image.Image, x: int) -> list[int]:
    column = [image.getpixel((x, y)) for y in range(40, charts.HEIGHT - 44)]
    return [y + 40 for y, pixel in enumerate(column) if pixel[3] > 230 and pixel[2] > 200]  # type: ignore[index]


def _line_height(image: Image.Image, along: float) -> float:
    rows = _bold(image, int(90 + along * (charts.WIDTH - 130)))
    return sum(rows) / len(rows)


def _spread(image: Image.Image) -> float:
    return abs(_line_height(image, 0.95) - _line_height(image, 0.05))
