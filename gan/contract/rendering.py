"""Pictures asked for and given: drawn from recipes, or made of other pictures."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Base64Bytes, Field, model_validator

from gan.contract.common import MAX_COMPARED, MAX_RECIPES, MAX_SIDE, ModelId, Sha256, Wire
from gan.contract.models import Credit, Upscaler
from gan.contract.recipes import Recipe, Transform, TransformOptions


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


MAX_CREDITS = 64
"""Works that are named with a picture: chains of moves owe themselves to more than a screen shows, and a withdrawal and
a licence look for every one."""


class Picture(Wire):
    sha256: Sha256
    media_type: str
    width: int
    height: int
    data: Base64Bytes
    credits: tuple[Credit, ...] = ()
    """Largest weight first; at most `MAX_CREDITS`, of which the last may be the `rest`. They sum to 1."""
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
