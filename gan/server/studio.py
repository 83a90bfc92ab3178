"""What tasks do: find an upload in a model, and draw a walk through pictures."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gan.blobs import BlobStore
from gan.contract import (
    MAX_CREDITS,
    MAX_WALK_PIXELS,
    Credit,
    ErrorCode,
    FamilyInfo,
    Find,
    Found,
    Paint,
    Painted,
    PictureFormat,
    Point,
    TaskRequest,
    TaskResult,
    Walk,
    Walked,
    WalkStep,
    frame_recipe,
)
from gan.engines.base import Engine, RenderJob
from gan.errors import WorkerError
from gan.server import aids
from gan.server.directions import DirectionStore
from gan.server.models import ModelStore
from gan.server.tasks import Running, Work

SLICE = 8
"""Frames asked for at once: others' renders come in between, and progress is told as often."""
USUAL_SIDE, USUAL_SCALE = 256, 4
ENCODING = 0.8
"""Share of a walk's progress that drawing is; encoding is the rest."""
_HALF_WAY = WalkStep(a=0, b=1, t=0.5)


@dataclass(frozen=True)
class Studio:
    engine: Engine
    blobs: BlobStore
    models: ModelStore
    families: tuple[FamilyInfo, ...]
    directions: DirectionStore

    def works(self) -> dict[str, Work]:
        """What does a task of each kind."""
        return {"find": self.find, "walk": self.walk, "paint": self.paint}

    def check(self, request: TaskRequest) -> None:
        """Raises `WorkerError` for what cannot be done, before it is queued."""
        file = self.models.file(request.model)
        if isinstance(request, Find):
            self.blobs.existing(request.picture)
            aids.check((Point(blob=request.picture),), self.families, request.model, file.family)
            return
        if isinstance(request, Paint):
            aids.check((request.recipe,), self.families, request.model, file.family)
            if not any(info.paints for info in self.families if info.name == file.family):
                raise WorkerError(ErrorCode.recipe_unsupported, f"{request.model} has no slower form; render it.")
            for name in (request.recipe.picture, request.recipe.second):
                if name is not None:
                    self.blobs.existing(name)
            return
        aids.check((frame_recipe(request.stops, _HALF_WAY), *request.stops), self.families, request.model, file.family)
        side = request.size or USUAL_SIDE
        if request.frames * side * side > MAX_WALK_PIXELS:
            most = MAX_WALK_PIXELS // (side * side)
            raise WorkerError(ErrorCode.invalid, f"A walk of {side} px may have {most} frames; ask for fewer.")

    async def find(self, running: Running) -> TaskResult:
        asked = running.task.request
        assert isinstance(asked, Find)
        file = self.models.file(asked.model)
        request = {
            "do": "find",
            "path": str(file.path),
            "family": file.family,
            "sha256": file.sha256,
            "picture": str(self.blobs.existing(asked.picture)),
            "seconds": asked.seconds,
        }
        last: dict[str, Any] = {}
        async with aclosing(self.engine.errand(request)) as reports:
            async for last in reports:
                if last["kind"] == "seen":
                    preview = base64.b64decode(last["preview"])
                    running.tell(fraction=last["fraction"], distance=last["distance"], preview=preview)
        blob = await asyncio.to_thread(self.blobs.add, base64.b64decode(last["point"]))
        return Found(
            recipe=Point(blob=blob),
            distance=last["distance"],
            mean_distance=last["mean_distance"],
            steps=last["steps"],
            seconds=last["seconds"],
        )

    async def paint(self, running: Running) -> TaskResult:
        asked = running.task.request
        assert isinstance(asked, Paint)
        file, recipe = self.models.file(asked.model), asked.recipe.model_copy(update={"painted": None})
        request = {
            "do": "paint",
            "path": str(file.path),
            "family": file.family,
            "recipe": recipe.model_dump(mode="json"),
            "blobs": {name: str(self.blobs.existing(name)) for name in (recipe.picture, recipe.second) if name},
            "seconds": asked.seconds,
        }
        last: dict[str, Any] = {}
        async with aclosing(self.engine.errand(request)) as reports:
            async for last in reports:
                if last["kind"] == "seen":
                    running.tell(fraction=last["fraction"], preview=base64.b64decode(last["preview"]))
        blob = await asyncio.to_thread(self.blobs.add, base64.b64decode(last["picture"]))
        figures = {name: last[name] for name in ("nearer", "steps", "seconds")}
        return Painted(recipe=recipe.model_copy(update={"painted": blob}), **figures)

    async def walk(self, running: Running) -> TaskResult:
        asked = running.task.request
        assert isinstance(asked, Walk)
        info, file = self.models.get(asked.model), self.models.file(asked.model)
        job = RenderJob(
            file,
            asked.stops,
            asked.size or min(USUAL_SIDE, USUAL_SCALE * info.card.size),
            asked.upscaler,
            PictureFormat.png,
            running.task.id,
            await aids.points(asked.stops, self.blobs),
            await aids.directions(asked.stops, file, self.directions),
        )
        steps = await self.engine.walk_steps(job, asked.frames, asked.loop)
        recipes = tuple(frame_recipe(asked.stops, step) for step in steps)
        credits_: list[tuple[Credit, ...]] = []
        with tempfile.TemporaryDirectory(prefix="artel-walk-") as folder:
            for start in range(0, len(recipes), SLICE):
                rendering = await self.engine.render(replace(job, recipes=recipes[start : start + SLICE]))
                await asyncio.to_thread(_write_frames, Path(folder), start, [p.data for p in rendering.pictures])
                credits_ += [picture.credits for picture in rendering.pictures]
                preview = {} if start else {"preview": rendering.pictures[0].data}
                running.tell(fraction=ENCODING * len(credits_) / len(recipes), **preview)
            made, data = await self._encoded(asked, Path(folder))
        return Walked(
            blob=await asyncio.to_thread(self.blobs.add, data),
            media_type=made["media_type"],
            width=made["width"],
            height=made["height"],
            frames=len(recipes),
            bytes=len(data),
            quality=made["quality"],
            steps=steps,
            credits=mean_credits(credits_),
        )

    async def _encoded(self, asked: Walk, folder: Path) -> tuple[dict[str, Any], bytes]:
        out = folder / "walk"
        request = {
            "do": "animate",
            "frames": str(folder),
            "format": asked.format.value,
            "seconds": asked.seconds,
            "max_bytes": asked.max_bytes,
            "out": str(out),
        }
        async with aclosing(self.engine.errand(request)) as reports:
            made = [report async for report in reports][-1]
        return made, await asyncio.to_thread(out.read_bytes)


