"""Art that is wide or tall: the frame it shares, how pictures fill it, and what a model of it draws."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gan.contract import Seed, Upscaler, WalkFormat
from gan.data.frames import STEP, common_frame
from gan.data.pictures import fitted, frame_of, load_pictures
from gan.families import get
from gan.rundir import RunDir
from gan.sampling.animate import animate
from gan.sampling.sizes import resize
from gan.training.loop import grid_png


@pytest.mark.parametrize(
    ("sizes", "frame"),
    [
        ([(640, 480)] * 8 + [(100, 100)] * 2, (64, 48)),
        ([(480, 640)] * 8, (48, 64)),
        ([(1920, 1080), (1280, 720), (1600, 920)], (64, 36)),
        ([(640, 480)] * 7 + [(100, 100)] * 3, None),
        ([(100, 100), (120, 118)], None),
        ([(1000, 100)] * 4, None),
    ],
)
def test_a_frame_is_what_most_works_share(sizes: list[tuple[int, int]], frame: tuple[int, int] | None) -> None:
    assert common_frame(sizes, 64) == frame


@given(st.lists(st.tuples(st.integers(8, 4096), st.integers(8, 4096)), min_size=1, max_size=8))
def test_a_frame_fits_its_square_and_touches_it(sizes: list[tuple[int, int]]) -> None:
    frame = common_frame(sizes, 64)
    assert frame is None or (max(frame) == 64 and min(frame) >= 32 and not any(edge % STEP for edge in frame))


def test_an_opaque_picture_of_nearly_that_shape_fills_its_room() -> None:
    for frame, size in ((None, (105, 100)), ((64, 48), (700, 480))):
        pixels = np.asarray(fitted(Image.new("RGB", size, "navy"), 64, frame))
        assert pixels[..., 3].min() == 255


def test_another_shape_is_kept_whole_with_clear_bars_and_white_around_the_frame() -> None:
    pixels = np.asarray(fitted(Image.new("RGB", (100, 100), "navy"), 64, (64, 48)))
    assert (pixels[:8] == 255).all()
    assert (pixels[56:] == 255).all()
    inside = pixels[8:56, :, 3]
    assert (inside.max(0) == 255).sum() == 48
    assert (inside == 0).sum() == 48 * 16


@pytest.fixture
def wide(make_run: Callable[..., RunDir]) -> RunDir:
    run = make_run(pictures=64)
    for number, path in enumerate(sorted(run.pictures.iterdir())):
        Image.new("RGB", (120, 90), (20 * number, 80, 200)).save(path)
    return run


def test_a_model_of_wide_art_draws_wide_and_without_holes(wide: RunDir) -> None:
    assert frame_of(wide.pictures, 32) == (32, 24)
    assert float(load_pictures(wide.pictures, 32, (32, 24))[:, 3].min()) == 1.0
    get("anchored").train(wide)
    model = get("anchored").load(wide.model)
    assert (model.card.frame, model.card.alpha) == ((32, 24), False)
    pixels = model.render([Seed(seed=1)])[0].pixels
    assert pixels.shape == (24, 32, 4)
    with Image.open(max(wide.samples.glob("*.png"))) as sheet:
        assert sheet.width > sheet.height


@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize("choice", [Upscaler.nearest, Upscaler.lanczos, Upscaler.learned])
def test_enlarging_keeps_the_shape(choice: Upscaler, clear: bool) -> None:
    def four_times(rgb):  # type: ignore[no-untyped-def]
        return rgb.repeat_interleave(4, 1).repeat_interleave(4, 2)

    pixels = np.full((24, 32, 4), 255, np.uint8)
    if clear:
        pixels[:, :8, 3] = 0
    for size, room in ((64, (64, 48)), (128, (128, 96)), (320, (320, 240))):
        assert resize(pixels, size, choice, four_times).size == room


@pytest.mark.parametrize("wanted", list(WalkFormat))
def test_an_animation_is_as_wide_as_its_frames(wanted: WalkFormat, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (96, 72), (25 * n, 90, 90)) for n in range(8)]
    made = animate(frames, wanted, 1.0, 2**20)
    assert (made.width, made.height) == (96, 72)
    if wanted is not WalkFormat.mp4:
        with Image.open(io.BytesIO(made.data)) as film:
            assert film.size == (96, 72)


def test_a_grid_of_tall_pictures_is_tall() -> None:
    with Image.open(io.BytesIO(grid_png(np.zeros((4, 32, 16, 4), np.uint8), side=32, gap=0))) as sheet:
        assert sheet.size == (32, 64)
