"""The story of a star: a member puts one to a picture, names it, or takes it off again."""

from __future__ import annotations

from bot.language import said
from bot.records.people import Person
from bot.stories import Favour
from bot.workflows.planning import picture_here
from bot.workflows.showcasing import show_best
from bot.workflows.telling import Telling

LONGEST_NAME = 60


async def favour(telling: Telling, ask: Favour) -> None:
    wanted = await telling.step("record", decide, telling, ask)
    words = await telling.step("star", star, telling, ask, wanted)
    if wanted:
        await telling.step("showcase", show_best, telling, ask)
    await telling.finish(words)


async def decide(telling: Telling, ask: Favour) -> bool:
    """Whether it is to have a star afterwards; written down, so that a star is not turned around twice."""
    await telling.accept()
    picture = await picture_here(telling, ask.output_id)
    if ask.starred is not None:
        return ask.starred
    return await telling.parts.records.favourites.name(telling.origin.member_id, picture.id) is None


async def star(telling: Telling, ask: Favour, wanted: bool) -> str:
    """Change the star and say how it stands now."""
    picture = await picture_here(telling, ask.output_id)
    favourites, origin = telling.parts.records.favourites, telling.origin
    if not wanted:
        await favourites.unstar(origin.member_id, picture.id)
        return said("#{picture} is no longer among your favourites.", picture=picture.id)
    name = " ".join(ask.name.split())[:LONGEST_NAME] if ask.name is not None else None
    await favourites.star(Person(origin.member_id, origin.member_name), picture.id, name)
    called = await favourites.name(origin.member_id, picture.id)
    which = f"#{picture.id}" + (f" “{called}”" if called else "")
    return said("{picture} is among your favourites.", picture=which)
