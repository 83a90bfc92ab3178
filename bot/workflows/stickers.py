"""The story of a sticker: a picture once more at the size that Discord asks for, given to the server."""

from __future__ import annotations

from bot.errors import Refused
from bot.language import said
from bot.stories import MakeSticker
from bot.workflows import expressions
from bot.workflows.making import ask_worker, marks_for, new_outputs
from bot.workflows.planning import picture_here
from bot.workflows.recipes import STICKER_SIZE, Plan, Single, read_recipe
from bot.workflows.sealing import sealed
from bot.workflows.telling import Telling, patiently

SHORTEST, LONGEST = 2, 30


async def make_sticker(telling: Telling, ask: MakeSticker) -> None:
    await telling.step("record", telling.accept)
    name = await telling.step("make sticker", give_sticker, telling, ask)
    done = "**{name}** is one of this server's stickers now: it is in the sticker picker."
    await telling.finish(said(done, name=name))


async def give_sticker(telling: Telling, ask: MakeSticker) -> str:
    """Render, put on record and hand over; the sticker's name."""
    if telling.origin.guild_id is None:
        raise Refused("A sticker belongs to a server; use this in one.")
    name = sticker_name(ask.name)
    picture = await picture_here(telling, ask.output_id)
    recipe = read_recipe(picture.recipe)
    plan = Plan(
        model_id=picture.model_id,
        recipes=(recipe,),
        size=STICKER_SIZE,
        again=Single(output_id=picture.id),
        parents=(picture.id,),
        relation="same",
    )
    answer = await ask_worker(telling, plan)
    made = new_outputs(plan, answer, await marks_for(telling, plan))
    ids = await telling.parts.records.outputs.record(telling.id, made)
    (data,) = await sealed(telling.parts, plan, ids, answer)
    messenger, origin = telling.parts.messenger, telling.origin
    sticker_id = await patiently(lambda: messenger.make_sticker(origin, name, data), telling.parts.patience.render)
    await expressions.note(telling, "sticker", sticker_id, name, picture.id)
    await telling.note("make_sticker", name, output=picture.id)
    return name


def sticker_name(typed: str) -> str:
    """A name that Discord takes, 2 to 30 characters. Raises `Refused`."""
    name = " ".join(typed.split())
    if not SHORTEST <= len(name) <= LONGEST:
        words = "A sticker's name has {least} to {most} characters. Press the button again."
        raise Refused(said(words, least=SHORTEST, most=LONGEST))
    return name
