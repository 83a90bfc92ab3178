"""`artel evaluate`: a model measured by hand, against its own works or a folder, with a table or JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from gan.contract import Figures
from gan.evaluate import judge
from gan.evaluate.by_hand import evaluate
from gan.families import get
from gan.rundir import RunDir
from gan.server.cards import read_card
from tests.numerics.conftest import draw_shape, run_maker

pytestmark = pytest.mark.skipif(not judge.available(), reason="the judge's weights are not installed")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """A run that saw next to nothing, and a worker's data folder around its model and works."""
    made = run_maker(tmp_path_factory.mktemp("data"))(pictures=8)
    get("anchored").train(made)
    data = made.path.parent
    (data / "models").mkdir()
    os.link(made.model, data / "models" / "shapes-1.safetensors")
    for path, work in zip(sorted(made.pictures.iterdir()), made.config().request.works, strict=True):
        blob = data / "blobs" / work.sha256[:2] / work.sha256
        blob.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, blob)
    return made


def measured(capsys: pytest.CaptureFixture[str], run: RunDir, model: str, against: Path | None = None) -> Figures:
    assert evaluate(model, against, 16, 0.5, True, run.path.parent, get) == 0
    return Figures.model_validate_json(capsys.readouterr().out)


def test_a_model_is_judged_by_its_own_works_as_after_its_training(
    run: RunDir, capsys: pytest.CaptureFixture[str]
) -> None:
    card = read_card(run.model)
    by_id = measured(capsys, run, "shapes-1")
    by_file = measured(capsys, run, str(run.model), run.pictures)
    assert by_id == by_file
    assert (by_id.works_judged, by_id.samples_judged) == (12, 16)
    assert (card.figures.judge, card.figures.works_judged) == (judge.NAME, 12)
    assert card.figures.new is not None
    assert card.figures.kid_interval is not None


def test_any_kind_of_picture_file_can_be_judged_by(
    run: RunDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, suffix in enumerate((".png", ".jpg", ".webp", ".gif")):
        picture = draw_shape(number, 48)
        (picture.convert("RGB") if suffix == ".jpg" else picture).save(tmp_path / f"{number}{suffix}")
    (tmp_path / "notes.txt").write_text("not a picture")
    assert measured(capsys, run, "shapes-1", tmp_path).works_judged == 4


def test_the_table_says_how_to_read_it(run: RunDir, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate("shapes-1", run.pictures, 16, 0.5, False, run.path.parent, get) == 0
    table = capsys.readouterr().out
    for word in ("KID", "coverage", "density", "new pictures", judge.NAME[:10], "copies to the eye"):
        assert word in table


@pytest.mark.parametrize(
    ("model", "pictures", "says"),
    [
        ("nobody", None, "There are: base-64, broad-64, draw-64, restorer, shapes-1, style"),
        ("draw-64", None, "changes pictures"),
        ("base-64", None, "--against FOLDER"),
        ("shapes-1", "missing", "There is no folder"),
        ("shapes-1", "two", "2 pictures are too few"),
    ],
)
def test_what_cannot_be_judged_says_what_to_do(
    run: RunDir, tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str, pictures: str | None, says: str
) -> None:
    (tmp_path / "two").mkdir()
    for number in range(2):
        Image.new("RGB", (16, 16), (90 * number, 0, 0)).save(tmp_path / "two" / f"{number}.png")
    assert evaluate(model, tmp_path / pictures if pictures else None, 16, 0.5, True, run.path.parent, get) == 2
    seen = capsys.readouterr()
    assert says in seen.err
    assert not seen.out


def test_json_is_one_object(run: RunDir, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate("shapes-1", run.pictures, 16, 0.5, True, run.path.parent, get)
    assert set(json.loads(capsys.readouterr().out)) >= {"judge", "kid_x1000", "kid_interval", "coverage", "new"}
