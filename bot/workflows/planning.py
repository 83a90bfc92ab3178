"""What a request will make: from an ask, and from an earlier request's plan, to the next plan."""

from __future__ import annotations

from bot.errors import Refused
from bot.records.outputs import Output
from bot.stories import Generate, OpenLarge, Reroll, Variations
from bot.workflows.recipes import (
    GRID_SIZE,
    LARGE_SIZE,
    Around,
    Fresh,
    Plan,
    Single,
    drawn_seed,
    fresh,
    neighbours,
    read_recipe,
)
from bot.workflows.telling import Telling
from gan.contract import Upscaler

VARIATIONS = 4
MakeAsk = Generate | Reroll | Variations | OpenLarge


async def plan_of(telling: Telling, ask: MakeAsk) -> Plan:
    """Raises `Refused` where it cannot be made, and what the worker's client raises while no model is known."""
    match ask:
        case Generate():
            model = await telling.choose_model(ask.model)
            first = drawn_seed(telling.id) if ask.seed is None else ask.seed
            return _fresh(model.id, Fresh(count=ask.count, variety=ask.variety), first)
        case Reroll():
            return await _again(telling, ask.request_id)
        case Variations():
            return await _around(telling, Around(output_id=ask.output_id, amount=ask.amount))
        case OpenLarge():
            output = await picture_here(telling, ask.output_id)
            recipes = (read_recipe(output.recipe),)
            return Plan(
                model_id=output.model_id,
                recipes=recipes,
                size=LARGE_SIZE,
                upscaler=Upscaler.auto,
                again=Single(output_id=ask.output_id),
            )


async def _again(telling: Telling, request_id: int) -> Plan:
    """The same as an earlier request, with seeds of this one."""
    before = await telling.parts.records.requests.get(request_id)
    if before is None or before.plan is None or before.server_id != telling.origin.guild_id:
        raise Refused("I have no record of that request any more. `/generate` makes new pictures.")
    plan = Plan.model_validate(before.plan)
    match plan.again:
        case Fresh() as again:
            return _fresh(plan.model_id, again, drawn_seed(telling.id))
        case Around() as again:
            return await _around(telling, again)
        case Single():
            raise Refused("There is nothing to make again here. Open the pictures it came from, or use `/generate`.")


def _fresh(model_id: str, again: Fresh, first_seed: int) -> Plan:
    recipes = fresh(first_seed, again.count, again.variety)
    return Plan(model_id=model_id, recipes=recipes, size=GRID_SIZE, again=again)


async def _around(telling: Telling, again: Around) -> Plan:
    output = await picture_here(telling, again.output_id)
    recipes = neighbours(read_recipe(output.recipe), drawn_seed(telling.id), VARIATIONS, again.amount)
    return Plan(model_id=output.model_id, recipes=recipes, size=GRID_SIZE, again=again)


async def picture_here(telling: Telling, output_id: int) -> Output:
    """A picture that was made in this server. Raises `Refused` for any other."""
    output = await telling.parts.records.outputs.get(output_id)
    if output is None or output.server_id != telling.origin.guild_id:
        raise Refused(f"I have no record of a picture #{output_id} here. `/generate` makes new ones.")
    return output
