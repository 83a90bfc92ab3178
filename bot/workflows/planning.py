"""What a request will make: from an ask, and from an earlier request's plan, to the next plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.errors import Refused
from bot.language import said
from bot.records import Records
from bot.records.lineage import SAME
from bot.records.outputs import Output
from bot.stories import Breed, Generate, OpenLarge, Origin, Play, Reroll, ShowAgain, Variations
from bot.workflows import moves
from bot.workflows.recipes import (
    GRID_SIZE,
    LARGE_SIZE,
    Again,
    Around,
    Bred,
    Fresh,
    Moved,
    Plan,
    Single,
    Sought,
    Transformed,
    drawn_seed,
    fresh,
    neighbours,
    read_recipe,
)
from bot.workflows.telling import Telling
from gan.contract import Recipe, Upscaler

VARIATIONS = 4
FORMAT = "png"
MOST_PROMPT = 200
"""Characters of a prompt; the contract takes 300."""
MakeAsk = Generate | Reroll | Variations | OpenLarge | ShowAgain | Play | Breed


async def plan_of(telling: Telling, ask: MakeAsk) -> Plan:
    """Raises `Refused` where it cannot be made, and what the worker's client raises while no model is known."""
    match ask:
        case Generate():
            model = await telling.choose_model(ask.model)
            first = drawn_seed(telling.id) if ask.seed is None else ask.seed
            prompt = prompt_for(telling, model.id, ask.prompt)
            return _fresh(model.id, Fresh(count=ask.count, variety=ask.variety, prompt=prompt), first)
        case Reroll():
            return await _again(telling, ask.request_id)
        case Variations():
            return await _around(telling, Around(output_id=ask.output_id, amount=ask.amount))
        case OpenLarge():
            return await _large(telling, ask)
        case ShowAgain():
            return await _shown_again(telling, ask.request_id)
        case Play(move="little" | "lot"):
            amount = moves.LITTLE if ask.move == "little" else moves.LOT
            return await _around(telling, Around(output_id=ask.output_id, amount=amount))
        case Play():
            return await _moved(telling, ask)
        case Breed():
            return await _bred(telling, ask)


def prompt_for(telling: Telling, model_id: str, typed: str, ability: Literal["prompt", "text"] = "prompt") -> str:
    """The prompt as it goes on record: one line. Raises `Refused` for a model that knows no words; `text` are those to
    change a picture by."""
    prompt = " ".join(typed.split())[:MOST_PROMPT]
    if prompt and ability not in telling.parts.library.abilities(model_id):
        words = "“{name}” cannot be asked in words. Leave the prompt out, or choose another model."
        raise Refused(said(words, name=telling.parts.library.title(model_id)))
    return prompt


async def _again(telling: Telling, request_id: int) -> Plan:
    """The same as an earlier request, with seeds of this one."""
    plan = await _plan_before(telling, request_id)
    match plan.again:
        case Fresh() as again:
            return _fresh(plan.model_id, again, drawn_seed(telling.id))
        case Around() as again:
            return await _around(telling, again)
        case Single() | Moved() | Bred() | Sought() | Transformed():
            raise Refused("There is nothing to make again here. Open the pictures it came from, or use `/generate`.")


async def _plan_before(telling: Telling, request_id: int) -> Plan:
    before = await telling.parts.records.requests.get(request_id)
    if before is None or before.plan is None or before.server_id != telling.origin.guild_id:
        raise Refused("I have no record of that request any more. `/generate` makes new pictures.")
    if before.server_id is None and before.member_id != telling.origin.member_id:
        raise Refused("I have no record of that request here. `/generate` makes new pictures.")
    return Plan.model_validate(before.plan)


def _fresh(model_id: str, again: Fresh, first_seed: int) -> Plan:
    recipes = fresh(first_seed, again.count, again.variety, again.prompt)
    size = LARGE_SIZE if again.count == 1 else GRID_SIZE  # a single one is opened at once
    return Plan(model_id=model_id, recipes=recipes, size=size, again=again)


async def _around(telling: Telling, again: Around) -> Plan:
    output = await picture_here(telling, again.output_id)
    recipes = neighbours(read_recipe(output.recipe), drawn_seed(telling.id), VARIATIONS, again.amount)
    return Plan(
        model_id=output.model_id, recipes=recipes, size=GRID_SIZE, again=again, parents=(output.id,), relation="vary"
    )


async def _moved(telling: Telling, ask: Play) -> Plan:
    output = await picture_here(telling, ask.output_id)
    before, relation = read_recipe(output.recipe), "draw"
    parents: tuple[int, ...] = (output.id,)
    recipe: Recipe
    match ask.move:
        case "calmer":
            recipe = moves.drawn(before, moves.CALMER)
        case "bolder":
            recipe = moves.drawn(before, moves.BOLDER)
        case "weaker" | "stronger":
            recipe = moves.strengthened(before, -moves.STRENGTH_STEP if ask.move == "weaker" else moves.STRENGTH_STEP)
        case "pull":
            recipe, relation = await _pulled(telling, output, before, ask), "pull"
        case _:
            recipe, parents, relation = moves.another(before, drawn_seed(telling.id)), (), ""
    again = Moved(output_id=output.id, move=ask.move, direction=ask.direction)
    size = GRID_SIZE if ask.move == "pull" else LARGE_SIZE  # beside the sliders it is shown smaller
    return Plan(model_id=output.model_id, recipes=(recipe,), size=size, again=again, parents=parents, relation=relation)


