"""A small worker that really answers the contract: pictures are real PNGs, trainings go on by the clock.

Its state lies in a folder, so it outlives the process that asks it, as the real one does.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import TypeAdapter

from bot.errors import Bug, Refused, Retry
from bot.worker import NotThere, WorkerRefused
from bot.workflows.needs import Steering
from gan.contract import (
    MOST_NEAREST,
    Credit,
    Direction,
    DirectionList,
    DirectionsState,
    ErrorCode,
    Estimate,
    EstimateRequest,
    Event,
    EventKind,
    FamilyInfo,
    Figures,
    Find,
    Found,
    Health,
    HealthState,
    MarkReading,
    ModelCard,
    ModelInfo,
    NearestAnswer,
    NearestRequest,
    Nearness,
    NearWork,
    Paint,
    Painted,
    Picture,
    PictureSource,
    Point,
    Progress,
    Recipe,
    RenderAnswer,
    RenderRequest,
    Seed,
    StageTimes,
    Task,
    TaskRequest,
    TaskState,
    Training,
    TrainingRequest,
    TrainingState,
    Transform,
    TransformAnswer,
    TransformRequest,
    UnknownWord,
    Walk,
    Walked,
    WalkStep,
    prompts_in,
)

BASE = ModelInfo(
    card=ModelCard(id="drawings", title="Drawings", family="anchored", size=64, works=1746),
    sha256="d" * 64,
    bytes=1,
    shipped=True,
)
STYLE, RESTORER, SKETCHER, REDRAWER = (
    ModelInfo(
        card=ModelCard(id=name, title=name.title(), family=name, size=256), sha256=digit * 64, bytes=1, shipped=True
    )
    for name, digit in (("style", "a"), ("restorer", "b"), ("pix2pix", "9"), ("diffusion", "8"))
)
RECIPES = ("seed", "vary", "blend", "mix", "edit", "truncate", "point", "prompt")
STRANGE = "zeppelin"
"""A word that its models do not know."""
TRANSFORMERS = (
    FamilyInfo(name="style", title="Style", kind="transformer", recipes=("transform",), takes=2, heeds=("strength",)),
    FamilyInfo(
        name="restorer", title="Restorer", kind="transformer", recipes=("transform",), takes=1, heeds=("strength",)
    ),
    FamilyInfo(
        name="pix2pix",
        title="pix2pix",
        kind="transformer",
        recipes=("transform",),
        takes=1,
        heeds=("seed",),
        bases=True,
    ),
    FamilyInfo(
        name="diffusion",
        title="Diffusion",
        kind="sampler",
        recipes=("seed", "vary", "blend", "transform"),
        takes=1,
        heeds=("strength", "seed", "text"),
    ),
)
SLIDERS = (
    Direction(id="d1", layers=(0, 1), more="brighter", less="darker", effect=0.4),
    Direction(id="d2", layers=(2, 3), effect=0.2, low=-2.0, high=2.0),
)
CREDITS = (Credit(work="fox", weight=0.41, title="fox", artist="Ada"), Credit(work="cat", weight=0.59))
FIGURES = Figures(
    judge="fake", kid_x1000=41.0, base_kid_x1000=312.0, coverage=0.72, pictures_seen=30_000, seconds=180.0
)


class FakeWorker:
    """`down` makes every call fail as an unreachable worker does; `asked` are the renders it got, in order."""

    def __init__(self, folder: Path, *, speed: float = 1.0) -> None:
        """`speed`: seconds of training that pass in a second of the clock."""
        self.folder = folder
        self.speed = speed
        self.down = False
        self.asked: list[RenderRequest] = []
        self.fences: list[int] = []
        self.render_seconds = 0.0
        self.sliders = SLIDERS
        self.transformers: tuple[ModelInfo, ...] = ()
        """Shipped models of the families that change pictures, such as `STYLE`."""
        self.credits_works = False
        """Whether pictures of models that were trained here credit the works of their training."""
        self.looks_like: tuple[int | None, bytes] = (None, b"")
        """A seed, and the PNG that its picture is."""
        self.keeps_count = True
        """Whether pictures come with credits; those of most families do not."""
        self.copies: set[int] = set()
        """Seeds whose pictures are nearly works."""
        self.judges = True
        """Whether pictures can be compared with works."""
        self._drawn_of: dict[bytes, Recipe] = {}
        self.task_seconds = 0.2
        self.task_begun = asyncio.Event()
        self.marks_read: dict[str, MarkReading] = {}
        self.begun = asyncio.Event()
        """Set when a render begins."""
        folder.mkdir(parents=True, exist_ok=True)

    async def health(self) -> Health:
        self._reach()
        return Health(state=HealthState.ready, version="1", device="cpu", models=len(await self.models()))

    async def models(self) -> tuple[ModelInfo, ...]:
        self._reach()
        made = (ModelInfo.model_validate_json(one.read_text()) for one in self.folder.glob("*.model"))
        return (BASE, *self.transformers, *made)

    async def families(self) -> tuple[FamilyInfo, ...]:
        self._reach()
        anchored = FamilyInfo(name="anchored", title="Anchored GAN", kind="sampler", recipes=RECIPES)
        return (anchored, *TRANSFORMERS)

    async def directions(self, model_id: str, *, wait_s: float = 0.0) -> DirectionList:
        self._reach()
        sha256 = next(one.sha256 for one in await self.models() if one.card.id == model_id)
        state = DirectionsState.ready if self.sliders else DirectionsState.none
        return DirectionList(model=model_id, model_sha256=sha256, state=state, directions=self.sliders)

    async def render(self, request: RenderRequest, *, request_id: str = "") -> RenderAnswer:
        self._reach()
        self.asked.append(request)
        self.begun.set()
        await asyncio.sleep(self.render_seconds)
        known = {one.card.id: one for one in await self.models()}
        if request.model not in known:
            raise WorkerRefused(f"The model {request.model} is gone. Choose another one.", ErrorCode.model_missing)
        model = known[request.model]
        return RenderAnswer(
            model=model.card.id,
            model_sha256=model.sha256,
            pictures=tuple(
                self._credited(request.model, self._drawn(model, recipe, request.size or 64))
                for recipe in request.recipes
            ),
            times=StageTimes(render_ms=1.0, encode_ms=0.5),
        )

    async def transform(self, request: TransformRequest, *, request_id: str = "") -> TransformAnswer:
        """As the real one: the pictures become blobs, and the rest is a render."""
        picture, second = [await self._stored(one) if one else None for one in (request.picture, request.second)]
        recipe = Transform(picture=picture or "", second=second, options=request.options)
        render = RenderRequest(model=request.model, recipes=(recipe,), size=request.size, format=request.format)
        answer = await self.render(render, request_id=request_id)
        return TransformAnswer.model_validate({**dict(answer), "recipe": recipe})

    async def _stored(self, source: PictureSource) -> str:
        return source.sha256 or await self.put_blob(source.data or b"")

    async def read_mark(self, picture: bytes) -> MarkReading:
        """What was told to be on it, see `marks_read`."""
        self._reach()
        return self.marks_read.get(hashlib.sha256(picture).hexdigest(), MarkReading(number=None, confidence=8.0))

    async def nearest(self, model_id: str, asked: NearestRequest) -> NearestAnswer:
        """Of a picture of `copies` the first work of its model is nearly the picture itself."""
        self._reach()
        if not self._file(model_id).exists():
            raise NotThere("The works of this model are not kept here.")
        if not self.judges:
            raise Bug("internal: the judge's child died")
        works = json.loads(self._file(model_id).read_text())["body"]["works"][:MOST_NEAREST]
        looks = tuple(
            Nearness(
                works=tuple(
                    NearWork(work=one["sha256"], distance=0.1 + n, title=one["title"], artist=one["artist"])
                    for n, one in enumerate(works)
                ),
                ratio=0.5 if _seed(self._drawn_of[data]) in self.copies else 2.0,
            )
            for data in asked.pictures
        )
        return NearestAnswer(model=model_id, model_sha256="e" * 64, pictures=looks)

    async def put_task(self, task_id: str, body: TaskRequest) -> Task:
        self._reach()
        file = self.folder / f"{task_id}.task"
        if not file.exists():
            file.write_text(json.dumps({"body": body.model_dump(mode="json"), "started": time.time()}))
        self.task_begun.set()
        return await self.task(task_id)

    async def task(self, task_id: str, *, after: int | None = None, wait_s: float = 0.0) -> Task:
        """Tasks last `task_seconds`, with four changes on the way."""
        self._reach()
        file = self.folder / f"{task_id}.task"
        if not file.exists():
            raise NotThere(f"There is no task {task_id}.")
        while True:
            kept = json.loads(file.read_text())
            share = min(1.0, (time.time() - kept["started"]) / self.task_seconds)
            n = 4 if share == 1.0 else int(share * 4)
            if after is None or n > after or kept.get("cancelled") or wait_s <= 0:
                return await self._task(task_id, kept, n, share)
            await asyncio.sleep(min(wait_s, self.task_seconds / 8))
            wait_s = 0.0

    async def _task(self, task_id: str, kept: dict[str, Any], n: int, share: float) -> Task:
        body: TaskRequest = TypeAdapter(TaskRequest).validate_python(kept["body"])
        state = TaskState.finished if share == 1.0 else TaskState.running
        state = TaskState.cancelled if kept.get("cancelled") else state
        result: Found | Walked | Painted | None = None
        if state is TaskState.finished and isinstance(body, Find):
            point = await self.put_blob(f"point of {body.picture}".encode())
            result = Found(recipe=Point(blob=point), distance=0.2, mean_distance=1.0, steps=40, seconds=1.0)
        elif state is TaskState.finished and isinstance(body, Paint):
            blob = await self.put_blob(_png(body.model_dump_json(), 64))
            recipe = body.recipe.model_copy(update={"painted": blob})
            result = Painted(recipe=recipe, nearer=0.95, steps=200, seconds=1.0)
        elif state is TaskState.finished:
            assert isinstance(body, Walk)
            blob = await self.put_blob(_png(body.model_dump_json(), 64))
            credit = Credit(work="fox", weight=1.0, title="fox", artist="Ada")
            result = Walked(
                blob=blob,
                media_type=f"image/{body.format}",
                width=64,
                height=64,
                frames=body.frames,
                bytes=1000,
                quality=80,
                steps=(WalkStep(a=0, b=1, t=0.5),),
                credits=(credit,),
            )
        preview = b64encode(_png(f"{task_id}{n}", 64))
        return Task(id=task_id, request=body, state=state, n=n, fraction=share, preview=preview, result=result)

    async def cancel_task(self, task_id: str) -> Task:
        file = self.folder / f"{task_id}.task"
        file.write_text(json.dumps({**json.loads(file.read_text()), "cancelled": True}))
        return await self.task(task_id)

    async def put_blob(self, data: bytes) -> str:
        self._reach()
        sha256 = hashlib.sha256(data).hexdigest()
        (self.folder / sha256).write_bytes(data)
        return sha256

    async def blob(self, sha256: str) -> bytes:
        self._reach()
        return (self.folder / sha256).read_bytes()

    async def put_training(self, training_id: str, body: TrainingRequest, *, fence: int) -> Training:
        self._reach()
        self.fences.append(fence)
        missing = [work.sha256 for work in body.works if not (self.folder / work.sha256).exists()]
        if missing:
            raise Refused(f"{len(missing)} pictures have not been sent.")
        if not self._file(training_id).exists():
            self._write(training_id, body, started=time.time())
        return await self.training(training_id)

    async def training(self, training_id: str) -> Training:
        self._reach()
        if not self._file(training_id).exists():
            raise WorkerRefused(f"There is no training {training_id}.", ErrorCode.training_missing)
        kept = json.loads(self._file(training_id).read_text())
        body = TrainingRequest.model_validate(kept["body"])
        state, seconds = self._state(kept, body)
        done = state is TrainingState.finished
        if done:
            self._keep_model(training_id, body)
        return Training(
            id=training_id,
            request=body,
            state=state,
            progress=_progress(seconds, body.seconds),
            sample=await self.put_blob(_png(f"{training_id}{int(seconds)}", 64)),
            evolution=await self.put_blob(_png(f"{training_id} film", 64)) if done else None,
            model=training_id if done else None,
            figures=FIGURES if done else Figures(),
            started=kept["started"],
            events=1 + int(seconds),
        )

    async def events(self, training_id: str, *, after: int = 0) -> AsyncIterator[Event]:
        n = after
        while True:
            now = await self.training(training_id)
            n += 1
            yield Event(n=n, at=time.time(), kind=EventKind.progress, progress=now.progress)
            n += 1
            yield Event(n=n, at=time.time(), kind=EventKind.sample, sample=now.sample)
            if now.state.ended:
                yield Event(n=n + 1, at=time.time(), kind=EventKind.state, state=now.state)
                return
            await asyncio.sleep(0.05)

    async def estimate(self, asked: EstimateRequest) -> Estimate:
        self._reach()
        return Estimate(
            seconds=asked.seconds + 15,
            pictures_per_second=200.0,
            pictures_seen=round(200 * asked.seconds),
            coverage_k5=(0.6, 0.8),
        )

    async def forget_training(self, training_id: str) -> None:
        self._reach()
        self._file(training_id).unlink(missing_ok=True)

    async def forget_model(self, model_id: str) -> None:
        self._reach()
        (self.folder / f"{model_id}.model").unlink(missing_ok=True)

    async def forget_blob(self, sha256: str) -> None:
        self._reach()
        (self.folder / sha256).unlink(missing_ok=True)

    async def steer(self, training_id: str, action: Steering) -> Training:
        kept = json.loads(self._file(training_id).read_text())
        kept["steered"] = action
        kept["stopped"] = time.time()
        self._file(training_id).write_text(json.dumps(kept))
        return await self.training(training_id)

    def _drawn(self, model: ModelInfo, recipe: Recipe, size: int) -> Picture:
        picture = _picture(model.sha256 + recipe.model_dump_json(), size, recipe)
        seed, data = self.looks_like
        self._drawn_of[picture.data] = recipe
        if not self.keeps_count:
            picture = picture.model_copy(update={"credits": ()})
        return picture.model_copy(update={"data": data}) if seed is not None and seed == _seed(recipe) else picture

    def _credited(self, model_id: str, picture: Picture) -> Picture:
        """A model that was trained here credits two of its works, which depend on the picture."""
        file = self._file(model_id)
        if not self.credits_works or not file.exists():
            return picture
        works = json.loads(file.read_text())["body"]["works"]
        first = int(picture.sha256[:8], 16) % len(works)
        mixed = [works[first], works[(first + 1) % len(works)]]
        shares = tuple(
            Credit(work=one["sha256"], weight=weight, title=one["title"], artist=one["artist"])
            for one, weight in zip(mixed, (0.6, 0.4), strict=True)
        )
        return picture.model_copy(update={"credits": shares})

    def lose(self, training_id: str) -> None:
        """As a worker whose disk was emptied."""
        self._file(training_id).unlink()

    def _state(self, kept: dict[str, object], body: TrainingRequest) -> tuple[TrainingState, float]:
        until = float(str(kept.get("stopped") or time.time()))
        seconds = min(body.seconds, (until - float(str(kept["started"]))) * self.speed)
        match kept.get("steered"):
            case "cancel":
                return TrainingState.cancelled, seconds
            case "stop":
                return TrainingState.finished, seconds
            case "pause":
                return TrainingState.paused, seconds
        return (TrainingState.finished if seconds >= body.seconds else TrainingState.running), seconds

    def _keep_model(self, training_id: str, body: TrainingRequest) -> None:
        card = ModelCard(id=training_id, title=body.title, family=body.family, size=64, works=len(body.works))
        info = ModelInfo(card=card.model_copy(update={"figures": FIGURES}), sha256="e" * 64, bytes=1)
        (self.folder / f"{training_id}.model").write_text(info.model_dump_json())

    def _write(self, training_id: str, body: TrainingRequest, started: float) -> None:
        self._file(training_id).write_text(json.dumps({"body": body.model_dump(mode="json"), "started": started}))

    def _file(self, training_id: str) -> Path:
        return self.folder / f"{training_id}.training"

    def _reach(self) -> None:
        if self.down:
            raise Retry("The studio's machine does not answer.", after=0.2)


def _progress(seconds: float, budget: float) -> Progress:
    return Progress(
        pictures_seen=int(seconds * 200),
        seconds=seconds,
        budget_seconds=budget,
        pictures_per_second=200.0,
        fraction=min(1.0, seconds / budget),
        phase="inventing",
        losses={"rebuild": 1.0 / (1.0 + seconds)},
    )


def _seed(recipe: Recipe) -> int | None:
    return recipe.seed if isinstance(recipe, Seed) else None


def _picture(key: str, size: int, recipe: Recipe) -> Picture:
    data = _png(key, size)
    return Picture(
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="image/png",
        width=size,
        height=size,
        data=b64encode(data),
        credits=CREDITS if recipe.kind != "transform" else (),
        unknown=(UnknownWord(word=STRANGE, nearest=("balloon", "airship")),)
        if any(STRANGE in text for text in prompts_in(recipe))
        else (),
    )


def _png(key: str, size: int) -> bytes:
    """A picture of one colour that depends on `key` alone."""
    colour = tuple(hashlib.sha256(key.encode()).digest()[:3])
    file = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(file, "PNG")
    return file.getvalue()
