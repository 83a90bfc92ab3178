"""The step of a training in which its message lives: follow the worker's events, redraw every few seconds, until it
ends. Told again from the first event after a restart, it goes on with the same message."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from bot.errors import Refused, Retry
from bot.stories import Posted, TrainingView
from bot.worker import WorkerRefused
from bot.workflows.live import LiveTraining, Outcome, Ticket
from bot.workflows.telling import Telling
from gan.contract import ErrorCode, Training, TrainingRequest

log = logging.getLogger(__name__)

OLD_S = 3000.0
"""Edits of messages older than an hour are throttled by Discord; we slow down somewhat before."""
AWAY_WORDS = "the machine does not answer just now; it goes on by itself as soon as it is back"


async def send(telling: Telling, training_id: str) -> Training:
    """Hand the training to the worker under a new fencing number; the same training again is found, not made anew."""
    trainings = telling.parts.records.trainings
    kept = await trainings.get(training_id)
    assert kept is not None, f"training {training_id} was sent before it was recorded"
    fence = await trainings.next_fence(training_id)
    body = TrainingRequest.model_validate(kept.body)
    return await telling.parts.worker.put_training(training_id, body, fence=fence)


async def watch(telling: Telling, ticket: Ticket, posted: Posted) -> Outcome:
    """Keep the message alive until the training has ended, and tell how.

    Raises `Retry` when the worker stays away for longer than a training's patience.
    """
    live = LiveTraining(ticket, telling.origin)
    telling.parts.board[ticket.training_id] = live
    news = asyncio.Event()
    drawing = asyncio.create_task(draw(telling, live, posted, news), name=f"draw-{ticket.training_id}")
    try:
        await follow(telling, live, news)
    finally:
        telling.parts.board.pop(ticket.training_id, None)
        drawing.cancel()
        with suppress(asyncio.CancelledError):
            await drawing
    return live.outcome()


async def follow(telling: Telling, live: LiveTraining, news: asyncio.Event) -> None:
    """Take in events until the end, whatever happens to the worker meanwhile."""
    heard = time.monotonic()
    while True:
        try:
            await _listen(telling, live, news)
            if live.state.ended:
                return
            heard = time.monotonic()
        except WorkerRefused as refused:
            if refused.code is not ErrorCode.training_missing:
                raise
            log.warning("the worker has lost training %s; it is sent again", live.ticket.training_id)
            live.last = 0
            await _send_again(telling, live)
        except Retry as away:
            if time.monotonic() - heard > telling.parts.patience.training:
                raise
            live.trouble = AWAY_WORDS
            log.info("training %s: %s", live.ticket.training_id, away)
        await asyncio.sleep(telling.parts.patience.worker if live.trouble else 0.2)


async def _listen(telling: Telling, live: LiveTraining, news: asyncio.Event) -> None:
    """One stretch of events; ends when the training or the connection does."""
    worker, records = telling.parts.worker, telling.parts.records
    training_id = live.ticket.training_id
    live.settle(await worker.training(training_id))
    live.trouble = ""
    known = None
    async for event in worker.events(training_id, after=live.last):
        if live.take(event):
            news.set()
        if live.state is not known:
            known = live.state
            if not known.ended:
                await records.trainings.change(training_id, known.value)
    live.settle(await worker.training(training_id))


async def _send_again(telling: Telling, live: LiveTraining) -> None:
    with suppress(Retry):
        live.settle(await send(telling, live.ticket.training_id))


async def draw(telling: Telling, live: LiveTraining, posted: Posted, news: asyncio.Event) -> None:
    """Edit the message whenever it would look different: at once for news, else every few seconds."""
    shown: TrainingView | None = None
    sample: tuple[str, bytes] | None = None
    since = time.time()
    while True:
        with suppress(TimeoutError):  # wait_for would swallow a cancellation that comes together with news
            async with asyncio.timeout(pause(telling, time.time() - telling.origin.at)):
                await news.wait()
        news.clear()
        try:
            if live.place is not None:
                live.settle(await telling.parts.worker.training(live.ticket.training_id))
            if live.sample is not None and (sample is None or sample[0] != live.sample):
                sample = live.sample, await telling.parts.worker.blob(live.sample)
            view = live.view(sample[1] if sample else None, time.time())
            if view != shown and not live.state.ended:  # the last word comes once all of it is on record
                posted = await telling.parts.messenger.deliver(telling.origin, view, posted)
                shown = view
        except Retry as busy:
            await asyncio.sleep(min(busy.after, 30.0))
        except Refused as refused:
            log.warning("the message of training %s stands still: %s", live.ticket.training_id, refused)
            return
        except Exception:
            log.exception("could not redraw training %s; the training goes on", live.ticket.training_id)
        await asyncio.sleep(max(0.0, telling.parts.patience.edit_least - (time.time() - since)))
        since = time.time()


def pause(telling: Telling, age_s: float) -> float:
    """Seconds to the next edit of a message so old."""
    patience = telling.parts.patience
    return patience.edit_old if age_s > OLD_S else patience.edit
