"""Trainings that cannot be: each is refused with the reason, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.worker.conftest import Worker, make_shipped, png, running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refusing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worker]:
    folder = tmp_path_factory.mktemp("worker")
    async with running(folder / "data", make_shipped(folder / "shipped"), draws=False) as worker:
        yield worker


async def nothing_left(worker: Worker) -> bool:
    _, listed, _ = await worker.ask("GET", "/v1/trainings")
    folder = worker.services.blobs.path("00").parents[2] / "trainings"
    return listed["trainings"] == [] and not list(folder.iterdir())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"family": "none"}, "family_missing"),
        ({"base": "none"}, "model_missing"),
        ({"works": [{"sha256": "0" * 64}] * 8}, "blob_missing"),
        ({"works": []}, "too_few_pictures"),
        ({"title": ""}, "invalid"),
        ({"seconds": 1}, "invalid"),
        ({"surprise": 1}, "invalid"),
    ],
)
async def test_a_training_that_cannot_be_is_refused_and_leaves_nothing(
    refusing: Worker, change: dict[str, Any], code: str
) -> None:
    works = [{"sha256": await refusing.put_blob(png(n))} for n in range(8)]
    body = {"title": "x", "family": "tiny", "works": works, "seconds": 60, **change}
    status, problem, _ = await refusing.ask("PUT", "/v1/trainings/t", json=body)
    assert problem["code"] == code
    assert 400 <= status < 500
    assert await nothing_left(refusing)


@pytest.mark.parametrize(
    "data", [b"no picture", png(1)[:-30], png(1, (4, 4)), png(1, (5000, 10))], ids=["text", "cut", "tiny", "wide"]
)
async def test_a_bad_picture_is_named(refusing: Worker, data: bytes) -> None:
    works = [{"sha256": await refusing.put_blob(png(n)), "title": f"work {n}"} for n in range(8)]
    works[5]["sha256"] = await refusing.put_blob(data)
    body = {"title": "x", "family": "tiny", "works": works, "seconds": 60}
    status, problem, _ = await refusing.ask("PUT", "/v1/trainings/t", json=body)
    assert (status, problem["code"]) == (422, "bad_picture")
    assert "Picture 6 (“work 5”)" in problem["detail"]
    assert await nothing_left(refusing)
