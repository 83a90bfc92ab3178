"""The models as the gallery shows them: what the worker says, whose they are, and how their training went."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError

from bot.errors import Bug, Refused, Retry
from bot.records import Records
from bot.records.models import Model, Owner
from bot.web.doors import Access, Visitor
from bot.web.needs import Worker
from gan.contract import Direction, DirectionsState, Event, EventKind, Figures, ModelCard, ModelInfo

T = TypeVar("T")

LIST_S = 5.0
"""A new model shows up within it."""
MOST_COURSES = 16
MOST_POINTS = 240
"""Points of a curve; more would lie closer than the pixels of the widest page."""
MOST_SAMPLES = 24


@dataclass(frozen=True)
class Exhibit:
    """A model that the visitor may see."""

    info: ModelInfo
    owner: Owner | None
    present: bool = True
    """The worker has it; else its pictures cannot be made just now."""

    @property
    def card(self) -> ModelCard:
        return self.info.card


@dataclass(frozen=True)
class Sample:
    seconds: float
    pictures_seen: int
    blob: str


@dataclass(frozen=True)
class Course:
    """How a training went."""

    curves: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """(seconds, loss) by the loss's name, oldest first."""
    phases: Sequence[tuple[float, str]] = ()
    """(second at which it began, name)."""
    samples: Sequence[Sample] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Sliders:
    state: DirectionsState
    directions: Sequence[Direction] = ()


class Catalogue:
    def __init__(self, records: Records, worker: Worker) -> None:
        self._records, self._worker = records, worker
        self._listed: tuple[float, list[Exhibit]] = (0.0, [])
        self._courses: OrderedDict[str, Course] = OrderedDict()
        self._sliders: dict[str, Sliders] = {}

    async def models(self, visitor: Visitor, access: Access) -> list[Exhibit]:
        """The models in sight: shipped ones, those of the visitor's servers and their own, the newest first."""
        found = [one for one in await self._all() if _visible(one, visitor, access)]
        return sorted(found, key=lambda one: (one.info.shipped, -one.card.created, one.card.title.casefold()))

    async def model(self, visitor: Visitor, access: Access, model_id: str) -> Exhibit | None:
        return next((one for one in await self.models(visitor, access) if one.card.id == model_id), None)

    async def titles(self) -> dict[str, str]:
        return {one.card.id: one.card.title for one in await self._all()}

    async def course(self, exhibit: Exhibit) -> Course | None:
        """How its training went; none for shipped models and when the worker no longer knows."""
        training = exhibit.owner.training_id if exhibit.owner else None
        if training is None:
            return None
        if training not in self._courses:
            try:
                self._courses[training] = read_course(await self._worker.history(training))
            except Refused:
                return None
            while len(self._courses) > MOST_COURSES:
                self._courses.popitem(last=False)
        return self._courses[training]

    async def sliders(self, exhibit: Exhibit, *, wait_s: float = 0.0) -> Sliders:
        """The directions of the model; while they are being found, waits up to `wait_s` seconds."""
        known = self._sliders.get(exhibit.info.sha256)
        if known is None:
            try:
                found = await self._worker.directions(exhibit.card.id, wait_s=wait_s)
            except (Refused, Bug):  # this kind of model has none, or they could not be found
                return Sliders(DirectionsState.none)
            known = Sliders(found.state, found.directions)
            if found.state is not DirectionsState.finding:
                self._sliders[exhibit.info.sha256] = known
        return known

    async def work(self, sha256: str) -> bytes:
        """A work as it was given. Raises what the worker's client raises."""
        return await self._worker.blob(sha256)

    async def sample(self, exhibit: Exhibit, number: int) -> bytes | None:
        """A sample grid (PNG) of its training; none when there is no such one."""
        course = await self.course(exhibit)
        if course is None or not 0 <= number < len(course.samples):
            return None
        try:
            return await self._worker.blob(course.samples[number].blob)
        except Refused:
            return None

    async def _all(self) -> list[Exhibit]:
        until, listed = self._listed
        if until < time.monotonic():
            owners = await self._records.models.owners()
            try:
                infos = await self._worker.models()
                listed = [Exhibit(info, owners.get(info.card.id)) for info in infos]
            except Retry:
                listed = [
                    Exhibit(_from_record(one), owners.get(one.id), present=False)
                    for one in await self._records.models.present()
                ]
            self._listed = (time.monotonic() + LIST_S, listed)
        return listed


def _visible(exhibit: Exhibit, visitor: Visitor, access: Access) -> bool:
    """A server's model learned from that server's art, so only its members see it."""
    owner = exhibit.owner
    if owner is None:
        return True
    return owner.server_id in access.servers if owner.server_id is not None else owner.member_id == visitor.id


def _from_record(model: Model) -> ModelInfo:
    """What the records last knew of a model, while the worker is away."""
    try:
        figures = Figures.model_validate(model.figures)
    except ValidationError:  # written by another version
        figures = Figures()
    card = ModelCard(
        id=model.id, title=model.title, family=model.family, size=model.size, works=model.works, figures=figures
    )
    return ModelInfo(card=card, sha256=model.sha256, bytes=0, shipped=model.shipped)


def read_course(events: Sequence[Event]) -> Course:
    """The curves, phases and samples that a training's events tell."""
    curves: dict[str, list[tuple[float, float]]] = {}
    phases: list[tuple[float, str]] = []
    samples: list[Sample] = []
    seconds, seen = 0.0, 0
    for event in events:
        if event.progress is not None:
            seconds, seen = event.progress.seconds, event.progress.pictures_seen
            if event.progress.phase and (not phases or phases[-1][1] != event.progress.phase):
                phases.append((seconds, event.progress.phase))
            for name, loss in event.progress.losses.items():
                curves.setdefault(name, []).append((seconds, loss))
        if event.kind is EventKind.sample and event.sample is not None:
            samples.append(Sample(seconds, seen, event.sample))
    thin = {name: thinned(points, MOST_POINTS) for name, points in curves.items()}
    return Course(thin, phases, thinned(samples, MOST_SAMPLES), seconds)


def thinned(found: Sequence[T], most: int) -> list[T]:
    """At most so many, evenly spread, the first and the last among them."""
    if len(found) <= most:
        return list(found)
    return [found[round(n * (len(found) - 1) / (most - 1))] for n in range(most)]
