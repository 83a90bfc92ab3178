"""Transforms in the sampler child: stored pictures are decoded here, and a transformer makes new ones of them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gan.contract import MAX_TRANSFORM_SIDE, ErrorCode, Recipe, Seed, Transform, TransformOptions
from gan.data.frames import scaled
from gan.errors import WorkerError
from gan.spec import Rendered, SamplerModel, TransformerModel, Transforming

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAX_PICTURE_SIDE = 4096
"""Pixels; above it a small file unpacks to hundreds of megabytes."""


def drawn(
    model: SamplerModel | TransformerModel, recipes: Sequence[Recipe], blobs: Mapping[str, bytes]
) -> list[Rendered]:
    """The pictures of recipes that one model can follow. Raises `WorkerError`: `bad_picture`, what the model raises."""
    others = [recipe for recipe in recipes if not isinstance(recipe, Transform)]
    rendered = iter(cast("SamplerModel", model).render(others) if others else ())
    return [
        _drawn_one(cast("TransformerModel", model), one, blobs) if isinstance(one, Transform) else next(rendered)
        for one in recipes
    ]


def points_of(recipes: Sequence[Recipe], blobs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Stored codes alone: what is left without the pictures of transforms."""
    transforms = [recipe for recipe in recipes if isinstance(recipe, Transform)]
    pictures = {blob for one in transforms for blob in (one.picture, one.second, one.painted)}
    return {blob: data for blob, data in blobs.items() if blob not in pictures}


def _drawn_one(model: TransformerModel, recipe: Transform, blobs: Mapping[str, bytes]) -> Rendered:
    if recipe.painted is not None:
        return Rendered(opened_picture(blobs[recipe.painted]))
    return model.transform([opened_inputs(recipe, blobs)])[0]


def opened_inputs(recipe: Transform, blobs: Mapping[str, bytes]) -> Transforming:
    """The pictures that a recipe names, decoded. Raises `WorkerError(bad_picture)`."""
    second = opened_picture(blobs[recipe.second]) if recipe.second else None
    return Transforming(opened_picture(blobs[recipe.picture]), second, recipe.options)


def first_pictures(model: SamplerModel | TransformerModel) -> list[Rendered]:
    """A few pictures of no use but to have the model's parts set up before a member asks."""
    if not hasattr(model, "render"):
        paper = np.full((64, 64, 4), 255, np.uint8)
        return model.transform([Transforming(paper, paper, TransformOptions())])
    return [cast("SamplerModel", model).render([Seed(seed=seed) for seed in range(count)]) for count in (1, 4)][-1]


def opened_picture(data: bytes) -> NDArray[np.uint8]:
    """RGBA [H, W, 4], the right way up, its longer side at most `MAX_TRANSFORM_SIDE`. Raises `WorkerError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as file:
                if max(file.size) > MAX_PICTURE_SIDE:
                    detail = f"The picture has a side over {MAX_PICTURE_SIDE} pixels; send a smaller one."
                    raise WorkerError(ErrorCode.bad_picture, detail)
                file.load()
                picture = ImageOps.exif_transpose(file).convert("RGBA")
    except WorkerError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombWarning) as error:
        raise WorkerError(ErrorCode.bad_picture, "The upload cannot be read as a picture; send a PNG.") from error
    if max(picture.size) > MAX_TRANSFORM_SIDE:
        room = scaled(picture.width, picture.height, MAX_TRANSFORM_SIDE)
        picture = picture.convert("RGBa").resize(room, Image.Resampling.LANCZOS).convert("RGBA")
    return np.asarray(picture)
