"""The wire contract between the bot and the worker, and the only module of `gan` that others may import.

It is pydantic and the standard library alone, so importing it costs no torch. Everything both sides must agree on lives
here: routes, recipes, requests, answers, events, states, error codes and limits. Text is UTF-8 JSON; times are seconds
since the epoch (float, UTC); hashes are lower-case hexadecimal SHA-256.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, model_validator

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
MAX_TRAINING_PICTURES = 30_000
MIN_TRAINING_PICTURES = 8
MAX_TRANSFORM_SIDE = 512
"""Longest side in pixels at which a transformer works, and of the pictures it is given (larger ones are shrunk)."""
MAX_WALK_FRAMES = 240
MAX_MARK_BYTES = 8 * 1024 * 1024
"""Of a picture whose mark is to be read; 1,024 pixels square are never more."""
MAX_COMPARED = 16
"""Pictures in one question for the nearest works."""
MOST_NEAREST = 8
MAX_WALK_SIDE = 512
MAX_WALK_PIXELS = 32 * 1024 * 1024
"""Frames times their area, which bounds the memory of a walk: 128 frames of 512 px, or 240 of 365."""
MAX_TASK_WAIT_S = 25.0
"""Longest that `GET /v1/tasks/{id}?wait=` may hold a request open, in seconds."""
SEED_LIMIT = 2**53
"""Seeds are below 2**53, so every JSON reader keeps them exact."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ModelId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
TrainingId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
TaskId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
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
    """`of`, moved along a direction of the model (`GET /v1/models/{id}/directions`), by its id.

    `amount` is in standard deviations of the model's works along it; 0 changes nothing, beyond 3 pictures may break.
    Edits of one picture along the same direction add up.
    """

    kind: Literal["edit"] = "edit"
    of: Recipe
    direction: Annotated[str, Field(min_length=1, max_length=64)]
    amount: Annotated[float, Field(ge=-5.0, le=5.0)]


class Truncate(Wire):
    """`of`, drawn toward (`psi` below 1) or away from (above 1) the mean of all the model's works; 1 changes nothing.

    Below 1 pictures get calmer and more alike, above 1 bolder. Truncations of one picture multiply.
    """

    kind: Literal["truncate"] = "truncate"
    of: Recipe
    psi: Annotated[float, Field(ge=0.0, le=2.0)]


class Anchor(Wire):
    """The rebuilt picture of one training work, by its place in the model's list of works."""

    kind: Literal["anchor"] = "anchor"
    index: Annotated[int, Field(ge=0)]


class Point(Wire):
    """A latent code stored as a blob (safetensors), such as a find task returns. It belongs to one model's weights."""

    kind: Literal["point"] = "point"
    blob: Sha256


class Prompt(Wire):
    """A picture asked for in words. An anchored model mixes works whose titles, tags and looks answer to them; the
    answer names the words that it does not know."""

    kind: Literal["prompt"] = "prompt"
    text: Annotated[str, Field(min_length=1, max_length=300)]
    seed: SeedNumber


class TransformOptions(Wire):
    """How a transformer changes a picture. `FamilyInfo.heeds` names what a family heeds; the rest changes nothing."""

    strength: Unit = 1.0
    """0 leaves the picture as it is, 1 is all that the model does."""
    seed: SeedNumber = 0
    """For families that draw something new; the same seed gives the same picture."""
    back: bool = False
    """Where a model leads both ways: from the second set's look to the first's."""
    side: Annotated[int, Field(ge=32, le=MAX_TRANSFORM_SIDE)] | None = None
    """Longer side in pixels at which it works, so that the picture does not depend on the size asked of the render;
    none means the model's own."""


class Transform(Wire):
    """What a transformer makes of a picture, and of a second one where its family takes two (style: the artwork).

    Pictures are blobs that must have been PUT before: PNG, JPEG, WebP or GIF (the first frame). It nests in no other.
    """

    kind: Literal["transform"] = "transform"
    picture: Sha256
    second: Sha256 | None = None
    options: TransformOptions = TransformOptions()
    painted: Sha256 | None = None
    """What a `Paint` task made of them, stored as a PNG: it is shown, and nothing is made anew."""


Recipe = Annotated[
    Seed | Vary | Blend | Mix | Edit | Truncate | Anchor | Point | Prompt | Transform, Field(discriminator="kind")
]
for _recipe in (Vary, Blend, Mix, Edit, Truncate):
    _recipe.model_rebuild()


