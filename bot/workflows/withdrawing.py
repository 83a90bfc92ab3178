"""The story of a withdrawal: works leave every collection at once, models that learned from them are retired at once
and trained anew without them, pictures that owe them something are taken back, and the server is told.

Each step may be done twice. Until the last one is done a restart goes on with it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from bot.art_asks import WithdrawArt
from bot.art_policy import check_withdrawal, server_of
from bot.errors import Refused, Retry
from bot.language import counted, said
from bot.policy import may_change
from bot.records.art import Artwork
from bot.records.retirements import Learned
from bot.stories import NoticeView, Plain, Posted
from bot.worker import WorkerRefused
from bot.workflows.close_copies import Look, too_close
from bot.workflows.expressions import Cleared, clear, told
from bot.workflows.retraining import numbered, plan_again, unasked
from bot.workflows.telling import Telling, patiently

log = logging.getLogger(__name__)
ENDING_S = 15.0
"""For the story of a training that was called off to write down its end."""
NOTHING = "There is nothing here that you could withdraw. `/withdraw` shows what you gave."


class Work(Plain):
    """A work that is taken back, as long as the story needs to know it."""

    id: int
    request_id: int
    server_id: int
    sha256: str
    phash: str
    thumb: str


class Withdrawal(Plain):
    """What is taken back. Everything of `member` where that is set, else these works."""

    works: tuple[Work, ...]
    member: int | None = None
    collections: tuple[int, ...] = ()
    """Those that held any of them: pages of theirs that were shown to a channel go."""


class Retired(Plain):
    """A model that is out of use, and the training that made it."""

    model_id: str
    training_id: str
    request_id: int
    """Of the training: its message shows what the model drew."""
    title: str
    channel_id: int
    server_id: int | None
    again: bool = False


class TakenBack(Plain):
    """Pictures and animations that are out of every list, and the messages that show them."""

    outputs: tuple[int, ...] = ()
    animations: tuple[int, ...] = ()
    blobs: tuple[str, ...] = ()
    messages: tuple[tuple[int, int], ...] = ()


async def withdraw(telling: Telling, ask: WithdrawArt) -> None:
    await telling.step("record", telling.accept)
    chosen = await telling.step("choose", choose, telling, ask)
    await telling.step("take out", take_out, telling, chosen)
    retired, taken = await take_back(telling, chosen)
    await telling.step("delete messages", delete_messages, telling, taken)
    cleared = await telling.step("clear expressions", clear_of, telling, taken)
    await telling.finish(f"{summary(len(chosen.works), retired)} {told(cleared)}".rstrip())


async def clear_of(telling: Telling, taken: TakenBack) -> Cleared:
    """Emoji and stickers made of what was taken back."""
    return await clear(telling, await telling.parts.records.expressions.of_pictures(taken.outputs))


async def take_back(telling: Telling, chosen: Withdrawal) -> tuple[list[Retired], TakenBack]:
    """All that follows from works that are gone; also told by the story of an erasure."""
    retired = await telling.step("retire", retire, telling, chosen)
    taken = await telling.step("take back", take_back_pictures, telling, chosen, retired)
    again = await telling.step("plan anew", plan_trainings, telling, chosen, retired)
    await telling.step("forget", forget, telling, chosen, again, taken)
    await telling.step("tell", tell_servers, telling, again, chosen)
    return again, taken


async def choose(telling: Telling, ask: WithdrawArt) -> Withdrawal:
    """The works meant. Raises `Refused` for those of others, or for none."""
    art, origin = telling.parts.records.art, telling.origin
    server_id = server_of(origin)
    if ask.everything:
        works = await art.of_member(origin.member_id, server_id)
    elif ask.request_id is not None:
        given = await art.of_request(ask.request_id)
        works = [one for one in given if may_change(origin, one.member_id)]
        if given and not works:
            check_withdrawal(origin, given[0].member_id)
    else:
        works = await art.several(ask.artworks)
        for one in works:
            check_withdrawal(origin, one.member_id)
    here = [one for one in works if one.server_id == server_id]
    if not here:
        raise Refused(NOTHING)
    held = await telling.parts.records.collections.holding([one.id for one in here])
    return Withdrawal(works=tuple(work_of(one) for one in here), collections=tuple(held))


def work_of(one: Artwork) -> Work:
    return Work(
        id=one.id,
        request_id=one.request_id,
        server_id=one.server_id,
        sha256=one.sha256,
        phash=one.phash,
        thumb=one.thumb,
    )


async def take_out(telling: Telling, chosen: Withdrawal) -> None:
    """Out of every collection and of what may be learned from, from this moment on."""
    records, ids = telling.parts.records, [one.id for one in chosen.works]
    await records.collections.drop(ids)
    await records.art.withdraw(ids)
    for request_id in {one.request_id for one in chosen.works}:
        if not await records.art.of_request(request_id):
            await records.usage.give_back(request_id)
    await telling.note("consent_withdrawn", f"{len(ids)} works", works=ids[:500])


async def retire(telling: Telling, chosen: Withdrawal) -> list[Retired]:
    """Models that learned from it draw nothing any more; trainings that learn from it now are called off."""
    parts = telling.parts
    ids = [one.id for one in chosen.works]
    pictures = [(one.server_id, one.sha256) for one in chosen.works]
    told = {"member_id": chosen.member, "pictures": pictures}
    for training_id in await parts.records.retirements.learning_from(ids, **told):  # type: ignore[arg-type]
        await call_off(telling, training_id)
    found = await parts.records.retirements.learned_from(ids, **told)  # type: ignore[arg-type]
    before = await parts.records.retirements.all()
    mine = [one for one in found if one.model_id not in before or before[one.model_id].request_id == telling.id]
    for model in mine:
        await parts.records.retirements.retire(telling.id, model)
    await parts.library.reload()
    if mine:
        await telling.note("models_retired", f"{len(mine)} models", models=[one.model_id for one in mine])
    return [retired_of(one) for one in mine]


def retired_of(one: Learned) -> Retired:
    return Retired(
        model_id=one.model_id,
        training_id=one.training_id,
        request_id=one.request_id,
        title=one.title,
        channel_id=one.channel_id,
        server_id=one.server_id,
    )


async def call_off(telling: Telling, training_id: str) -> None:
    """Cancel a training that goes on; its own message says so."""
    if await telling.parts.records.trainings.leave_line(training_id):
        telling.parts.bell.ring()
        return
    worker = telling.parts.worker
    try:
        await patiently(lambda: worker.steer(training_id, "cancel"), telling.parts.patience.away)
    except WorkerRefused as gone:
        log.info("training %s was not there to be called off: %s", training_id, gone)


async def take_back_pictures(telling: Telling, chosen: Withdrawal, retired: Sequence[Retired]) -> TakenBack:
    """Pictures that credit a work, or look like one, are out of every list."""
    parts = telling.parts
    models, hashes = [one.model_id for one in retired], {one.sha256 for one in chosen.works}
    named, others = await parts.records.credited.pictures(models, hashes)
    looks = [Look(one.phash, one.thumb) for one in chosen.works if one.phash]
    alike = await too_close(parts, looks, others) if looks else []
    gone = sorted({*named, *alike})
    await parts.records.outputs.forget_some(gone)
    animations = await parts.records.credited.animations(models, hashes, gone)
    blobs = await parts.records.credited.forget_animations(animations)
    cards = {one.request_id for one in chosen.works} | {one.request_id for one in retired}
    shown = await parts.records.credited.messages(gone, animations, sorted(cards), chosen.collections)
    if gone or animations:
        await telling.note("pictures_taken_back", f"{len(gone)} pictures", alike=len(alike), animations=len(animations))
    return TakenBack(
        outputs=tuple(gone),
        animations=tuple(animations),
        blobs=tuple(blobs),
        messages=tuple((one.channel_id, one.message_id) for one in shown),
    )


async def plan_trainings(telling: Telling, chosen: Withdrawal, retired: Sequence[Retired]) -> list[Retired]:
    """Line up a training without the works for each model; those with too little left stay without."""
    planned = []
    for one in retired:
        again = await plan_again(telling, one.model_id, one.training_id, chosen)
        planned.append(one.model_copy(update={"again": again}))
    return planned


async def forget(telling: Telling, chosen: Withdrawal, retired: Sequence[Retired], taken: TakenBack) -> None:
    """Have the worker remove models, what is left of their trainings, and the pictures themselves."""
    parts = telling.parts
    records, worker, away = parts.records, parts.worker, parts.patience.away
    for training_id in await called_off(telling, chosen):
        await patiently(lambda one=training_id: worker.forget_training(one), away)  # type: ignore[misc]
    for one in retired:
        await patiently(lambda one=one: worker.forget_model(one.model_id), away)  # type: ignore[misc]
        await patiently(lambda one=one: worker.forget_training(one.training_id), away)  # type: ignore[misc]
        await records.retirements.forgotten(one.model_id)
    hashes = [one.sha256 for one in chosen.works]
    needed = await records.art.still_used(hashes)
    for sha256 in {*hashes, *taken.blobs} - needed:
        await patiently(lambda sha256=sha256: worker.forget_blob(sha256), away)  # type: ignore[misc]
    try:
        await parts.library.refresh()
    except Retry as busy:
        log.info("the list of models is brought up to date a little later: %s", busy)


async def called_off(telling: Telling, chosen: Withdrawal) -> list[str]:
    """Trainings that came to no model and learned from it, once each has ended: their stories take a moment for it."""
    ids = [one.id for one in chosen.works]
    pictures = [(one.server_id, one.sha256) for one in chosen.works]
    deadline = time.monotonic() + ENDING_S
    while True:
        going_on, over = await telling.parts.records.retirements.without_model(ids, chosen.member, pictures)
        if not going_on or time.monotonic() > deadline:
            return over
        await asyncio.sleep(0.2)


async def tell_servers(telling: Telling, retired: Sequence[Retired], chosen: Withdrawal) -> None:
    """Say in the channels of the models' trainings what became of them, once in each; best effort."""
    for channel_id in sorted({one.channel_id for one in retired}):
        mine = [one for one in retired if one.channel_id == channel_id]
        number = numbered(telling.id, str(channel_id))
        origin = unasked(telling.origin, number, channel_id, mine[0].server_id)
        notice = NoticeView(
            tone="info", text=server_words(mine, len(chosen.works), erased=chosen.member is not None), ephemeral=False
        )
        try:
            await telling.parts.messenger.deliver(origin, notice)
        except (Refused, Retry) as trouble:
            log.warning("channel %d is not told of a withdrawal: %s", channel_id, trouble)


