"""The front's manners: token, problems, limits, blobs, models."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.worker.conftest import Worker, png
from tests.worker.tiny import write_model

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer \xe9"])
@pytest.mark.parametrize("path", ["/v1/models", "/v1/metrics", "/v1/nothing", "/v1/blobs/" + "0" * 64])
async def test_everything_but_health_wants_the_token(shared: Worker, given: str, path: str) -> None:
    status, problem, response = await shared.ask("GET", path, headers={"Authorization": given})
    assert (status, problem["code"]) == (401, "unauthorised")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    status, _, _ = await shared.ask("GET", "/v1/health", headers={"Authorization": given})
    assert status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/v1/blobs/ABC", 404, "not_found"),
        ("GET", "/v1/models/..%2Fetc", 404, "not_found"),
        ("PATCH", "/v1/render", 405, "invalid"),
        ("POST", "/v1/trainings/t-1/explode", 404, "not_found"),
        ("GET", "/v1/models/none", 404, "model_missing"),
        ("GET", "/v1/trainings/none", 404, "training_missing"),
        ("GET", "/v1/trainings/none/events", 404, "training_missing"),
        ("DELETE", "/v1/trainings/none", 404, "training_missing"),
        ("GET", "/v1/blobs/" + "0" * 64, 404, "blob_missing"),
        ("GET", "/v1/trainings?state=asleep", 422, "invalid"),
        ("GET", "/v1/trainings?limit=-1", 422, "invalid"),
        ("DELETE", "/v1/models/base", 409, "conflict"),
    ],
)
async def test_every_failure_is_a_problem(shared: Worker, method: str, path: str, status: int, code: str) -> None:
    got, problem, response = await shared.ask(method, path)
    assert (got, problem["code"], problem["status"]) == (status, code, status)
    assert response.content_type == "application/problem+json"
    assert problem["detail"]
    if status == 405:
        assert "POST" in response.headers["Allow"]


async def test_a_strange_request_id_is_replaced(shared: Worker) -> None:
    _, _, response = await shared.ask("GET", "/v1/health", headers={"X-Request-Id": "a b;<script>"})
    assert response.headers["X-Request-Id"].isalnum()


async def test_families_and_metrics(shared: Worker) -> None:
    _, families, _ = await shared.ask("GET", "/v1/families")
    assert [family["name"] for family in families["families"]] == ["tiny", "tinted"]
    await shared.render(1)
    _, page, response = await shared.ask("GET", "/v1/metrics")
    assert response.content_type == "text/plain"
    for name in ("artel_render_stage_seconds_bucket", "artel_render_queue_pictures", "artel_batch_pictures_sum",
                 "artel_model_cache_total", "artel_training_pictures_per_second"):  # fmt: skip
        assert name in page.decode()


async def test_blobs_come_back_as_they_went_in(shared: Worker) -> None:
    data = png(1)
    sha256 = hashlib.sha256(data).hexdigest()
    path = f"/v1/blobs/{sha256}"
    assert (await shared.ask("PUT", path, data=data))[0] == 201
    assert (await shared.ask("PUT", path, data=data))[0] == 200
    status, back, response = await shared.ask("GET", path)
    assert (status, back) == (200, data)
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    status, nothing, response = await shared.ask("HEAD", path)
    assert (status, nothing, response.headers["Content-Length"]) == (200, b"", str(len(data)))


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield bytes(1024 * 1024)


async def test_a_blob_that_is_forgotten_is_gone_and_may_come_again(shared: Worker) -> None:
    path = f"/v1/blobs/{await shared.put_blob(png(7))}"
    assert (await shared.ask("DELETE", path))[0] == 204
    assert (await shared.ask("GET", path))[0] == 404
    assert (await shared.ask("DELETE", path))[0] == 204
    assert (await shared.ask("PUT", path, data=png(7)))[0] == 201


async def test_a_training_is_estimated_before_anything_is_sent(shared: Worker) -> None:
    body = {"family": "anchored", "works": 60, "seconds": 150}
    status, told, _ = await shared.ask("POST", "/v1/estimates", json=body)
    assert (status, told["seconds"], told["pictures_seen"] > 0) == (200, 165.0, True)
    assert (await shared.ask("POST", "/v1/estimates", json={"works": 0, "seconds": 1}))[0] == 422


async def test_blobs_are_refused_when_empty_false_or_too_large(shared: Worker) -> None:
    path = "/v1/blobs/" + "a" * 64
    assert (await shared.ask("PUT", path, data=b"other"))[1]["code"] == "invalid"
    assert (await shared.ask("PUT", path, data=b""))[1]["code"] == "invalid"
    assert (await shared.ask("PUT", path, data=bytes(33 * 1024 * 1024)))[1]["code"] == "too_large"
    assert (await shared.ask("PUT", path, data=chunks(33)))[1]["code"] == "too_large"
    assert (await shared.ask("GET", path))[0] == 404


async def test_a_blob_cut_off_leaves_nothing(shared: Worker) -> None:
    folder = shared.services.blobs.path("00").parents[1]
    host, port = shared.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"PUT /v1/blobs/{'b' * 64} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a-token-of-the-tests\r\n"
    writer.write(f"{head}Content-Length: 1000\r\n\r\nhalf of it".encode())
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()

    async def gone() -> bool:
        return not list(folder.glob(".part-*"))

    await shared.until(gone, 5)
    assert (await shared.ask("GET", "/v1/blobs/" + "b" * 64))[0] == 404


async def test_a_model_can_be_deleted_and_is_then_gone_from_memory(shared: Worker, tmp_path: Path) -> None:
    write_model(tmp_path / "mine.safetensors", "mine", seed=9)
    info = await asyncio.to_thread(shared.services.models.register, tmp_path / "mine.safetensors", "Mine", "t-9")
    assert (await shared.render(1, model=info.card.id))[0] == 200
    _, told, response = await shared.ask("GET", f"/v1/models/{info.card.id}")
    assert told["loaded"]
    assert response.headers["X-Artel-Model-Hash"] == info.sha256
    assert (await shared.ask("DELETE", f"/v1/models/{info.card.id}"))[0] == 204
    assert info.sha256 not in shared.engine.status().loaded
    assert (await shared.render(1, model=info.card.id))[1]["code"] == "model_missing"
