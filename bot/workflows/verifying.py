"""Finding out what a picture is: from its manifest, its pixels, its invisible mark, and how it looks.

Each way works on its own, and where several find the same picture all are told. Looks alone name candidates; each is
drawn anew from its record and compared, since two emoji of one outline may have the same hash.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.attribution import attribution
from bot.errors import Bug, Refused, Retry
from bot.language import said
from bot.records.animations import Animation
from bot.records.outputs import Output
from bot.safety.duplicates import MOST_DIFFERENCE, difference
from bot.safety.intake import Accepted, Rejected
from bot.safety.looking import Look
from bot.safety.looking import Manifest as Told
from bot.safety.seal import LABEL
from bot.stories import Origin, Upload, VerifyView
from bot.workflows.parts import Parts
from bot.workflows.planning import picture_for
from bot.workflows.recipes import read_recipe
from bot.workflows.recounting import recipe_steps, told_shares
from bot.workflows.small import thumbnails
from gan.contract import Credit, RenderRequest, Upscaler

log = logging.getLogger(__name__)

MOST_COMPARED = 6
COMPARED_SIDE = 128
BY_MANIFEST = "Its manifest is signed by this house, and the file is as it was signed."
BY_PIXELS = "Its pixels are exactly those of picture #{picture}."
BY_MARK = "It carries our invisible mark, of picture #{picture}."
BY_LOOKS = "It looks like picture #{picture}, drawn again from its record."
MAYBE_BY_LOOKS = "It looks like picture #{picture}, which cannot be drawn again to compare them: take it as a hint."
UNRECORDED_MARK = "It carries our invisible mark, but the picture is no longer on record."
FOREIGN = "Its manifest holds, and was signed by {issuer}, whom I cannot vouch for; it was made with {generator}."
BROKEN = "It has a manifest that does not fit the file: the picture was changed after it was signed."
TAKEN_BACK = "Whoever made it has taken it back since, so nothing more is told."


@dataclass
class Found:
    """What is known so far."""

    evidence: list[str] = field(default_factory=list)
    output: Output | None = None
    animation: Animation | None = None
    ours: bool = False


async def verify(parts: Parts, origin: Origin, upload: Upload) -> VerifyView:
    """What the uploaded picture is. Raises `Refused` for what is no picture, `Retry` when it cannot be fetched now."""
    if parts.seal is None:
        raise Bug("pictures are not sealed here, so there is no certificate to know ours by")
    data = await parts.fetcher.fetch(upload.url, upload.filename)
    looked = await parts.intake.look(data, parts.seal.identity.anchors, LABEL)
    if isinstance(looked, Rejected):
        raise Refused(looked.text)
    look, png = looked
    told = Told(**look.manifest) if look.manifest else None
    found = Found()
    if told is not None and told.state == "Trusted" and told.ours:
        await _by_manifest(parts, told, found)
    if not (found.ours and found.animation):
        await _by_pixels(parts, look, found)
        await _by_mark(parts, look, png, found)
        if not found.ours:
            await _by_looks(parts, look, found)
    return await _view(parts, origin, upload, look, told, found)


async def _by_manifest(parts: Parts, told: Told, found: Found) -> None:
    number = told.ours.get("number")
    found.ours = True
    found.evidence.append(said(BY_MANIFEST))
    if isinstance(number, int) and 0 <= number < 2**63:
        if told.ours.get("kind") == "animation":
            found.animation = await parts.records.animations.get(number)
        else:
            found.output = await parts.records.outputs.get(number)


async def _by_pixels(parts: Parts, look: Look, found: Found) -> None:
    rows = await parts.records.outputs.several(await parts.records.fingerprints.by_pixels(look.pixels))
    _take(rows, BY_PIXELS, found)


async def _by_mark(parts: Parts, look: Look, png: bytes, found: Found) -> None:
    """The worker may be away: then the other ways have to do."""
    try:
        number = (await parts.worker.read_mark(png)).number
    except (Refused, Retry, Bug) as away:
        log.info("no mark could be read: %s", away)
        return
    if number is None:
        return
    ids = await parts.records.fingerprints.by_mark(number)
    rows = await parts.records.outputs.several(ids)
    if len({row.model_sha256 + str(row.recipe) for row in rows}) > 1:  # two pictures of one number
        alike = {one.output_id for one in await parts.records.fingerprints.by_looks(look.phash)}
        rows = [row for row in rows if row.id in alike] or rows
    if rows:
        _take(rows, BY_MARK, found)
    else:
        found.ours = True
        found.evidence.append(said(UNRECORDED_MARK))


async def _by_looks(parts: Parts, look: Look, found: Found) -> None:
    candidates = await parts.records.fingerprints.by_looks(look.phash)
    rows = await parts.records.outputs.several([one.output_id for one in candidates[:MOST_COMPARED]])
    gone: list[Output] = []
    for row in rows:
        alike = await _compared(parts, row, look)
        if alike:
            _take([row], BY_LOOKS, found)
            return
        if alike is None:
            gone.append(row)
    if gone:
        _take(gone[:1], MAYBE_BY_LOOKS, found)


async def _compared(parts: Parts, row: Output, look: Look) -> bool | None:
    """Whether the recorded picture, drawn anew, is the one that was sent; none where it cannot be drawn."""
    request = RenderRequest(
        model=row.model_id, recipes=(read_recipe(row.recipe),), size=COMPARED_SIDE, upscaler=Upscaler(row.upscaler)
    )
    try:
        answer = await parts.worker.render(request)
    except (Refused, Retry, Bug) as away:
        log.info("output %d is not drawn to compare: %s", row.id, away)
        return None
    if answer.model_sha256 != row.model_sha256:
        return None
    drawn = await parts.intake.inspect(answer.pictures[0].data)
    if not isinstance(drawn, Accepted):
        return False
    return difference(bytes.fromhex(drawn.thumb), bytes.fromhex(look.thumb)) <= MOST_DIFFERENCE


def _take(rows: Sequence[Output], words: str, found: Found) -> None:
    """The picture found before stays the one that is spoken of, where it is among these."""
    if not rows:
        return
    same = next((row for row in rows if found.output is not None and row.id == found.output.id), None)
    chosen = same or rows[0]
    found.ours = True
    found.output = found.output or chosen
    found.evidence.append(said(words, picture=chosen.id))


# --- what is told ----------------------------------------------------------------------------------------------------


async def _view(
    parts: Parts, origin: Origin, upload: Upload, look: Look, told: Told | None, found: Found
) -> VerifyView:
    plain = VerifyView(verdict="unknown", filename=upload.filename, size=(look.width, look.height))
    if not found.ours:
        return plain.model_copy(update=_of_others(told))
    view = plain.model_copy(update={"verdict": "ours", "evidence": tuple(found.evidence)})
    if found.animation is not None:
        return view.model_copy(update=_of_animation(parts, origin, found.animation))
    if found.output is None:
        return view
    try:
        picture = await picture_for(parts.records, origin, found.output.id)
    except Refused:
        back = found.output.deleted_at is not None
        made = said("made on {date}", date=f"<t:{round(found.output.made_at.timestamp())}:D>")
        return view.model_copy(update={"facts": (said(TAKEN_BACK),) if back else (made,), "withheld": not back})
    return view.model_copy(update=await _of_picture(parts, origin, picture, found.output))


def _of_others(told: Told | None) -> dict[str, object]:
    if told is None:
        return {}
    if told.state == "Invalid":
        return {"verdict": "broken", "evidence": (said(BROKEN),)}
    issuer, generator = told.issuer or said("somebody unnamed"), told.generator or said("an unnamed program")
    words = said(FOREIGN, issuer=issuer, generator=generator)
    return {"verdict": "ai" if told.made_by_ai else "signed", "evidence": (words,)}


async def _of_picture(parts: Parts, origin: Origin, picture: Output, exact: Output) -> dict[str, object]:
    """`picture` is what is on record, `exact` the row of the size that was sent."""
    names: dict[str, str] = {}
    with suppress(Refused, Retry):
        named = await parts.library.sliders.named(picture.model_id, picture.model_sha256, origin.guild_id)
        names = {one.id: name for one, name in named}
    shares = [Credit.model_validate(one) for one in picture.credits]
    makers = await parts.records.outputs.makers([picture.id])
    return {
        "output_id": picture.id,
        "facts": (
            *_made(parts, exact.made_at.timestamp(), picture.model_id, picture.model_sha256),
            said("asked for by {member}", member=f"<@{makers[picture.id][0]}>") if picture.id in makers else "",
            *recipe_steps(read_recipe(picture.recipe), names),
        ),
        "shares": told_shares(shares),
        "attribution": attribution(shares),
        "thumbnail": (await thumbnails(parts, [picture])).get(picture.id),
    }


def _of_animation(parts: Parts, origin: Origin, walk: Animation) -> dict[str, object]:
    made = _made(parts, walk.made_at.timestamp(), walk.model_id, walk.model_sha256)
    if walk.deleted_at is not None:
        return {"facts": (said(TAKEN_BACK),)}
    if walk.server_id != origin.guild_id or (walk.server_id is None and walk.member_id != origin.member_id):
        return {"facts": made[:1], "withheld": True}
    shares = [Credit.model_validate(one) for one in walk.credits]
    stops = ", ".join(f"#{one}" for one in walk.stops)
    through = said("an animation through {pictures}", pictures=stops) if stops else said("an animation")
    return {
        "facts": (*made, through),
        "shares": told_shares(shares),
        "attribution": attribution(shares),
    }


def _made(parts: Parts, at: float, model_id: str, model_sha256: str) -> tuple[str, str]:
    model = said("by the model “{model}” ({hash})", model=parts.library.title(model_id), hash=model_sha256[:12])
    return said("made on {date}", date=f"<t:{round(at)}:f>"), model
