"""What the message of a plan's pictures says, and what can be done with them."""

from __future__ import annotations

import logging
import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from bot.errors import Bug, Refused, Retry
from bot.language import said
from bot.records.requests import RequestState
from bot.stories import Before, Parent, PicturesView, ShownPicture, SliderBoard
from bot.workflows.recipes import Around, Bred, Fresh, Made, Moved, Plan, Single, Sought, Transformed, seed_of
from bot.workflows.small import thumbnails
from bot.workflows.telling import Telling, elapsed_ms
from bot.workflows.words import credit_lines, milliseconds, new_pictures, owed, percent, seeds_line
from gan.contract import Prompt, Seed, Transform, Vary

log = logging.getLogger(__name__)

MOST_UNKNOWN = 3
"""Words; a prompt in another language would else fill the message."""


async def standing(telling: Telling, plan: Plan) -> Made:
    """Pictures that are on record already, once more: there is nothing to make."""
    started = time.monotonic()
    rows = await telling.parts.records.outputs.several(plan.rows)
    await telling.end(RequestState.done)
    shares = tuple(credit_lines(row.credits) for row in rows)
    figures = telling.parts.library.figures(plan.model_id)
    said_beside = owed(plan.rows, [row.credits for row in rows], figures)
    return Made(output_ids=plan.rows, credits=shares, ms=elapsed_ms(started), owed=said_beside)


async def view(telling: Telling, plan: Plan, made: Made, data: Sequence[bytes]) -> PicturesView:
    """What the message of these pictures shows."""
    shown = tuple(
        ShownPicture(output_id=output_id, data=b64encode(picture), seed=seed_of(recipe), credits=shares)
        for output_id, picture, recipe, shares in zip(made.output_ids, data, plan.recipes, made.credits, strict=True)
    )
    library = telling.parts.library
    large = len(shown) == 1
    subject = plan.again.output_id if isinstance(plan.again, Single) else made.output_ids[0]
    return PicturesView(
        request_id=telling.id,
        owner_id=telling.origin.member_id,
        owner_name=telling.origin.member_name,
        model_id=plan.model_id,
        model_title=library.title(plan.model_id),
        headline=headline(plan, subject),
        details=tuple(line for line in (*about(plan), milliseconds(made.ms)) if line),
        notes=(*(unknown_word(word, nearest) for word, nearest in made.unknown[:MOST_UNKNOWN]), *made.owed),
        pictures=shown,
        large=large,
        subject_id=subject if large else None,
        back=await _back(telling, plan, subject),
        abilities=library.abilities_for(plan.model_id, plan.recipes[0]),
        stars=(await telling.parts.records.favourites.stars([subject])).get(subject, 0) if large else 0,
        board=await _board(telling, plan),
        captions=plan.again.captions if isinstance(plan.again, Bred) else (),
        before=await _before(telling, plan) if large else (),
        parents=await _parents(telling, plan.again) if isinstance(plan.again, Bred) else (),
    )


def headline(plan: Plan, subject: int) -> str:
    match plan.again:
        case Fresh(count=count):
            return new_pictures(count)
        case Around(output_id=output_id):
            return said("Variations of #{picture}", picture=output_id)
        case Single() | Moved():
            return said("Picture #{picture}", picture=subject)
        case Transformed(family="restorer"):
            return said("Restored: picture #{picture}", picture=subject)
        case Transformed(family="style"):
            return said("Painted: picture #{picture}", picture=subject)
        case Transformed(family="pix2pix" | "pix2pixhd"):
            return said("Drawn from a sketch: picture #{picture}", picture=subject)
        case Transformed(family="cyclegan" | "diffusion"):
            return said("Restyled: picture #{picture}", picture=subject)
        case Transformed():
            return said("Transformed: picture #{picture}", picture=subject)
        case Sought():
            return said("Found: picture #{picture}", picture=subject)
        case Bred(a=a, b=b):
            return said("Children of #{a} and #{b}", a=a, b=b)


