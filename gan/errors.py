"""Errors of the worker, each with the code that the contract gives it."""

from __future__ import annotations

from gan.contract import ErrorCode


class WorkerError(Exception):
    """A failure with a cause that the asker can be told: `code` from the contract and a sentence that helps."""

    def __init__(self, code: ErrorCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Full(WorkerError):
    """Too much waits already: `waiting` of them, and there will be room in about `after` seconds."""

    def __init__(self, detail: str, waiting: int, after: float) -> None:
        super().__init__(ErrorCode.full, detail)
        self.waiting = waiting
        self.after = max(1.0, after)
