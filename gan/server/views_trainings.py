"""`/v1/trainings`: put, read, follow, steer, cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from aiohttp import web

from gan.contract import FENCE_HEADER, REQUEST_ID_HEADER, ErrorCode, TrainingList, TrainingState
from gan.errors import WorkerError
from gan.server import reading
from gan.server.middleware import REQUEST_ID
from gan.server.runs.record import Run
from gan.server.runs.trainings import Action
from gan.server.services import SERVICES
from gan.server.views import json_answer

KEEP_ALIVE_S = 10.0
"""An empty line is sent after so long without an event, so both ends notice when the other has gone."""
MAX_LISTED = 200


async def put(request: web.Request) -> web.Response:
    """201 when made, 200 when the same was there."""
    asked = reading.training_request(await reading.body(request))
    trainings = request.app[SERVICES].trainings
    training, made = await trainings.put(request.match_info["id"], asked, _fence(request))
    return json_answer(training, 201 if made else 200)


async def get(request: web.Request) -> web.Response:
    return json_answer(request.app[SERVICES].trainings.get(request.match_info["id"]))


async def listing(request: web.Request) -> web.Response:
    """`?state=running&limit=50`, newest first."""
    state = request.query.get("state")
    if state is not None and state not in set(TrainingState):
        raise WorkerError(ErrorCode.invalid, f"state is one of {', '.join(TrainingState)}.")
    limit = min(_number(request, "limit", 50), MAX_LISTED)
    trainings = request.app[SERVICES].trainings.newest(TrainingState(state) if state else None, limit)
    return json_answer(TrainingList(trainings=trainings))


async def steer(request: web.Request) -> web.Response:
    action = cast("Action", request.match_info["action"])
    return json_answer(await request.app[SERVICES].trainings.steer(request.match_info["id"], action, _fence(request)))


async def cancel(request: web.Request) -> web.Response:
    """End it and keep its record; with `?forget=1` nothing is kept at all (204)."""
    if request.query.get("forget") == "1":
        await request.app[SERVICES].trainings.forget(request.match_info["id"], _fence(request))
        return web.Response(status=204)
    return json_answer(await request.app[SERVICES].trainings.cancel(request.match_info["id"], _fence(request)))


async def estimate(request: web.Request) -> web.Response:
    """`POST /v1/estimates`: what a training would come to; nothing is sent or spent for it."""
    asked = reading.estimate_request(await reading.body(request))
    return json_answer(request.app[SERVICES].trainings.expected(asked))


async def events(request: web.Request) -> web.StreamResponse:
    """`?after=n`: events above n, then new ones as they come, until the training has ended; `follow=0`: no new ones.

    Events are whole lines of JSON; blank lines keep the connection alive. When the server stops the stream ends early,
    so a client that has not seen a last state asks again with the last `n` it saw.
    """
    run = request.app[SERVICES].trainings.run(request.match_info["id"])
    async with run.lock:
        if run.record.state.ended and not run.feed.n:
            await asyncio.to_thread(run.feed.load)  # of long runs a second's work
    after, follow = _number(request, "after", 0), request.query.get("follow", "1") != "0"
    response = web.StreamResponse(
        headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    response.headers[REQUEST_ID_HEADER] = request[REQUEST_ID]
    await response.prepare(request)
    with suppress(ConnectionResetError):  # whoever listened is gone: no mistake of ours, and no line in the log
        await _stream(run, response, after, follow, request.app[SERVICES].trainings.stopping.is_set)
        await response.write_eof()
    return response


async def _stream(
    run: Run, response: web.StreamResponse, after: int, follow: bool, stopping: Callable[[], bool]
) -> None:
    while True:
        ended = run.record.state.ended  # read before the events, or the last one could be missed
        batch = run.feed.read(after)
        if batch:
            after = batch[-1].n
            await response.write(b"".join(event.model_dump_json(exclude_none=True).encode() + b"\n" for event in batch))
        elif ended or not follow or stopping():
            return
        elif not await run.feed.changed(KEEP_ALIVE_S):
            await response.write(b"\n")


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise WorkerError(ErrorCode.invalid, f"{name} must be a whole number, 0 or more.")
    return int(text)


def _fence(request: web.Request) -> int:
    text = request.headers.get(FENCE_HEADER, "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise WorkerError(ErrorCode.invalid, f"{FENCE_HEADER} must be a whole number, 0 or more.")
    return int(text)
