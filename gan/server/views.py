"""Health, metrics, families, models and renders. Trainings and blobs have files of their own."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time

from aiohttp import web
from pydantic import BaseModel

from gan.contract import (
    MAX_MARK_BYTES,
    MODEL_HASH_HEADER,
    MODEL_ID_HEADER,
    FamilyList,
    Health,
    HealthState,
    ModelInfo,
    ModelList,
    Picture,
    Recipe,
    RenderAnswer,
    RenderRequest,
    TransformRequest,
)
from gan.engines.base import Rendering, RenderJob
from gan.server import aids, reading
from gan.server.middleware import REQUEST_ID
from gan.server.services import SERVICES


def json_answer(what: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=what.model_dump_json().encode(), status=status, content_type="application/json", headers=headers
    )


async def health(request: web.Request) -> web.Response:
    """`GET /v1/health`: 200 unless the sampler keeps failing; the state tells the rest."""
    services = request.app[SERVICES]
    engine, counts = services.engine.status(), services.trainings.counts()
    what = Health(
        state=engine.state,
        version=services.version,
        device=engine.device,
        detail=engine.detail,
        models=len(services.models.all()),
        trainings_running=counts["running"],
        trainings_queued=counts["queued"],
        render_queue=engine.waiting,
    )
    return json_answer(what, 503 if what.state is HealthState.failed else 200)


async def metrics(request: web.Request) -> web.Response:
    """`GET /v1/metrics` in Prometheus' text format."""
    services = request.app[SERVICES]
    trainings = services.trainings
    engine, tasks = services.engine.status(), services.tasks.unfinished()
    page = services.metrics.expose(engine, trainings.counts(), trainings.speed(), tasks)
    return web.Response(body=page, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def families(request: web.Request) -> web.Response:
    return json_answer(FamilyList(families=request.app[SERVICES].families))


async def models(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    await asyncio.to_thread(services.models.look_again)
    loaded = services.engine.status().loaded
    return json_answer(ModelList(models=tuple(_with_loaded(info, loaded) for info in services.models.all())))


async def model(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    info = _with_loaded(services.models.get(request.match_info["id"]), services.engine.status().loaded)
    return json_answer(info, headers=model_headers(info.card.id, info.sha256))


async def delete_model(request: web.Request) -> web.Response:
    """`DELETE /v1/models/{id}`: gone from disk and memory; a render in flight still finishes."""
    services = request.app[SERVICES]
    info = services.models.remove(request.match_info["id"])
    await services.engine.forget(info.sha256)
    return web.Response(status=204)


async def render(request: web.Request) -> web.Response:
    """`POST /v1/render`: pictures of one model, in the order of the recipes; a repeat joins the first."""
    body = await reading.body(request)
    asked = reading.render_request(body)
    answer = await rendered(request, body, asked, asked.recipes)
    return json_answer(answer, headers=model_headers(asked.model, answer.model_sha256))


async def rendered(
    request: web.Request,
    body: bytes,
    asked: RenderRequest | TransformRequest,
    recipes: tuple[Recipe, ...],
) -> RenderAnswer:
    """The pictures of recipes; `body` tells a repeat of the request from another one with the same id."""
    services = request.app[SERVICES]
    file = services.models.file(asked.model)
    aids.check(recipes, services.families, asked.model, file.family)
    points = await aids.points(recipes, services.blobs)
    directions = await aids.directions(recipes, file, services.directions)
    job = RenderJob(
        model=file,
        recipes=recipes,
        size=asked.size,
        upscaler=asked.upscaler,
        format=asked.format,
        request_id=request[REQUEST_ID],
        points=points,
        directions=directions,
        marks=asked.marks,
        secret=services.secret,
    )

    async def draw() -> Rendering:
        began = time.perf_counter()
        drawn = await services.engine.render(job)
        services.metrics.rendered(drawn, time.perf_counter() - began)
        return drawn

    key = f"{request[REQUEST_ID]} {hashlib.sha256(body).hexdigest()}"
    rendering = await services.repeats.once(key, draw, lambda: request.transport is not None)
    pictures = tuple(
        Picture(
            sha256=picture.sha256,
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            data=base64.b64encode(picture.data),
            credits=picture.credits,
            pixels=picture.pixels,
            looks=picture.looks,
            mark=picture.mark,
            unknown=picture.unknown,
        )
        for picture in rendering.pictures
    )
    return RenderAnswer(model=asked.model, model_sha256=file.sha256, pictures=pictures, times=rendering.times)


async def read_mark(request: web.Request) -> web.Response:
    """`POST /v1/marks`: the body is a picture."""
    services = request.app[SERVICES]
    picture = await reading.body(request, MAX_MARK_BYTES)
    return json_answer(await services.engine.read_mark(picture, services.secret))


def _with_loaded(info: ModelInfo, loaded: frozenset[str]) -> ModelInfo:
    return info.model_copy(update={"loaded": info.sha256 in loaded})


def model_headers(model_id: str, sha256: str) -> dict[str, str]:
    return {MODEL_ID_HEADER: model_id, MODEL_HASH_HEADER: sha256}
