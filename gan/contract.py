"""The wire contract between the bot and the worker, and the only module of `gan` that others may import.

It is pydantic and the standard library alone, so importing it costs no torch. Everything both sides must agree on lives
here: routes, recipes, requests, answers, events, states, error codes and limits. Text is UTF-8 JSON; times are seconds
since the epoch (float, UTC); hashes are lower-case hexadecimal SHA-256.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

PREFIX = "/v1"
MODEL_ID_HEADER = "X-Artel-Model"
MODEL_HASH_HEADER = "X-Artel-Model-Hash"
REQUEST_ID_HEADER = "X-Request-Id"
FENCE_HEADER = "X-Artel-Fence"

MAX_RECIPES = 64
"""Pictures in one render: a 4x4 sheet four times over; larger work is sent as several requests."""
MAX_RECIPE_DEPTH = 24
"""How deep recipes may nest: a variation of a variation, two dozen generations back."""
MAX_SIDE = 1024
"""Largest side of a rendered picture in pixels."""
MAX_BLOB_BYTES = 32 * 1024 * 1024
MAX_JSON_BYTES = 4 * 1024 * 1024
MAX_TRAINING_PICTURES = 10_000
MIN_TRAINING_PICTURES = 8
SEED_LIMIT = 2**53
"""Seeds are below 2**53, so every JSON reader keeps them exact."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ModelId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
TrainingId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
SeedNumber = Annotated[int, Field(ge=0, lt=SEED_LIMIT)]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]


class Wire(BaseModel):
    """Base of every message: immutable, and an unknown field is an error rather than silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- recipes -------------------------------------------------------------------------------------------------------


class Seed(Wire):
    """A new picture from a number. `variety` 0 keeps to close relatives, 1 mixes anything with anything."""

    kind: Literal["seed"] = "seed"
    seed: SeedNumber
    variety: Unit = 0.5


class Vary(Wire):
    """`of`, moved a little: `amount` 0 leaves it as it is, 1 replaces it by another picture of the model."""

    kind: Literal["vary"] = "vary"
    of: Recipe
    seed: SeedNumber
    amount: Unit = 0.3


class Blend(Wire):
    """Between two pictures in latent space: `t` 0 is `a`, 1 is `b`."""

    kind: Literal["blend"] = "blend"
    a: Recipe
    b: Recipe
    t: Unit = 0.5


class Mix(Wire):
    """Style mixing: the layers named come from `b`, all others from `a`. Layer 0 is the coarsest."""

    kind: Literal["mix"] = "mix"
    a: Recipe
    b: Recipe
    layers: tuple[Annotated[int, Field(ge=0, le=63)], ...]


class Edit(Wire):
    """`of`, moved along a direction that the model's card names; `amount` in standard deviations."""

    kind: Literal["edit"] = "edit"
    of: Recipe
    direction: Annotated[str, Field(min_length=1, max_length=64)]
    amount: Annotated[float, Field(ge=-5.0, le=5.0)]


class Anchor(Wire):
    """The rebuilt picture of one training work, by its place in the model's list of works."""

    kind: Literal["anchor"] = "anchor"
    index: Annotated[int, Field(ge=0)]


class Point(Wire):
    """A latent code stored as a blob, such as `project` returns."""

    kind: Literal["point"] = "point"
    blob: Sha256


class Prompt(Wire):
    """A picture asked for in words, where a model is conditioned on text."""

    kind: Literal["prompt"] = "prompt"
    text: Annotated[str, Field(min_length=1, max_length=300)]
    seed: SeedNumber


Recipe = Annotated[Seed | Vary | Blend | Mix | Edit | Anchor | Point | Prompt, Field(discriminator="kind")]
for _recipe in (Vary, Blend, Mix, Edit):
    _recipe.model_rebuild()


def depth(recipe: Recipe) -> int:
    """How many recipes nest inside each other, at least 1; servers refuse more than `MAX_RECIPE_DEPTH`."""
    match recipe:
        case Vary(of=of) | Edit(of=of):
            return 1 + depth(of)
        case Blend(a=a, b=b) | Mix(a=a, b=b):
            return 1 + max(depth(a), depth(b))
        case _:
            return 1


# --- models --------------------------------------------------------------------------------------------------------


class Credit(Wire):
    """One work's share in a picture. Weights of a picture sum to 1."""

    work: str
    """Content hash of the work as it was trained on, or its name in a shipped base."""
    weight: Unit
    title: str = ""
    artist: str = ""
    licence: str = ""


class Figures(Wire):
    """Measured quality. KID is unbiased, x 1000, by `judge`, lower is better; coverage and copies are shares."""

    judge: str = ""
    kid_x1000: float | None = None
    base_kid_x1000: float | None = None
    """KID of the untouched base on the same works: what the training was worth."""
    coverage: float | None = None
    copies: float | None = None
    pictures_seen: int = 0
    seconds: float = 0.0
    pictures_per_second: float = 0.0


class ModelCard(Wire):
    """What a model says of itself; it travels as JSON in the header of its safetensors file."""

    id: ModelId
    title: str
    family: str
    base: str | None = None
    size: int
    """Side of its native square pictures in pixels."""
    alpha: bool = False
    works: int = 0
    sources: tuple[str, ...] = ()
    """What it learned from, one line a source, with the licence."""
    figures: Figures = Figures()
    created: float = 0.0
    command: str = ""
    notes: str = ""


