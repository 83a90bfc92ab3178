"""The story of a find: an uploaded picture is searched for in a model, and what was found is played with like any."""

from __future__ import annotations

from bot.errors import Refused
from bot.language import said
from bot.policy import render_quotas
from bot.records.requests import RequestState
from bot.safety.intake import Rejected
from bot.stories import FindPicture, NoticeView, PicturesView, Plain
from bot.workflows.gating import let_in
from bot.workflows.making import deliver, render
from bot.workflows.recipes import LARGE_SIZE, Plan, Sought
from bot.workflows.tasks import TaskEnd, Watched, progress_view
from bot.workflows.telling import Telling, patiently
from gan.contract import Find, Found, Task

SEARCH_S = 15.0
"""Beyond it little is gained (docs/measured.md); with starting it is about eighteen seconds."""


class FindPlan(Plain):
    model_id: str
    model_title: str
    picture: str
    """The upload, cleaned, as the worker's blob."""


async def find(telling: Telling, ask: FindPicture) -> None:
    plan = await telling.step("record", record, telling, ask)
    end = await telling.step("search", search, telling, plan)
    await telling.step("forget upload", forget_upload, telling, plan)
    if end.problem:
        await telling.step("end", telling.end, RequestState.cancelled if end.called_off else RequestState.refused)
        notice = NoticeView(tone="done" if end.called_off else "refused", text=end.problem)
        await telling.step("deliver", telling.deliver, notice, end.posted)
        return
    found = found_plan(plan, end)
    made = await telling.step("render", render, telling, found)
    await telling.step("deliver", deliver, telling, found, made, end.posted)


async def record(telling: Telling, ask: FindPicture) -> FindPlan:
    """Look at the upload as at any other, hand it to the worker, and put the request on record."""
    await telling.accept(render_quotas(telling.parts.limits))
    parts = telling.parts
    model = await telling.choose_model(ask.model)
    if "point" not in parts.library.abilities(model.id):
        raise Refused(said("Nothing can be found in “{model}”. `/models` lists others.", model=model.title))
    data = await parts.fetcher.fetch(ask.upload.url, ask.upload.filename)
    seen = await parts.intake.inspect(data, ask.upload.filename, telling.origin.member_name)
    if isinstance(seen, Rejected):
        raise Refused(seen.text)
    await let_in(telling, [seen])
    png = seen.png
    blob = await patiently(lambda: parts.worker.put_blob(png), parts.patience.away)
    return FindPlan(model_id=model.id, model_title=model.title, picture=blob)


async def forget_upload(telling: Telling, plan: FindPlan) -> None:
    """The upload was only to be looked for: it is not kept. While others look for something it may be theirs too."""
    records, worker = telling.parts.records, telling.parts.worker
    if await records.requests.at_work("find", but=telling.id) or await records.art.still_used([plan.picture]):
        return
    await patiently(lambda: worker.forget_blob(plan.picture), telling.parts.patience.away)


async def search(telling: Telling, plan: FindPlan) -> TaskEnd:
    """Search, showing the nearest picture so far beside the upload."""
    worker = telling.parts.worker
    upload = await patiently(lambda: worker.blob(plan.picture), telling.parts.patience.away)
    headline = said("🔎 Looking for it in “{model}”…", model=plan.model_title)
    request = Find(model=plan.model_id, picture=plan.picture, seconds=SEARCH_S)

    def shown(task: Task) -> PicturesView:
        return progress_view(telling, task, plan.model_id, headline, upload)

    return await Watched(telling, f"find-{telling.id}", request, shown).run()


def found_plan(plan: FindPlan, end: TaskEnd) -> Plan:
    """The picture found, as any other picture's plan."""
    result = end.finished().result
    assert isinstance(result, Found)
    nearer = max(0.0, 1.0 - result.distance / result.mean_distance) if result.mean_distance > 0 else 0.0
    return Plan(
        model_id=plan.model_id,
        recipes=(result.recipe,),
        size=LARGE_SIZE,
        again=Sought(upload=plan.picture, nearer=round(nearer, 3)),
    )
