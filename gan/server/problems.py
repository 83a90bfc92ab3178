"""From an error code to an HTTP answer: the one place that knows statuses (RFC 9457 problem details)."""

from __future__ import annotations

import errno
import math

from aiohttp import web
from pydantic import ValidationError

from gan.contract import ErrorCode, Problem
from gan.errors import Full, WorkerError

MEDIA_TYPE = "application/problem+json"

_MEANING: dict[ErrorCode, tuple[int, str]] = {
    ErrorCode.invalid: (422, "The request is not valid"),
    ErrorCode.unauthorised: (401, "The token is missing or wrong"),
    ErrorCode.not_found: (404, "There is nothing here"),
    ErrorCode.model_missing: (404, "No such model"),
    ErrorCode.family_missing: (404, "No such family of models"),
    ErrorCode.blob_missing: (404, "No such blob"),
    ErrorCode.training_missing: (404, "No such training"),
    ErrorCode.conflict: (409, "That is in conflict with what is there"),
    ErrorCode.fenced: (409, "A newer attempt has taken over"),
    ErrorCode.too_large: (413, "Too large"),
    ErrorCode.recipe_unsupported: (422, "This model cannot follow such a recipe"),
    ErrorCode.recipe_too_deep: (422, "The recipe nests too deep"),
    ErrorCode.too_few_pictures: (422, "Too few pictures to learn from"),
    ErrorCode.bad_picture: (422, "A picture cannot be used"),
    ErrorCode.bad_model: (422, "The model's file is damaged"),
    ErrorCode.full: (429, "Too much is waiting already"),
    ErrorCode.starting: (503, "The worker is starting"),
    ErrorCode.timeout: (504, "It took too long"),
    ErrorCode.disk_full: (507, "The disk is full"),
    ErrorCode.out_of_memory: (507, "Not enough memory"),
    ErrorCode.stopped: (503, "The worker is stopping"),
    ErrorCode.internal: (500, "Something went wrong in the worker"),
}
_RETRY_S: dict[ErrorCode, float] = {ErrorCode.full: 2.0, ErrorCode.starting: 1.0, ErrorCode.stopped: 5.0}


def problem(code: ErrorCode, detail: str, *, instance: str = "", status: int | None = None) -> Problem:
    """The problem of a code; `status` only where HTTP asks for another one than the code's own."""
    usual, title = _MEANING[code]
    return Problem(
        title=title,
        status=status or usual,
        code=code,
        detail=detail,
        instance=instance,
        retry_after=_RETRY_S.get(code),
    )


def answer(what: Problem) -> web.Response:
    headers = {}
    if what.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(what.retry_after))
    if what.code is ErrorCode.unauthorised:
        headers["WWW-Authenticate"] = 'Bearer realm="artel"'
    return web.Response(
        body=what.model_dump_json(exclude_none=True).encode(),
        status=what.status,
        content_type=MEDIA_TYPE,
        headers=headers,
    )


def from_exception(error: Exception, instance: str) -> Problem | None:
    """The problem that an exception stands for; None when it is a bug of ours."""
    match error:
        case Full():
            what = problem(error.code, error.detail, instance=instance)
            return what.model_copy(update={"waiting": error.waiting, "retry_after": round(error.after, 1)})
        case WorkerError():
            return problem(error.code, error.detail, instance=instance)
        case MemoryError():
            return problem(ErrorCode.out_of_memory, "Ask for fewer or smaller pictures.", instance=instance)
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            detail = "The worker's disk is full: make room in its data folder, then try again."
            return problem(ErrorCode.disk_full, detail, instance=instance)
        case TimeoutError():
            return problem(ErrorCode.timeout, "Try again in a moment.", instance=instance)
    return None


def first_fault(error: ValidationError) -> str:
    """One sentence about the first thing wrong with a body, with the place in it."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else str(fault["msg"])
