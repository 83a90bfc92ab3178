"""OpenTelemetry traces, when an endpoint is set: one trace a request, from the press through its steps to the worker.

The trace's id follows from the interaction's, so a request that goes on after a restart goes on in the same trace, and
the id in a log line leads to it. Without an endpoint nothing is imported and a span costs nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

log = logging.getLogger(__name__)

MISSING = "OTEL_EXPORTER_OTLP_ENDPOINT is set, and the packages for it are not installed: pip install 'artel[otel]'"


class Tracing:
    """Spans of this process; `Tracing()` makes none."""

    def __init__(self, provider: Any = None) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("artel") if provider else None

    @contextmanager
    def request(self, request_id: int, kind: str) -> Iterator[None]:
        """The span of a whole story."""
        if self._tracer is None:
            yield
            return
        from opentelemetry import trace

        digest = hashlib.sha256(str(request_id).encode()).digest()
        parent = trace.SpanContext(
            trace_id=int.from_bytes(digest[:16], "big"),
            span_id=int.from_bytes(digest[16:24], "big"),
            is_remote=True,
            trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
        )
        context = trace.set_span_in_context(trace.NonRecordingSpan(parent))
        with self._tracer.start_as_current_span(kind, context, attributes={"artel.request": str(request_id)}):
            yield

    @contextmanager
    def span(self, name: str) -> Iterator[None]:
        """A part of what goes on here."""
        if self._tracer is None:
            yield
            return
        with self._tracer.start_as_current_span(name):
            yield

    def headers(self) -> Mapping[str, str]:
        """What tells the worker which span its own belongs to (W3C Trace Context)."""
        if self._tracer is None:
            return {}
        from opentelemetry.propagate import inject

        carrier: dict[str, str] = {}
        inject(carrier)
        return carrier

    def close(self) -> None:
        """Send what is left; may take some seconds when the collector is away."""
        if self._provider is not None:
            self._provider.shutdown()


def open_tracing(endpoint: str | None) -> Tracing:
    """Traces to the endpoint, which the library reads from the environment, with its headers and time limits.

    None, and a line in the log, where the packages are missing.
    """
    if endpoint is None:
        return Tracing()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning(MISSING)
        return Tracing()
    provider = TracerProvider(resource=Resource.create({"service.name": "artel-bot"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider)
