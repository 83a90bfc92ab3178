"""The short stories about pictures and models that exist: take back, make an emoji, set the server's default."""

from __future__ import annotations

import re
from contextlib import suppress

from bot.errors import Refused, Retry
from bot.language import counted, said
from bot.policy import check_default_model, check_delete
from bot.records.people import Person
from bot.records.requests import Request
from bot.stories import DeleteMine, MakeEmoji, Posted, SetDefaultModel
from bot.workflows import expressions
from bot.workflows.making import ask_worker, marks_for, new_outputs
from bot.workflows.planning import picture_here
from bot.workflows.recipes import EMOJI_SIZE, Plan, Single, read_recipe
from bot.workflows.sealing import sealed
from bot.workflows.taking_back import forget_pictures
from bot.workflows.telling import Telling, patiently

# --- delete ---------------------------------------------------------------------------------------------------------


async def delete(telling: Telling, ask: DeleteMine) -> None:
    """Take a request's pictures back: the message for everyone, the pictures out of the gallery."""
    await telling.step("record", telling.accept)
    count = await telling.step("take back", take_back, telling, ask)
    gone = counted("Gone: {count} picture and the message.", "Gone: {count} pictures and the message.", count)
    await telling.finish(gone if count else said("That is gone already."))


async def take_back(telling: Telling, ask: DeleteMine) -> int:
    """Delete the message first, then the pictures' place; how many there were. Harmless twice."""
    records, origin = telling.parts.records, telling.origin
    target = await records.requests.get(ask.request_id)
    if target is None or target.server_id != origin.guild_id:
        raise Refused("I have no record of that request here.")
    check_delete(origin, target.member_id)
    posted = _standing(telling, target)
    if posted is not None:
        await patiently(lambda: telling.parts.messenger.delete(origin, posted), telling.parts.patience.render)
    count = await forget_pictures(telling, target)
    await records.requests.forget_message(target.id)
    if origin.member_id != target.member_id:
        await telling.note("delete_of_another", str(target.id), owner=target.member_id)
    return count


def _standing(telling: Telling, target: Request) -> Posted | None:
    """Where the request's answer stands; none when it never reached the chat."""
    if target.answer_channel_id is None or target.answer_message_id is None:
        return None
    return Posted(channel_id=target.answer_channel_id, message_id=target.answer_message_id, route="message")


# --- emoji ----------------------------------------------------------------------------------------------------------


async def make_emoji(telling: Telling, ask: MakeEmoji) -> None:
    """Make a picture once more at the size of an emoji, and give it to the server under a name."""
    await telling.step("record", telling.accept)
    mention = await telling.step("make emoji", give_emoji, telling, ask)
    done = "{emoji} is one of this server's emoji now. Type `:{name}:` to use it."
    await telling.finish(said(done, emoji=mention, name=emoji_name(ask.name)))


async def give_emoji(telling: Telling, ask: MakeEmoji) -> str:
    """Render, put on record and hand over; the mention of the new emoji."""
    if telling.origin.guild_id is None:
        raise Refused("A custom emoji belongs to a server; use this in one.")
    name = emoji_name(ask.name)
    data = await _emoji_picture(telling, ask.output_id)
    messenger, origin = telling.parts.messenger, telling.origin
    mention = await patiently(lambda: messenger.make_emoji(origin, name, data), telling.parts.patience.render)
    original = await telling.parts.records.lineage.original(ask.output_id)
    await expressions.note(telling, "emoji", expressions.id_in(mention), name, original)
    await telling.note("make_emoji", name, output=ask.output_id)
    return mention


async def _emoji_picture(telling: Telling, output_id: int) -> bytes:
    """The picture at the size of an emoji, on record so that it can be rebuilt. 128 pixels square are 64 KiB at most,
    well below the 256 KiB that Discord allows."""
    output = await picture_here(telling, output_id)
    recipe = read_recipe(output.recipe)
    plan = Plan(model_id=output.model_id, recipes=(recipe,), size=EMOJI_SIZE, again=Single(output_id=output_id))
    answer = await ask_worker(telling, plan)
    made = new_outputs(plan, answer, await marks_for(telling, plan))
    ids = await telling.parts.records.outputs.record(telling.id, made)
    return (await sealed(telling.parts, plan, ids, answer))[0]


def emoji_name(typed: str) -> str:
    """A name that Discord takes: 2 to 32 letters, digits and underscores.

    Raises `Refused` when too little of what was typed is left.
    """
    name = re.sub(r"[^A-Za-z0-9_]+", "_", typed.strip().strip(":")).strip("_")[:32]
    if len(name) < 2:
        raise Refused("An emoji's name has 2 to 32 letters, digits or _ . Press the button again and choose another.")
    return name


# --- the server's default model -------------------------------------------------------------------------------------


async def set_default_model(telling: Telling, ask: SetDefaultModel) -> None:
    """Make a model the one that `/generate` takes here when none is named."""
    await telling.step("record", record_choice, telling, ask)
    title = await telling.step("set default", choose_default, telling, ask)
    done = "**{model}** is this server's model now: `/generate` takes it when none is named."
    await telling.finish(said(done, model=title))


async def record_choice(telling: Telling, ask: SetDefaultModel) -> None:
    await telling.accept(model_id=ask.model_id)


async def choose_default(telling: Telling, ask: SetDefaultModel) -> str:
    """Write the choice down; the model's title. Harmless twice."""
    parts, origin, server = telling.parts, telling.origin, telling.server
    check_default_model(origin)
    assert server is not None
    with suppress(Retry):  # it is for everyone and for long: not one that has gone since we last looked
        await parts.library.refresh()
    model = await telling.choose_model(ask.model_id)
    before = parts.library.default(server.id)
    await parts.records.people.set_default_model(server, model.id, Person(origin.member_id, origin.member_name))
    await telling.note("default_model", model.id, before=before)
    await parts.library.reload()
    return model.title