def server_words(retired: Sequence[Retired], works: int, *, erased: bool = False) -> str:
    """What the server reads; the artist is not named."""
    names = ", ".join(f"**{one.title}**" for one in retired)
    withdrew = counted("An artist withdrew {count} work.", "An artist withdrew {count} works.", works)
    lines = [
        "↩️ " + (said("A member had everything of theirs erased.") if erased else withdrew),
        counted(
            "The model {names} learned from it, so it is retired: it draws nothing any more.",
            "The models {names} learned from it, so they are retired: they draw nothing any more.",
            len(retired),
            names=names,
        ),
    ]
    again = sum(one.again for one in retired)
    if again == len(retired):
        lines.append(said("A training without it is lined up and begins by itself."))
    elif again:
        lines.append(said("Where enough is left to learn from, a training without it begins by itself."))
    else:
        lines.append(said("Too little is left to learn from; `/contribute` and `/train collection` begin anew."))
    return " ".join(lines)


async def delete_messages(telling: Telling, taken: TakenBack) -> int:
    """Take the messages away that show what is gone; how many. One that cannot be deleted is left, and logged."""
    count = 0
    messenger, patience = telling.parts.messenger, telling.parts.patience.render
    for channel_id, message_id in taken.messages:
        posted = Posted(channel_id=channel_id, message_id=message_id, route="message")
        try:
            await patiently(lambda posted=posted: messenger.delete(telling.origin, posted), patience)  # type: ignore[misc]
            count += 1
        except (Refused, Retry) as trouble:
            log.info("message %d stays: %s", message_id, trouble)
    return count


def summary(works: int, retired: Sequence[Retired]) -> str:
    """What the artist reads at the end."""
    lines = [counted("{count} work is withdrawn.", "{count} works are withdrawn.", works)]
    if retired:
        lines.append(
            counted(
                "{count} model that learned from it is retired.",
                "{count} models that learned from it are retired.",
                len(retired),
            )
        )
        if any(one.again for one in retired):
            lines.append(said("A training without it is lined up."))
    return " ".join(lines)
