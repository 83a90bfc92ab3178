"""Reading request bodies that nobody vouches for: size, time and depth are checked before anything is built of them."""

from __future__ import annotations

import asyncio
import json
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from gan.contract import (
    MAX_JSON_BYTES,
    MAX_RECIPE_DEPTH,
    MIN_TRAINING_PICTURES,
    ErrorCode,
    EstimateRequest,
    NearestRequest,
    RenderRequest,
    TaskRequest,
    TrainingRequest,
    TransformRequest,
)
from gan.errors import WorkerError
from gan.server.problems import first_fault

BODY_SECONDS = 30.0
"""A body of 4 MiB takes under a second on any link between bot and worker; slower is a stuck or hostile client."""
MAX_RECIPE_NODES = 4096
"""Recipes in a request, nested ones counted: 64 pictures of 64 parts. A blend of blends doubles at each level."""

TASK_REQUEST: TypeAdapter[TaskRequest] = TypeAdapter(TaskRequest)
M = TypeVar("M", bound=BaseModel)


async def body(request: web.Request, limit: int = MAX_JSON_BYTES) -> bytes:
    """The body of a request, read no further than one byte past `limit`."""
    too_large = WorkerError(ErrorCode.too_large, f"Send at most {limit} bytes.")
    if (request.content_length or 0) > limit:
        raise too_large
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_chunked(64 * 1024):
                data += chunk
                if len(data) > limit:
                    raise too_large
    except TimeoutError as error:
        detail = f"The body did not arrive within {BODY_SECONDS:.0f} s; send it again."
        raise WorkerError(ErrorCode.timeout, detail) from error
    return bytes(data)


def render_request(data: bytes) -> RenderRequest:
    """A checked render request; depth is measured without recursion, before pydantic descends."""
    value = _json(data)
    if isinstance(value, dict):
        recipes = value.get("recipes")
        _check_depth(recipes if isinstance(recipes, list) else [])
    return _validated(RenderRequest, value)


def transform_request(data: bytes) -> TransformRequest:
    return _validated(TransformRequest, _json(data))


def task_request(data: bytes) -> TaskRequest:
    value = _json(data)
    if isinstance(value, dict):
        stops = value.get("stops")
        _check_depth(stops if isinstance(stops, list) else [])
    try:
        return TASK_REQUEST.validate_python(value)
    except ValidationError as error:
        raise WorkerError(ErrorCode.invalid, first_fault(error)) from error


def training_request(data: bytes) -> TrainingRequest:
    value = _json(data)
    works = value.get("works") if isinstance(value, dict) else None
    if isinstance(works, list) and len(works) < MIN_TRAINING_PICTURES:
        detail = f"Give at least {MIN_TRAINING_PICTURES} pictures to learn from; there are {len(works)}."
        raise WorkerError(ErrorCode.too_few_pictures, detail)
    return _validated(TrainingRequest, value)


def estimate_request(data: bytes) -> EstimateRequest:
    return _validated(EstimateRequest, _json(data))


def nearest_request(data: bytes) -> NearestRequest:
    return _validated(NearestRequest, _json(data))


def _json(data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_no_constant)
    except RecursionError as error:
        raise WorkerError(ErrorCode.recipe_too_deep, _too_deep()) from error
    except ValueError as error:
        raise WorkerError(ErrorCode.invalid, "The body must be a JSON object in UTF-8.") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")  # Python would take NaN, and write it where no reader can


def _validated(kind: type[M], value: Any) -> M:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise WorkerError(ErrorCode.invalid, first_fault(error)) from error


def _check_depth(recipes: list[Any]) -> None:
    level, nodes, depth = [r for r in recipes if isinstance(r, dict)], 0, 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        if depth > MAX_RECIPE_DEPTH:
            raise WorkerError(ErrorCode.recipe_too_deep, _too_deep())
        if nodes > MAX_RECIPE_NODES:
            detail = f"The recipes have more than {MAX_RECIPE_NODES} parts; send them in several requests."
            raise WorkerError(ErrorCode.invalid, detail)
        level = [part for r in level for part in (r.get("of"), r.get("a"), r.get("b")) if isinstance(part, dict)]


def _too_deep() -> str:
    return f"Recipes may nest {MAX_RECIPE_DEPTH} deep; start afresh from a seed."
