"""Transforms over HTTP: pictures in, a picture and its recipe out, the same bytes by either route."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from tests.worker.conftest import Worker, make_shipped, png, running
from tests.worker.tiny import BAD_TRANSFORM_SEED, write_tinted

pytestmark = pytest.mark.asyncio(loop_scope="module")
RED, BLUE = (200, 10, 10), (10, 10, 200)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tinting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worker]:
    """A worker with a transformer, `tint`, beside its sampler."""
    folder = tmp_path_factory.mktemp("tinting")
    shipped = make_shipped(folder / "shipped")
    write_tinted(shipped / "tint.safetensors", "tint")
    async with running(folder / "data", shipped) as worker:
        await worker.until_ready()
        yield worker


def one_colour(colour: tuple[int, ...], size: tuple[int, int] = (48, 32)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def pixels(answer: Any) -> Any:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["pictures"][0]["data"]))))


async def transform(worker: Worker, **body: Any) -> tuple[int, Any]:
    status, value, _ = await worker.ask("POST", "/v1/transform", json={"model": "tint", **body})
    return status, value


def inline(data: bytes) -> dict[str, str]:
    return {"data": base64.b64encode(data).decode()}


async def test_pictures_sent_along_are_stored_and_the_recipe_makes_the_same_bytes(tinting: Worker) -> None:
    given = {"picture": inline(one_colour(RED)), "second": inline(one_colour(BLUE)), "options": {"strength": 0.5}}
    status, answer = await transform(tinting, **given)
    assert status == 200, answer
    assert pixels(answer).shape == (32, 48, 3), "its shape is kept"
    assert pixels(answer)[0, 0].tolist() == [105, 10, 105]
    render = {"model": "tint", "recipes": [answer["recipe"]]}
    status, again, _ = await tinting.ask("POST", "/v1/render", json=render)
    assert (status, again["pictures"][0]["data"]) == (200, answer["pictures"][0]["data"])


async def test_blobs_size_and_transparency(tinting: Worker) -> None:
    blob = await tinting.put_blob(one_colour((0, 0, 0, 128)))
    status, answer = await transform(tinting, picture={"sha256": blob}, size=96)
    assert status == 200, answer
    assert pixels(answer).shape == (64, 96, 4), "the longer side is the size asked"
    assert pixels(answer)[5, 5].tolist() == [255, 255, 255, 128]


async def test_what_cannot_be_done_is_said(tinting: Worker) -> None:
    there, missing = await tinting.put_blob(png(1)), "0" * 64
    for status, code, body in (
        (422, "invalid", {"picture": {}}),
        (404, "blob_missing", {"picture": {"sha256": missing}}),
        (422, "bad_picture", {"picture": inline(b"this is no picture")}),
        (422, "invalid", {"picture": {"sha256": there}, "options": {"seed": BAD_TRANSFORM_SEED}}),
        (404, "model_missing", {"picture": {"sha256": there}, "model": "nobody"}),
        (422, "recipe_unsupported", {"picture": {"sha256": there}, "model": "base"}),
    ):
        assert [(got, value["code"]) for got, value in [await transform(tinting, **body)]] == [(status, code)]
    render = {"model": "tint", "recipes": [{"kind": "seed", "seed": 1}]}
    status, value, _ = await tinting.ask("POST", "/v1/render", json=render)
    assert (status, value["code"]) == (422, "recipe_unsupported")
