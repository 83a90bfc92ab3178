"""What models and families say of themselves."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from gan.contract.common import ModelId, Sha256, Unit, Wire


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
    heeds: tuple[Literal["strength", "seed", "back", "text"], ...] = ()
    """The `TransformOptions` that make a difference."""
    paints: bool = False
    """Its transforms have a slow, best form: `Paint`."""
    bases: bool = False
    """Whether a training may start from a model of the same family."""


class FamilyList(Wire):
    families: tuple[FamilyInfo, ...]