async def _pulled(telling: Telling, output: Output, before: Recipe, ask: Play) -> Recipe:
    sliders = telling.parts.library.sliders
    known = await telling.from_worker(lambda: sliders.directions(output.model_id, output.model_sha256))
    direction = next((one for one in known if one.id == ask.direction), None)
    if direction is None:
        raise Refused("The model was taught anew and has other sliders now. Open them again with 🎚️.")
    return moves.pulled(before, direction, ask.amount)


async def _bred(telling: Telling, ask: Breed) -> Plan:
    a, b = await picture_here(telling, ask.a), await picture_here(telling, ask.b)
    one_model(telling, [a, b])
    library = telling.parts.library
    layers = library.layers(a.model_id) if "mix" in library.abilities(a.model_id) else 0
    made = moves.children(read_recipe(a.recipe), read_recipe(b.recipe), layers)
    again = Bred(a=a.id, b=b.id, captions=tuple(words for _, words in made))
    recipes = tuple(recipe for recipe, _ in made)
    parents = (a.id, b.id)
    return Plan(model_id=a.model_id, recipes=recipes, size=GRID_SIZE, again=again, parents=parents, relation="breed")


def one_model(telling: Telling, pictures: Sequence[Output]) -> None:
    """Raises `Refused` unless all are pictures of one model, and at least two different ones."""
    if len({one.id for one in pictures}) < 2:
        raise Refused("Choose two different pictures.")
    first = pictures[0]
    other = next((one for one in pictures if one.model_sha256 != first.model_sha256), None)
    if other is not None:
        a, b = (f"“{telling.parts.library.title(one.model_id)}”" for one in (first, other))
        words = (
            "Only pictures of one model can be mixed: #{first} is by {a}, #{other} by {b}. "
            "With `/find` a picture can be found in another model first."
        )
        raise Refused(said(words, first=first.id, a=a, other=other.id, b=b))


# --- what stands already -------------------------------------------------------------------------------------------


async def _large(telling: Telling, ask: OpenLarge) -> Plan:
    """A picture at its large size: the row that is there, else a copy, which the record keeps apart by its relation."""
    output = await picture_here(telling, ask.output_id)
    again = Single(output_id=output.id, direction=ask.direction)
    records, sliders = telling.parts.records, telling.parts.library.sliders
    if ask.direction is not None:  # found once for a model, which takes some seconds: the member is told meanwhile
        await telling.from_worker(lambda: sliders.directions(output.model_id, output.model_sha256))
    for row in [output, *await records.outputs.several(await records.lineage.copies(output.id))]:
        if row.size == LARGE_SIZE and row.format == FORMAT and row.upscaler == Upscaler.auto and not row.deleted_at:
            return _standing([row], again)
    recipes = (read_recipe(output.recipe),)
    return Plan(
        model_id=output.model_id, recipes=recipes, size=LARGE_SIZE, again=again, parents=(output.id,), relation=SAME
    )


async def _shown_again(telling: Telling, request_id: int) -> Plan:
    """The pictures of an earlier request, as they were."""
    before = await _plan_before(telling, request_id)
    rows = await telling.parts.records.outputs.of_request(request_id)
    if before.rows:
        rows = await telling.parts.records.outputs.several(before.rows)
    there = [row for row in rows if not row.deleted_at]
    if not there:
        raise Refused("These pictures were taken back. `/generate` makes new ones.")
    return _standing(there, before.again, before)


def _standing(rows: list[Output], again: Again, before: Plan | None = None) -> Plan:
    first = rows[0]
    return Plan(
        model_id=first.model_id,
        recipes=tuple(read_recipe(row.recipe) for row in rows),
        size=first.size or GRID_SIZE,
        upscaler=Upscaler(first.upscaler),
        again=again,
        parents=before.parents if before else (),
        relation=before.relation if before else "",
        rows=tuple(row.id for row in rows),
    )


async def picture_here(telling: Telling, output_id: int) -> Output:
    """`picture_for` the asker of a request."""
    return await picture_for(telling.parts.records, telling.origin, output_id)


async def picture_for(records: Records, origin: Origin, output_id: int) -> Output:
    """A picture that was made in this server, or in the asker's own messages; for an enlarged copy its original.

    Raises `Refused` for any other, and for one that was taken back.
    """
    output = await records.outputs.get(await records.lineage.original(output_id))
    elsewhere = output is None or output.server_id != origin.guild_id
    if output is None or elsewhere or (output.server_id is None and output.member_id != origin.member_id):
        raise Refused(
            said("I have no record of a picture #{picture} here. `/generate` makes new ones.", picture=output_id)
        )
    if output.deleted_at is not None and await records.reports.removed(output.id):
        words = "Picture #{picture} was removed by the moderators. `/generate` makes new ones."
        raise Refused(said(words, picture=output_id))
    if output.deleted_at is not None:
        words = "Picture #{picture} was taken back by whoever made it. `/generate` makes new ones."
        raise Refused(said(words, picture=output_id))
    return output
