"""Themed contests: members enter a picture each, vote once, and the clock closes it: the winners are bred.

Nothing waits in memory: the time of closing is a row, and `due_contests` is asked every few seconds, so a contest
closes at its time or at the next start, whoever restarts what.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

from bot.errors import Bug, Refused, Retry
from bot.language import counted, said
from bot.moderation_asks import CloseContest, EnterContest, StartContest, Vote
from bot.moderation_views import ContestView
from bot.records.contests import Contest, Entry
from bot.records.people import Person
from bot.records.requests import RequestState
from bot.records.schema import now
from bot.rights import SERVER_ONLY
from bot.stories import Breed, NoticeView, Origin, Pick, Posted, View
from bot.workflows.making import ask_worker, render
from bot.workflows.parts import Parts
from bot.workflows.planning import picture_here, plan_of
from bot.workflows.recipes import Made, Plan
from bot.workflows.sealing import sealed
from bot.workflows.showing import view
from bot.workflows.small import thumbnails
from bot.workflows.telling import Telling

log = logging.getLogger(__name__)

MOST_ENTRIES = 24
"""As many as one numbered sheet and one menu hold."""
SHORTEST_HOURS, LONGEST_HOURS = 1 / 60, 24.0 * 28
SIDE = 128
PLACE = {"application_id", "guild_id", "guild_name", "channel_id", "filesize_limit", "locale", "guild_locale"}
PLACE |= {"app_permissions", "parent_id", "age_restricted"}
"""What is kept of the origin of a contest."""
NONE_RUNNING = "There is no contest here just now. A moderator starts one with `/contest start`."
ANOTHER_RUNS = "A contest goes on here already. It closes by itself; the next one can start then."
NOT_YOURS = "Only pictures of your own can be entered. `/generate` makes some."
FULL = "This contest is full: it has 24 pictures. Vote for one of them."
OVER = "That contest is over."
NO_ENTRY = "That picture is no longer in the contest. Choose another one."
NO_OWN_VOTE = "Your own picture gets no vote of yours. Choose another one."
CHOOSE_THEME = "A theme has 1 to 100 characters."


# --- start, enter, vote ----------------------------------------------------------------------------------------------


async def start_contest(telling: Telling, ask: StartContest) -> None:
    await telling.step("record", telling.accept)
    contest_id = await telling.step("start", start, telling, ask)
    await telling.step("end", telling.end, RequestState.done)
    await telling.step("deliver", show, telling, contest_id)


async def start(telling: Telling, ask: StartContest) -> int:
    origin, server = telling.origin, telling.server
    if server is None:
        raise Refused(SERVER_ONLY)
    theme = " ".join(ask.theme.split())[:100]
    if not theme:
        raise Refused(CHOOSE_THEME)
    hours = min(max(ask.hours, SHORTEST_HOURS), LONGEST_HOURS)
    by = Person(origin.member_id, origin.member_name)
    kept = origin.model_dump(mode="json", include=PLACE)
    closes_at = now() + timedelta(hours=hours)
    made = await telling.parts.records.contests.start(telling.id, server, by, theme, kept, closes_at)
    if made is None:
        raise Refused(ANOTHER_RUNS)
    await telling.note("contest_start", theme, hours=hours)
    return made.id


async def show(telling: Telling, contest_id: int) -> None:
    contest = await telling.parts.records.contests.get(contest_id)
    assert contest is not None
    await telling.deliver(await view_of(telling.parts, contest))


async def enter_contest(telling: Telling, ask: EnterContest) -> None:
    await telling.step("record", telling.accept)
    contest_id = await telling.step("enter", enter, telling, ask)
    await telling.step("redraw", redraw, telling, contest_id)
    await telling.finish(
        said("#{picture} is in the contest. Until it closes you may enter another in its place.", picture=ask.output_id)
    )


async def enter(telling: Telling, ask: EnterContest) -> int:
    """Raises `Refused` for a picture of somebody else's, and where no contest goes on."""
    parts, origin = telling.parts, telling.origin
    contest = await running(parts, origin)
    picture = await picture_here(telling, ask.output_id)
    if picture.member_id != origin.member_id:
        raise Refused(NOT_YOURS)
    there = await parts.records.contests.entries(contest.id)
    if len(there) >= MOST_ENTRIES and origin.member_id not in {one.member_id for one in there}:
        raise Refused(FULL)
    await parts.records.contests.enter(contest.id, Person(origin.member_id, origin.member_name), picture.id)
    return contest.id


async def vote(telling: Telling, ask: Vote) -> None:
    await telling.step("record", telling.accept)
    number = await telling.step("vote", cast, telling, ask)
    await telling.finish(said("Your vote is for #{picture}. Choose again to change it.", picture=number))


async def cast(telling: Telling, ask: Vote) -> int:
    """The number of the picture that has the member's vote now."""
    parts, origin = telling.parts, telling.origin
    contest = await parts.records.contests.get(ask.contest_id)
    if contest is None or contest.server_id != origin.guild_id or contest.closed_at or contest.closes_at <= now():
        raise Refused(OVER)
    chosen = [one for one in await parts.records.contests.entries(contest.id) if one.member_id == ask.entrant_id]
    if not chosen:
        raise Refused(NO_ENTRY)
    if ask.entrant_id == origin.member_id:
        raise Refused(NO_OWN_VOTE)
    await parts.records.contests.vote(contest.id, Person(origin.member_id, origin.member_name), ask.entrant_id)
    return chosen[0].output_id


async def running(parts: Parts, origin: Origin) -> Contest:
    """Raises `Refused` where none goes on."""
    if origin.guild_id is None:
        raise Refused(SERVER_ONLY)
    contest = await parts.records.contests.running(origin.guild_id)
    if contest is None or contest.closes_at <= now():
        raise Refused(NONE_RUNNING)
    return contest