def about(plan: Plan) -> tuple[str, ...]:
    """The small print: what one needs to make it again."""
    first = plan.recipes[0]
    variety = said("variety {share}", share=percent(first.variety)) if isinstance(first, Seed) else ""
    moved = said("moved {share}", share=percent(first.amount)) if isinstance(first, Vary) else ""
    again = plan.again
    drawn = isinstance(again, Transformed) and again.family in ("pix2pix", "pix2pixhd")  # there is no less of a drawing
    strength = ""
    if isinstance(first, Transform) and not drawn:
        share = percent(first.options.strength)
        strength = said("strength {share}, painted slowly" if first.painted else "strength {share}", share=share)
    nearer = said("{share} of the way to the upload", share=percent(again.nearer)) if isinstance(again, Sought) else ""
    text = first.text if isinstance(first, Prompt) else first.options.text if isinstance(first, Transform) else ""
    asked = f"“{text}”" if text else ""
    return (asked, seeds_line(seed_of(recipe) for recipe in plan.recipes), variety, moved, strength, nearer)


def unknown_word(word: str, nearest: Sequence[str]) -> str:
    """What the model does not know, and what it does."""
    if not nearest:
        return said("This model knows no word like “{word}”.", word=word)
    known = ", ".join(f"“{one}”" for one in nearest)
    return said("This model knows no word like “{word}”; nearest: {known}.", word=word, known=known)


async def _back(telling: Telling, plan: Plan, subject: int) -> str:
    """Where the way back leads: from a move to what it was made of, from a picture to those it was chosen among."""
    records = telling.parts.records
    match plan.again:
        case Moved(output_id=before) | Around(output_id=before) | Bred(a=before):
            return f"open:{before}"
        case Single(direction=None):
            picture = await records.outputs.get(subject)
            if picture is not None and len(await records.outputs.of_request(picture.request_id)) > 1:
                return f"show:{picture.request_id}"
            parents = await records.lineage.parents(subject)
            return f"open:{parents[0].parent_id}" if parents else ""
        case Single():
            return f"open:{subject}"
        case Fresh() | Sought() | Transformed():
            return ""


async def _before(telling: Telling, plan: Plan) -> tuple[Before, ...]:
    """What the picture was transformed from, where the worker still has it."""
    recipe = plan.recipes[0]
    if not isinstance(recipe, Transform):
        return ()
    worker, shown = telling.parts.worker, []
    names: tuple[tuple[Literal["before", "artwork"], str | None], ...] = (
        ("before", recipe.picture),
        ("artwork", recipe.second),
    )
    for name, blob in names:
        if blob is not None:
            with suppress(Refused, Retry, Bug):
                shown.append(Before(name=name, data=b64encode(await worker.blob(blob))))
    return tuple(shown)


async def _parents(telling: Telling, again: Bred) -> tuple[Parent, ...]:
    """Both with a small picture, where the worker draws it at once."""
    records, member = telling.parts.records, telling.origin.member_id
    rows = await records.outputs.several((again.a, again.b))
    thumbs = await thumbnails(telling.parts, rows)
    names = [await records.favourites.name(member, row.id) or "" for row in rows]
    return tuple(
        Parent(output_id=row.id, name=name, thumbnail=thumbs.get(row.id)) for row, name in zip(rows, names, strict=True)
    )


async def _board(telling: Telling, plan: Plan) -> SliderBoard | None:
    """The sliders, where they are open; without them the picture is still worth showing."""
    again = plan.again
    if not isinstance(again, Single | Moved) or again.direction is None:
        return None
    library = telling.parts.library
    try:
        return await library.sliders.board(
            plan.model_id, library.sha256(plan.model_id), plan.recipes[0], telling.origin.guild_id, again.direction
        )
    except (Refused, Retry) as trouble:
        if isinstance(again, Single):
            raise  # they were asked for
        log.info("no sliders beside a picture: %s", trouble)
        return None