def _write_frames(folder: Path, first: int, frames: list[bytes]) -> None:
    for number, data in enumerate(frames, first):
        (folder / f"{number:05d}.png").write_bytes(data)


def mean_credits(frames: list[tuple[Credit, ...]], most: int = MAX_CREDITS) -> tuple[Credit, ...]:
    """The mean of the frames' credits, largest first, what finds no room as the rest; they sum to 1."""
    total: dict[tuple[str, str], float] = {}
    named: dict[tuple[str, str], Credit] = {}
    for one in (credit for frame in frames for credit in frame):
        key = (one.kind, one.work)
        total[key] = total.get(key, 0.0) + one.weight / len(frames)
        named[key] = one
    whole = sum(total.values()) or 1.0
    ranked = sorted((key for key in total if key[0] != "rest"), key=lambda key: (-total[key], key))
    shown = ranked if len(ranked) <= most and ("rest", "") not in total else ranked[: most - 1]
    out = [named[key].model_copy(update={"weight": round(total[key] / whole, 4)}) for key in shown]
    missing = round(1 - sum(credit.weight for credit in out), 4)
    if out and len(shown) == len(total):
        out[0] = out[0].model_copy(update={"weight": round(out[0].weight + missing, 4)})
    elif missing > 0:
        out.append(Credit(work="", weight=missing, kind="rest", title="other works"))
    return tuple(out)
