"""A request while it is being told: its origin, its steps, and the manners that all stories share."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Literal, ParamSpec, TypeVar

from bot.errors import Refused, Retry, Unseen
from bot.language import said
from bot.policy import Quota, used_up
from bot.records import RecordsAway
from bot.records.audit import Deed
from bot.records.limits import Scope
from bot.records.models import Model
from bot.records.people import Person
from bot.records.requests import Answer, Ending, NewRequest, RequestState
from bot.records.schema import moment, now
from bot.records.usage import Bound, Charge, Excess
from bot.stories import Ask, NoticeView, Origin, Posted, View
from bot.workflows.durable import Durable
from bot.workflows.parts import Parts
from bot.workflows.recipes import Plan
from bot.workflows.waiting import Waiting

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

LONGEST_PAUSE_S = 30.0
PAUSE_GROWTH = 1.25
"""So whoever is back after a while is noticed a quarter of that while later at most."""
RECORDS_AWAY = "My records do not answer just now. Your request is accepted, and the answer comes here by itself."
WITHDRAWN = "The member was told that it was not accepted: the records had not answered in time."
OF_RECORDS = frozenset({"record", "end", "explain", "set default"})
"""Steps that do nothing but read and write the records."""
SHOWN_TIMINGS_S = 60.0
"""Beyond this a request was interrupted by a restart, and its time says nothing about the house."""


@dataclass
class Stage:
    """What a story waits for at this moment, as far as it matters to whoever waits for the story."""

    of: Literal["", "records"] = "records"
    shown: bool = False
    """Has the member seen anything of it?"""

    @contextmanager
    def at(self, what: Literal["", "records"]) -> Iterator[None]:
        before, self.of = self.of, what
        try:
            yield
        finally:
            self.of = before


@dataclass(frozen=True)
class Telling:
    """One request and what its story needs. Stories are told again after a restart, so they hold no state of their
    own: whatever was decided comes out of the steps."""

    origin: Origin
    ask: Ask
    parts: Parts
    stage: Stage = field(default_factory=lambda: Stage())

    @property
    def id(self) -> int:
        return self.origin.interaction_id

    async def step(self, name: str, do: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do one step, once; see `Durable.step`. While the records are away it waits and does the whole step again."""

        async def calmly(*a: P.args, **k: P.kwargs) -> R:
            with self.stage.at("records" if name in OF_RECORDS else ""):
                return await patiently(lambda: do(*a, **k), self.parts.patience.records, RecordsAway)

        with self.stage.at("records"), self.parts.tracing.span(name):
            return await Durable.step(name, calmly, *args, **kwargs)

    # --- steps that every story has ---------------------------------------------------------------------------------

    async def accept(self, quotas: Sequence[Quota] = (), plan: Plan | None = None, model_id: str | None = None) -> None:
        """Put the request on record and book what it uses up. Raises `Refused` when that is more than there is left."""
        origin = self.origin
        waited = round((time.time() - origin.at) * 1000, 1)
        timings = {"start": waited} if 0 <= waited < SHOWN_TIMINGS_S * 1000 else {}
        excess = await self.parts.records.requests.accept(
            NewRequest(
                id=self.id,
                server=self.server,
                channel_id=origin.channel_id,
                member=Person(origin.member_id, origin.member_name),
                kind=self.ask.kind,
                ask=self.ask.model_dump(mode="json"),
                asked_at=moment(origin.at),
                plan=plan.model_dump(mode="json") if plan else None,
                model_id=plan.model_id if plan else model_id,
                charges=charges(quotas),
                timings=timings,
                private=origin.placing in {"private", "prompt"} or (origin.placing == "panel" and origin.private),
            )
        )
        self.parts.metrics.accepted(self.ask.kind)
        self.parts.metrics.stages(timings)
        if self.id in self.parts.withdrawn:
            raise Unseen(WITHDRAWN)
        _within(excess)

    async def book(self, quotas: Sequence[Quota]) -> None:
        """Book what is known only now. Raises `Refused` when that is more than there is left."""
        origin = self.origin
        _within(await self.parts.records.usage.book(self.id, origin.guild_id, origin.member_id, charges(quotas)))

    async def end(
        self, state: RequestState, error: str | None = None, kept: Mapping[str, float] | None = None, **timings: float
    ) -> None:
        """The work is over; what it was charged is given back when nothing came of it, but for what is `kept`."""
        await self.parts.records.requests.end(self.id, Ending(state, error, timings, kept=kept))
        self.parts.metrics.ended(self.ask.kind, state.value, timings)

    async def deliver(self, view: View, posted: Posted | None = None) -> Posted:
        """Show the answer and put on record that it arrived. Raises `Refused` when it cannot be shown at all."""
        started, tries = time.monotonic(), 0

        async def show() -> Posted:
            nonlocal tries
            tries += 1
            return await self.show(view, posted)

        placed = await patiently(show, self.parts.patience.deliver)
        timings = {"deliver": elapsed_ms(started)}
        whole = time.time() - self.origin.at
        if 0 <= whole < SHOWN_TIMINGS_S and not isinstance(view, NoticeView):
            timings["whole"] = round(whole * 1000, 1)
        at = moment(placed.acknowledged_at) if placed.acknowledged_at is not None else None
        answer = Answer(placed.channel_id, placed.message_id, placed.route, timings, at, tries)
        await self.parts.records.requests.answered(self.id, answer)
        self.parts.metrics.delivered(placed.route, timings)
        return placed

    async def show(self, view: View, posted: Posted | None = None) -> Posted:
        """Bring a view to the member, without a word on record."""
        self.stage.shown = True
        with self.stage.at(""):
            return await self.parts.messenger.deliver(self.origin, view, posted)

    async def choose_model(self, asked: str | None) -> Model:
        """The model meant, see `Library.choose`; waits for the worker while the list is still empty."""
        return await self.from_worker(lambda: self.parts.library.choose(self.origin.guild_id, asked))

    async def from_worker(
        self, do: Callable[[], Awaitable[R]], tell: Callable[[str], Awaitable[object]] | None = None
    ) -> R:
        """What the worker gives; when that takes longer than a moment the member is told why, and waits with us.

        `tell` says it in another way than `hold_on`. Raises what `do` raises, `Retry` only when the worker stays away
        for longer than our patience.
        """
        return await self._waited_for(do, Waiting(self.parts.worker), tell or self.hold_on)

    async def in_turn(self, do: Callable[[], Awaitable[R]]) -> R:
        """`from_worker` for what keeps the worker busy: the line before it is fair to servers and members."""
        spot = self.parts.line.spot(self.origin.guild_id, self.origin.member_id)
        return await self._waited_for(do, Waiting(self.parts.worker, spot), self.hold_on)

    async def _waited_for(
        self, do: Callable[[], Awaitable[R]], waiting: Waiting, tell: Callable[[str], Awaitable[object]]
    ) -> R:
        patience = self.parts.patience

        async def work() -> R:
            with self.stage.at(""):
                async with waiting.spot or nullcontext():
                    return await patiently(do, patience.away, heard=waiting.hear)

        working = asyncio.create_task(work(), name=f"waits-{self.id}")
        try:
            age = time.time() - self.origin.at
            quiet = patience.moment - age if 0 <= age < patience.moment else patience.moment
            await asyncio.wait({working}, timeout=max(quiet, patience.moment / 3))
            said = ""
            while not working.done():
                words = await waiting.words(patience.look)
                if words and words != said and not working.done():
                    said = await self._say(words, tell)
                await asyncio.wait({working}, timeout=patience.repeat if said else patience.look)
            return await working
        finally:
            if not working.done():
                working.cancel()
                await asyncio.wait({working})

    @staticmethod
    async def _say(words: str, tell: Callable[[str], Awaitable[object]]) -> str:
        log.info("still waiting: %s", words)
        try:
            await tell(words)
        except (Refused, Retry) as silent:
            log.info("could not say that we wait: %s", silent)
        return words

    async def say_if_stuck(self) -> None:
        """Tell the member when nothing has come by now because the records do not answer."""
        age, stuck = time.time() - self.origin.at, self.parts.patience.stuck
        await asyncio.sleep(stuck - age if 0 <= age < stuck / 2 else stuck)  # a restart has its own time
        if self.stage.of == "records" and not self.stage.shown and self.id not in self.parts.withdrawn:
            await self._say(said(RECORDS_AWAY), self.hold_on)

    async def hold_on(self, words: str) -> None:
        """Tell the member what we wait for; the answer then takes the place of these words."""
        ephemeral = self.origin.placing != "new"
        await self.show(NoticeView(tone="info", text=words, ephemeral=ephemeral, passing=True))

    async def note(self, action: str, subject: str, **details: object) -> None:
        """Put a deed that not everybody may do into the audit log."""
        deed = Deed(self.id, self.origin.guild_id, self.origin.member_id, action, subject, details)
        await self.parts.records.audit.note(deed)

    async def finish(self, text: str) -> None:
        """The last steps of a story that ends in a word rather than in pictures."""
        await self.step("end", self.end, RequestState.done)
        await self.step("deliver", self.deliver, NoticeView(tone="done", text=text))

    @property
    def server(self) -> Person | None:
        return Person(self.origin.guild_id, self.origin.guild_name) if self.origin.guild_id is not None else None


