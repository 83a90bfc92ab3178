"""The one HTTP client of the worker: speaks `gan.contract`, and turns what goes wrong into Refused, Retry or Bug.

Which of the three is chosen by the contract's error code alone. Calls that may be repeated without harm are repeated
for a moment when the connection fails; whoever wants to wait longer catches `Retry`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import aiohttp
import stamina
from pydantic import BaseModel, ValidationError

from bot.errors import Bug
from bot.language import said
from bot.log import current_request
from bot.worker_failures import AWAY
from bot.worker_failures import NotThere as NotThere
from bot.worker_failures import WorkerAway as WorkerAway
from bot.worker_failures import WorkerBusy as WorkerBusy
from bot.worker_failures import WorkerRefused as WorkerRefused
from bot.worker_failures import failure as _failure
from gan.contract import (
    FENCE_HEADER,
    MODEL_ID_HEADER,
    PREFIX,
    REQUEST_ID_HEADER,
    DirectionList,
    ErrorCode,
    Estimate,
    EstimateRequest,
    Event,
    FamilyInfo,
    FamilyList,
    Health,
    MarkReading,
    ModelInfo,
    ModelList,
    NearestAnswer,
    NearestRequest,
    RenderAnswer,
    RenderRequest,
    Task,
    TaskRequest,
    Training,
    TrainingRequest,
    TransformAnswer,
    TransformRequest,
)

log = logging.getLogger(__name__)

Steering = Literal["stop", "cancel", "pause", "resume"]
M = TypeVar("M", bound=BaseModel)

CONNECT_S = 2.0
"""A worker on the same network that does not accept within this time is not there."""
BLOB_S = 60.0
"""32 MiB over a slow link."""
NEAREST_S = 90.0
"""For a model of hundreds of works that is asked about for the first time."""
ASK_FIRST_BYTES = 64 * 1024
"""Below this a question costs as much as the upload."""
ATTEMPTS = 3
SILENCE_S = 45.0
"""An event stream that is silent for this long is opened anew from the last event: the line may be dead."""
RECONNECT_S = 1.0
AGAIN_S = 0.3
"""Before a worker that takes no connection is tried again: that is cheap, and a killed one is back in two seconds."""
MAX_LINE_BYTES = 1024 * 1024

JSON = {"Content-Type": "application/json"}
LATE = "The worker did not answer within {seconds} s."
OTHER_VERSION = "bot and worker do not understand each other; run the same version of both"


class WorkerClient:
    """One connection pool to one worker. Every call raises `Refused`, `Retry` or `Bug`, and nothing else."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str | None],
        *,
        trace: aiohttp.TraceConfig | None = None,
        spans: Callable[[], Mapping[str, str]] = dict,
        render_seconds: float = 20.0,
        call_seconds: float = 10.0,
    ) -> None:
        """`token` is asked at every call, since a local worker may write its token after we start.

        `trace` is told of each request, `spans` gives the headers that join the worker's spans to ours.
        """
        self._base = url.rstrip("/") + PREFIX
        self._token = token
        self._render_s, self._call_s = render_seconds, call_seconds
        self._traces = [trace] if trace else []
        self._spans = spans
        self._open_session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._open_session is not None:
            await self._open_session.close()
            self._open_session = None

    # --- calls -----------------------------------------------------------------------------------------------------

    async def health(self) -> Health:
        """Asked once, without a second try: that it does not answer is the answer. One that fails says so with 503."""
        data = await self._once("GET", "/health", seconds=self._call_s, fine=(503,))
        try:
            return _parsed(Health, data)
        except Bug as error:  # not a worker's words: a proxy before it, or something else on its port
            raise WorkerAway(AWAY, after=1.0) from error

    async def models(self) -> tuple[ModelInfo, ...]:
        return _parsed(ModelList, await self._call("GET", "/models")).models

    async def families(self) -> tuple[FamilyInfo, ...]:
        return _parsed(FamilyList, await self._call("GET", "/families")).families

    async def directions(self, model_id: str, *, wait_s: float = 0.0) -> DirectionList:
        """The model's sliders; while they are being found, waits up to `wait_s` seconds for them."""
        path = f"/models/{model_id}/directions?wait={wait_s:g}"
        return _parsed(DirectionList, await self._call("GET", path, seconds=self._call_s + wait_s))

    async def render(self, request: RenderRequest, *, request_id: str = "") -> RenderAnswer:
        """The pictures of the recipes, in their order. A recipe is a pure function, so a repeat is harmless."""
        answer = await self._call(
            "POST",
            "/render",
            body=_json(request),
            headers={MODEL_ID_HEADER: request.model, **JSON},
            seconds=self._render_s,
            request_id=request_id,
        )
        return _parsed(RenderAnswer, answer)

    async def transform(self, request: TransformRequest, *, request_id: str = "") -> TransformAnswer:
        """A picture transformed at once, with its recipe; the same request makes the same bytes."""
        answer = await self._call(
            "POST",
            "/transform",
            body=_json(request),
            headers={MODEL_ID_HEADER: request.model, **JSON},
            seconds=self._render_s,
            request_id=request_id,
        )
        return _parsed(TransformAnswer, answer)

    async def read_mark(self, picture: bytes) -> MarkReading:
        """The invisible mark on a picture (PNG that was decoded and written anew)."""
        headers = {"Content-Type": "image/png"}
        return _parsed(MarkReading, await self._call("POST", "/marks", body=picture, headers=headers))

    async def nearest(self, model_id: str, asked: NearestRequest) -> NearestAnswer:
        """Which works of the model these pictures look most like; the first question about a model takes seconds."""
        path, seconds = f"/models/{model_id}/nearest", NEAREST_S
        return _parsed(NearestAnswer, await self._call("POST", path, body=_json(asked), headers=JSON, seconds=seconds))

    async def put_task(self, task_id: str, body: TaskRequest) -> Task:
        """Start a walk or a find, or find it as it was started before under this id."""
        return _parsed(Task, await self._call("PUT", f"/tasks/{task_id}", body=_json(body), headers=JSON))

    async def task(self, task_id: str, *, after: int | None = None, wait_s: float = 0.0) -> Task:
        """A task; with `after` once it has changed since that `n`, at the latest after `wait_s` seconds."""
        since = "" if after is None else f"&after={after}"
        path = f"/tasks/{task_id}?wait={wait_s:g}{since}"
        return _parsed(Task, await self._call("GET", path, seconds=self._call_s + wait_s))

    async def cancel_task(self, task_id: str) -> Task:
        """Call it off; one that has ended stays as it is."""
        return _parsed(Task, await self._call("DELETE", f"/tasks/{task_id}"))

    async def put_blob(self, data: bytes) -> str:
        """Store bytes, give their SHA-256. Large ones are sent only if the worker does not have them."""
        sha256 = hashlib.sha256(data).hexdigest()
        if len(data) > ASK_FIRST_BYTES and await self._has_blob(sha256):
            return sha256
        headers = {"Content-Type": "application/octet-stream"}
        await self._call("PUT", f"/blobs/{sha256}", body=data, headers=headers, seconds=BLOB_S)
        return sha256

    async def blob(self, sha256: str) -> bytes:
        data = await self._call("GET", f"/blobs/{sha256}", seconds=BLOB_S)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise WorkerAway("What the worker sent was damaged on the way.", after=1.0)
        return data

    async def put_training(self, training_id: str, body: TrainingRequest, *, fence: int) -> Training:
        """Start a training, or find it as it was started before under this id. `fence` numbers the attempts."""
        path, headers = f"/trainings/{training_id}", {FENCE_HEADER: str(fence), **JSON}
        return _parsed(Training, await self._call("PUT", path, body=_json(body), headers=headers))

    async def training(self, training_id: str) -> Training:
        return _parsed(Training, await self._call("GET", f"/trainings/{training_id}"))

    async def steer(self, training_id: str, action: Steering) -> Training:
        """Stop (and keep), pause, resume or cancel (and throw away); doing it twice is doing it once."""
        path = f"/trainings/{training_id}"
        if action == "cancel":
            return _parsed(Training, await self._call("DELETE", path))
        return _parsed(Training, await self._call("POST", f"{path}/{action}"))

    async def estimate(self, asked: EstimateRequest) -> Estimate:
        """What a training would come to; nothing is sent or spent for it."""
        return _parsed(Estimate, await self._call("POST", "/estimates", body=_json(asked), headers=JSON))

    async def forget_training(self, training_id: str) -> None:
        """Remove all that is left of a training; one that is not there is fine."""
        await self._forget(f"/trainings/{training_id}?forget=1", ErrorCode.training_missing)

    async def forget_model(self, model_id: str) -> None:
        """Remove a model for good; one that is not there is fine."""
        await self._forget(f"/models/{model_id}", ErrorCode.model_missing)

    async def forget_blob(self, sha256: str) -> None:
        """Remove a blob; one that is not there is fine."""
        await self._call("DELETE", f"/blobs/{sha256}")

    async def history(self, training_id: str) -> list[Event]:
        """What is known of a training so far, oldest first; does not wait for more."""
        data = await self._call("GET", f"/trainings/{training_id}/events?follow=0", seconds=BLOB_S)
        return [_parsed(Event, line) for line in data.splitlines() if line.strip()]

    async def events(self, training_id: str, *, after: int = 0) -> AsyncIterator[Event]:
        """Events from `after` on, as they come, until the training has ended.

        A connection that drops is taken up again after the last event, without a gap and without a repeat. Raises
        `Retry` when the worker stays away.
        """
        lost = 0
        while True:
            try:
                async for event in self._stream(training_id, after):
                    after, lost = max(after, event.n), 0
                    yield event
                    if event.state is not None and event.state.ended:
                        return
                if (await self.training(training_id)).state.ended and not await self._more(training_id, after):
                    return
            except WorkerAway as away:
                lost += 1
                if lost >= ATTEMPTS:
                    raise
                log.info("events of %s: %s", training_id, away)
            await asyncio.sleep(RECONNECT_S)

    async def _forget(self, path: str, missing: ErrorCode) -> None:
        try:
            await self._call("DELETE", path)
        except WorkerRefused as refused:
            if refused.code is not missing:
                raise

    # --- one request -----------------------------------------------------------------------------------------------

    async def _has_blob(self, sha256: str) -> bool:
        try:
            await self._call("HEAD", f"/blobs/{sha256}")
        except Bug:  # an error answer to HEAD has no body, so it has no code either
            return False
        return True

    async def _more(self, training_id: str, after: int) -> bool:
        return (await self.training(training_id)).events > after

    async def _stream(self, training_id: str, after: int) -> AsyncIterator[Event]:
        """One connection's worth of events; ends quietly when the line drops or falls silent."""
        url = f"{self._base}/trainings/{training_id}/events"
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=SILENCE_S)
        try:
            async with self._session().get(
                url, params={"after": str(after)}, headers=self._headers({}, ""), timeout=timeout
            ) as answer:
                if answer.status >= 400:
                    raise _failure(answer.status, await answer.read())
                async for line in answer.content:
                    if line.strip():
                        yield _parsed(Event, line)
        except aiohttp.ClientConnectorError as error:
            raise WorkerAway(AWAY, after=RECONNECT_S) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.debug("the event stream of %s broke off: %s", training_id, error)

    async def _call(self, method: str, path: str, **options: Any) -> bytes:
        """A call that may be repeated: tried again for a moment when the connection fails."""
        options.setdefault("seconds", self._call_s)
        async for attempt in stamina.retry_context(
            on=WorkerAway,
            attempts=ATTEMPTS,
            timeout=options["seconds"],
            wait_initial=0.1,
            wait_max=0.8,
            wait_jitter=0.1,
        ):
            with attempt:
                return await self._once(method, path, **options)
        raise AssertionError("stamina ends in a result or an exception")

    async def _once(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        request_id: str = "",
        fine: Collection[int] = (),
    ) -> bytes:
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_S)
        told = self._headers(headers or {}, request_id)
        try:
            async with self._session().request(
                method, self._base + path, data=body, headers=told, timeout=timeout, allow_redirects=False
            ) as answer:
                data = await answer.read()
                if answer.status >= 300 and answer.status not in fine:
                    raise _failure(answer.status, data)
                return data
        except TimeoutError as error:
            raise WorkerAway(said(LATE, seconds=round(seconds)), after=2.0) from error
        except (aiohttp.ClientError, OSError) as error:
            raise WorkerAway(AWAY, after=AGAIN_S) from error

    def _session(self) -> aiohttp.ClientSession:
        if self._open_session is None:
            self._open_session = aiohttp.ClientSession(read_bufsize=MAX_LINE_BYTES, trace_configs=self._traces)
        return self._open_session

    def _headers(self, headers: Mapping[str, str], request_id: str) -> dict[str, str]:
        told = {REQUEST_ID_HEADER: request_id or current_request() or uuid.uuid4().hex, **headers, **self._spans()}
        if token := self._token():
            told["Authorization"] = f"Bearer {token}"
        return told


def _json(message: BaseModel) -> bytes:
    return message.model_dump_json().encode()


def _parsed(kind: type[M], data: bytes) -> M:
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        raise Bug(f"{OTHER_VERSION}: {error.errors(include_input=False, include_url=False)[:2]}") from error
