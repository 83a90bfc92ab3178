"""The story of an animation: a walk through pictures, drawn as a task and kept as all that draws it again."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from bot.errors import Refused
from bot.language import counted, said
from bot.policy import render_quotas
from bot.records.animations import NewAnimation
from bot.records.outputs import Output
from bot.records.requests import RequestState
from bot.safety.seal import Facts
from bot.stories import NoticeView, PicturesView, Plain, Posted, ShownPicture, Walk
from bot.workflows.planning import one_model, picture_here
from bot.workflows.recipes import drawn_seed, fresh, read_recipe
from bot.workflows.tasks import TaskEnd, Watched, progress_view
from bot.workflows.telling import Telling, patiently
from bot.workflows.words import credit_lines
from gan.contract import MAX_BLOB_BYTES, MAX_WALK_FRAMES, Recipe, Walked, WalkFormat
from gan.contract import Walk as WalkTask

FRAMES_A_SECOND = 16
"""What looks fluent at the size of a chat's pictures, and keeps four stops under 64 frames."""
SECONDS_A_STOP = 1.0
LEAST_FRAMES = 24
SPARE_BYTES = 256 * 1024
"""What the rest of the message may take of the upload limit."""
RANDOM_STOPS = 4
MOST_STOPS = 8


class WalkPlan(Plain):
    """A walk, decided and written down before it is drawn."""

    model_sha256: str
    task: WalkTask
    stops: tuple[int, ...] = ()


async def walk(telling: Telling, ask: Walk) -> None:
    plan = await telling.step("record", record, telling, ask)
    end = await telling.step("draw", draw, telling, plan)
    if end.problem:
        await telling.step("end", telling.end, RequestState.cancelled if end.called_off else RequestState.refused)
        notice = NoticeView(tone="done" if end.called_off else "refused", text=end.problem)
        await telling.step("deliver", telling.deliver, notice, end.posted)
        return
    animation_id = await telling.step("keep", keep, telling, plan, end)
    await telling.step("deliver", deliver, telling, plan, end, animation_id)


async def record(telling: Telling, ask: Walk) -> WalkPlan:
    """Decide what is walked through, and put the request on record."""
    try:
        plan = await _plan(telling, ask)
    except Exception:
        await telling.accept()
        raise
    await telling.accept(render_quotas(telling.parts.limits), model_id=plan.task.model)
    return plan


async def _plan(telling: Telling, ask: Walk) -> WalkPlan:
    if ask.stops:
        rows = [await picture_here(telling, one) for one in ask.stops[:MOST_STOPS]]
        one_model(telling, rows)
        stops: Sequence[Recipe] = [read_recipe(row.recipe) for row in rows]
        return _planned(telling, ask, rows[0].model_id, rows[0].model_sha256, stops, rows)
    model = await telling.choose_model(ask.model)
    stops = fresh(drawn_seed(telling.id), min(MOST_STOPS, ask.random or RANDOM_STOPS), 0.5)
    return _planned(telling, ask, model.id, model.sha256, stops, [])


def _planned(
    telling: Telling, ask: Walk, model: str, sha256: str, stops: Sequence[Recipe], rows: Sequence[Output]
) -> WalkPlan:
    if "blend" not in telling.parts.library.abilities(model):
        title = telling.parts.library.title(model)
        raise Refused(said("“{model}” cannot walk from picture to picture. `/models` lists others.", model=title))
    seconds = ask.seconds or SECONDS_A_STOP * (len(stops) if ask.loop else len(stops) - 1)
    frames = max(LEAST_FRAMES, min(MAX_WALK_FRAMES, round(seconds * FRAMES_A_SECOND)))
    task = WalkTask(
        model=model,
        stops=tuple(stops),
        frames=frames,
        seconds=seconds,
        loop=ask.loop,
        format=WalkFormat(ask.format or "webp"),
        max_bytes=max(64 * 1024, min(MAX_BLOB_BYTES, telling.origin.filesize_limit - SPARE_BYTES)),
    )
    return WalkPlan(model_sha256=sha256, task=task, stops=tuple(row.id for row in rows))


async def draw(telling: Telling, plan: WalkPlan) -> TaskEnd:
    """Have it drawn, with a bar that grows meanwhile; a second time finds the task that the first one began."""
    model, headline = plan.task.model, said("🎞️ Drawing {frames} frames…", frames=plan.task.frames)
    watched = Watched(
        telling, f"walk-{telling.id}", plan.task, lambda task: progress_view(telling, task, model, headline, None)
    )
    return await watched.run()


async def keep(telling: Telling, plan: WalkPlan, end: TaskEnd) -> int:
    """Put the animation on record; its id."""
    walked = _walked(end)
    new = NewAnimation(
        model_id=plan.task.model,
        model_sha256=plan.model_sha256,
        walk=plan.task.model_dump(mode="json"),
        stops=plan.stops,
        sha256=walked.blob,
        media_type=walked.media_type,
        bytes=walked.bytes,
        credits=[one.model_dump(mode="json") for one in walked.credits],
    )
    animation_id = await telling.parts.records.animations.record(telling.id, new)
    await telling.end(RequestState.done)
    return animation_id


async def deliver(telling: Telling, plan: WalkPlan, end: TaskEnd, animation_id: int) -> Posted:
    walked, worker = _walked(end), telling.parts.worker
    data = await patiently(lambda: worker.blob(walked.blob), telling.parts.patience.away)
    if (seal := telling.parts.seal) is not None:
        data = await seal.seal(data, walked.media_type, _facts(telling, plan, walked, animation_id))
    stops = len(plan.task.stops)
    view = PicturesView(
        request_id=telling.id,
        owner_id=telling.origin.member_id,
        owner_name=telling.origin.member_name,
        model_id=plan.task.model,
        model_title=telling.parts.library.title(plan.task.model),
        headline=counted("A walk through {count} picture", "A walk through {count} pictures", stops),
        details=(_through(plan.stops), said("{seconds} s, {frames} frames", **_figures(plan)), _size(walked.bytes)),
        pictures=(
            ShownPicture(
                output_id=animation_id,
                data=b64encode(data),
                media_type=walked.media_type,
                credits=credit_lines(walked.credits),
            ),
        ),
        animation=True,
        stops=plan.stops,
    )
    return await telling.deliver(view, end.posted)


def _facts(telling: Telling, plan: WalkPlan, walked: Walked, animation_id: int) -> Facts:
    return Facts(
        number=animation_id,
        kind="animation",
        model=plan.task.model,
        model_title=telling.parts.library.title(plan.task.model),
        model_sha256=plan.model_sha256,
        recipe=plan.task.model_dump(mode="json"),
        credits=[credit.model_dump(mode="json") for credit in walked.credits],
        size=max(walked.width, walked.height),
    )


def _walked(end: TaskEnd) -> Walked:
    result = end.finished().result
    assert isinstance(result, Walked)
    return result


def _figures(plan: WalkPlan) -> dict[str, object]:
    return {"seconds": f"{plan.task.seconds:g}", "frames": plan.task.frames}


def _through(stops: Sequence[int]) -> str:
    return " → ".join(f"#{one}" for one in stops)


def _size(count: int) -> str:
    return f"{count / 1024:.0f} KiB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MiB"
