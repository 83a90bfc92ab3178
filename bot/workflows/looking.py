"""Reads that the chat shows at once, to the asker alone: nothing is made, so nothing has to be durable."""

from __future__ import annotations

from base64 import b64encode

from bot.errors import Refused, Retry
from bot.records.outputs import Output
from bot.stories import CreditsView, Origin
from bot.workflows.parts import Parts
from bot.workflows.planning import picture_for
from bot.workflows.recipes import read_recipe
from bot.workflows.recounting import credit_share, recipe_steps
from gan.contract import Credit, PictureFormat, RenderRequest, Upscaler

THUMB_SIZE = 128


async def credits_of(parts: Parts, origin: Origin, output_id: int) -> CreditsView:
    """Whose art is in a picture, from its record: it answers though the model be gone."""
    picture = await picture_for(parts.records, origin, output_id)
    shares = [Credit.model_validate(one) for one in picture.credits]
    return CreditsView(
        output_id=picture.id,
        maker_id=picture.member_id,
        model_title=parts.library.title(picture.model_id),
        made_at=picture.made_at.timestamp(),
        shares=tuple(credit_share(one) for one in shares),
        steps=recipe_steps(read_recipe(picture.recipe)),
        exact=bool(shares),
        thumbnail=await _thumbnail(parts, picture),
    )


async def _thumbnail(parts: Parts, picture: Output) -> bytes | None:
    """A small picture to know it by; none while the worker cannot draw it."""
    request = RenderRequest(
        model=picture.model_id,
        recipes=(read_recipe(picture.recipe),),
        size=THUMB_SIZE,
        upscaler=Upscaler(picture.upscaler),
        format=PictureFormat.png,
    )
    try:
        answer = await parts.worker.render(request)
    except (Refused, Retry):
        return None
    return b64encode(answer.pictures[0].data)
