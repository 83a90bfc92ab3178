"""What takes seconds: looking for an upload in a model, walks, and paintings."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Base64Bytes, Field

from gan.contract.common import MAX_BLOB_BYTES, MAX_WALK_FRAMES, MAX_WALK_SIDE, ModelId, Sha256, TaskId, Unit, Wire
from gan.contract.models import Credit, Upscaler
from gan.contract.problems import Problem
from gan.contract.recipes import Blend, Point, Recipe, Transform, Truncate


class Find(Wire):
    """Find an uploaded picture in a model: the code whose picture looks most like it."""

    kind: Literal["find"] = "find"
    model: ModelId
    picture: Sha256
    """Its bytes must have been PUT as a blob before: PNG, JPEG, WebP or GIF (the first frame)."""
    seconds: Annotated[float, Field(ge=1.0, le=60.0)] = 15.0
    """Time for searching; it stops earlier when it no longer gets nearer. Starting takes two or three seconds more."""


class WalkFormat(StrEnum):
    webp = "webp"
    gif = "gif"
    """256 colours, alpha on or off; for clients that know nothing else."""
    mp4 = "mp4"
    """H.264 without sound; no alpha: drawn on the paper colour of a dark chat."""


class Walk(Wire):
    """An animation through pictures: from stop to stop on the sphere around the model's mean, slow at the stops."""

    kind: Literal["walk"] = "walk"
    model: ModelId
    stops: Annotated[tuple[Recipe, ...], Field(min_length=2, max_length=8)]
    frames: Annotated[int, Field(ge=8, le=MAX_WALK_FRAMES)] = 64
    seconds: Annotated[float, Field(ge=0.5, le=30.0)] = 4.0
    loop: bool = True
    """Seamless: it goes on from the last stop to the first. Else it ends at the last stop."""
    size: Annotated[int, Field(ge=16, le=MAX_WALK_SIDE)] | None = None
    """Side in pixels (even for mp4); none means four times the model's own, at most 256."""
    upscaler: Upscaler = Upscaler.auto
    format: WalkFormat = WalkFormat.webp
    max_bytes: Annotated[int, Field(ge=64 * 1024, le=MAX_BLOB_BYTES)] = 8 * 1024 * 1024
    """The file fits: quality is lowered first, then the size."""


class Paint(Wire):
    """A transform in its slow, best form: the picture itself is worked on until it is as good as it gets."""

    kind: Literal["paint"] = "paint"
    model: ModelId
    recipe: Transform
    seconds: Annotated[float, Field(ge=1.0, le=120.0)] = 45.0
    """Time for painting; it stops earlier when the picture no longer gets better."""


TaskRequest = Annotated[Find | Walk | Paint, Field(discriminator="kind")]


class TaskState(StrEnum):
    queued = "queued"
    running = "running"
    finished = "finished"
    cancelled = "cancelled"
    failed = "failed"

    @property
    def ended(self) -> bool:
        return self in {TaskState.finished, TaskState.cancelled, TaskState.failed}


class Found(Wire):
    """What a find task found. Distances are perceptual, by the frozen features, smaller is nearer."""

    kind: Literal["found"] = "found"
    recipe: Point
    """The picture found: it can be varied, bred, edited like any other."""
    distance: float
    mean_distance: float
    """Distance of the model's mean picture to the upload, for comparison."""
    steps: int
    seconds: float


class WalkStep(Wire):
    """Where one frame stands: between two stops. Its recipe is `frame_recipe(stops, step)`."""

    a: int
    b: int
    t: Unit
    psi: Annotated[float, Field(ge=0.0, le=2.0)] = 1.0
    """What keeps the walk on the sphere: a straight blend would cut through its inside, where pictures go soft."""


class Walked(Wire):
    """An animation, stored as a blob."""

    kind: Literal["walked"] = "walked"
    blob: Sha256
    media_type: str
    width: int
    height: int
    frames: int
    bytes: int
    quality: int
    """Of the encoder, 1 to 100; what was needed to fit `max_bytes`."""
    steps: tuple[WalkStep, ...]
    credits: tuple[Credit, ...] = ()
    """The mean over all frames: the shares of the stops."""


class Painted(Wire):
    """What a paint task made; rendering the recipe shows it."""

    kind: Literal["painted"] = "painted"
    recipe: Transform
    nearer: float
    """How much of the way from the picture's own style to the artwork's it came: 1 would be all of it."""
    steps: int
    seconds: float


TaskResult = Annotated[Found | Walked | Painted, Field(discriminator="kind")]


def frame_recipe(stops: tuple[Recipe, ...], step: WalkStep) -> Recipe:
    """The recipe of a frame of a walk, so that any frame can be kept, varied and credited."""
    blended: Recipe = Blend(a=stops[step.a], b=stops[step.b], t=step.t)
    if step.t in (0.0, 1.0):
        blended = stops[step.a if step.t == 0.0 else step.b]
    return blended if step.psi == 1.0 else Truncate(of=blended, psi=step.psi)


class Task(Wire):
    """`PUT /v1/tasks/{id}` with a `TaskRequest` starts it: 201, or 200 when the same was there (so a repeat is
    harmless); another body for a used id is a conflict; too many waiting is `full`.

    `GET /v1/tasks/{id}?after=N&wait=S` answers once `n` is above N or the task has ended, at the latest after S
    seconds. `DELETE /v1/tasks/{id}` cancels it. A task that has ended is kept for a day.
    """

    id: TaskId
    request: TaskRequest
    state: TaskState
    n: int = 0
    """Rises with every change, for `after`."""
    place: int | None = None
    """Place in the queue, 1 is next; none when not queued."""
    fraction: Unit = 0.0
    preview: Base64Bytes | None = None
    """Of a find task: the nearest picture so far as PNG, 256 px, about one a second; of a walk its first frame."""
    distance: float | None = None
    """Of a find task: perceptual distance of the preview."""
    result: TaskResult | None = None
    error: Problem | None = None
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
