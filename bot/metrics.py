"""What the bot counts, for Prometheus: one object, handed down by argument, and the page that shows it on loopback.

What happens inside a request is told by its story; what passes over HTTP (to Discord, to the worker) is told by the
traces that aiohttp calls. Labels come from closed lists, so no number of members, messages or tokens makes more.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp import web
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 10.0, 60.0, 300.0)
DISCORD_EPOCH_MS = 1_420_070_400_000
CALLBACK = re.compile(r"/interactions/(\d+)/[^/]+/callback$")
_NUMBER = re.compile(r"^\d+$")
_WORKER_NOUNS = frozenset({"health", "metrics", "families", "models", "render", "tasks", "blobs", "trainings"})


class Metrics:
    """`page()` gives all of it, with what Python knows of the process (memory, descriptors) and of retries."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.accepted_total = Counter("artel_requests_accepted", "Requests put on record", ["kind"], registry=registry)
        self.ended_total = Counter(
            "artel_requests_ended", "Requests by their end", ["kind", "state"], registry=registry
        )
        self.stage_seconds = Histogram(
            "artel_stage_seconds", "Time of a request by stage", ["stage"], buckets=SECONDS, registry=registry
        )
        self.deliveries = Counter("artel_deliveries", "Answers by the way they took", ["route"], registry=registry)
        self.acknowledged = Histogram(
            "artel_acknowledged_seconds",
            "From the press to Discord's word that it has our answer",
            buckets=SECONDS,
            registry=registry,
        )
        self.sends = Counter(
            "artel_discord_requests", "Requests to Discord", ["method", "route", "status"], registry=registry
        )
        self.calls = Counter(
            "artel_worker_calls", "Calls of the worker", ["method", "route", "status"], registry=registry
        )
        self.call_seconds = Histogram(
            "artel_worker_call_seconds", "Time of a call of the worker", ["route"], buckets=SECONDS, registry=registry
        )
        self.unfinished = Gauge("artel_requests_unfinished", "Requests whose story goes on", registry=registry)
        self.waiting = Gauge("artel_requests_waiting", "Requests that wait for their turn", registry=registry)

    # --- told by the stories ----------------------------------------------------------------------------------------

    def accepted(self, kind: str) -> None:
        self.accepted_total.labels(kind).inc()

    def ended(self, kind: str, state: str, timings: Mapping[str, float]) -> None:
        """The work of a request is over; `timings` are milliseconds by stage."""
        self.ended_total.labels(kind, state).inc()
        self.stages(timings)

    def delivered(self, route: str, timings: Mapping[str, float]) -> None:
        self.deliveries.labels(route).inc()
        self.stages(timings)

    def stages(self, timings: Mapping[str, float]) -> None:
        for stage, milliseconds in timings.items():
            self.stage_seconds.labels(stage).observe(milliseconds / 1000)

    def watch(self, unfinished: Callable[[], float], waiting: Callable[[], float]) -> None:
        """Gauges that are read when the page is."""
        self.unfinished.set_function(unfinished)
        self.waiting.set_function(waiting)

    # --- told by aiohttp --------------------------------------------------------------------------------------------

    def of_discord(self) -> aiohttp.TraceConfig:
        """For the session that speaks to Discord."""

        def done(method: str, path: str, status: str, _seconds: float) -> None:
            self.sends.labels(method, discord_route(path), status).inc()
            if (found := CALLBACK.search(path)) and status.startswith("2"):
                pressed = ((int(found[1]) >> 22) + DISCORD_EPOCH_MS) / 1000
                self.acknowledged.observe(max(0.0, time.time() - pressed))

        return _trace(done)

    def of_worker(self) -> aiohttp.TraceConfig:
        """For the session that speaks to the worker."""

        def done(method: str, path: str, status: str, seconds: float) -> None:
            route = worker_route(path)
            self.calls.labels(method, route, status).inc()
            if not path.endswith("/events"):  # a stream of events lasts as long as its training
                self.call_seconds.labels(route).observe(seconds)

        return _trace(done)

    def page(self) -> bytes:
        return generate_latest(self.registry) + generate_latest(REGISTRY)


def discord_route(path: str) -> str:
    """`/api/v10/channels/1/messages/2` → `/channels/{id}/messages/{id}`; tokens and emoji go as well."""
    parts = [part for part in path.split("/") if part]
    if parts[:1] == ["api"]:
        parts = parts[2:]
    shown = ["{id}" if _NUMBER.match(part) else part for part in parts]
    if parts[:1] in (["interactions"], ["webhooks"]) and len(parts) > 2:
        shown[2] = "{token}"
    if "reactions" in shown:
        shown = shown[: shown.index("reactions") + 1]
    return "/" + "/".join(shown)


def worker_route(path: str) -> str:
    """`/v1/trainings/t1/events` → `/trainings/{id}/events`."""
    parts = [part for part in path.split("/") if part][1:]
    if not parts or parts[0] not in _WORKER_NOUNS:
        return "other"
    return "/" + "/".join("{id}" if number == 1 else part for number, part in enumerate(parts))


def _trace(done: Callable[[str, str, str, float], None]) -> aiohttp.TraceConfig:
    """Call `done(method, path, status, seconds)` at the end of each request; the status of a broken one is `broken`."""
    trace = aiohttp.TraceConfig()

    async def start(_session: aiohttp.ClientSession, context: SimpleNamespace, _: Any) -> None:
        context.began = time.perf_counter()

    async def end(
        _session: aiohttp.ClientSession, context: SimpleNamespace, what: aiohttp.TraceRequestEndParams
    ) -> None:
        done(what.method, what.url.path, str(what.response.status), time.perf_counter() - context.began)

    async def broken(
        _session: aiohttp.ClientSession, context: SimpleNamespace, what: aiohttp.TraceRequestExceptionParams
    ) -> None:
        done(what.method, what.url.path, "broken", time.perf_counter() - context.began)

    trace.on_request_start.append(start)
    trace.on_request_end.append(end)
    trace.on_request_exception.append(broken)
    return trace


@asynccontextmanager
async def serving(metrics: Metrics, port: int) -> AsyncIterator[str]:
    """`GET /metrics` on 127.0.0.1 for the length of the block; its address. Raises `OSError` for a port in use."""

    async def page(_request: web.Request) -> web.Response:
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=metrics.page(), headers=headers)

    app = web.Application()
    app.router.add_get("/metrics", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/metrics"
    finally:
        await runner.cleanup()
