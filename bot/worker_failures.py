"""What goes wrong between bot and worker, as our own exceptions: chosen by the contract's error code alone."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from bot.errors import Bug, Refused, Retry
from gan.contract import ErrorCode, Problem

AWAY = "The worker, which makes the pictures, does not answer just now. It is usually back within seconds."
WRONG_TOKEN = (
    "The worker does not accept this bot's token. Whoever runs Artel must set WORKER_TOKEN to the worker's own "
    "(the file `token` in its data folder)."
)

_RETRY_AFTER: Mapping[ErrorCode, float] = {
    ErrorCode.full: 2.0,
    ErrorCode.starting: 1.0,
    ErrorCode.stopped: 2.0,
    ErrorCode.timeout: 2.0,
    ErrorCode.out_of_memory: 5.0,
    ErrorCode.disk_full: 30.0,
}
_BUGS = frozenset({ErrorCode.invalid, ErrorCode.not_found, ErrorCode.internal, ErrorCode.fenced})
"""Answers that only a mistake of ours can bring about; all others tell the member what cannot be done."""


class WorkerRefused(Refused):
    """A refusal with the worker's code, for whoever can do something about it."""

    def __init__(self, text: str, code: ErrorCode) -> None:
        super().__init__(text)
        self.code = code


class NotThere(Bug):
    """What was asked for by its id is not there: our mistake, unless the worker has lost it."""


class WorkerAway(Retry):
    """No connection, or no answer in time."""


class WorkerBusy(Retry):
    """It is there and has too much to do: the request waits for its turn."""


def failure(status: int, data: bytes) -> Exception:
    """What an error answer means for us, by its code."""
    try:
        problem = Problem.model_validate_json(data)
    except ValidationError:
        if status >= 500:  # a proxy before the worker, which speaks its own language
            return WorkerAway(AWAY, after=1.0)
        return Bug(f"the worker answered {status} without problem details: {data[:200]!r}; is it a worker at all?")
    text = problem.detail or problem.title
    if problem.code is ErrorCode.unauthorised:
        return WorkerRefused(WRONG_TOKEN, problem.code)
    if problem.code is ErrorCode.full:
        return WorkerBusy(text, after=problem.retry_after or _RETRY_AFTER[problem.code])
    if problem.code in _RETRY_AFTER:
        return Retry(text, after=problem.retry_after or _RETRY_AFTER[problem.code])
    if problem.code is ErrorCode.not_found:
        return NotThere(f"{problem.code}: {text} (request {problem.instance})")
    if problem.code in _BUGS:
        return Bug(f"{problem.code}: {text} (request {problem.instance})")
    return WorkerRefused(text, problem.code)
