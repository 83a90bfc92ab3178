"""Putting the seal on what goes out: from a plan and what the worker made of it to files with their manifests."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bot.safety.seal import Facts
from bot.workflows.parts import Parts
from bot.workflows.recipes import Plan
from gan.contract import Picture, RenderAnswer


async def sealed(parts: Parts, plan: Plan, output_ids: Sequence[int], answer: RenderAnswer) -> list[bytes]:
    """The files of these pictures as they may leave, in their order; the last thing that is done to them."""
    plain = [picture.data for picture in answer.pictures]
    if parts.seal is None:
        return plain
    began = time.monotonic()
    facts = [
        _facts(parts, plan, place, output_id, answer.model_sha256, picture)
        for place, (output_id, picture) in enumerate(zip(output_ids, answer.pictures, strict=True))
    ]
    files = await parts.seal.seal_all(plain, answer.pictures[0].media_type, facts)
    parts.metrics.stages({"seal": (time.monotonic() - began) * 1000})
    return files


def _facts(parts: Parts, plan: Plan, place: int, output_id: int, model_sha256: str, picture: Picture) -> Facts:
    return Facts(
        number=output_id,
        model=plan.model_id,
        model_title=parts.library.title(plan.model_id),
        model_sha256=model_sha256,
        recipe=plan.recipes[place].model_dump(mode="json"),
        credits=[credit.model_dump(mode="json") for credit in picture.credits],
        size=plan.size,
    )
