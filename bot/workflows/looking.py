"""Reads that the chat shows at once, to the asker alone: nothing is made, so nothing has to be durable."""

from __future__ import annotations

import asyncio
import logging
import re
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from bot.attribution import attribution
from bot.copy_bar import looks_copied
from bot.errors import Bug, Refused, Retry
from bot.records.favourites import Pick as RecordedPick
from bot.records.lineage import Link
from bot.records.outputs import Output
from bot.stories import (
    CreditsView,
    FamilyView,
    GalleryView,
    Kin,
    MatesView,
    Origin,
    Pick,
    PicksView,
    Slider,
    SliderSheet,
)
from bot.workflows.comparing import nearest
from bot.workflows.library import MOST_CHOICES, rank
from bot.workflows.parts import Parts
from bot.workflows.planning import picture_for
from bot.workflows.recipes import read_recipe
from bot.workflows.recounting import credit_share, near_line, recipe_steps, told_shares
from bot.workflows.small import thumbnails
from bot.workflows.telling import patiently
from bot.workflows.words import near_name
from gan.contract import Credit, Nearness, Recipe, RenderRequest, Seed, Transform

log = logging.getLogger(__name__)

MOST_WORKS = 4
"""Works shown beside their shares; smaller shares are told in words."""
WORKS_S = 2.0
LOOK_S = 30.0
"""For the nearest works: seconds where a model is asked about for the first time, a blink later on."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_MATES = 12
"""As many as a numbered sheet shows at a glance."""
GENERATIONS = 6
MOST_KIN = 40
"""Pictures in a family tree; more would be too small to see."""
NO_PICTURE = "There is no picture of mine in this message, or none that may be seen here."
SHEET_ROWS = 8
SHEET_ENDS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
SHEET_SEED = 0
FINDING_S = 300.0
"""For sliders that are still being found, once for a model: the member sees "thinking…" meanwhile."""
MOVES = frozenset({"pull", "draw"})


async def credits_of(parts: Parts, origin: Origin, output_id: int) -> CreditsView:
    """Whose art is in a picture, from its record: it answers though the model be gone."""
    picture = await picture_for(parts.records, origin, output_id)
    recipe = read_recipe(picture.recipe)
    names: dict[str, str] = {}
    with suppress(Refused, Retry):
        named = await parts.library.sliders.named(picture.model_id, picture.model_sha256, origin.guild_id)
        names = {one.id: name for one, name in named}
    shares = [Credit.model_validate(one) for one in picture.credits]
    told = told_shares(shares)
    if isinstance(recipe, Transform) and not told:
        told = await _shares_behind(parts, picture)
    look = await _looked(parts, picture, recipe) if not told else None
    if look is not None:
        told = tuple(near_line(one) for one in look.works)
        shares = [Credit(work=one.work, weight=0.0) for one in look.works]
    return CreditsView(
        output_id=picture.id,
        maker_id=picture.member_id,
        model_title=parts.library.title(picture.model_id),
        made_at=picture.made_at.timestamp(),
        shares=told,
        works=await _works(parts, shares),
        attribution=attribution(shares),
        steps=recipe_steps(recipe, names),
        exact=bool(shares) and look is None,
        nearest=look is not None,
        copied=near_name(look.works[0]) if look is not None and looks_copied(look) else "",
        thumbnail=(await thumbnails(parts, [picture])).get(picture.id),
    )


async def _looked(parts: Parts, picture: Output, recipe: Recipe) -> Nearness | None:
    """What a picture looks most like, of a model that keeps no count; none where that cannot be told."""
    if not parts.library.draws_by_itself(picture.model_id):
        return None
    request = RenderRequest(model=picture.model_id, recipes=(recipe,))  # the judge looks at the model's own size
    try:
        async with asyncio.timeout(LOOK_S):
            drawn = await parts.worker.render(request)
            if drawn.model_sha256 != picture.model_sha256:
                return None
            return (await nearest(parts, picture.model_id, drawn.pictures))[0]
    except (Refused, Retry, Bug, TimeoutError) as trouble:
        log.info("no nearest works of picture %d: %s", picture.id, trouble)
        return None


async def _shares_behind(parts: Parts, picture: Output) -> tuple[str, ...]:
    """The works in those pictures of ours that a transformed one was made of, each share of its own picture."""
    links = await parts.records.lineage.parents(picture.id)
    rows = await parts.records.outputs.several([link.parent_id for link in links])
    shares = [(row.id, Credit.model_validate(one)) for row in rows for one in row.credits]
    return tuple(f"#{number}: {credit_share(one)}" for number, one in shares)


async def _works(parts: Parts, shares: Sequence[Credit]) -> tuple[bytes | None, ...]:
    """The largest few works as they were learned from, where the worker still has them."""

    async def one(work: str) -> bytes | None:
        if not _SHA256.fullmatch(work):
            return None  # a shipped base knows its works by name
        with suppress(Refused, Retry, Bug, OSError, TimeoutError):
            async with asyncio.timeout(WORKS_S):
                return b64encode(await parts.worker.blob(work))
        return None

    return tuple(await asyncio.gather(*(one(share.work) for share in shares[:MOST_WORKS])))


async def mates_of(parts: Parts, origin: Origin, output_id: int, purpose: Literal["breed", "morph"]) -> MatesView:
    """What a picture may be mixed with: the asker's favourites and newest pictures of the same model."""
    picture = await picture_for(parts.records, origin, output_id)
    picks = await parts.records.favourites.picks(origin.member_id, origin.guild_id)
    fitting = [one for one in picks if one.model_id == picture.model_id and one.output_id != picture.id][:MOST_MATES]
    if not fitting:
        raise Refused(
            "You have no other picture by this model yet. Make some with `/generate`, or star others' with ⭐."
        )
    return MatesView(
        output_id=picture.id, owner_id=origin.member_id, purpose=purpose, picks=await _picks(parts, fitting)
    )


