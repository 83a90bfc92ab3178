"""How a training learned, as one animation that everybody in the channel may watch."""

from __future__ import annotations

from base64 import b64encode

from bot.errors import Refused
from bot.records.requests import RequestState
from bot.stories import FilmView, ShowFilm
from bot.worker import NotThere, WorkerRefused
from bot.workflows.telling import Telling
from gan.contract import ErrorCode

GONE = "How it learned is no longer kept. Its samples may still be in the gallery, on the page of its model."


async def show_film(telling: Telling, ask: ShowFilm) -> None:
    await telling.step("record", telling.accept)
    await telling.step("deliver", deliver, telling, ask)


async def deliver(telling: Telling, ask: ShowFilm) -> None:
    """Fetch it and show it; all of it once more after a restart. Raises `Refused` where there is none to be seen."""
    parts = telling.parts
    kept = await parts.records.trainings.get(ask.training_id)
    if kept is None or kept.server_id != telling.origin.guild_id:
        raise Refused("I have no record of that training here.")
    try:
        training = await telling.from_worker(lambda: parts.worker.training(ask.training_id))
        if training.evolution is None:
            raise Refused(GONE)
        blob = training.evolution
        film = await telling.from_worker(lambda: parts.worker.blob(blob))
    except NotThere as lost:
        raise Refused(GONE) from lost
    except WorkerRefused as refused:
        if refused.code not in (ErrorCode.training_missing, ErrorCode.blob_missing):
            raise
        raise Refused(GONE) from refused
    draws = parts.library.draws_by_itself(training.model)
    model_id = training.model if draws else None
    view = FilmView(training_id=kept.id, title=kept.title, film=b64encode(film), model_id=model_id)
    await telling.end(RequestState.done)
    await telling.deliver(view)