def charges(quotas: Sequence[Quota]) -> tuple[Charge, ...]:
    """Quotas as the records count them: each thing is charged once, however many are counted together for it."""
    at, made = now(), dict[str, Charge]()
    for quota in quotas:
        bound = Bound(Scope(quota.whose), quota.limit, quota.since(at))
        before = made.get(quota.what)
        made[quota.what] = Charge(quota.what, quota.amount, (*(before.bounds if before else ()), bound))
    return tuple(made.values())


def _within(excess: Excess | None) -> None:
    if excess is not None:
        raise Refused(used_up(excess.what, excess.scope.value, excess.limit))


async def patiently(
    do: Callable[[], Awaitable[R]],
    patience_s: float,
    trouble: type[Retry] = Retry,
    heard: Callable[[Retry], object] | None = None,
) -> R:
    """Do it again while it raises this `trouble`, for at most `patience_s` seconds; then the last one is raised.

    `heard` is told of each.
    """
    deadline = time.monotonic() + patience_s
    pause = 0.2
    while True:
        try:
            return await do()
        except trouble as busy:
            if heard is not None:
                heard(busy)
            pause = min(max(busy.after, pause), LONGEST_PAUSE_S)
            if time.monotonic() + pause > deadline:
                raise
            log.info("waiting %.1f s: %s", pause, busy)
        await asyncio.sleep(pause)
        pause *= PAUSE_GROWTH


def elapsed_ms(since: float) -> float:
    """Milliseconds since a moment of `time.monotonic`, to a tenth."""
    return round((time.monotonic() - since) * 1000, 1)
