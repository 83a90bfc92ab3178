"""The story of a transform: a picture is brought to another look by a model, and is played with like any other.

The pictures it is made of are taken in here and stored at the worker; from then on it is a recipe, and everything
else (rendering, records, delivery, rebuilding) is the story of `making`.
"""

from __future__ import annotations

from bot.errors import Refused
from bot.language import said
from bot.policy import render_quotas
from bot.records.requests import RequestState
from bot.safety.intake import Rejected
from bot.stories import NoticeView, PicturesView, Posted, Source, TransformPicture
from bot.workflows.gating import let_in
from bot.workflows.making import deliver, render
from bot.workflows.planning import picture_here, prompt_for
from bot.workflows.recipes import LARGE_SIZE, Plan, Transformed, read_recipe
from bot.workflows.tasks import TaskEnd, Watched, progress_view
from bot.workflows.telling import Telling, patiently
from gan.contract import Paint, Painted, RenderRequest, Task, Transform, TransformOptions

PAINTING_S = 45.0
"""A picture of 256 px is as good as it gets after about 35 s of one core."""
RELATION = "transform"
"""Of a picture to those of ours that it was made of, in the lineage."""


async def transform(telling: Telling, ask: TransformPicture) -> None:
    """Take the pictures in, record the request, render, record the picture, deliver."""
    plan = await telling.step("record", record, telling, ask)
    posted: Posted | None = None
    if ask.best:
        end = await telling.step("paint", paint, telling, plan)
        if end.problem:
            await telling.step("end", telling.end, RequestState.cancelled if end.called_off else RequestState.refused)
            notice = NoticeView(tone="done" if end.called_off else "refused", text=end.problem)
            await telling.step("deliver", telling.deliver, notice, end.posted)
            return
        plan, posted = painted_plan(plan, end), end.posted
    made = await telling.step("render", render, telling, plan)
    await telling.step("deliver", deliver, telling, plan, made, posted)


async def record(telling: Telling, ask: TransformPicture) -> Plan:
    """Put the request on record with all that decides the picture; one that is refused is on record too."""
    try:
        plan = await _plan(telling, ask)
    except Exception:
        await telling.accept()
        raise
    await telling.accept(render_quotas(telling.parts.limits), plan)
    return plan


async def paint(telling: Telling, plan: Plan) -> TaskEnd:
    """Have it painted slowly, showing how it goes beside the picture it is made of."""
    worker, recipe = telling.parts.worker, _transform(plan)
    before = await patiently(lambda: worker.blob(recipe.picture), telling.parts.patience.away)
    request = Paint(model=plan.model_id, recipe=recipe, seconds=PAINTING_S)
    headline = said("🖌️ Painting it as well as it can…")

    def shown(task: Task) -> PicturesView:
        return progress_view(telling, task, plan.model_id, headline, before)

    return await Watched(telling, f"paint-{telling.id}", request, shown).run()


def painted_plan(plan: Plan, end: TaskEnd) -> Plan:
    """The same plan, of the picture that was painted."""
    result = end.finished().result
    assert isinstance(result, Painted)
    return plan.model_copy(update={"recipes": (result.recipe,)})


def _transform(plan: Plan) -> Transform:
    (recipe,) = plan.recipes
    assert isinstance(recipe, Transform)
    return recipe


async def _plan(telling: Telling, ask: TransformPicture) -> Plan:
    library = telling.parts.library
    model = await telling.from_worker(lambda: library.choose_of(telling.origin.guild_id, ask.model, ask.family))
    if library.takes(model.id) == 2 and ask.second is None:
        raise Refused("This needs two pictures: the one to change, and the artwork whose look it is to get.")
    if ask.back and "back" not in library.abilities(model.id):
        words = "“{name}” leads one way only. Leave `back` out, or choose another model."
        raise Refused(said(words, name=model.title))
    text = prompt_for(telling, model.id, ask.prompt, "text")
    picture = await taken_in(telling, ask.picture)
    second = await taken_in(telling, ask.second) if ask.second else None
    options = TransformOptions(strength=ask.strength, seed=ask.seed, back=ask.back, text=text)
    parents = [source.output_id for source in (ask.picture, ask.second) if source and source.output_id is not None]
    return Plan(
        model_id=model.id,
        recipes=(Transform(picture=picture, second=second, options=options),),
        size=LARGE_SIZE,
        again=Transformed(family=ask.family),
        parents=tuple([await telling.parts.records.lineage.original(one) for one in parents]),
        relation=RELATION if parents else "",
    )


async def taken_in(telling: Telling, source: Source) -> str:
    """A picture as the worker's blob: an upload looked at as any other, or one of ours drawn large."""
    worker = telling.parts.worker
    data = await _drawn(telling, source.output_id) if source.output_id is not None else await _upload(telling, source)
    return await telling.from_worker(lambda: worker.put_blob(data))


async def _drawn(telling: Telling, output_id: int) -> bytes:
    output = await picture_here(telling, output_id)
    request = RenderRequest(model=output.model_id, recipes=(read_recipe(output.recipe),), size=LARGE_SIZE)
    worker = telling.parts.worker
    return (await telling.in_turn(lambda: worker.render(request))).pictures[0].data


async def _upload(telling: Telling, source: Source) -> bytes:
    parts = telling.parts
    if source.pad:
        name, data = "sketch.png", await _sketch(telling)
    elif source.upload is not None:
        name = source.upload.filename
        data = await parts.fetcher.fetch(source.upload.url, name)
    else:
        raise Refused("Attach a picture, or choose one that was made here.")
    seen = await parts.intake.inspect(data, name, telling.origin.member_name, whole=True)
    if isinstance(seen, Rejected):
        raise Refused(said(seen.text))
    await let_in(telling, [seen])
    return seen.png


async def _sketch(telling: Telling) -> bytes:
    """What the asker drew last on the web page's pad."""
    sketches, pages = telling.parts.sketches, telling.parts.pages
    sketch = await sketches.take_up(telling.origin.member_id) if sketches else None
    if sketch is not None:
        return sketch
    if pages is None:
        raise Refused(
            "Attach a sketch: a photo of a drawing will do, or a picture whose outlines are to be drawn anew."
        )
    words = "Attach a sketch, or draw one at {address} and press “Take it to the chat”; then send this command again."
    raise Refused(said(words, address=f"{pages}/draw"))
