"""Renders over HTTP: what comes back, that company never shows, and that one bad request harms nobody else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import numpy as np
import pytest
from PIL import Image

from gan.contract import MAX_RECIPE_DEPTH
from tests.worker.conftest import Worker
from tests.worker.tiny import BAD_SEED, HUGE_SEED, SLOW_SEED, write_model

pytestmark = pytest.mark.asyncio(loop_scope="module")


def picture(answer: Any, index: int = 0) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(answer["pictures"][index]["data"])))


async def test_a_picture_is_what_its_description_says(shared: Worker) -> None:
    status, answer = await shared.render(1, 2, size=256)
    assert status == 200
    for described in answer["pictures"]:
        data = base64.b64decode(described["data"])
        assert hashlib.sha256(data).hexdigest() == described["sha256"]
        opened = Image.open(io.BytesIO(data))
        assert (opened.format, opened.mode, opened.size) == ("PNG", "RGB", (256, 256))
        assert (described["width"], described["media_type"]) == (256, "image/png")
        weights = [credit["weight"] for credit in described["credits"]]
        assert len(weights) == 12, "every work that it owes itself to is named"
        assert sum(weights) == pytest.approx(1)
        assert weights == sorted(weights, reverse=True)
    assert answer["times"]["upscale_ms"] > 0


async def test_words_that_a_model_does_not_know_come_with_the_picture(shared: Worker) -> None:
    prompt = {"kind": "prompt", "text": "zeppelin", "seed": 3}
    recipes = [prompt, {"kind": "seed", "seed": 1}, {"kind": "vary", "of": prompt, "seed": 2}]
    status, answer, _ = await shared.ask("POST", "/v1/render", json={"model": "base", "recipes": recipes})
    assert status == 200
    told = {"word": "zeppelin", "nearest": ["dot"]}
    assert [one["unknown"] for one in answer["pictures"]] == [[told], [], [told]]
    assert (await shared.ask("POST", "/v1/render", json={"model": "base", "recipes": recipes}))[1] == {
        **answer,
        "times": ANY,
    }


async def test_headers_name_the_model_and_echo_the_request_id(shared: Worker) -> None:
    body = {"model": "base", "recipes": [{"kind": "seed", "seed": 1}]}
    _, answer, response = await shared.ask("POST", "/v1/render", json=body, headers={"X-Request-Id": "abc-1"})
    assert response.headers["X-Artel-Model"] == "base"
    assert response.headers["X-Artel-Model-Hash"] == answer["model_sha256"]
    assert response.headers["X-Request-Id"] == "abc-1"


async def test_bytes_are_the_same_alone_and_in_company(shared: Worker) -> None:
    alone = {}
    for seed in range(12):
        _, answer = await shared.render(seed, size=128)
        alone[seed] = answer["pictures"][0]["sha256"]
    requests = [shared.render(*range(start, start + count), size=128) for start in range(6) for count in (1, 2, 6)]
    for status, answer in await asyncio.gather(*requests):
        assert status == 200
        assert {p["sha256"] for p in answer["pictures"]} <= set(alone.values())
    _, answer = await shared.render(*range(12), size=128)
    assert [p["sha256"] for p in answer["pictures"]] == list(alone.values())


async def batches_of_at_most_8(worker: Worker) -> float:
    _, page, _ = await worker.ask("GET", "/v1/metrics")
    lines = page.decode().splitlines()
    return float(next(line for line in lines if line.startswith('artel_batch_pictures_bucket{le="8.0"}')).split()[-1])


async def test_concurrent_requests_of_one_model_share_batches(shared: Worker) -> None:
    slow = asyncio.create_task(shared.render(SLOW_SEED))
    await asyncio.sleep(0.2)
    before = await batches_of_at_most_8(shared)
    answers = await asyncio.gather(*(shared.render(seed) for seed in range(16)))
    assert {status for status, _ in answers} == {200}
    assert (await slow)[0] == 200
    assert await batches_of_at_most_8(shared) - before <= 2, "the sixteen rode together behind the slow one"


@pytest.mark.parametrize("size", [64, 100, 128, 256, 320, 48])
@pytest.mark.parametrize("upscaler", ["auto", "learned", "lanczos", "nearest"])
async def test_any_size_comes_back_as_asked(shared: Worker, size: int, upscaler: str) -> None:
    status, answer = await shared.render(3, size=size, upscaler=upscaler)
    assert status == 200
    assert picture(answer).size == (size, size)


async def test_webp_and_alpha(shared: Worker, tmp_path: Path) -> None:
    write_model(tmp_path / "glass.safetensors", "glass", alpha=True)
    await asyncio.to_thread(shared.services.models.register, tmp_path / "glass.safetensors", "glass", "t-1")
    for form, size in (("webp", 64), ("png", 256), ("webp", 256)):
        status, answer = await shared.render(1, model="glass-t-1", format=form, size=size)
        assert status == 200
        opened = picture(answer)
        assert (opened.format, opened.mode, opened.size) == (form.upper(), "RGBA", (size, size))
        assert np.asarray(opened)[..., 3].std() > 10


async def test_a_bad_recipe_in_a_batch_fails_alone(shared: Worker) -> None:
    slow = asyncio.create_task(shared.render(SLOW_SEED))
    await asyncio.sleep(0.2)
    good, bad, huge, more = await asyncio.gather(
        shared.render(1), shared.render(BAD_SEED), shared.render(HUGE_SEED), shared.render(2)
    )
    assert (await slow)[0] == good[0] == more[0] == 200
    assert (bad[0], bad[1]["code"]) == (500, "internal")
    assert (huge[0], huge[1]["code"]) == (507, "out_of_memory")


def nested(depth: int) -> dict[str, Any]:
    recipe: dict[str, Any] = {"kind": "seed", "seed": 1}
    for n in range(depth - 1):
        recipe = {"kind": "vary", "of": recipe, "seed": n}
    return recipe


async def test_recipes_nest_to_the_limit_and_no_further(shared: Worker) -> None:
    for depth, expected in ((MAX_RECIPE_DEPTH, 200), (MAX_RECIPE_DEPTH + 1, 422), (900, 422)):
        body = {"model": "base", "recipes": [nested(depth)]}
        status, value, _ = await shared.ask("POST", "/v1/render", json=body)
        assert status == expected
        if expected != 200:
            assert value["code"] == "recipe_too_deep"


def bush(levels: int) -> dict[str, Any]:
    if not levels:
        return {"kind": "seed", "seed": 1}
    return {"kind": "blend", "a": bush(levels - 1), "b": bush(levels - 1)}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid"),
        (b"\xff\xfe", "invalid"),
        (b"[]", "invalid"),
        (b'{"model": "base", "recipes": [{"kind": "seed", "seed": NaN}]}', "invalid"),
        (b'{"model": "base", "recipes": [{"kind": "seed", "seed": -1}]}', "invalid"),
        (b'{"model": "base", "recipes": [{"kind": "seed", "seed": 1}], "surprise": 1}', "invalid"),
        (b'{"model": "base", "recipes": []}', "invalid"),
        (b'{"model": "base", "recipes": [{"kind": "seed", "seed": 1}], "size": 100000}', "invalid"),
        (b'{"model": "../base", "recipes": [{"kind": "seed", "seed": 1}]}', "invalid"),
        (b'{"model": "gone", "recipes": [{"kind": "seed", "seed": 1}]}', "model_missing"),
        (b'{"model": "base", "recipes": [{"kind": "anchor", "index": 1}]}', "recipe_unsupported"),
        (b"[" * 1_000_000, "recipe_too_deep"),
        (b"x" * (4 * 1024 * 1024 + 1), "too_large"),
    ],
)
async def test_hostile_bodies_get_a_problem(shared: Worker, body: bytes, code: str) -> None:
    status, problem, response = await shared.ask("POST", "/v1/render", data=body)
    assert problem["code"] == code
    assert problem["status"] == status
    assert 400 <= status < 500
    assert problem["detail"]
    assert problem["instance"] == response.headers["X-Request-Id"]
    assert response.content_type == "application/problem+json"


async def test_a_bush_of_recipes_is_refused(shared: Worker) -> None:
    body = {"model": "base", "recipes": [bush(12)]}
    status, problem, _ = await shared.ask("POST", "/v1/render", json=body)
    assert (status, problem["code"]) == (422, "invalid")