# --- how it looks ----------------------------------------------------------------------------------------------------


async def contest_of(parts: Parts, origin: Origin) -> ContestView:
    return await view_of(parts, await running(parts, origin))


async def view_of(parts: Parts, contest: Contest) -> ContestView:
    """In the order of entering, so that nothing tells how the votes stand."""
    entries = sorted(await parts.records.contests.entries(contest.id), key=lambda one: one.output_id)
    drawn = await thumbnails(parts, await parts.records.outputs.several([one.output_id for one in entries]), SIDE)
    return ContestView(
        contest_id=contest.id,
        theme=contest.theme,
        closes_at=contest.closes_at.timestamp(),
        entries=tuple(
            Pick(output_id=one.member_id, name=one.member, thumbnail=drawn.get(one.output_id)) for one in entries
        ),
        numbers=tuple(one.output_id for one in entries),
    )


async def redraw(telling: Telling, contest_id: int, over: View | None = None) -> None:
    """Bring the contest's own message up to date; one that cannot be edited stands still, `/contest show` is right."""
    records = telling.parts.records
    contest = await records.contests.get(contest_id)
    first = await records.requests.get(contest.request_id) if contest else None
    if contest is None or first is None or first.answer_channel_id is None or first.answer_message_id is None:
        return
    posted = Posted(channel_id=first.answer_channel_id, message_id=first.answer_message_id, route="message")
    with suppress(Refused, Retry):
        view = over or await view_of(telling.parts, contest)
        await telling.parts.messenger.deliver(origin_of(contest, contest.request_id), view, posted)


def origin_of(contest: Contest, interaction_id: int) -> Origin:
    """Where it was started, for words of our own accord."""
    who: dict[str, Any] = {"member_id": contest.started_by, "member_name": contest.starter}
    how: dict[str, Any] = {"interaction_id": interaction_id, "token": "", "at": 0.0, "unasked": True}
    return Origin.model_validate({**contest.origin, **who, **how})


# --- closing ---------------------------------------------------------------------------------------------------------


async def due_contests(parts: Parts) -> list[tuple[Origin, CloseContest]]:
    """What is to be asked now, under ids that stay the same however often it is asked."""
    due = await parts.records.contests.due(now())
    return [(origin_of(one, one.request_id + 1), CloseContest(contest_id=one.id)) for one in due]


async def close_contest(telling: Telling, ask: CloseContest) -> None:
    """Count, breed the two pictures with the most votes, post the result."""
    await telling.step("record", telling.accept)
    result = await telling.step("count", count, telling, ask)
    await telling.step("redraw", say_over, telling, ask)
    plan, made = None, None
    if len(result["winners"]) == 2:
        plan = await telling.step("plan", plan_children, telling, result)
    if plan is not None:
        try:
            made = await telling.step("render", render, telling, plan)
        except (Refused, Retry, Bug) as away:
            log.warning("the winners of contest %d are not bred: %s", ask.contest_id, away)
    words = await telling.step("words", words_of, telling, ask, result)
    if plan is not None and made is not None:
        await telling.step("deliver", post_children, telling, plan, made, words)
        return
    await telling.step("end", telling.end, RequestState.done)
    await telling.step("deliver", telling.deliver, NoticeView(tone="done", text=words, ephemeral=False))


async def count(telling: Telling, ask: CloseContest) -> dict[str, Any]:
    """The result, as it is written down: the same for ever."""
    records = telling.parts.records
    entries = await records.contests.entries(ask.contest_id)
    winners = [_told(one) for one in entries[:2] if one.votes]
    return dict(await records.contests.close(ask.contest_id, {"winners": winners, "entries": len(entries)}))


def _told(entry: Entry) -> dict[str, Any]:
    return {"output": entry.output_id, "votes": entry.votes}


async def plan_children(telling: Telling, result: dict[str, Any]) -> Plan | None:
    """None where the two cannot be bred: they are by different models, or one is gone."""
    a, b = (int(one["output"]) for one in result["winners"])
    try:
        return await plan_of(telling, Breed(a=a, b=b))
    except Refused as apart:
        log.info("the winners cannot be bred: %s", apart)
        return None


async def post_children(telling: Telling, plan: Plan, made: Made, words: str) -> None:
    """The result with the winners' children below it, for everyone to open and to take a copy of."""
    data = telling.parts.shelf.get(made.output_ids)
    if data is None:
        data = await sealed(telling.parts, plan, made.output_ids, await ask_worker(telling, plan))
    shown = await view(telling, plan, made, data)
    await telling.deliver(shown.model_copy(update={"notes": (words, *shown.notes), "back": ""}))


async def words_of(telling: Telling, ask: CloseContest, result: dict[str, Any]) -> str:
    contest = await telling.parts.records.contests.get(ask.contest_id)
    theme = contest.theme if contest else ""
    if not result["winners"]:
        return said("The contest “{theme}” is over. Nobody has won: there were no votes.", theme=theme)
    makers = await telling.parts.records.outputs.makers([one["output"] for one in result["winners"]])
    places = " · ".join(
        f"{medal} #{one['output']} <@{makers[one['output']][0]}> "
        f"({counted('{count} vote', '{count} votes', one['votes'])})"
        for medal, one in zip("🥇🥈", result["winners"], strict=False)
        if one["output"] in makers
    )
    return said("🏆 The contest “{theme}” is over: {places}", theme=theme, places=places)


async def say_over(telling: Telling, ask: CloseContest) -> None:
    """Its message takes no more votes."""
    over = NoticeView(tone="info", text=said("This contest is over. The result stands below."), ephemeral=False)
    await redraw(telling, ask.contest_id, over)
