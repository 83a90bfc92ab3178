"""The studio: what the chat may ask for, and the reads it needs at once. Built by `bot.app`."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Literal, get_args

from bot.art_views import ArtPage, CollectionLine, CollectionView
from bot.errors import Refused, Retry
from bot.language import said
from bot.moderation_views import ContestView, MeView, ReviewView, SettingsView
from bot.parcels import Slip
from bot.records.people import Person
from bot.records.requests import NewRequest, RequestState
from bot.records.schema import moment, now
from bot.records.trainings import Training
from bot.rights import Right, right_of_ask
from bot.stories import (
    Ask,
    CreditsView,
    FamilyView,
    GalleryView,
    MatesView,
    ModelLine,
    NoticeView,
    Origin,
    PicksView,
    Posted,
    QueueLine,
    SliderSheet,
    TrainingPhase,
    Upload,
    VerifyView,
)
from bot.workflows import art_reading, contests, looking, reviewing, settling
from bot.workflows.answering import answer
from bot.workflows.background import Background
from bot.workflows.contributing import Taken
from bot.workflows.durable import Durable
from bot.workflows.expressions import Cleared
from bot.workflows.finding import FindPlan
from bot.workflows.live import Outcome, Ticket
from bot.workflows.parts import Parts
from bot.workflows.privacy import Leavings
from bot.workflows.recipes import Made, Plan
from bot.workflows.retraining import begin_lined_up
from bot.workflows.sheets import put_away_old
from bot.workflows.tasks import TaskEnd
from bot.workflows.verifying import verify
from bot.workflows.walking import WalkPlan
from bot.workflows.withdrawing import Retired, TakenBack, Withdrawal, Work
from gan.contract import Health

log = logging.getLogger(__name__)

REFRESH_S = 20.0
"""Between two looks at the worker's models: a model that an operator drops in is there within it."""
AGAIN_S = 2.0
FORGET_S = 20.0
SHEETS_KEPT = timedelta(days=7)
"""What a sheet showed is kept so long for its Start button."""
FORGOTTEN_KINDS = ("withdraw", "erase_me", "export_me")
"""Stories whose own notes hold what was taken back; they are deleted as soon as they have ended."""
CLEAN_S = 6 * 3600.0
CONTESTS_S = 10.0
"""Between two looks for contests whose time is over."""
STOP_GRACE_S = 2.0
"""Pictures that are being made are done by then; whatever waits for longer goes on at the next start anyway."""
NOT_ACCEPTED = "My records do not answer just now, so your request was not accepted, and nothing was started."
LONG_KINDS = frozenset({"train", "start_training"})
"""Stories that outlive any patience at a stop; they go on at the next start."""
KINDS = tuple(str(one.model_fields["kind"].default) for one in get_args(Ask))
WRITTEN_TYPES = (
    *(*get_args(Ask), Origin, Posted, NoticeView, Plan, Made, WalkPlan, FindPlan, TaskEnd, Ticket, Outcome),
    *(Taken, Withdrawal, Work, Retired, TakenBack, Leavings, Cleared),
)
"""What the inputs and results of steps may be made of, besides plain JSON."""


