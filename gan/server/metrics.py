"""What the worker counts, for Prometheus. One object, handed down; no global registry."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from gan.contract import StageTimes
from gan.engines.base import EngineStatus, Rendering

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)  # memory, descriptors, processor time
        self.requests = Counter(
            "artel_http_requests", "Requests answered", ["route", "method", "status"], registry=registry
        )
        self.request_seconds = Histogram(
            "artel_http_seconds", "Time to answer", ["route"], buckets=_SECONDS, registry=registry
        )
        self.stage_seconds = Histogram(
            "artel_render_stage_seconds", "Time of a render by stage", ["stage"], buckets=_SECONDS, registry=registry
        )
        self.pictures = Counter("artel_pictures", "Pictures rendered", registry=registry)
        self.batch = Histogram(
            "artel_batch_pictures", "Pictures in a batch", buckets=(1, 2, 4, 8, 16, 32), registry=registry
        )
        self.cache = Counter(
            "artel_model_cache", "Renders by whether the model was loaded", ["result"], registry=registry
        )
        self.waiting = Gauge("artel_render_queue_pictures", "Pictures asked for and not answered", registry=registry)
        self.loaded = Gauge("artel_models_loaded", "Models in memory", registry=registry)
        self.restarts = Gauge("artel_sampler_restarts", "Times the sampler was restarted", registry=registry)
        self.trainings = Gauge("artel_trainings", "Trainings by state", ["state"], registry=registry)
        self.tasks = Gauge("artel_tasks_unfinished", "Finds and walks that wait or run", registry=registry)
        self.training_speed = Gauge(
            "artel_training_pictures_per_second", "Speed of the running trainings together", registry=registry
        )
        self.training_deaths = Counter("artel_training_deaths", "Trainers that ended unasked", registry=registry)

    def rendered(self, rendering: Rendering, total_s: float) -> None:
        times: StageTimes = rendering.times
        for stage in ("queue", "render", "upscale", "encode"):
            self.stage_seconds.labels(stage).observe(getattr(times, f"{stage}_ms") / 1e3)
        self.stage_seconds.labels("total").observe(total_s)
        self.pictures.inc(len(rendering.pictures))
        self.batch.observe(rendering.batch)
        self.cache.labels("hit" if rendering.cached else "miss").inc()

    def expose(self, engine: EngineStatus, trainings: dict[str, int], speed: float, tasks: int) -> bytes:
        """The page of `GET /v1/metrics`; gauges are read here rather than kept up to date everywhere."""
        self.waiting.set(engine.waiting)
        self.loaded.set(len(engine.loaded))
        self.restarts.set(engine.restarts)
        for state, count in trainings.items():
            self.trainings.labels(state).set(count)
        self.training_speed.set(speed)
        self.tasks.set(tasks)
        return generate_latest(self.registry)