async def _picks(parts: Parts, found: Sequence[RecordedPick]) -> tuple[Pick, ...]:
    """With small pictures to know them by."""
    thumbs = await thumbnails(parts, await parts.records.outputs.several([one.output_id for one in found]))
    return tuple(
        Pick(output_id=one.output_id, name=one.name, starred=one.starred, thumbnail=thumbs.get(one.output_id))
        for one in found
    )


async def pictures_in(
    parts: Parts, origin: Origin, message_id: int, named: Sequence[int], purpose: Literal["remix", "credits"]
) -> PicksView:
    """The pictures of a message: a file tells its own number, else the record knows what stands there."""
    numbers = list(named) or [one.id for one in await parts.records.outputs.of_message(message_id)]
    found: dict[int, Output] = {}
    for number in numbers[:MOST_MATES]:
        with suppress(Refused):
            picture = await picture_for(parts.records, origin, number)
            found.setdefault(picture.id, picture)
    if not found:
        raise Refused(NO_PICTURE)
    picks = [RecordedPick(one.id, one.model_id) for one in found.values()]
    return PicksView(purpose=purpose, picks=await _picks(parts, picks) if len(picks) > 1 else _plain(picks))


def _plain(found: Sequence[RecordedPick]) -> tuple[Pick, ...]:
    return tuple(Pick(output_id=one.output_id) for one in found)


async def gallery_of(
    parts: Parts, origin: Origin, shelf: Literal["mine", "favourites", "here"], page: int
) -> GalleryView:
    found = await parts.records.favourites.page(
        origin.member_id, origin.guild_id, origin.channel_id, shelf, page, MOST_MATES
    )
    picks = await _picks(parts, found[:MOST_MATES])
    return GalleryView(shelf=shelf, page=page, more=len(found) > MOST_MATES, picks=picks)


