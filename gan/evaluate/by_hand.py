"""`python -m gan evaluate`, which is also `artel evaluate`: a model's figures as a table, with what they mean."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table
from torch import Tensor

from gan import bases
from gan.blobs import BlobStore
from gan.contract import MAX_BLOB_BYTES, ErrorCode, Figures, Interval, Work
from gan.data.pictures import load_pictures
from gan.errors import WorkerError
from gan.evaluate import judge
from gan.evaluate.metrics import FEWEST_FOR_KID, FEWEST_WORKS, judge_samples, judged_recipes
from gan.server.cards import read_card, read_header
from gan.server.runs.works import materialise
from gan.spec import Family

BAR = 24
"""Width of the longest bar of the copy score."""


def evaluate(
    model: str,
    against: Path | None,
    count: int,
    variety: float,
    as_json: bool,
    data: Path,
    get_family: Callable[[str], Family],
) -> int:
    """Draw `count` pictures and print the figures; `data` is the worker's data folder. Returns the exit status."""
    try:
        path = find_model(model, data)
        card = read_card(path)
        if get_family(card.family).info.kind != "sampler":
            detail = f"{card.id} changes pictures that it is given; only models that invent some can be measured so."
            raise WorkerError(ErrorCode.invalid, detail)
        if not judge.available():
            raise WorkerError(ErrorCode.not_found, judge.MISSING)
        with _pictures(path, against, data) as folder:
            works = load_pictures(folder, card.size, card.frame)
        _enough(works)
        drawn = get_family(card.family).load(path).render(judged_recipes(count, variety))
        figures = judge_samples(np.stack([picture.pixels for picture in drawn]), works, most=len(works))
    except WorkerError as error:
        print(error.detail, file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps(figures.model_dump(mode="json", exclude={"pictures_seen", "seconds", "pictures_per_second"})))
    else:
        show(figures, card.title, Console())
    return 0


def find_model(model: str, data: Path) -> Path:
    """The file of that name, else the model of that id: made here, or shipped. Raises `WorkerError(not_found)`."""
    shipped = Path(bases.__path__[0])
    for path in (Path(model), data / "models" / f"{model}.safetensors", shipped / f"{model}.safetensors"):
        if path.is_file():
            return path
    known = sorted(path.stem for folder in (data / "models", shipped) for path in folder.glob("*.safetensors"))
    raise WorkerError(ErrorCode.not_found, f"There is no model {model!r}. There are: {', '.join(known)}.")


@contextlib.contextmanager
def _pictures(path: Path, against: Path | None, data: Path) -> Iterator[Path]:
    """The folder given, or one with the works of the model out of the worker's store."""
    if against is not None:
        if not against.is_dir():
            raise WorkerError(ErrorCode.not_found, f"There is no folder {against}.")
        yield against
        return
    listed = read_header(path).get("__metadata__", {}).get("works", "[]")
    try:
        works = TypeAdapter(tuple[Work, ...]).validate_json(listed)
        with tempfile.TemporaryDirectory() as folder:
            materialise(works, BlobStore(data / "blobs", MAX_BLOB_BYTES), Path(folder))
            yield Path(folder)
    except ValueError as error:  # a shipped base names its works by words
        raise WorkerError(ErrorCode.not_found, _NOT_KEPT) from error
    except WorkerError as error:
        raise (
            WorkerError(ErrorCode.not_found, _NOT_KEPT) if error.code is ErrorCode.blob_missing else error
        ) from error


_NOT_KEPT = "The works of this model are not kept here. Name a folder of pictures to judge it by: --against FOLDER"


def _enough(works: Tensor) -> None:
    if len(works) < FEWEST_WORKS:
        detail = f"{len(works)} pictures are too few to judge by; {FEWEST_WORKS} are the least, 60 give steady figures."
        raise WorkerError(ErrorCode.too_few_pictures, detail)


def show(figures: Figures, title: str, console: Console) -> None:
    """The table, with how each figure is to be read."""
    table = Table(
        title=f"{title}: {figures.samples_judged} pictures against {figures.works_judged} works",
        caption=f"Judge: {figures.judge}. Intervals hold with 95 % confidence.",
    )
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("interval", justify="right")
    table.add_column("how to read it")
    kid = "-" if figures.kid_x1000 is None else f"{figures.kid_x1000:.0f}"
    few = f"; not measured below {FEWEST_FOR_KID} works" if figures.kid_x1000 is None else ""
    table.add_row(
        "KID x 1000", kid, _span(figures.kid_interval, 1, ""), f"0 is the works' own hand, lower is better{few}"
    )
    table.add_row(
        "coverage, k = 1",
        _percent(figures.coverage),
        _span(figures.coverage_interval, 100, " %"),
        f"works that a sample comes nearest to; {_percent(figures.perfect_coverage)} would be perfect",
    )
    table.add_row("coverage, k = 5", _percent(figures.coverage_k5), "", "works whose kind is drawn at all")
    density = "-" if figures.density_k5 is None else f"{figures.density_k5:.2f}"
    table.add_row("density, k = 5", density, "", "1 lies among the works, 0 is noise")
    table.add_row(
        "new pictures",
        _percent(figures.new),
        _span(figures.new_interval, 100, " %"),
        "the others come too near to a work",
    )
    console.print(table)
    console.print("Samples by distance to their nearest work, in tenths of held-out works (even is best):")
    for number, share in enumerate(figures.copy_deciles):
        words = {0: "  copies to the eye", 9: "  farther than most works from each other"}.get(number, "")
        console.print(f"{number + 1:4d}  {'█' * round(BAR * share / max(figures.copy_deciles))} {share:.0%}{words}")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}".replace("%", " %")


def _span(interval: Interval | None, factor: float, unit: str) -> str:
    return "" if interval is None else f"{interval[0] * factor:.0f} to {interval[1] * factor:.0f}{unit}"
