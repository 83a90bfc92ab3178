"""Trainings that begin by themselves: a model is trained anew without what was withdrawn."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from bot.records.collections import VersionWork
from bot.stories import Origin, Train
from bot.workflows.parts import Parts
from bot.workflows.telling import Telling
from gan.contract import MIN_TRAINING_PICTURES

if TYPE_CHECKING:
    from bot.workflows.durable import Durable
    from bot.workflows.withdrawing import Withdrawal

log = logging.getLogger(__name__)
DISCORD_EPOCH_MS = 1_420_070_400_000


def unasked(asked: Origin, number: int, channel_id: int, server_id: int | None) -> Origin:
    """A post of our own accord in a channel; its number is its nonce, so that a second try finds the first."""
    return Origin(
        interaction_id=number,
        application_id=asked.application_id,
        token="",
        at=time.time(),
        guild_id=server_id,
        guild_name=asked.guild_name if server_id == asked.guild_id else "",
        channel_id=channel_id,
        member_id=asked.member_id,
        member_name=asked.member_name,
        unasked=True,
        guild_locale=asked.guild_locale,
        locale=asked.guild_locale or asked.locale,
    )


async def plan_again(telling: Telling, model_id: str, training_id: str, chosen: Withdrawal) -> bool:
    """Line up the training of a retired model without these works; False where too little is left."""
    parts = telling.parts
    before = await parts.records.trainings.get(training_id)
    if before is None or before.version_id is None:
        return False
    version = await parts.records.collections.version(before.version_id)
    works = await parts.records.collections.version_works(before.version_id)
    left = [one for one in works if not taken(one, chosen)]
    if version is None or len(left) < MIN_TRAINING_PICTURES:
        return False
    named = version.source
    frozen = await parts.records.collections.freeze(version.server_id, version.collection_id, named, left)
    retired = await parts.records.retirements.all()
    base = before.body.get("base")
    told = {key: before.body[key] for key in ("family",) if key in before.body and key in Train.model_fields}
    ask = Train.model_validate(
        {
            **told,
            "name": before.title,
            "source": "version",
            "version": frozen.id,
            "minutes": float(before.body["seconds"]) / 60,
            "base": base if base not in retired else None,
        }
    )
    number = numbered(telling.id, model_id)
    request = await parts.records.requests.get(before.request_id)
    origin = unasked(telling.origin, number, request.channel_id if request else 0, before.server_id)
    origin = origin.model_copy(update={"member_id": before.member_id, "member_name": before.member_name})
    if chosen.member is not None and before.member_id == chosen.member:
        origin = origin.model_copy(update={"member_id": NOBODY, "member_name": ""})
    await parts.records.retirements.plan_again(
        model_id, number, origin.model_dump(mode="json"), ask.model_dump(mode="json")
    )
    return True


NOBODY = 0
"""Who is left as the owner of what belonged to somebody who had themselves erased."""


def taken(work: VersionWork, chosen: Withdrawal) -> bool:
    """Whether a work of a version is among what was taken back."""
    if chosen.member is not None and work.member_id == chosen.member:
        return True
    return any(work.artwork_id == one.id or work.sha256 == one.sha256 for one in chosen.works)


def numbered(request_id: int, model_id: str) -> int:
    """A number for a request that nobody made, as Discord would have given it: the same for the same reason."""
    spread = sum((place + 1) * ord(letter) for place, letter in enumerate(model_id)) % 4096
    return (request_id >> 22 << 22) | (1 << 21) | (request_id & 0xFF) << 12 | spread


async def begin_lined_up(parts: Parts, durable: Durable) -> None:
    """Begin the trainings that are lined up and have not begun; a second time finds them begun."""
    for one in await parts.records.retirements.not_begun():
        assert one.retrain_id is not None
        if one.origin is None or one.again is None or one.forgotten_at is None:
            continue  # the name is free once the old model is gone
        origin = Origin.model_validate(one.origin).model_copy(update={"at": time.time()})
        await durable.begin("train", str(one.retrain_id), origin, Train.model_validate(one.again))
        await parts.records.retirements.begun(one.model_id)
        log.info("%s is trained anew without what was withdrawn: request %d", one.model_id, one.retrain_id)
