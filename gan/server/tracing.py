"""OpenTelemetry spans of the worker's answers, when an endpoint is set; they continue the caller's trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
log = structlog.get_logger("artel.worker")


def open_provider(environment: Mapping[str, str]) -> Any:
    """What spans are sent through; None without an endpoint, or without the packages (then the log says so)."""
    if not environment.get(ENDPOINT, "").strip():
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("OTEL_EXPORTER_OTLP_ENDPOINT is set, and its packages are missing: pip install 'artel[otel]'")
        return None
    provider = TracerProvider(resource=Resource.create({"service.name": "artel-worker"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def tracing(provider: Any) -> Middleware:
    """A span for each request but streams of events, which last as long as their training."""
    from opentelemetry.propagate import extract
    from opentelemetry.trace import SpanKind

    tracer = provider.get_tracer("artel.worker")

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "unknown"
        if route.endswith("/events"):
            return await handler(request)
        name, context = f"{request.method} {route}", extract(request.headers)
        with tracer.start_as_current_span(name, context, kind=SpanKind.SERVER) as span:
            response = await handler(request)
            span.set_attribute("http.response.status_code", response.status)
            return response

    return middleware
