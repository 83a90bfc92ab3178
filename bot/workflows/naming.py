"""The story of a vote for what a slider of a model is called in a server."""

from __future__ import annotations

from bot.errors import Refused
from bot.language import said
from bot.records.people import Person
from bot.stories import NameSlider
from bot.workflows.telling import Telling

SHORTEST, LONGEST = 2, 40


async def name_slider(telling: Telling, ask: NameSlider) -> None:
    await telling.step("record", _accept, telling, ask)
    await telling.finish(await telling.step("vote", vote, telling, ask))


async def _accept(telling: Telling, ask: NameSlider) -> None:
    await telling.accept(model_id=ask.model_id)


async def vote(telling: Telling, ask: NameSlider) -> str:
    """Count the vote and say what the slider is called now. Raises `Refused`."""
    parts, server = telling.parts, telling.server
    if server is None:
        raise Refused("Sliders are named by the members of a server; use this in one.")
    name = " ".join(ask.name.split())
    if not SHORTEST <= len(name) <= LONGEST:
        raise Refused(said("A slider's name has {least} to {most} characters.", least=SHORTEST, most=LONGEST))
    model = await telling.choose_model(ask.model_id)
    known = await telling.from_worker(lambda: parts.library.sliders.directions(model.id, model.sha256))
    if all(one.id != ask.direction for one in known):
        raise Refused("The model was taught anew and has other sliders now. Open them again with `/directions`.")
    member = Person(telling.origin.member_id, telling.origin.member_name)
    names = parts.records.slider_names
    await names.vote(server, member, model.sha256, ask.direction, name)
    chosen = (await names.chosen(server.id, model.sha256))[ask.direction]
    if chosen.casefold() == name.casefold():
        return said("It is called “{name}” in this server now.", name=chosen)
    words = "Your vote for “{name}” counts; most members call it “{chosen}” so far."
    return said(words, name=name, chosen=chosen)