async def slider_sheet(parts: Parts, origin: Origin, asked: str | None) -> SliderSheet:
    """What each slider of a model does, drawn on one of its pictures: the model's explanation of itself."""
    model = await parts.library.choose(origin.guild_id, asked)
    sliders = parts.library.sliders
    await patiently(lambda: sliders.directions(model.id, model.sha256), FINDING_S)
    named = (await sliders.named(model.id, model.sha256, origin.guild_id))[:SHEET_ROWS]
    drawn = await sliders.sheet(model.id, Seed(seed=SHEET_SEED), [one for one, _ in named], SHEET_ENDS)
    return SliderSheet(
        model_id=model.id,
        model_title=model.title,
        sliders=tuple(Slider(id=one.id, name=name, low=one.low, high=one.high) for one, name in named),
        ends=SHEET_ENDS,
        pictures=tuple(b64encode(one) for one in drawn),
    )


async def pick_choices(
    parts: Parts, member_id: int, guild_id: int | None, typed: str, fits: int | None
) -> list[tuple[str, int]]:
    """For autocomplete: favourites first, those whose name or number was typed before the others."""
    wanted = typed.strip().lstrip("#").casefold()
    picks = await parts.records.favourites.picks(member_id, guild_id)
    if fits is not None:
        other = await parts.records.outputs.get(fits)
        picks = [one for one in picks if other and one.model_id == other.model_id and one.output_id != fits]
    ranked = [(rank(wanted, one.name, str(one.output_id)) if wanted else 0, one) for one in picks]
    fitting = sorted((pair for pair in ranked if pair[0] < 3), key=lambda pair: pair[0])[:MOST_CHOICES]
    return [(_pick_label(parts, one), one.output_id) for _, one in fitting]


def _pick_label(parts: Parts, pick: RecordedPick) -> str:
    star = "⭐ " if pick.starred else ""
    name = f"{pick.name} · " if pick.name else ""
    return f"{star}{name}#{pick.output_id} · {parts.library.title(pick.model_id)[:30]}"[:100]


# --- families -------------------------------------------------------------------------------------------------------


async def family_of(parts: Parts, origin: Origin, output_id: int) -> FamilyView:
    """The forebears of a picture, with who made each. A row of moves by sliders is told as one step."""
    picture = await picture_for(parts.records, origin, output_id)
    lineage = parts.records.lineage
    links = await lineage.ancestry(picture.id, GENERATIONS * 4)
    known: dict[int, list[Link]] = {}
    for link in links:
        known.setdefault(link.output_id, []).append(link)
    tree = _folded(picture.id, known)
    shown = list(tree)[:MOST_KIN]
    rows = {row.id: row for row in await parts.records.outputs.several(shown)}
    makers = await parts.records.outputs.makers(shown)
    thumbs = await thumbnails(parts, list(rows.values()))
    kin = [
        Kin(
            output_id=one,
            maker_id=makers[one][0],
            maker=makers[one][1],
            generation=tree[one][0],
            parents=tuple(pair for pair in tree[one][1] if pair[0] in rows),
            thumbnail=thumbs.get(one),
        )
        for one in shown
        if one in rows
    ]
    title = parts.library.title(picture.model_id)
    return FamilyView(output_id=picture.id, model_title=title, kin=tuple(kin), cut=len(tree) > len(kin))


def _folded(root: int, known: dict[int, list[Link]]) -> dict[int, tuple[int, list[tuple[int, str]]]]:
    """Each picture's generation and parents, moves by sliders folded; the nearest generation first."""
    tree: dict[int, tuple[int, list[tuple[int, str]]]] = {}
    level = [root]
    for generation in range(GENERATIONS + 1):
        following: list[int] = []
        for child in dict.fromkeys(level):
            parents = [_beyond_moves(link, known) for link in known.get(child, [])] if generation < GENERATIONS else []
            tree[child] = (generation, parents)  # met again further up, it stands there
            following += [parent for parent, _ in parents]
        level = following
    return dict(sorted(tree.items(), key=lambda item: (item[1][0], item[0])))


def _beyond_moves(link: Link, known: dict[int, list[Link]]) -> tuple[int, str]:
    count = 1
    while link.relation in MOVES:
        before = known.get(link.parent_id, [])
        if len(before) != 1 or before[0].relation not in MOVES:
            break
        link, count = before[0], count + 1
    return link.parent_id, f"{count} moves" if count > 1 else link.relation
