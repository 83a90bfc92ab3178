"""How the worker is, and what went wrong."""

from __future__ import annotations

from enum import StrEnum

from gan.contract.common import Wire


class HealthState(StrEnum):
    starting = "starting"
    ready = "ready"
    busy = "busy"
    failed = "failed"


class Health(Wire):
    state: HealthState
    version: str
    device: str = ""
    detail: str = ""
    models: int = 0
    trainings_running: int = 0
    trainings_queued: int = 0
    render_queue: int = 0


class ErrorCode(StrEnum):
    """Every error the worker can answer; clients choose by this, never by status or text."""

    invalid = "invalid"
    unauthorised = "unauthorised"
    not_found = "not_found"
    model_missing = "model_missing"
    family_missing = "family_missing"
    blob_missing = "blob_missing"
    training_missing = "training_missing"
    conflict = "conflict"
    fenced = "fenced"
    too_large = "too_large"
    recipe_unsupported = "recipe_unsupported"
    recipe_too_deep = "recipe_too_deep"
    too_few_pictures = "too_few_pictures"
    bad_picture = "bad_picture"
    bad_model = "bad_model"
    full = "full"
    starting = "starting"
    timeout = "timeout"
    disk_full = "disk_full"
    out_of_memory = "out_of_memory"
    stopped = "stopped"
    internal = "internal"


class Problem(Wire):
    """RFC 9457 problem details (`application/problem+json`) with our closed `code`."""

    type: str = "about:blank"
    title: str
    status: int
    code: ErrorCode
    detail: str = ""
    """A sentence that says what to do; fit to be shown to a member."""
    instance: str = ""
    """The request id."""
    retry_after: float | None = None
    """Seconds after which to try again, when trying again can help; of `full`, when there will be room by its guess."""
    waiting: int | None = None
    """Of `full`: what waits already, in pictures, trainings or tasks."""
