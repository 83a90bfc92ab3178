"""From an ask to its story, and from every way a story can fail to a sentence that the member reads."""

from __future__ import annotations

import asyncio
import logging

from bot.errors import Unseen
from bot.language import speaking
from bot.log import request_context
from bot.moderation_asks import CloseContest, Decide, EnterContest, ReportPicture, SetRule, StartContest, Vote
from bot.records.requests import Answer, RequestState
from bot.stories import (
    Ask,
    Breed,
    DeleteMine,
    Favour,
    FindPicture,
    Generate,
    MakeEmoji,
    MakeSticker,
    NameSlider,
    OpenLarge,
    Origin,
    Play,
    Posted,
    Reroll,
    SetDefaultModel,
    SetShowcase,
    ShowAgain,
    ShowFilm,
    SteerTraining,
    StopTask,
    Train,
    TransformPicture,
    Variations,
    Walk,
)
from bot.workflows.art import art_story
from bot.workflows.durable import Disowned
from bot.workflows.explaining import explain, sorry
from bot.workflows.favouring import favour
from bot.workflows.filming import show_film
from bot.workflows.finding import find
from bot.workflows.keeping import delete, make_emoji, set_default_model
from bot.workflows.making import make
from bot.workflows.moderation import moderation_story
from bot.workflows.naming import name_slider
from bot.workflows.parts import Parts
from bot.workflows.showcasing import set_showcase
from bot.workflows.stickers import make_sticker
from bot.workflows.stopping import stop_task
from bot.workflows.telling import Telling
from bot.workflows.training import steer, train
from bot.workflows.transforming import transform
from bot.workflows.walking import walk

log = logging.getLogger(__name__)


async def answer(parts: Parts, origin: Origin, ask: Ask) -> None:
    """Tell the story of a request to its end: whatever happens, the member gets one answer."""
    telling = Telling(origin, ask, parts)
    traced = parts.tracing.request(origin.interaction_id, ask.kind)
    with request_context(origin.interaction_id), speaking(origin.reads), traced:
        watching = asyncio.create_task(telling.say_if_stuck(), name=f"stuck-{telling.id}")
        try:
            await story(telling)
        except Disowned:
            raise  # not of the story's making: this process no longer owns it
        except Unseen as unseen:
            await telling.step("nobody is there", call_off, telling, str(unseen))
        except Exception as failure:
            await apologise(telling, failure)
        finally:
            watching.cancel()
            parts.withdrawn.discard(telling.id)


async def story(telling: Telling) -> None:
    match telling.ask:
        case Generate() | Reroll() | Variations() | OpenLarge() | ShowAgain() | Play() | Breed() as ask:
            await make(telling, ask)
        case Walk() as ask:
            await walk(telling, ask)
        case FindPicture() as ask:
            await find(telling, ask)
        case TransformPicture() as ask:
            await transform(telling, ask)
        case StopTask() as ask:
            await stop_task(telling, ask)
        case Favour() as ask:
            await favour(telling, ask)
        case NameSlider() as ask:
            await name_slider(telling, ask)
        case SetShowcase() as ask:
            await set_showcase(telling, ask)
        case MakeSticker() as ask:
            await make_sticker(telling, ask)
        case MakeEmoji() as ask:
            await make_emoji(telling, ask)
        case DeleteMine() as ask:
            await delete(telling, ask)
        case Train() as ask:
            await train(telling, ask)
        case SteerTraining() as ask:
            await steer(telling, ask)
        case ShowFilm() as ask:
            await show_film(telling, ask)
        case SetDefaultModel() as ask:
            await set_default_model(telling, ask)
        case ReportPicture() | Decide() | SetRule() | StartContest() | EnterContest() | Vote() | CloseContest() as ask:
            await moderation_story(telling, ask)
        case ask:
            await art_story(telling, ask)


async def apologise(telling: Telling, failure: Exception) -> None:
    """Write down how it failed and say so. What can't be written down is still said, what can't be said is written."""
    try:
        notice = await telling.step("explain", explain, telling, failure)
    except Disowned:
        raise
    except Exception:
        log.exception("request %d failed, and that cannot be put on record", telling.id)
        placed = await telling.step("apologise", telling.show, sorry(telling.id))
        await telling.step("put on record", put_on_record, telling, failure, placed)
        return
    try:
        await telling.step("deliver", telling.deliver, notice)
    except Disowned:
        raise
    except Unseen as unseen:
        await telling.step("nobody is there", call_off, telling, str(unseen))
    except Exception as again:
        log.warning("request %d could not be answered: %s: %s", telling.id, type(again).__name__, again)
        await telling.step("give up", give_up, telling, f"not delivered: {type(again).__name__}: {again}")


async def call_off(telling: Telling, why: str) -> None:
    """Nobody waits for this one any more, so it costs nothing either."""
    log.info("request %d is called off: %s", telling.id, why)
    await telling.end(RequestState.cancelled, why)


async def put_on_record(telling: Telling, failure: Exception, placed: Posted) -> None:
    """The second try to write a failure down, now that the member knows of it; a third would help nobody."""
    try:
        await telling.end(RequestState.failed, f"{type(failure).__name__}: {failure}"[:2000])
        answer = Answer(placed.channel_id, placed.message_id, placed.route)
        await telling.parts.records.requests.answered(telling.id, answer)
    except Exception:
        log.exception("request %d is not on record as failed", telling.id)


async def give_up(telling: Telling, error: str) -> None:
    await telling.end(RequestState.failed, error)
