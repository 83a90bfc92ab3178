"""`artel runs` and `artel evolution`: past trainings listed, compared, filmed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from gan.__main__ import main
from gan.contract import Figures, Progress, TrainingRequest, TrainingState, Work
from gan.rundir import Report, RunConfig, RunDir
from gan.tracking.sinks import MetricsFile
from gan.tracking.table import drawn


def make(folder: Path, name: str, losses: list[float], kid: float | None, **options: float) -> RunDir:
    run = RunDir(folder / name)
    works = tuple(Work(sha256=f"{n:064x}") for n in range(8))
    request = TrainingRequest(title=f"About {name}", works=works, seconds=60, options=dict(options))
    run.create(RunConfig(id=name, request=request))
    metrics = MetricsFile(run, 0)
    for number, loss in enumerate(losses, 1):
        metrics.progress(Progress(pictures_seen=100 * number, seconds=number, losses={"rebuild": loss}))
        Image.new("RGBA", (16, 16), (0, 60 * number, 0, 255)).save(run.samples / f"{100 * number:09d}.png")
    if kid is not None:
        figures = Figures(judge="eye", kid_x1000=kid, pictures_seen=100 * len(losses), seconds=3.0)
        run.write_report(Report(state=TrainingState.finished, figures=figures))
    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, run in enumerate(
        (make(tmp_path, "t1", [4, 3, 2], 80.0, width=64), make(tmp_path, "t2", [4, 2, 1], 40.0, width=96))
    ):
        os.utime(run.path / "config.json", (number, number))
    make(tmp_path, "open", [4, 3.5], None)
    (tmp_path / "no-run").mkdir()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["runs", *arguments]) == 0
    return capsys.readouterr().out


def test_all_runs_are_listed_the_newest_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "--folder", str(folder)).splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["open", "t2", "t1"]
    assert "40" in lines[2]
    assert "running" not in lines[2]


def test_a_comparison_shows_what_differs_and_which_is_better(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "--folder", str(folder), "t1", "About t2")
    (width,) = [line for line in told.splitlines() if line.startswith("width")]
    assert width.split() == ["width", "64", "96"]
    assert "family" not in told, "what is alike needs no line"
    curves = [line.split() for line in told.splitlines() if " t1 " in line or line.strip().startswith("t2 ▁")]
    assert any("█" in "".join(one) for one in curves)


def test_json_carries_the_curves(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (told,) = [json.loads(line) for line in said(capsys, "--folder", str(folder), "--json", "t2").splitlines()]
    assert told["curves"]["rebuild"] == [[100, 4], [200, 2], [300, 1]]
    assert told["figures"]["kid_x1000"] == 40.0


def test_a_name_that_fits_none_or_several_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "--folder", str(folder), "t"]) == 2
    assert "t1, t2" in capsys.readouterr().err.replace("t2, t1", "t1, t2")
    assert main(["runs", "--folder", str(folder), "nothing"]) == 2
    assert "artel runs" in capsys.readouterr().err


def test_the_evolution_of_a_run_is_written_in_the_format_of_its_name(folder: Path, tmp_path: Path) -> None:
    for name, kind in (("film.gif", "GIF"), ("film.webp", "WEBP")):
        assert main(["evolution", str(folder / "t1"), str(tmp_path / name)]) == 0
        with Image.open(tmp_path / name) as moving:
            assert moving.format == kind
            assert moving.n_frames >= 3
    assert main(["evolution", str(folder / "t1"), str(tmp_path / "film.txt")]) == 2


def test_curves_share_a_scale_and_are_blank_where_they_tell_nothing() -> None:
    assert drawn([(0, 1.0), (50, 0.5), (99, 0.0)], 0.0, 1.0, 100, columns=4) == "██▅▁"
    assert drawn([(50, 1.0)], 0.0, 1.0, 100, columns=4) == "  █ "
