"""A training as its message shows it, put together from the worker's events; and the board of all that go on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.language import said
from bot.stories import Origin, Plain, QueueLine, TrainingPhase, TrainingView
from bot.workflows.losses import explained
from bot.workflows.words import expected_line, figures_line
from gan.contract import (
    Estimate,
    Event,
    EventKind,
    Figures,
    ModelId,
    Progress,
    Training,
    TrainingRequest,
    TrainingState,
)

USUAL: str = TrainingRequest.model_fields["family"].default
"""The family that `/generate` and `/train` mean where nothing else is said."""
MOST_SILENT_S = 15.0
SPOKEN = frozenset({EventKind.note, EventKind.state, EventKind.error})
"""Events whose text is meant for people; that of a sample is a file's name."""
MOST_POINTS = 120
"""Points of the chart; more are thinned out by two."""
CHARTED = ("rebuild", "reconstruction", "loss", "pixels", "cycle")
"""Losses worth a chart, best first: how far rebuilt pictures are from the works. Adversarial ones only swing."""
ACTIVITIES: Mapping[str, str] = {
    "preparing": "looking at the pictures",
    "rebuilding": "learning to redraw each picture",
    "inventing": "inventing new ones",
    "duelling": "an artist and a judge learn from each other",
    "compressing": "learning to redraw each picture from a short code",
    "denoising": "learning to take the noise out of pictures",
    "drawing": "learning to draw pictures from their outlines",
    "coarse shapes": "learning the coarse shapes first",
    "enhancing": "learning the details",
    "both together": "coarse shapes and details learn together",
    "going there and back": "learning to lead pictures into the style and back",
    "judging": "looking at what it has learned",
}
AT_A_SIDE: Mapping[str, str] = {
    "growing": "growing to {side} pixels",
    "drawing": "learning to draw with {side} pixels",
}
"""Of a model that grows: `growing-16`."""
PHASES: Mapping[TrainingState, TrainingPhase] = {
    TrainingState.queued: TrainingPhase.queued,
    TrainingState.running: TrainingPhase.running,
    TrainingState.paused: TrainingPhase.paused,
    TrainingState.finished: TrainingPhase.finished,
    TrainingState.cancelled: TrainingPhase.cancelled,
    TrainingState.failed: TrainingPhase.failed,
}


class Ticket(Plain):
    """A training once its pictures have been looked at."""

    training_id: str
    title: str
    source: str = ""
    left_out: tuple[str, ...] = ()
    problem: str = ""
    """Why it cannot be: too few pictures, and what to do. Empty when it can."""
    version_id: int | None = None
    """What exactly it learns from."""
    version: str = ""
    """The same as one says it: `version 3 (5f0c12ab)`."""
    works: int = 0
    bytes: int = 0
    """Of the pictures, as far as their room is not counted yet."""
    facts: tuple[str, ...] = ()
    base: str | None = None
    family: str = USUAL


class Outcome(Plain):
    """How a training ended, and all that its last message needs."""

    state: TrainingState
    model_id: ModelId | None = None
    figures: Figures = Figures()
    estimate: Estimate | None = None
    progress: Progress = Progress()
    history: tuple[tuple[float, float], ...] = ()
    sample: str | None = None
    """Blob of the last sample grid."""
    film: bool = False
    """The worker has all samples as one animation."""
    error: str = ""