class Studio:
    """Implements `bot.stories.Studio`."""

    def __init__(self, parts: Parts, durable: Durable, version: str, clock: Callable[[], float] = time.time) -> None:
        self._parts = parts
        self._durable = durable
        self._version = version
        self._clock = clock
        self._background = Background()
        self._open = False
        self._late: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Take up what an earlier process left, and begin to look after models and old workflows."""
        await self._parts.library.load()
        self._durable.open(KINDS, self._tell)
        self._open = True
        self._background.every("refreshing the list of models", REFRESH_S, self._parts.library.refresh)
        self._background.every("training anew", AGAIN_S, self._train_anew)
        self._background.every("forgetting", FORGET_S, self._forget, first_after=FORGET_S)
        self._background.every("closing contests", CONTESTS_S, self._close_contests)
        self._background.every("putting away sheets", CLEAN_S, self._put_away, first_after=120.0)
        self._background.every("deleting old workflows", CLEAN_S, self._durable.forget_old, first_after=60.0)

    async def close(self) -> None:
        """Let what is nearly done end, and leave the rest to the next start."""
        if not self._open:
            return
        self._open = False
        await self._background.close()
        for late in list(self._late):
            late.cancel()
        await self._durable.close(STOP_GRACE_S, long=LONG_KINDS)

    async def ask(self, origin: Origin, ask: Ask) -> None:
        """Start the story of this request; returns once that is committed, and the answer comes by the messenger."""
        if not self._open:
            raise Retry("Artel is just stopping or starting.", after=5.0)
        origin = await self._parts.house.admitted(origin, right_of_ask(ask.kind))
        await self._parts.house.check_words(origin, ask)
        beginning = asyncio.create_task(self._durable.begin(ask.kind, str(origin.interaction_id), origin, ask))
        on_its_way = min(1.0, max(0.0, self._clock() - origin.at))
        try:
            await asyncio.wait({beginning}, timeout=self._parts.patience.commit - on_its_way)
        finally:
            if not beginning.done():
                # if it is committed after all, it ends at once: the member has been told that it was not accepted
                self._parts.withdrawn.add(origin.interaction_id)
                self._late.add(beginning)
                beginning.add_done_callback(self._late_beginning)
        if not beginning.done():
            raise Retry(NOT_ACCEPTED, after=30.0)
        return beginning.result()

    def _late_beginning(self, beginning: asyncio.Task[None]) -> None:
        self._late.discard(beginning)
        if not beginning.cancelled() and (error := beginning.exception()) is not None:
            log.info("a request that was not accepted was not begun either: %s", error)

    async def turned_away(self, origin: Origin, asked: str, answer: NoticeView) -> None:
        """Put on record what the chat itself refused, or failed at, before it became a request."""
        new = NewRequest(
            id=origin.interaction_id,
            server=Person(origin.guild_id, origin.guild_name) if origin.guild_id is not None else None,
            channel_id=origin.channel_id,
            member=Person(origin.member_id, origin.member_name),
            kind="press" if origin.component else "command",
            ask={"kind": "press" if origin.component else "command", "asked": asked[:200]},
            asked_at=moment(origin.at),
        )
        state = RequestState.refused if answer.tone == "refused" else RequestState.failed
        await self._parts.records.requests.refuse(new, answer.text, state)

    async def _train_anew(self) -> None:
        await begin_lined_up(self._parts, self._durable)

    async def _put_away(self) -> None:
        await put_away_old(self._parts, now() - SHEETS_KEPT)

    async def _forget(self) -> None:
        await self._durable.forget_kinds(FORGOTTEN_KINDS)

    async def _close_contests(self) -> None:
        """Each is asked to close under one id, so that however often, and by however many processes, it closes once."""
        for origin, ask in await contests.due_contests(self._parts):
            await self._durable.begin(ask.kind, str(origin.interaction_id), origin, ask)

    async def _tell(self, origin: Origin, ask: Ask) -> None:
        await answer(self._parts, origin, ask)

    def model_choices(self, guild_id: int | None, typed: str, family: str | None = None) -> list[tuple[str, str]]:
        return self._parts.library.choices(guild_id, typed, family)

    def folder_choices(self, typed: str) -> list[str]:
        return self._parts.library.folder_choices(typed)

    def family_choices(self, typed: str) -> list[tuple[str, str]]:
        return self._parts.library.family_choices(typed)

    async def models(self, guild_id: int | None) -> list[ModelLine]:
        return self._parts.library.lines(guild_id)

    async def queue(self, guild_id: int | None) -> list[QueueLine]:
        """Trainings of this server that have not ended: those that run first, then by their place."""
        lines = [
            self._queue_line(one) for one in await self._parts.records.trainings.going_on() if one.server_id == guild_id
        ]
        return sorted(lines, key=lambda line: (line.place or 0, line.training_id))

    def _queue_line(self, training: Training) -> QueueLine:
        live = self._parts.board.get(training.id)
        if live is not None:
            return live.queue_line()
        return QueueLine(
            training_id=training.id,
            title=training.title,
            owner_id=training.member_id,
            owner_name=training.member_name,
            phase=TrainingPhase(training.state),
            place=self._parts.places.get(training.id),
        )

    async def credits(self, origin: Origin, output_id: int) -> CreditsView:
        return await looking.credits_of(self._parts, origin, output_id)

    async def verify(self, origin: Origin, upload: Upload) -> VerifyView:
        return await verify(self._parts, origin, upload)

    async def mates(self, origin: Origin, output_id: int, purpose: Literal["breed", "morph"]) -> MatesView:
        return await looking.mates_of(self._parts, origin, output_id, purpose)

    async def family(self, origin: Origin, output_id: int) -> FamilyView:
        return await looking.family_of(self._parts, origin, output_id)

    async def pictures_in(
        self, origin: Origin, message_id: int, named: tuple[int, ...], purpose: Literal["remix", "credits"]
    ) -> PicksView:
        return await looking.pictures_in(self._parts, origin, message_id, named, purpose)

    async def gallery(self, origin: Origin, shelf: Literal["mine", "favourites", "here"], page: int) -> GalleryView:
        return await looking.gallery_of(self._parts, origin, shelf, page)

    async def slider_sheet(self, origin: Origin, model: str | None) -> SliderSheet:
        return await looking.slider_sheet(self._parts, origin, model)

    async def pick_choices(
        self, member_id: int, guild_id: int | None, typed: str, fits: int | None = None
    ) -> list[tuple[str, int]]:
        return await looking.pick_choices(self._parts, member_id, guild_id, typed, fits)

    async def collection_choices(self, guild_id: int | None, typed: str) -> list[tuple[str, int]]:
        return await art_reading.collection_choices(self._parts, guild_id, typed)

    async def art_choices(self, member_id: int, guild_id: int | None, typed: str) -> list[tuple[str, int]]:
        return await art_reading.art_choices(self._parts, member_id, guild_id, typed)

    async def parcel(self, member_id: int) -> Slip | None:
        return await self._parts.parcels.slip(member_id) if self._parts.parcels else None

    def pages_at(self) -> str | None:
        return self._parts.pages

    async def collections(self, origin: Origin) -> tuple[CollectionLine, ...]:
        return await art_reading.collections(self._parts, origin)

    async def collection(self, origin: Origin, collection_id: int, page: int) -> CollectionView:
        return await art_reading.collection(self._parts, origin, collection_id, page)

    async def art(self, origin: Origin, page: int, request_id: int | None = None) -> ArtPage:
        return await art_reading.art(self._parts, origin, page, request_id)

    async def admit(self, origin: Origin, right: Right) -> None:
        await self._parts.house.admit(origin, right)

    async def review(self, origin: Origin, after: int = 0) -> ReviewView:
        return await reviewing.review(self._parts, origin, after)

    async def house_settings(self, origin: Origin) -> SettingsView:
        return await settling.settings_of(self._parts, origin)

    async def me(self, origin: Origin) -> MeView:
        return await settling.me(self._parts, origin)

    async def contest(self, origin: Origin) -> ContestView:
        return await contests.contest_of(self._parts, origin)

    async def status(self) -> dict[str, str]:
        """Lines for /about."""
        made, health = await asyncio.gather(self._parts.records.outputs.count(), self._health())
        return {said("Version"): self._version, **health, said("Pictures made"): f"{made:,}"}

    async def _health(self) -> dict[str, str]:
        try:
            async with asyncio.timeout(2.0):
                return worker_lines(await self._parts.worker.health())
        except (Retry, Refused, TimeoutError) as away:
            why = said(str(away)) if str(away) else said("no answer within 2 s")
            return {said("Worker"): said("not answering ({why})", why=why)}


def worker_lines(health: Health) -> dict[str, str]:
    running, waiting = health.trainings_running, health.trainings_queued
    lines = {said("Worker"): health.state.value + (f": {health.detail}" if health.detail else "")}
    lines[said("Device")] = health.device or said("unknown")
    lines[said("Models")] = str(health.models)
    return lines | {said("Trainings"): said("{running} running, {waiting} waiting", running=running, waiting=waiting)}
