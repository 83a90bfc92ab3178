"""What the message of a plan's pictures says."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from bot.stories import PicturesView, ShownPicture
from bot.workflows.recipes import Around, Fresh, Made, Plan, Single, seed_of
from bot.workflows.telling import Telling
from bot.workflows.words import NUMBERS, milliseconds, plural, seeds_line
from gan.contract import Seed, Vary


def view(telling: Telling, plan: Plan, made: Made, data: Sequence[bytes]) -> PicturesView:
    """What the message of these pictures shows."""
    shown = tuple(
        ShownPicture(output_id=output_id, data=b64encode(picture), seed=seed_of(recipe), credits=shares)
        for output_id, picture, recipe, shares in zip(made.output_ids, data, plan.recipes, made.credits, strict=True)
    )
    return PicturesView(
        request_id=telling.id,
        owner_id=telling.origin.member_id,
        owner_name=telling.origin.member_name,
        model_id=plan.model_id,
        model_title=telling.parts.library.title(plan.model_id),
        headline=headline(plan),
        details=tuple(line for line in (*about(plan), milliseconds(made.ms)) if line),
        pictures=shown,
        large=isinstance(plan.again, Single),
    )


def headline(plan: Plan) -> str:
    match plan.again:
        case Fresh(count=count):
            return NUMBERS.get(count, plural(count, "new picture"))
        case Around(output_id=output_id):
            return f"Variations of #{output_id}"
        case Single(output_id=output_id):
            return f"Picture #{output_id}"


def about(plan: Plan) -> tuple[str, ...]:
    """The small print: what one needs to make it again."""
    first = plan.recipes[0]
    variety = f"variety {first.variety:.0%}".replace("%", " %") if isinstance(first, Seed) else ""
    moved = f"moved {first.amount:.0%}".replace("%", " %") if isinstance(first, Vary) else ""
    return (seeds_line(seed_of(recipe) for recipe in plan.recipes), variety, moved)