@dataclass
class LiveTraining:
    """What is known of a training at this moment."""

    ticket: Ticket
    origin: Origin
    state: TrainingState = TrainingState.queued
    progress: Progress = field(default_factory=Progress)
    sample: str | None = None
    film: bool = False
    model_id: str | None = None
    figures: Figures = field(default_factory=Figures)
    estimate: Estimate | None = None
    place: int | None = None
    trouble: str = ""
    error: str = ""
    history: list[tuple[float, float]] = field(default_factory=list)
    noted: str = ""
    """What the trainer said last, while nothing newer is known."""
    noted_at: float = 0.0
    since: float | None = None
    """When the last progress was made, or else the training began; seconds since the epoch."""
    last: int = 0
    """Number of the last event taken in."""

    def take(self, event: Event) -> bool:
        """Take an event in; True when the message should change at once."""
        self.last = max(self.last, event.n)
        before = (self.state, self.sample is None)
        if event.text and event.kind in SPOKEN:
            self.noted, self.noted_at = event.text.rstrip("."), event.at
        if event.state is not None:
            self.state, self.since = event.state, event.at
        if event.progress is not None:
            self._go_on(event.progress)
            self.since, self.noted = event.at, ""
        if event.sample is not None:
            self.sample = event.sample
        if event.model is not None:
            self.model_id = event.model
        if event.figures is not None:
            self.figures = event.figures
        return (self.state, self.sample is None) != before

    def settle(self, training: Training) -> None:
        """Take over the worker's own account, which is right wherever it differs from the events."""
        self.state, self.place = training.state, training.place
        self.progress = training.progress if training.progress.seconds else self.progress
        self.sample = training.sample or self.sample
        self.film = training.evolution is not None
        self.model_id = training.model or self.model_id
        self.estimate = training.estimate or self.estimate
        if training.figures != Figures():
            self.figures = training.figures
        if training.error is not None:
            self.error = training.error.detail or training.error.title

    def _go_on(self, progress: Progress) -> None:
        self.progress = progress
        if self.state is TrainingState.queued:
            self.state = TrainingState.running
        loss = next((progress.losses[name] for name in CHARTED if name in progress.losses), None)
        if loss is not None and (not self.history or progress.seconds > self.history[-1][0]):
            self.history.append((round(progress.seconds, 2), round(loss, 5)))
        if len(self.history) > MOST_POINTS:
            self.history = self.history[::2]

    def outcome(self) -> Outcome:
        return Outcome(
            state=self.state,
            model_id=self.model_id,
            figures=self.figures,
            estimate=self.estimate,
            progress=self.progress,
            history=tuple(self.history),
            sample=self.sample,
            film=self.film,
            error=self.error,
        )

    def queue_line(self) -> QueueLine:
        return QueueLine(
            training_id=self.ticket.training_id,
            title=self.ticket.title,
            owner_id=self.origin.member_id,
            owner_name=self.origin.member_name,
            phase=PHASES[self.state],
            place=self.place,
            fraction=self.progress.fraction,
            seconds_left=seconds_left(self.state, self.progress),
        )

    def view(self, sample: bytes | None, at: float) -> TrainingView:
        """What the message shows at this time (seconds since the epoch)."""
        silent = max(0.0, at - self.since) if self.since is not None and self.state is TrainingState.running else 0.0
        now = self.outcome().model_copy(update={"progress": carried_on(self.progress, silent)})
        view = training_view(self.origin, self.ticket, now, sample)
        noted = self.noted and waited(self.noted, at - self.noted_at)
        words = self.trouble or noted or activity(self.progress, silent)
        return view.model_copy(update={"place": self.place, "activity": words})


Board = dict[str, LiveTraining]
"""Trainings that this process watches, by id."""


def training_view(origin: Origin, ticket: Ticket, outcome: Outcome, sample: bytes | None) -> TrainingView:
    """The message of a training as far as it has come."""
    progress = outcome.progress
    return TrainingView(
        training_id=ticket.training_id,
        owner_id=origin.member_id,
        owner_name=origin.member_name,
        title=ticket.title,
        family=ticket.family,
        source=ticket.source,
        phase=PHASES[outcome.state],
        left_out=ticket.left_out,
        fraction=progress.fraction,
        seconds_left=seconds_left(outcome.state, progress),
        pictures_seen=progress.pictures_seen,
        pictures_per_second=progress.pictures_per_second,
        history=outcome.history,
        losses=explained(progress.losses) if outcome.state is TrainingState.running else "",
        sample=b64encode(sample) if sample else None,
        figures=figures_line(outcome.figures, outcome.estimate) or expected_line(outcome.estimate),
        model_id=outcome.model_id,
        film=outcome.film,
        error=outcome.error,
    )


def carried_on(progress: Progress, silent_s: float) -> Progress:
    """Progress as it will be by now: a busy trainer tells of itself only every few seconds.

    Nothing is made up for long: after `MOST_SILENT_S` seconds without a word the bar stands still.
    """
    if not progress.seconds or not progress.budget_seconds:
        return progress
    seconds = min(progress.seconds + min(silent_s, MOST_SILENT_S), max(progress.seconds, progress.budget_seconds))
    fraction = max(progress.fraction, min(1.0, seconds / progress.budget_seconds))
    return progress.model_copy(update={"seconds": round(seconds, 1), "fraction": round(fraction, 4)})


def activity(progress: Progress, silent_s: float = 0.0) -> str:
    """What the trainer does, in a member's words."""
    if not progress.seconds:
        return waited("getting ready", silent_s)
    phase, _, side = progress.phase.partition("-")
    if side and phase in AT_A_SIDE:
        return said(AT_A_SIDE[phase], side=side)
    return said(ACTIVITIES[progress.phase]) if progress.phase in ACTIVITIES else progress.phase


def waited(words: str, seconds: float) -> str:
    """What takes a while, with how long it has: a message that stands still looks dead."""
    return f"{words} · {seconds:.0f} s" if seconds >= 1 else words


def seconds_left(state: TrainingState, progress: Progress) -> float | None:
    """Seconds of training still to come; none where nobody can say."""
    if state is not TrainingState.running or not progress.budget_seconds:
        return None
    return max(0.0, progress.budget_seconds - progress.seconds)