def depth(recipe: Recipe) -> int:
    """How many recipes nest inside each other, at least 1; servers refuse more than `MAX_RECIPE_DEPTH`."""
    match recipe:
        case Vary(of=of) | Edit(of=of) | Truncate(of=of):
            return 1 + depth(of)
        case Blend(a=a, b=b) | Mix(a=a, b=b):
            return 1 + max(depth(a), depth(b))
        case _:
            return 1


def prompts_in(recipe: Recipe) -> list[str]:
    """The texts of all prompts that a recipe descends from, in order."""
    match recipe:
        case Prompt(text=text):
            return [text]
        case Vary(of=of) | Edit(of=of) | Truncate(of=of):
            return prompts_in(of)
        case Blend(a=a, b=b) | Mix(a=a, b=b):
            return [*prompts_in(a), *prompts_in(b)]
        case _:
            return []


# --- models --------------------------------------------------------------------------------------------------------


class Credit(Wire):
    """One share in a picture. Weights of a picture sum to 1."""

    work: str
    """Content hash of the work as it was trained on, or its name in a shipped base; empty for other kinds."""
    weight: Unit
    kind: Literal["work", "all", "found", "rest"] = "work"
    """`all`: the mean of all the model's works (truncation); `found`: a code found from an upload, made of no work;
    `rest`: the smaller shares together. `title` says so in words."""
    title: str = ""
    artist: str = ""
    licence: str = ""


Interval = tuple[float, float]
"""The ends between which a figure lies with 95 % confidence, by a bootstrap over works and samples."""


class Figures(Wire):
    """Measured quality. KID is unbiased, x 1000, by `judge`, lower is better; all others but it are shares."""

    judge: str = ""
    """The encoder behind all figures; figures of two judges cannot be compared."""
    works_judged: int = 0
    samples_judged: int = 0
    kid_x1000: float | None = None
    kid_interval: Interval | None = None
    base_kid_x1000: float | None = None
    """KID of the untouched base on the same works: what the training was worth."""
    coverage: float | None = None
    """Works with a sample nearer than their own nearest neighbour."""
    coverage_interval: Interval | None = None
    perfect_coverage: float | None = None
    """The coverage that as many new works of the same hand would reach: the most to hope for without copies."""
    coverage_k5: float | None = None
    """Works with a sample nearer than their fifth nearest neighbour: whether their kind is drawn at all."""
    density_k5: float | None = None
    """How deep among the works samples lie: 1 for the works' own kind, 0 for noise; may exceed 1."""
    copies: float | None = None
    new: float | None = None
    """Samples farther from every work than the first decile of held-out works; 1 - copies."""
    new_interval: Interval | None = None
    copy_deciles: tuple[float, ...] = ()
    """Samples between the deciles of held-out works' distances, nearest first: a tenth each for new works."""
    held_out_l1: float | None = None
    """Of families that draw a work from what is derived of it: mean distance to works that were kept out, on white,
    colours in [0, 1]."""
    mean_picture_l1: float | None = None
    """The same of the mean of all works, for comparison."""
    pictures_seen: int = 0
    seconds: float = 0.0
    pictures_per_second: float = 0.0


class Upscaler(StrEnum):
    auto = "auto"
    """What the model's card says, from twice the model's own size on, brought to the exact size by Lanczos."""
    learned = "learned"
    lanczos = "lanczos"
    nearest = "nearest"


class ModelCard(Wire):
    """What a model says of itself; it travels as JSON in the header of its safetensors file."""

    id: ModelId
    title: str
    family: str
    base: str | None = None
    size: int
    """Side of the square in which it draws, in pixels: the longer side of its pictures."""
    frame: tuple[int, int] | None = None
    """Width and height of its pictures, where its works are wide or tall alike; none for squares."""
    alpha: bool = False
    upscaler: Upscaler = Upscaler.learned
    """What enlarges its pictures best: `learned` for drawn art, `nearest` for pixel art, else `lanczos`."""
    works: int = 0
    sources: tuple[str, ...] = ()
    """What it learned from, one line a source, with the licence: who contributed how many works."""
    data_version: str = ""
    """SHA-256 of what it learned from (works, titles, artists, licences), whatever their order: the hash of a frozen
    version of a collection."""
    intended_use: str = ""
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


