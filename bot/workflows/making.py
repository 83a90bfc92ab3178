"""The story of pictures: /generate, reroll, variations, moves from one to the next, one opened large."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

from bot.errors import Refused, Retry
from bot.language import said
from bot.policy import render_quotas
from bot.records.outputs import NewOutput
from bot.records.requests import Ending, RequestState
from bot.records.schema import now
from bot.stories import Posted
from bot.worker import WorkerRefused
from bot.workflows.comparing import compared
from bot.workflows.gating import let_out
from bot.workflows.planning import MakeAsk, plan_of
from bot.workflows.recipes import STICKER_SIZE, Made, Plan
from bot.workflows.sealing import sealed
from bot.workflows.showing import standing, view
from bot.workflows.telling import Telling, elapsed_ms
from bot.workflows.words import credit_lines, owed
from gan.contract import ErrorCode, Mark, RenderAnswer, RenderRequest


async def make(telling: Telling, ask: MakeAsk) -> None:
    """Record the request, render, record the pictures, deliver."""
    plan = await telling.step("record", record, telling, ask)
    made = await telling.step("render", render, telling, plan)
    await telling.step("deliver", deliver, telling, plan, made)


async def record(telling: Telling, ask: MakeAsk) -> Plan:
    """Decide what will be made, and put the request on record; one that is refused is on record too."""
    try:
        plan = await plan_of(telling, ask)
    except Exception:
        await telling.accept()
        raise
    await telling.accept(render_quotas(telling.parts.limits), plan)
    return plan


async def render(telling: Telling, plan: Plan) -> Made:
    """Have the pictures made and put them on record; a second time makes the same ones."""
    if plan.rows:
        return await standing(telling, plan)
    parts = telling.parts
    started, began = time.monotonic(), now()
    answer = await ask_worker(telling, plan)
    await let_out(telling, answer.pictures)
    looked = await compared(telling, plan, answer.pictures)
    plan = plan.only(looked.kept)
    answer = answer.model_copy(update={"pictures": tuple(answer.pictures[place] for place in looked.kept)})
    times = answer.times
    ms = elapsed_ms(started)
    ending = Ending(
        RequestState.done,
        started_at=began,
        timings={
            "render": ms,
            "worker_queue": times.queue_ms,
            "worker_render": times.render_ms,
            "worker_upscale": times.upscale_ms,
            "worker_encode": times.encode_ms,
        },
    )
    made = new_outputs(plan, answer, await marks_for(telling, plan))
    with telling.stage.at("records"):
        ids = await parts.records.outputs.record(telling.id, made, ending)
    parts.metrics.ended(telling.ask.kind, ending.state.value, ending.timings)
    for output_id, data in zip(ids, await sealed(parts, plan, ids, answer), strict=True):
        parts.shelf.put(output_id, data)
    shares = tuple(credit_lines(picture.credits) for picture in answer.pictures)
    figures = parts.library.figures(plan.model_id)
    unknown = {one.word: one.nearest for picture in answer.pictures for one in picture.unknown}
    return Made(
        output_ids=tuple(ids),
        credits=shares,
        ms=ms,
        unknown=tuple(unknown.items()),
        kept=looked.kept,
        owed=(*looked.lines(ids), *owed(ids, [one.credits for one in answer.pictures], figures)),
    )


def new_outputs(plan: Plan, answer: RenderAnswer, marks: Sequence[Mark] = ()) -> list[NewOutput]:
    """The rows from which these pictures can be made again."""
    return [
        NewOutput(
            place=place,
            model_id=answer.model,
            model_sha256=answer.model_sha256,
            recipe=recipe.model_dump(mode="json"),
            size=plan.size,
            upscaler=plan.upscaler,
            format="png",
            sha256=picture.sha256,
            credits=[credit.model_dump(mode="json") for credit in picture.credits],
            parents=plan.parents,
            relation=plan.relation,
            marks=",".join(marks),
            pixels=picture.pixels,
            looks=picture.looks,
            mark=picture.mark,
        )
        for place, (recipe, picture) in enumerate(zip(plan.recipes, answer.pictures, strict=True))
    ]


async def marks_for(telling: Telling, plan: Plan) -> tuple[Mark, ...]:
    """What is put on these pictures: on a sticker nothing that one would see; a badge where operator or server want
    one."""
    marks = telling.parts.marks
    known = await telling.parts.house.known(telling.origin.guild_id)
    if known.rules.badge and not any(mark is not Mark.hidden for mark in marks):
        marks = (Mark.bottom_right, *marks)
    return tuple(mark for mark in marks if plan.size != STICKER_SIZE or mark is Mark.hidden)


async def ask_worker(telling: Telling, plan: Plan) -> RenderAnswer:
    """The pictures of a plan; waits when the worker is busy or away. Raises `Refused` when the model is gone."""
    request = RenderRequest(
        model=plan.model_id,
        recipes=plan.recipes,
        size=plan.size,
        upscaler=plan.upscaler,
        marks=await marks_for(telling, plan),
    )
    worker, library = telling.parts.worker, telling.parts.library
    library.check_in_use(plan.model_id)
    try:
        return await telling.in_turn(lambda: worker.render(request, request_id=str(telling.id)))
    except WorkerRefused as refused:
        if refused.code is not ErrorCode.model_missing:
            raise
        title = library.title(plan.model_id)
        with suppress(Retry):
            await library.refresh()
        words = "The model “{name}” is no longer there. `/models` lists those there are."
        raise Refused(said(words, name=title)) from refused


async def deliver(telling: Telling, plan: Plan, made: Made, posted: Posted | None = None) -> Posted:
    """Show the pictures; after a restart they are first made again from their recipes. `posted`: in whose place."""
    plan = plan if made.kept is None else plan.only(made.kept)
    data = telling.parts.shelf.get(made.output_ids)
    if data is None:
        data = await sealed(telling.parts, plan, made.output_ids, await ask_worker(telling, plan))
    return await telling.deliver(await view(telling, plan, made, data), posted)
