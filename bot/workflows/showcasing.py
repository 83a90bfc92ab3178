"""The showcase: a channel in which the pictures with enough stars are shown, each once."""

from __future__ import annotations

import logging
from base64 import b64encode

from bot.errors import Refused, Retry, Unseen
from bot.language import counted, said
from bot.records.outputs import Output
from bot.records.people import Person
from bot.stories import Favour, Origin, PicturesView, SetShowcase, ShownPicture
from bot.workflows.making import ask_worker
from bot.workflows.planning import picture_here
from bot.workflows.recipes import LARGE_SIZE, Plan, Single, read_recipe
from bot.workflows.sealing import sealed
from bot.workflows.telling import Telling

log = logging.getLogger(__name__)

MODERATORS = "Only a moderator (Manage Server) can choose the showcase."


async def set_showcase(telling: Telling, ask: SetShowcase) -> None:
    await telling.step("record", telling.accept)
    await telling.finish(await telling.step("choose", choose, telling, ask))


async def choose(telling: Telling, ask: SetShowcase) -> str:
    """Write the choice down; what to tell the moderator. Raises `Refused`."""
    origin, server = telling.origin, telling.server
    if server is None:
        raise Refused("A showcase belongs to a server; use this in one.")
    if not origin.moderator:
        raise Refused(MODERATORS)
    by = Person(origin.member_id, origin.member_name)
    await telling.parts.records.showcases.set(server, ask.channel_id, ask.stars, by)
    await telling.note("showcase", str(ask.channel_id or "none"), stars=ask.stars)
    if ask.channel_id is None:
        return said("There is no showcase any more.")
    return counted(
        "Pictures with {count} star are shown in {channel} from now on.",
        "Pictures with {count} stars are shown in {channel} from now on.",
        ask.stars,
        channel=f"<#{ask.channel_id}>",
    )


async def show_best(telling: Telling, ask: Favour) -> None:
    """Show the picture just starred if it has enough stars and was not shown before. That it cannot be shown (no
    permission, no worker) is no reason to refuse the star; the next star tries again."""
    records, guild_id = telling.parts.records, telling.origin.guild_id
    showcase = await records.showcases.of(guild_id) if guild_id is not None else None
    if showcase is None or telling.origin.age_restricted:  # what only adults see stays where only they see it
        return
    picture = await picture_here(telling, ask.output_id)
    stars = (await records.favourites.stars([picture.id])).get(picture.id, 0)
    if stars < showcase.stars or await records.showcases.is_shown(picture.id):
        return
    try:
        view = await _view(telling, picture, stars)
        posted = await telling.parts.messenger.deliver(_there(telling.origin, picture.id, showcase.channel_id), view)
    except (Refused, Retry, Unseen) as trouble:
        log.warning("picture %d is not shown in the showcase: %s", picture.id, trouble)
        return
    await records.showcases.shown(picture.id, posted.channel_id, posted.message_id)


def _there(origin: Origin, output_id: int, channel_id: int) -> Origin:
    """A post in the showcase rather than an answer: no token leads there, and the picture's number is its nonce, so a
    second try finds the first."""
    return Origin(
        interaction_id=output_id,
        application_id=origin.application_id,
        token="",
        at=0.0,
        guild_id=origin.guild_id,
        guild_name=origin.guild_name,
        channel_id=channel_id,
        member_id=origin.member_id,
        member_name=origin.member_name,
        filesize_limit=origin.filesize_limit,
        locale=origin.locale,
        unasked=True,
    )


async def _view(telling: Telling, picture: Output, stars: int) -> PicturesView:
    recipe, library = read_recipe(picture.recipe), telling.parts.library
    plan = Plan(model_id=picture.model_id, recipes=(recipe,), size=LARGE_SIZE, again=Single(output_id=picture.id))
    (file,) = await sealed(telling.parts, plan, [picture.id], await ask_worker(telling, plan))
    makers = await telling.parts.records.outputs.makers([picture.id])
    return PicturesView(
        request_id=picture.request_id,
        owner_id=picture.member_id,
        owner_name=makers[picture.id][1],
        model_id=picture.model_id,
        model_title=library.title(picture.model_id),
        headline=said("Picture #{picture}", picture=picture.id),
        pictures=(ShownPicture(output_id=picture.id, data=b64encode(file)),),
        large=True,
        subject_id=picture.id,
        stars=stars,
        showcase=True,
    )