class Direction(Wire):
    """One slider of a model: a direction in its latent space that changes something one can see."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    """For `Edit.direction`; it never changes for a model's weights."""
    layers: tuple[int, ...]
    """The style layers it moves; 0 is the coarsest (shape), the last the finest (colour, detail)."""
    more: str = ""
    """What a positive amount does, in a word or two (`brighter`), where it could be measured; else empty."""
    less: str = ""
    """What a negative amount does, likewise."""
    effect: float = 0.0
    """Mean change of a picture for each deviation, in perceptual distance; directions come largest effect first."""
    low: float = -3.0
    high: float = 3.0
    """Amounts between which pictures stay sound: the ends of its slider."""


class DirectionsState(StrEnum):
    ready = "ready"
    finding = "finding"
    """Being found now (some seconds, once for a model); ask again, or with `?wait=20`."""
    none = "none"
    """This kind of model has none."""


class DirectionList(Wire):
    """`GET /v1/models/{id}/directions?wait=S`: the model's sliders, once found the same for ever.

    A contact sheet is an ordinary render of `Edit` recipes.
    """

    model: ModelId
    model_sha256: Sha256
    state: DirectionsState
    directions: tuple[Direction, ...] = ()


class FamilyInfo(Wire):
    name: str
    title: str
    kind: Literal["sampler", "transformer"]
    recipes: tuple[str, ...]
    """The recipe kinds it can render. `edit` means its models have directions, `point` that uploads can be found in
    them, `blend` that one can walk through them; transformers know `transform` alone."""
    summary: str = ""
    data: Literal["single", "paired", "unpaired", "content+style"] = "single"
    """What it learns from. `single`: works. `paired`: works, of which it derives the pictures to start from.
    `unpaired` and `content+style`: two sets, told apart by `Work.part`."""
    takes: Literal[0, 1, 2] = 0
    """How many pictures a transform of it takes."""
    heeds: tuple[Literal["strength", "seed", "back"], ...] = ()
    """The `TransformOptions` that make a difference."""
    paints: bool = False
    """Its transforms have a slow, best form: `Paint`."""
    bases: bool = False
    """Whether a training may start from a model of the same family."""


class FamilyList(Wire):
    families: tuple[FamilyInfo, ...]


# --- render --------------------------------------------------------------------------------------------------------


class PictureFormat(StrEnum):
    png = "png"
    webp = "webp"


class Mark(StrEnum):
    """What may be put on a picture of 256 pixels and more, so that it says what it is; smaller ones have no room."""

    hidden = "hidden"
    """An invisible number, which `POST /v1/marks` reads again."""
    top_left = "top_left"
    top_right = "top_right"
    bottom_left = "bottom_left"
    bottom_right = "bottom_right"
    """A small badge in that corner."""


class RenderRequest(Wire):
    model: ModelId
    recipes: Annotated[tuple[Recipe, ...], Field(min_length=1, max_length=MAX_RECIPES)]
    size: Annotated[int, Field(ge=16, le=MAX_SIDE)] | None = None
    """Side of the answer in pixels; none means the model's own."""
    upscaler: Upscaler = Upscaler.auto
    format: PictureFormat = PictureFormat.png
    marks: tuple[Mark, ...] = ()


class UnknownWord(Wire):
    """A word of a prompt that no title or tag of the model's works has."""

    word: str
    nearest: tuple[str, ...] = ()
    """Titles and tags that mean the most alike, nearest first."""


class Picture(Wire):
    sha256: Sha256
    media_type: str
    width: int
    height: int
    data: Base64Bytes
    credits: tuple[Credit, ...] = ()
    """Largest weight first; at most 8, of which the last may be the `rest`. They sum to 1."""
    pixels: str = ""
    """SHA-256 of its size and RGBA values, whatever file they lie in (exact for PNG alone)."""
    looks: str = ""
    """Perceptual hash of 64 bits, hexadecimal."""
    mark: int | None = None
    """The number of its invisible mark: of the model's hash and the recipe, the same at every size."""
    unknown: tuple[UnknownWord, ...] = ()
    """Of a prompt, or of one that it descends from: the words that its model does not know."""


class MarkReading(Wire):
    """`POST /v1/marks` with a picture as its body (PNG of at most `MAX_MARK_BYTES`): what mark is on it."""

    number: int | None
    """None: none that this worker's secret made."""
    confidence: float
    """About 8 without a mark, 10.5 and more with one."""


class NearWork(Wire):
    """A work that a picture looks like. A distance is no share: it says nothing of how the picture came to be."""

    work: str
    """Content hash of the work as it was trained on."""
    distance: float
    """By the judge (`Figures.judge`), smaller is nearer."""
    title: str = ""
    artist: str = ""
    licence: str = ""


