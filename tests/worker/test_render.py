from __future__ import annotations

import base64
import hashlib

from tests.worker.conftest import Worker


async def test_health_models_and_a_picture(worker: Worker) -> None:
    status, health, _ = await worker.ask("GET", "/v1/health")
    assert (status, health["state"], health["models"]) == (200, "ready", 1)
    _, models, _ = await worker.ask("GET", "/v1/models")
    assert [m["card"]["id"] for m in models["models"]] == ["base"]
    status, answer = await worker.render(1, 2, size=256)
    assert status == 200
    data = base64.b64decode(answer["pictures"][0]["data"])
    assert hashlib.sha256(data).hexdigest() == answer["pictures"][0]["sha256"]
    assert data.startswith(b"\x89PNG")
    assert answer["pictures"][0]["width"] == 256