class ModelInfo(Wire):
    card: ModelCard
    sha256: Sha256
    bytes: int
    shipped: bool = False
    """Part of Artel itself (a base); cannot be deleted."""
    loaded: bool = False


class ModelList(Wire):
    models: tuple[ModelInfo, ...]


class FamilyInfo(Wire):
    name: str
    title: str
    kind: Literal["sampler", "transformer"]
    recipes: tuple[str, ...]
    """The recipe kinds it can render."""
    summary: str = ""


class FamilyList(Wire):
    families: tuple[FamilyInfo, ...]


# --- render --------------------------------------------------------------------------------------------------------


class PictureFormat(StrEnum):
    png = "png"
    webp = "webp"


class Upscaler(StrEnum):
    auto = "auto"
    """The learned upscaler from twice the model's own size on, brought to the exact size by Lanczos."""
    learned = "learned"
    lanczos = "lanczos"
    nearest = "nearest"


class RenderRequest(Wire):
    model: ModelId
    recipes: Annotated[tuple[Recipe, ...], Field(min_length=1, max_length=MAX_RECIPES)]
    size: Annotated[int, Field(ge=16, le=MAX_SIDE)] | None = None
    """Side of the answer in pixels; none means the model's own."""
    upscaler: Upscaler = Upscaler.auto
    format: PictureFormat = PictureFormat.png


class Picture(Wire):
    sha256: Sha256
    media_type: str
    width: int
    height: int
    data: Base64Bytes
    credits: tuple[Credit, ...] = ()
    """Largest weight first; at most 8, the rest is left out."""


class StageTimes(Wire):
    """Milliseconds spent in each stage of one render, for the timings of the record."""

    queue_ms: float = 0.0
    render_ms: float = 0.0
    upscale_ms: float = 0.0
    encode_ms: float = 0.0


class RenderAnswer(Wire):
    model: ModelId
    model_sha256: Sha256
    pictures: tuple[Picture, ...]
    times: StageTimes = StageTimes()


# --- trainings -----------------------------------------------------------------------------------------------------


class Work(Wire):
    """One picture to learn from; its bytes must have been PUT as a blob before."""

    sha256: Sha256
    title: Annotated[str, Field(max_length=100)] = ""
    artist: Annotated[str, Field(max_length=100)] = ""
    licence: Annotated[str, Field(max_length=60)] = ""


class TrainingRequest(Wire):
    """PUT /v1/trainings/{id}: the same body again is the same training; another body for a used id is a conflict."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    family: str = "anchored"
    base: ModelId | None = None
    works: Annotated[tuple[Work, ...], Field(min_length=MIN_TRAINING_PICTURES, max_length=MAX_TRAINING_PICTURES)]
    seconds: Annotated[float, Field(ge=5.0, le=24 * 3600.0)]
    """Budget of training time; pauses do not count."""
    seed: SeedNumber = 0
    options: dict[str, float | int | str | bool] = {}


class TrainingState(StrEnum):
    queued = "queued"
    running = "running"
    paused = "paused"
    finished = "finished"
    cancelled = "cancelled"
    failed = "failed"

    @property
    def ended(self) -> bool:
        return self in {TrainingState.finished, TrainingState.cancelled, TrainingState.failed}


class Progress(Wire):
    pictures_seen: int = 0
    seconds: float = 0.0
    budget_seconds: float = 0.0
    pictures_per_second: float = 0.0
    fraction: Unit = 0.0
    phase: str = ""
    """What the trainer is at, in a word a member understands, such as `preparing`, `rebuilding`, `inventing`."""
    losses: dict[str, float] = {}


class Training(Wire):
    id: TrainingId
    request: TrainingRequest
    state: TrainingState
    place: int | None = None
    """Place in the queue, 1 is next; none when not queued."""
    progress: Progress = Progress()
    sample: Sha256 | None = None
    """Blob of the newest sample grid (PNG)."""
    model: ModelId | None = None
    figures: Figures = Figures()
    error: Problem | None = None
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    events: int = 0


class TrainingList(Wire):
    """`GET /v1/trainings?state=…&limit=…`: newest first."""

    trainings: tuple[Training, ...]


class EventKind(StrEnum):
    state = "state"
    progress = "progress"
    sample = "sample"
    note = "note"
    figures = "figures"
    model = "model"
    error = "error"
    gap = "gap"
    """The events asked for are no longer kept; read the training's state instead and go on from `n`."""


class Event(Wire):
    """A line of `GET /v1/trainings/{id}/events?after=n` (NDJSON). `n` rises by one from 1."""

    n: int
    at: float
    kind: EventKind
    state: TrainingState | None = None
    progress: Progress | None = None
    sample: Sha256 | None = None
    model: ModelId | None = None
    figures: Figures | None = None
    text: str = ""


# --- health and errors ---------------------------------------------------------------------------------------------


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
    """Seconds after which to try again, when trying again can help."""


Training.model_rebuild()
TrainingList.model_rebuild()