class Nearness(Wire):
    """What a picture looks most like among the works of its model, nearest first."""

    works: tuple[NearWork, ...]
    ratio: float | None
    """The nearest work's distance over the first decile of held-out works': below 1 it is a copy to the eye, as
    `Figures.copies` counts them. None of models of fewer than three works."""


class NearestRequest(Wire):
    """`POST /v1/models/{id}/nearest` → `NearestAnswer`. Of a model that was trained here and whose works are still
    kept; `not_found` for others. The first question about a model takes seconds, further ones 15 to 40 ms a picture."""

    pictures: Annotated[tuple[Base64Bytes, ...], Field(min_length=1, max_length=MAX_COMPARED)]
    """PNG, JPEG or WebP."""


class NearestAnswer(Wire):
    model: ModelId
    model_sha256: Sha256
    pictures: tuple[Nearness, ...]


class PictureSource(Wire):
    """A picture to work on: either a blob that is there, or its bytes."""

    sha256: Sha256 | None = None
    data: Base64Bytes | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> PictureSource:
        if (self.sha256 is None) == (self.data is None):
            raise ValueError("give the hash of a blob or the picture's bytes, one of both")
        return self


class TransformRequest(Wire):
    """`POST /v1/transform` → `TransformAnswer`: in one call what else is two blobs and a render of a `Transform`."""

    model: ModelId
    picture: PictureSource
    second: PictureSource | None = None
    options: TransformOptions = TransformOptions()
    size: Annotated[int, Field(ge=16, le=MAX_SIDE)] | None = None
    """Longer side of the answer in pixels; none leaves it as the model gives it."""
    upscaler: Upscaler = Upscaler.auto
    format: PictureFormat = PictureFormat.png
    marks: tuple[Mark, ...] = ()


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


class TransformAnswer(RenderAnswer):
    recipe: Transform
    """What makes the same picture again by `POST /v1/render`; its pictures are stored as blobs."""


# --- tasks: what takes seconds --------------------------------------------------------------------------------------


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


# --- trainings -----------------------------------------------------------------------------------------------------


class Work(Wire):
    """One picture to learn from; its bytes must have been PUT as a blob before."""

    sha256: Sha256
    title: Annotated[str, Field(max_length=100)] = ""
    artist: Annotated[str, Field(max_length=100)] = ""
    licence: Annotated[str, Field(max_length=60)] = ""
    tags: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=16)] = ()
    """Words for what it shows; with the title they are what prompts can ask for."""
    part: Literal["a", "b"] = "a"
    """Which of two sets it belongs to: `unpaired` leads from a to b and back, `content+style` has its artworks in b."""


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


class Estimate(Wire):
    """What a training will probably come to, told before it starts. Ranges hold most of the measured results near it;
    none where nothing near was measured."""

    seconds: float
    """From its start to a model that can be used."""
    pictures_per_second: float
    pictures_seen: int
    speeds_seen: int = 0
    """Earlier trainings of this machine that the speed is from; 0 means a typical machine's."""
    kid_x1000: Interval | None = None
    coverage_k5: Interval | None = None
    advice: str = ""
    """What would help, in a member's words."""


class EstimateRequest(Wire):
    """`POST /v1/estimates` → `Estimate`: what a training would come to, before anything is sent or spent."""

    family: str = "anchored"
    base: ModelId | None = None
    works: Annotated[int, Field(ge=1, le=MAX_TRAINING_PICTURES)]
    seconds: Annotated[float, Field(ge=5.0, le=24 * 3600.0)]


class Training(Wire):
    id: TrainingId
    request: TrainingRequest
    state: TrainingState
    place: int | None = None
    """Place in the queue, 1 is next; none when not queued."""
    progress: Progress = Progress()
    sample: Sha256 | None = None
    """Blob of the newest sample grid (PNG)."""
    evolution: Sha256 | None = None
    """Blob of all its sample grids as one animation (WebP); there when it has finished."""
    model: ModelId | None = None
    figures: Figures = Figures()
    estimate: Estimate | None = None
    """As it was made when the training was asked for."""
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
    evolution = "evolution"
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
    evolution: Sha256 | None = None
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
    """Seconds after which to try again, when trying again can help; of `full`, when there will be room by its guess."""
    waiting: int | None = None
    """Of `full`: what waits already, in pictures, trainings or tasks."""


Task.model_rebuild()
Training.model_rebuild()
TrainingList.model_rebuild()
