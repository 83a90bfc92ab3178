"""`/v1/tasks`: finds and walks; `/v1/models/{id}`: `directions`, a model's sliders, and `nearest`, the works that
pictures look like."""

from __future__ import annotations

import math
import re

from aiohttp import web

from gan.contract import MAX_TASK_WAIT_S, DirectionList, DirectionsState, ErrorCode
from gan.errors import WorkerError
from gan.server import reading
from gan.server.services import SERVICES
from gan.server.views import json_answer, model_headers

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")


async def put(request: web.Request) -> web.Response:
    """201 when started, 200 when the same was there."""
    asked = reading.task_request(await reading.body(request))
    services = request.app[SERVICES]
    services.studio.check(asked)
    task, made = await services.tasks.put(_task_id(request), asked)
    return json_answer(task, 201 if made else 200)


async def get(request: web.Request) -> web.Response:
    """`?after=n&wait=s`: once it has changed since n, at the latest after s seconds."""
    after = request.query.get("after")
    if after is not None and not (after.isascii() and after.isdigit() and len(after) < 10):
        raise WorkerError(ErrorCode.invalid, "after is the last n that was seen, a whole number.")
    task_id, wait = _task_id(request), _seconds(request)
    return json_answer(await request.app[SERVICES].tasks.get(task_id, int(after) if after else None, wait))


async def cancel(request: web.Request) -> web.Response:
    return json_answer(await request.app[SERVICES].tasks.cancel(_task_id(request)))


async def directions(request: web.Request) -> web.Response:
    """`?wait=s`: waits so long for directions that are being found."""
    services = request.app[SERVICES]
    info = services.models.get(request.match_info["id"])
    file = services.models.file(info.card.id)
    able = any("edit" in family.recipes for family in services.families if family.name == file.family)
    if able:
        answer = await services.directions.of(info, file, _seconds(request))
    else:
        answer = DirectionList(model=info.card.id, model_sha256=info.sha256, state=DirectionsState.none)
    return json_answer(answer, headers=model_headers(info.card.id, info.sha256))


async def nearest(request: web.Request) -> web.Response:
    """`POST`: the works of the model that these pictures look most like."""
    asked = reading.nearest_request(await reading.body(request))
    answer = await request.app[SERVICES].nearest.of(request.match_info["id"], asked)
    return json_answer(answer, headers=model_headers(answer.model, answer.model_sha256))


def _task_id(request: web.Request) -> str:
    task_id = request.match_info["id"]
    if not _ID.match(task_id):
        raise WorkerError(ErrorCode.invalid, "A task's id has a-z, 0-9 and dashes, at most 64.")
    return task_id


def _seconds(request: web.Request) -> float:
    try:
        seconds = float(request.query.get("wait", "0"))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise WorkerError(ErrorCode.invalid, f"wait is a number of seconds from 0 to {MAX_TASK_WAIT_S:.0f}.")
    return min(seconds, MAX_TASK_WAIT_S)
