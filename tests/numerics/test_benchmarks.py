"""What the benchmarks stand on: sets in a fixed order, run folders the trainer accepts, shims that compute the same."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks.arguments import add_names
from benchmarks.peer_child import _filter2d, _fitting
from benchmarks.peers import Outcome, _grid, _table, _white
from benchmarks.sets import SIDE, pictures_of, run_folder
from gan.contract import Figures
from gan.data.pictures import load_pictures


def test_a_smaller_set_is_part_of_a_larger_one_and_shuffled() -> None:
    ten, twenty = pictures_of("critters", 10), pictures_of("critters", 20)
    assert [one.tobytes() for one in twenty[:10]] == [one.tobytes() for one in ten]
    assert {one.size for one in twenty} == {(SIDE, SIDE)}
    assert len({one.tobytes() for one in twenty}) == 20


def test_a_run_folder_is_one_that_the_trainer_reads(tmp_path: Path) -> None:
    pictures = [Image.new("RGBA", (16, 16), (n, 0, 0, 255)) for n in range(9)]
    run = run_folder(tmp_path / "run", pictures, 5.0, None, seed=3, options={"pictures": 64})
    config = run.config()
    assert (config.request.seed, config.request.options) == (3, {"pictures": 64})
    assert len(load_pictures(run.pictures, 16)) == len(config.request.works) == 9


@pytest.mark.parametrize("size", [3, 5])
def test_the_filter_that_peers_get_is_kornias(size: int) -> None:
    """A correlation with mirrored edges: constant pictures stay, a kernel of one tap moves them, none is convolved."""
    kernel = torch.rand(1, size, size, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(_filter2d(torch.full((2, 3, 8, 8), 0.7), kernel, normalized=True), torch.tensor(0.7))
    tap = torch.zeros(1, size, size)
    tap[0, size // 2, size // 2 + 1] = 1
    x = torch.rand(1, 2, 8, 8, generator=torch.Generator().manual_seed(1))
    moved = _filter2d(x, tap)
    assert torch.equal(moved[..., :-1], x[..., 1:])
    assert torch.equal(moved[..., -1], x[..., -2])


def test_a_shrunk_peer_is_the_largest_that_fits() -> None:
    def build(size: int) -> tuple[Any, int]:
        return f"net {size}", size * 10

    assert _fitting((9, 5, 2), build, 0) == ("net 9", 90)
    assert _fitting((9, 5, 2), build, 60) == ("net 5", 50)
    assert _fitting((9, 5, 2), build, 1) == ("net 2", 20)


def test_ratios_and_grids_are_of_the_right_contender() -> None:
    def outcome(name: str, seen: int, shade: int) -> Outcome:
        samples = np.full((40, 8, 8, 3), shade, np.uint8)
        figures = Figures(kid_x1000=9.0, kid_interval=(8, 10), coverage_k5=0.5, new=0.25)
        return Outcome(name, 1_000_000, seen, 10.0, 100.0, samples, figures)

    outcomes = [outcome("ours", 1000, 10), outcome("a peer", 20, 200)]
    table = _table("x", outcomes)
    cells = {str(column.header): list(column.cells) for column in table.columns}
    assert cells["trained/s"] == ["100.0", "2.0"]
    assert [list(column.cells) for column in table.columns][3] == ["", "50 x"]
    sheet = np.asarray(_grid(outcomes))
    assert sheet[:, :48].max() == 10
    assert sheet[:, -48:].min() == 200


def test_pictures_with_clear_parts_are_compared_on_white() -> None:
    clear = np.zeros((1, 2, 2, 4), np.uint8)
    clear[0, 0, 0] = (10, 20, 30, 255)
    white = _white(clear)
    assert white[0, 0, 0].tolist() == [10, 20, 30]
    assert white[0, 1, 1].tolist() == [255, 255, 255]


def test_no_name_at_all_is_what_is_usual() -> None:
    parser = argparse.ArgumentParser()
    add_names(parser, ["chat", "train"])
    assert parser.parse_args([]).which == []
    assert parser.parse_args(["train", "chat"]).which == ["train", "chat"]
    with pytest.raises(SystemExit):
        parser.parse_args(["trian"])
