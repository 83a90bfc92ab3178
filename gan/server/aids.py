"""What recipes refer to beyond their model's file, gathered before a render: stored codes, pictures, directions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from gan.blobs import BlobStore
from gan.contract import Edit, ErrorCode, FamilyInfo, Point, Recipe, Transform
from gan.engines.base import ModelFile
from gan.errors import WorkerError
from gan.server.directions import DirectionStore

MAX_POINTS = 64
MAX_POINT_BYTES = 256 * 1024
MAX_PICTURE_BYTES = 8 * 1024 * 1024


def check(recipes: Sequence[Recipe], families: Sequence[FamilyInfo], model: str, family: str) -> None:
    """Raises `WorkerError(recipe_unsupported)` for a kind of recipe that the family cannot follow."""
    known = next((set(info.recipes) for info in families if info.name == family), None)
    if known is None:
        raise WorkerError(ErrorCode.family_missing, f"This worker has no family {family!r}; update it.")
    unknown = {part.kind for recipe in recipes for part in parts(recipe)} - known
    if unknown:
        able = [info.name for info in families if unknown <= set(info.recipes)]
        who = f"families that can: {', '.join(able)}" if able else "no family here can yet"
        detail = f"{model} cannot follow {', '.join(sorted(unknown))} ({who}); it knows {', '.join(sorted(known))}."
        raise WorkerError(ErrorCode.recipe_unsupported, detail)


def parts(recipe: Recipe) -> Iterator[Recipe]:
    """A recipe and all that nest in it."""
    yield recipe
    for name in ("of", "a", "b"):
        part: Recipe | None = getattr(recipe, name, None)
        if part is not None:
            yield from parts(part)


async def points(recipes: Sequence[Recipe], blobs: BlobStore) -> dict[str, bytes]:
    """The stored codes and pictures that recipes name, by hash. Raises `WorkerError`: `blob_missing`, `invalid`."""
    most = {part.blob: MAX_POINT_BYTES for recipe in recipes for part in parts(recipe) if isinstance(part, Point)}
    for recipe in recipes:
        if isinstance(recipe, Transform):
            most |= {name: MAX_PICTURE_BYTES for name in (recipe.picture, recipe.second, recipe.painted) if name}
    if len(most) > MAX_POINTS:
        raise WorkerError(ErrorCode.invalid, f"The recipes name more than {MAX_POINTS} stored codes or pictures.")
    return {name: await asyncio.to_thread(_read, blobs.existing(name), most[name]) for name in sorted(most)}


async def directions(recipes: Sequence[Recipe], file: ModelFile, store: DirectionStore) -> Path | None:
    """The file with the model's directions, where recipes edit and the model's own file has none."""
    edits = any(isinstance(part, Edit) for recipe in recipes for part in parts(recipe))
    return await store.path(file) if edits else None


def _read(path: Path, most: int) -> bytes:
    if path.stat().st_size > most:
        what = "stored code" if most == MAX_POINT_BYTES else "picture that a model could work on: it is too large"
        raise WorkerError(ErrorCode.invalid, f"That blob is no {what}.")
    return path.read_bytes()
