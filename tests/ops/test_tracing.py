"""OpenTelemetry: one trace from a request's story through its call of the worker to the worker's own span."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.tracing import Tracing, open_tracing
from bot.worker import WorkerClient
from gan.contract import Health, HealthState
from gan.server.tracing import open_provider, tracing

collector_messages = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
REQUEST = 1575066448848486400


@dataclass
class Collector:
    url: str = ""
    spans: dict[str, tuple[str, Any]] = field(default_factory=dict)
    """Name → (service, span)."""

    async def take(self, request: web.Request) -> web.Response:
        message = collector_messages.ExportTraceServiceRequest.FromString(await request.read())
        for resource in message.resource_spans:
            (service,) = (one.value.string_value for one in resource.resource.attributes if one.key == "service.name")
            for scope in resource.scope_spans:
                self.spans |= {span.name: (service, span) for span in scope.spans}
        return web.Response(body=collector_messages.ExportTraceServiceResponse().SerializeToString())


@asynccontextmanager
async def collecting(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collector]:
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    async with TestServer(app) as server:
        collector.url = str(server.make_url("")).rstrip("/")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        yield collector


async def health(_request: web.Request) -> web.Response:
    return web.Response(text=Health(state=HealthState.ready, version="1").model_dump_json())


async def ask(spans: Tracing, provider: Any) -> None:
    """A story of one step that asks a worker."""
    app = web.Application(middlewares=[tracing(provider)])
    app.router.add_get("/v1/health", health)
    async with TestServer(app) as server:
        url = str(server.make_url(""))
        async with WorkerClient(url, lambda: None, spans=spans.headers) as client:
            with spans.request(REQUEST, "generate"), spans.span("render"):
                await client.health()


async def test_one_trace_from_the_request_to_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    async with collecting(monkeypatch) as collector:
        spans, provider = open_tracing(collector.url), open_provider({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url})
        await ask(spans, provider)
        await asyncio.to_thread(spans.close)
        await asyncio.to_thread(provider.shutdown)
    story, step, answer = (collector.spans[name] for name in ("generate", "render", "GET /v1/health"))
    assert [service for service, _ in (story, step, answer)] == ["artel-bot", "artel-bot", "artel-worker"]
    assert len({span.trace_id for _, span in (story, step, answer)}) == 1
    assert (step[1].parent_span_id, answer[1].parent_span_id) == (story[1].span_id, step[1].span_id)
    assert {one.key: one.value.string_value for one in story[1].attributes} == {"artel.request": str(REQUEST)}


async def test_a_request_that_goes_on_in_another_process_goes_on_in_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    traces = []
    for _ in range(2):
        async with collecting(monkeypatch) as collector:
            spans = open_tracing(collector.url)
            with spans.request(REQUEST, "generate"):
                pass
            await asyncio.to_thread(spans.close)
        traces.append(collector.spans["generate"][1].trace_id)
    assert traces[0] == traces[1]


def test_without_an_endpoint_nothing_is_traced() -> None:
    spans = open_tracing(None)
    with spans.request(REQUEST, "generate"), spans.span("render"):
        assert spans.headers() == {}
    spans.close()
    assert open_provider({}) is None
