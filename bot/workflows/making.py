"""The story of new pictures: /generate, reroll, variations, one opened large."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress

from bot.errors import Refused, Retry
from bot.policy import render_quota
from bot.records.outputs import NewOutput, Output
from bot.records.requests import Ending, RequestState
from bot.stories import Generate, OpenLarge, PicturesView, Plain, Posted, Reroll, ShownPicture, Variations
from bot.worker import WorkerRefused
from bot.workflows.recipes import (
    GRID_SIZE,
    LARGE_SIZE,
    Around,
    Fresh,
    Plan,
    Single,
    drawn_seed,
    fresh,
    neighbours,
    read_recipe,
    seed_of,
)
from bot.workflows.telling import Telling, elapsed_ms
from bot.workflows.words import NUMBERS, credit_lines, milliseconds, plural, seeds_line
from gan.contract import ErrorCode, RenderAnswer, RenderRequest, Seed, Upscaler, Vary

VARIATIONS = 4
MakeAsk = Generate | Reroll | Variations | OpenLarge


class Made(Plain):
    """What rendering left: the rows of the pictures, and how long it took."""

    output_ids: tuple[int, ...]
    credits: tuple[tuple[str, ...], ...]
    ms: float


async def make(telling: Telling, ask: MakeAsk) -> None:
    """Record the request, render, record the pictures, deliver."""
    plan = await telling.step("record", record, telling, ask)
    made = await telling.step("render", render, telling, plan)
    await telling.step("deliver", deliver, telling, plan, made)


async def record(telling: Telling, ask: MakeAsk) -> Plan:
    """Decide what will be made, and put the request on record; one that is refused is on record too."""
    try:
        plan = await _plan(telling, ask)
    except Exception:
        await telling.accept()
        raise
    await telling.accept(render_quota(telling.parts.limits), plan)
    return plan


async def _plan(telling: Telling, ask: MakeAsk) -> Plan:
    match ask:
        case Generate():
            model = await telling.choose_model(ask.model)
            first = drawn_seed(telling.id) if ask.seed is None else ask.seed
            return _fresh(model.id, Fresh(count=ask.count, variety=ask.variety), first)
        case Reroll():
            return await _again(telling, ask.request_id)
        case Variations():
            return await _around(telling, Around(output_id=ask.output_id, amount=ask.amount))
        case OpenLarge():
            output = await picture_here(telling, ask.output_id)
            recipes = (read_recipe(output.recipe),)
            return Plan(
                model_id=output.model_id,
                recipes=recipes,
                size=LARGE_SIZE,
                upscaler=Upscaler.auto,
                again=Single(output_id=ask.output_id),
            )


async def _again(telling: Telling, request_id: int) -> Plan:
    """The same as an earlier request, with seeds of this one."""
    before = await telling.parts.records.requests.get(request_id)
    if before is None or before.plan is None or before.server_id != telling.origin.guild_id:
        raise Refused("I have no record of that request any more. `/generate` makes new pictures.")
    plan = Plan.model_validate(before.plan)
    match plan.again:
        case Fresh() as again:
            return _fresh(plan.model_id, again, drawn_seed(telling.id))
        case Around() as again:
            return await _around(telling, again)
        case Single():
            raise Refused("There is nothing to make again here. Open the pictures it came from, or use `/generate`.")


def _fresh(model_id: str, again: Fresh, first_seed: int) -> Plan:
    recipes = fresh(first_seed, again.count, again.variety)
    return Plan(model_id=model_id, recipes=recipes, size=GRID_SIZE, again=again)


async def _around(telling: Telling, again: Around) -> Plan:
    output = await picture_here(telling, again.output_id)
    recipes = neighbours(read_recipe(output.recipe), drawn_seed(telling.id), VARIATIONS, again.amount)
    return Plan(model_id=output.model_id, recipes=recipes, size=GRID_SIZE, again=again)


async def picture_here(telling: Telling, output_id: int) -> Output:
    """A picture that was made in this server. Raises `Refused` for any other."""
    output = await telling.parts.records.outputs.get(output_id)
    if output is None or output.server_id != telling.origin.guild_id:
        raise Refused(f"I have no record of a picture #{output_id} here. `/generate` makes new ones.")
    return output


async def render(telling: Telling, plan: Plan) -> Made:
    """Have the pictures made and put them on record; a second time makes the same ones."""
    parts = telling.parts
    started = time.monotonic()
    answer = await ask_worker(telling, plan)
    times = answer.times
    ms = elapsed_ms(started)
    ending = Ending(
        RequestState.done,
        timings={
            "render": ms,
            "worker_queue": times.queue_ms,
            "worker_render": times.render_ms,
            "worker_upscale": times.upscale_ms,
            "worker_encode": times.encode_ms,
        },
    )
    ids = await parts.records.outputs.record(telling.id, new_outputs(plan, answer), ending)
    for output_id, picture in zip(ids, answer.pictures, strict=True):
        parts.shelf.put(output_id, picture.data)
    shares = tuple(credit_lines(picture.credits) for picture in answer.pictures)
    return Made(output_ids=tuple(ids), credits=shares, ms=ms)


def new_outputs(plan: Plan, answer: RenderAnswer) -> list[NewOutput]:
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
        )
        for place, (recipe, picture) in enumerate(zip(plan.recipes, answer.pictures, strict=True))
    ]


async def ask_worker(telling: Telling, plan: Plan) -> RenderAnswer:
    """The pictures of a plan; waits when the worker is busy or away. Raises `Refused` when the model is gone."""
    request = RenderRequest(model=plan.model_id, recipes=plan.recipes, size=plan.size, upscaler=plan.upscaler)
    worker, library = telling.parts.worker, telling.parts.library
    try:
        return await telling.from_worker(lambda: worker.render(request, request_id=str(telling.id)))
    except WorkerRefused as refused:
        if refused.code is not ErrorCode.model_missing:
            raise
        title = library.title(plan.model_id)
        with suppress(Retry):
            await library.refresh()
        raise Refused(f"The model “{title}” is no longer there. `/models` lists those there are.") from refused


async def deliver(telling: Telling, plan: Plan, made: Made) -> Posted:
    """Show the pictures; after a restart they are first made again from their recipes."""
    data = telling.parts.shelf.get(made.output_ids)
    if data is None:
        data = [picture.data for picture in (await ask_worker(telling, plan)).pictures]
    return await telling.deliver(view(telling, plan, made, data))


def view(telling: Telling, plan: Plan, made: Made, data: Sequence[bytes]) -> PicturesView:
    """What the message of these pictures shows."""
    shown = tuple(
        ShownPicture(output_id=output_id, data=b64encode(picture), seed=seed_of(recipe), credits=shares)
        for output_id, picture, recipe, shares in zip(made.output_ids, data, plan.recipes, made.credits, strict=True)
    )
    return PicturesView(
        request_id=telling.id,
        owner_id=telling.origin.member_id,
        owner_name=telling.origin.member_name,
        model_id=plan.model_id,
        model_title=telling.parts.library.title(plan.model_id),
        headline=headline(plan),
        details=tuple(line for line in (*about(plan), milliseconds(made.ms)) if line),
        pictures=shown,
        large=isinstance(plan.again, Single),
    )


def headline(plan: Plan) -> str:
    match plan.again:
        case Fresh(count=count):
            return NUMBERS.get(count, plural(count, "new picture"))
        case Around(output_id=output_id):
            return f"Variations of #{output_id}"
        case Single(output_id=output_id):
            return f"Picture #{output_id}"


def about(plan: Plan) -> tuple[str, ...]:
    """The small print: what one needs to make it again."""
    first = plan.recipes[0]
    variety = f"variety {first.variety:.0%}".replace("%", " %") if isinstance(first, Seed) else ""
    moved = f"moved {first.amount:.0%}".replace("%", " %") if isinstance(first, Vary) else ""
    return (seeds_line(seed_of(recipe) for recipe in plan.recipes), variety, moved)
