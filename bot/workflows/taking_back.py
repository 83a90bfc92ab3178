"""What goes when a member takes pictures back: those on the message, with their copies, if they are theirs."""

from __future__ import annotations

from bot.records.requests import Request
from bot.workflows.recipes import Plan
from bot.workflows.telling import Telling


async def forget_pictures(telling: Telling, target: Request) -> int:
    """Take the pictures of a request out of every list; how many went. Harmless twice.

    A message that showed an older picture (opened again, or a copy taken by somebody else) takes that one along only
    where it is the same member's.
    """
    records = telling.parts.records
    own = await records.outputs.of_request(target.id)
    plan = Plan.model_validate(target.plan) if target.plan is not None else None
    shown = await records.outputs.several(plan.rows) if plan else []
    stands_for = {one.id: await records.lineage.original(one.id) for one in (*own, *shown)}
    for original in set(stands_for.values()):
        stands_for |= dict.fromkeys([original, *await records.lineage.copies(original)], original)
    theirs = [one for one in await records.outputs.several(sorted(stands_for)) if one.member_id == target.member_id]
    gone = {one.id for one in theirs if one.deleted_at is None}
    await records.outputs.forget_some(sorted(gone))
    animations = await records.animations.forget(target.id)
    return len({stands_for[one] for one in gone}) + animations
