"""The worker's composition root: everything is built here and handed down by argument."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from gan.blobs import BlobStore
from gan.contract import MAX_BLOB_BYTES, PREFIX, FamilyInfo
from gan.engines.base import Engine
from gan.server import middleware, views, views_blobs, views_studio, views_trainings, views_transform
from gan.server.directions import DirectionStore
from gan.server.metrics import Metrics
from gan.server.models import ModelStore
from gan.server.nearest import Nearest
from gan.server.runs.trainings import Trainings
from gan.server.services import SERVICES, Services
from gan.server.studio import Studio
from gan.server.tasks import Tasks
from gan.server.tracing import tracing
from gan.settings import WorkerSettings

SHIPPED_MODELS = Path(__file__).parents[1] / "bases"
WARM_MODELS = 1
"""Bases loaded before the first request; the others load in a fraction of a second when asked for."""
log = structlog.get_logger("artel.worker")


def build_app(
    settings: WorkerSettings,
    token: str,
    engine: Engine,
    families: tuple[FamilyInfo, ...],
    shipped_models: Path = SHIPPED_MODELS,
    traces: Any = None,
    secret: str = "",
) -> web.Application:
    """The application; nothing is started or written before it runs.

    `traces` is OpenTelemetry's, if wanted; `secret` that of the invisible marks.
    """
    metrics = Metrics()
    models = ModelStore(shipped_models, settings.data / "models")
    blobs = BlobStore(settings.data / "blobs", MAX_BLOB_BYTES)
    trainings = Trainings(settings.data / "trainings", engine, blobs, models, families, metrics, settings)
    directions = DirectionStore(settings.data / "directions", engine)
    studio = Studio(engine, blobs, models, families, directions)
    tasks = Tasks(settings.data / "tasks", studio.works())
    traced = [tracing(traces)] if traces else []
    app = web.Application(
        middlewares=[*traced, middleware.observing(metrics), middleware.problems_only(), middleware.bearer(token)],
        client_max_size=MAX_BLOB_BYTES,
    )
    app[SERVICES] = Services(
        engine,
        models,
        blobs,
        trainings,
        families,
        metrics,
        version("artel"),
        directions,
        studio,
        tasks,
        Nearest(engine, models, trainings, blobs),
        secret,
    )
    app.router.add_routes(_routes())
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_end_streams)
    return app


def _routes() -> list[web.AbstractRouteDef]:
    model, training, blob = r"{id:[a-z0-9][a-z0-9._-]{0,63}}", r"{id:[a-z0-9][a-z0-9-]{0,63}}", r"{sha256:[0-9a-f]{64}}"
    return [
        web.get(f"{PREFIX}/health", views.health),
        web.get(f"{PREFIX}/metrics", views.metrics),
        web.get(f"{PREFIX}/families", views.families),
        web.get(f"{PREFIX}/models", views.models),
        web.get(f"{PREFIX}/models/{model}", views.model),
        web.delete(f"{PREFIX}/models/{model}", views.delete_model),
        web.get(f"{PREFIX}/models/{model}/directions", views_studio.directions),
        web.post(f"{PREFIX}/models/{model}/nearest", views_studio.nearest),
        web.post(f"{PREFIX}/render", views.render),
        web.post(f"{PREFIX}/transform", views_transform.transform),
        web.post(f"{PREFIX}/marks", views.read_mark),
        web.put(f"{PREFIX}/tasks/{{id}}", views_studio.put),
        web.get(f"{PREFIX}/tasks/{{id}}", views_studio.get),
        web.delete(f"{PREFIX}/tasks/{{id}}", views_studio.cancel),
        web.put(f"{PREFIX}/blobs/{blob}", views_blobs.put),
        web.get(f"{PREFIX}/blobs/{blob}", views_blobs.get),
        web.delete(f"{PREFIX}/blobs/{blob}", views_blobs.delete),
        web.post(f"{PREFIX}/estimates", views_trainings.estimate),
        web.get(f"{PREFIX}/trainings", views_trainings.listing),
        web.put(f"{PREFIX}/trainings/{training}", views_trainings.put),
        web.get(f"{PREFIX}/trainings/{training}", views_trainings.get),
        web.delete(f"{PREFIX}/trainings/{training}", views_trainings.cancel),
        web.get(f"{PREFIX}/trainings/{training}/events", views_trainings.events),
        web.post(f"{PREFIX}/trainings/{training}/{{action:stop|pause|resume}}", views_trainings.steer),
    ]


async def _running(app: web.Application) -> AsyncIterator[None]:
    """Start everything, and at the end stop it in the other order: renders finish before the sampler goes."""
    services = app[SERVICES]
    services.blobs.sweep()
    await asyncio.to_thread(services.models.scan)
    samplers = {family.name for family in services.families if family.kind == "sampler"}
    infos = [i for i in services.models.all() if i.shipped and i.card.family in samplers][:WARM_MODELS]
    await services.engine.start([services.models.file(info.card.id) for info in infos])
    await services.trainings.start()
    await services.tasks.start()
    yield
    await services.engine.close()
    log.info("worker stopped")


async def _end_streams(app: web.Application) -> None:
    """Runs when no new request is taken and before open ones are waited for: event streams would never end."""
    await app[SERVICES].tasks.close()
    await app[SERVICES].directions.close()
    await app[SERVICES].trainings.stop()
