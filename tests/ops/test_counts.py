"""What the bot counts: read from the page that Prometheus reads, after real HTTP."""

from __future__ import annotations

import time

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import Retry
from bot.metrics import DISCORD_EPOCH_MS, Metrics, discord_route, serving, worker_route
from bot.worker import WorkerClient

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def read(metrics: Metrics) -> Samples:
    async with serving(metrics, 0) as address, aiohttp.ClientSession() as session, session.get(address) as answer:
        assert address.startswith("http://127.0.0.1:")
        text = await answer.text()
    families = text_string_to_metric_families(text)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, tuple(sorted(labels.items()))), 0.0)


async def test_a_request_is_counted_from_its_start_to_its_delivery() -> None:
    metrics = Metrics()
    metrics.accepted("generate")
    metrics.ended("generate", "done", {"render": 40.0})
    metrics.delivered("callback", {"deliver": 12.0, "whole": 90.0})
    metrics.watch(lambda: 3, lambda: 1)
    samples = await read(metrics)
    assert value(samples, "artel_requests_accepted_total", kind="generate") == 1
    assert value(samples, "artel_requests_ended_total", kind="generate", state="done") == 1
    assert value(samples, "artel_deliveries_total", route="callback") == 1
    assert value(samples, "artel_stage_seconds_sum", stage="render") == pytest.approx(0.04)
    assert value(samples, "artel_stage_seconds_count", stage="whole") == 1
    assert (value(samples, "artel_requests_unfinished"), value(samples, "artel_requests_waiting")) == (3, 1)
    assert value(samples, "process_open_fds") > 0


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v10/interactions/123/aW50:secret/callback", "/interactions/{id}/{token}/callback"),
        ("/api/v10/webhooks/1/secret/messages/@original", "/webhooks/{id}/{token}/messages/@original"),
        ("/api/v10/channels/1/messages/2", "/channels/{id}/messages/{id}"),
        ("/api/v10/channels/1/messages/2/reactions/%F0%9F%8E%A8/@me", "/channels/{id}/messages/{id}/reactions"),
        ("/api/v10/gateway", "/gateway"),
    ],
)
def test_no_token_and_no_number_becomes_a_label(path: str, route: str) -> None:
    assert discord_route(path) == route
    assert "secret" not in discord_route(path)


def test_routes_of_the_worker_are_few() -> None:
    assert worker_route("/v1/trainings/t1/events") == "/trainings/{id}/events"
    assert worker_route("/v1/render") == "/render"
    assert worker_route("/v1/whatever/else") == "other"


async def test_calls_of_the_worker_are_counted_by_how_they_end() -> None:
    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"title": "x", "status": 503, "code": "starting"}, status=503)

    app = web.Application()
    app.router.add_get("/v1/health", health)
    metrics = Metrics()
    async with TestServer(app) as server:
        url = str(server.make_url(""))
        async with WorkerClient(url, lambda: None, trace=metrics.of_worker()) as client:
            with pytest.raises(Retry):
                await client.health()
    async with WorkerClient(url, lambda: None, trace=metrics.of_worker()) as client:
        with pytest.raises(Retry):
            await client.health()
    samples = await read(metrics)
    assert value(samples, "artel_worker_calls_total", method="GET", route="/health", status="503") == 1
    assert value(samples, "artel_worker_calls_total", method="GET", route="/health", status="broken") == 1


async def test_an_acknowledgement_is_timed_from_the_press() -> None:
    async def callback(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/api/v10/interactions/{id}/{token}/callback", callback)
    metrics = Metrics()
    pressed = (int((time.time() - 1.2) * 1000) - DISCORD_EPOCH_MS) << 22
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[metrics.of_discord()]) as session:
        await session.post(server.make_url(f"/api/v10/interactions/{pressed}/secret/callback"))
    samples = await read(metrics)
    assert 1.2 <= value(samples, "artel_acknowledged_seconds_sum") < 5
    labels = {"method": "POST", "route": "/interactions/{id}/{token}/callback", "status": "204"}
    assert value(samples, "artel_discord_requests_total", **labels) == 1
