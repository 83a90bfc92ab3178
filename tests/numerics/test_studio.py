"""Sliders, finds and walks on a small real model: what they promise, not how they do it."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from gan.contract import Anchor, Blend, Edit, ErrorCode, Mix, Point, Recipe, Seed, Truncate, Upscaler, frame_recipe
from gan.data.pictures import premultiplied
from gan.errors import WorkerError
from gan.families import get
from gan.families.anchored.directions import Directions
from gan.families.anchored.explore import find_directions
from gan.families.anchored.project import project
from gan.families.anchored.serve import AnchoredModel
from gan.rundir import RunDir
from gan.sampling.art import upscaler_for
from gan.sampling.points import model_of, read_point, write_point
from gan.sampling.walks import MOST_ANGLE, walk_steps
from gan.spec import Aids, Seen
from tests.numerics.conftest import draw_shape, run_maker

LAYERS, CODE = 3, 16
BLOB = "c" * 64


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    torch.set_num_threads(1)
    run = run_maker(tmp_path_factory.mktemp("studio"))(pictures=480)
    get("anchored").train(run)
    return run


@pytest.fixture
def model(trained: RunDir, tmp_path: Path) -> AnchoredModel:
    """With its directions, and a stored code."""
    loaded = AnchoredModel.read(trained.model)
    find_directions(loaded.generator, loaded.styles).save(tmp_path / "directions.safetensors")
    code = loaded.styles[:1].repeat(loaded.layers, 0) + np.float32(0.1)
    loaded.aid(Aids({BLOB: write_point(code, "a" * 64)}, tmp_path / "directions.safetensors"))
    return loaded


def test_every_kind_of_recipe_gives_the_same_bytes_in_any_company(model: AnchoredModel) -> None:
    a, b = Seed(seed=1), Point(blob=BLOB)
    recipes: list[Recipe] = [a, b, Truncate(of=a, psi=0.4), Truncate(of=b, psi=1.6), Blend(a=a, b=b, t=0.4)]
    recipes += [Edit(of=a, direction="d1", amount=2), Edit(of=b, direction="d2", amount=-1), Mix(a=a, b=b, layers=(1,))]
    together = [picture.pixels.tobytes() for picture in model.render(recipes)]
    assert [model.render([recipe])[0].pixels.tobytes() for recipe in recipes] == together
    assert [picture.pixels.tobytes() for picture in model.render(recipes[::-1])][::-1] == together
    assert len(set(together)) == len(recipes)
    for picture in model.render(recipes):
        assert sum(credit.weight for credit in picture.credits) == pytest.approx(1, abs=1e-9)


def test_directions_are_a_function_of_the_weights_and_keep_their_bytes(model: AnchoredModel, tmp_path: Path) -> None:
    again = find_directions(model.generator, model.styles)
    assert model.directions is not None
    assert again.infos == model.directions.infos
    assert len({info.id for info in again.infos}) == len(again.infos) >= 3
    effects = [info.effect for info in again.infos]
    assert effects == sorted(effects, reverse=True)
    again.save(tmp_path / "again.safetensors")
    assert np.array_equal(
        Directions.read(tmp_path / "again.safetensors", model.layers, len(model.mean)).vectors, model.directions.vectors
    )
    for info, vector in zip(again.infos, again.vectors, strict=True):
        assert set(np.flatnonzero(np.abs(vector).sum(1))) == set(info.layers)


def test_a_direction_keeps_its_word(model: AnchoredModel) -> None:
    """Said to be brighter, and so on: over works it was not chosen by, most change that way."""
    assert model.directions is not None
    measure = {"larger": lambda x: x[..., 3].mean(), "brighter": lambda x: x[x[..., 3] > 99][:, :3].mean()}
    for info in model.directions.infos:
        if info.more in measure:
            less, more = (
                [measure[info.more](p.pixels) for p in model.render(
                    [Edit(of=Seed(seed=s), direction=info.id, amount=amount) for s in range(8)]
                )] for amount in (-2, 2)
            )  # fmt: skip
            assert np.mean(np.array(more) > np.array(less)) >= 0.6


def test_a_trained_picture_is_found_again(trained: RunDir, tmp_path: Path) -> None:
    looks: list[Seen] = []
    found = project(trained.model, "a" * 64, draw_shape(5), 3.0, looks.append)
    assert found.distance < 0.7 * found.mean_distance
    assert looks
    assert looks[-1].distance == pytest.approx(found.distance)
    assert looks[-1].distance <= looks[0].distance
    assert model_of(found.point) == "a" * 64
    loaded = AnchoredModel.read(trained.model)
    with pytest.raises(WorkerError, match="another model"):
        loaded.aid(Aids({BLOB: found.point}, model_sha256="b" * 64))
    loaded.aid(Aids({BLOB: found.point}, model_sha256="a" * 64))
    shown, seen = (premultiplied(x) for x in (loaded.render([Point(blob=BLOB)])[0].pixels, looks[-1].pixels))
    assert np.abs(shown - seen).max() <= 8 / 255, "the stored code is the picture that was shown"


def test_no_time_to_search_gives_what_the_model_has_that_is_most_like_it(trained: RunDir) -> None:
    found = project(trained.model, "a" * 64, draw_shape(5), 0.001, lambda _: None)
    assert 0 < found.distance < 2 * found.mean_distance
    assert model_of(found.point) == "a" * 64


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a file",
        b"\xff" * 600_000,
        write_point(np.zeros((LAYERS + 1, CODE), np.float32), ""),
        write_point(np.full((LAYERS, CODE), np.nan, np.float32), ""),
    ],
)
def test_what_is_no_stored_code_is_refused(data: bytes) -> None:
    with pytest.raises(WorkerError) as error:
        read_point(data, LAYERS, CODE)
    assert error.value.code is ErrorCode.invalid


def four_in_a_wide_circle(model: AnchoredModel) -> tuple[int, ...]:
    """Works whose codes, taken in turn, are at no wider angle than a walk goes on the sphere (`walks.MOST_ANGLE`)."""
    codes = model.codes([Anchor(index=index) for index in range(12)]).reshape(12, -1)
    unit = codes / np.linalg.norm(codes, axis=1, keepdims=True)
    near = unit @ unit.T > np.cos(MOST_ANGLE)
    circles = itertools.permutations(range(12), 4)
    return next(one for one in circles if all(near[a, b] for a, b in itertools.pairwise((*one, one[0]))))


def test_a_walk_closes_and_stays_on_the_sphere(model: AnchoredModel) -> None:
    chosen = four_in_a_wide_circle(model)
    stops = tuple(Anchor(index=index) for index in chosen)
    steps = walk_steps(model.codes(stops), len(stops), 48, True)
    recipes = [frame_recipe(stops, step) for step in steps]
    assert recipes[::12] == list(stops)
    lengths = np.linalg.norm(model.codes(recipes).reshape(48, -1), axis=1)
    assert lengths.min() > 0.95 * lengths[::12].min(), "a straight blend would come nearer to the mean"
    frames = np.stack([picture.pixels for picture in model.render(recipes)]).astype(np.float32)
    jumps = np.abs(frames - np.roll(frames, -1, 0)).mean((1, 2, 3))
    assert jumps[-1] <= jumps[:-1].max()
    works = {credit.title for picture in model.render(recipes) for credit in picture.credits}
    assert works == {f"shape {index}" for index in chosen}


def test_an_open_walk_ends_at_its_last_stop() -> None:
    steps = walk_steps(None, 3, 9, False)
    assert [(step.a, step.b, step.t) for step in (steps[0], steps[-1])] == [(0, 1, 0.0), (1, 2, 1.0)]
    assert {step.psi for step in steps} == {1.0}


def test_pixel_art_is_told_from_drawn_art(tmp_path: Path) -> None:
    for kind in ("drawn", "pixels", "tiny"):
        (tmp_path / kind).mkdir()
    for number in range(8):
        draw_shape(2 * number + 1, 128).save(tmp_path / "drawn" / f"{number}.png")
        small = Image.new("RGBA", (16, 16))
        pen = ImageDraw.Draw(small)
        for x, y in np.random.RandomState(number).randint(0, 16, (40, 2)).tolist():
            pen.point((x, y), (x * 16, y * 16, 90, 255))
        small.save(tmp_path / "tiny" / f"{number}.png")
        small.resize((250, 250), Image.Resampling.NEAREST).save(tmp_path / "pixels" / f"{number}.png")
    chosen = {kind: upscaler_for(tmp_path / kind) for kind in ("drawn", "pixels", "tiny")}
    assert chosen == {"drawn": Upscaler.learned, "pixels": Upscaler.nearest, "tiny": Upscaler.nearest}
