"""Who may do what, and how much of it: pure functions over plain facts, each refusal a sentence that says what to do.

The chat asks here before it shows a button's effect, the stories ask again before anything is changed: a button may be
older than the rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import Refused
from bot.language import counted, said
from bot.settings import Limits
from bot.stories import Origin
from gan.contract import MAX_TRAINING_PICTURES, MIN_TRAINING_PICTURES

LONGEST_NAME = 60
"""Characters of a model's name: the contract's limit for a training's title."""
SHORTEST_MINUTES = 0.25
"""Below a quarter of a minute a training has hardly begun."""

NOT_YOUR_PICTURES = "Only the person who asked for these pictures, or a moderator, can delete them."
NOT_YOUR_TRAINING = "Only the person who started this training, or a moderator, can do that."
MODERATORS_TRAIN = "Only moderators may teach models here. Ask one of them."
MODERATORS_CHOOSE = "Only a moderator (Manage Server) can choose the server's default model."
SERVER_ONLY = "A default model belongs to a server; use this in one."


# --- who ------------------------------------------------------------------------------------------------------------


def may_change(origin: Origin, owner_id: int) -> bool:
    """Whether something of `owner_id` is the asker's to change: their own, or anything for a moderator of the server.

    In a direct message nobody is a moderator.
    """
    return origin.member_id == owner_id or (origin.moderator and origin.guild_id is not None)


def check_delete(origin: Origin, owner_id: int) -> None:
    """Raises `Refused` unless the asker may take these pictures back."""
    if not may_change(origin, owner_id):
        raise Refused(NOT_YOUR_PICTURES)


def check_steer(origin: Origin, owner_id: int) -> None:
    """Raises `Refused` unless the asker may stop, pause, resume or cancel this training."""
    if not may_change(origin, owner_id):
        raise Refused(NOT_YOUR_TRAINING)


def check_default_model(origin: Origin) -> None:
    """Raises `Refused` unless the asker may choose what `/generate` takes when no model is named."""
    if origin.guild_id is None:
        raise Refused(SERVER_ONLY)
    if not origin.moderator:
        raise Refused(MODERATORS_CHOOSE)


# --- trainings ------------------------------------------------------------------------------------------------------


def check_training(
    origin: Origin, name: str, minutes: float, limits: Limits, going_on: int, taken: Sequence[str]
) -> None:
    """Raises `Refused` unless this member may start this training now.

    `going_on` counts the member's trainings that run or wait, `taken` are the titles of the models that are there.
    """
    if not limits.anyone_may_train and not origin.moderator:
        raise Refused(MODERATORS_TRAIN)
    title = name.strip()
    if not title:
        raise Refused("The model needs a name.")
    if len(title) > LONGEST_NAME:
        raise Refused(said("The name is longer than {most} characters. Choose a shorter one.", most=LONGEST_NAME))
    if any(title.casefold() == one.strip().casefold() for one in taken):
        raise Refused(said("There is a model called “{name}” already. Choose another name.", name=title))
    if not minutes >= SHORTEST_MINUTES:  # also what is not a number
        raise Refused("A training needs a quarter of a minute at least; three minutes are usual.")
    if minutes > limits.training_minutes_max:
        most = f"{limits.training_minutes_max:g}"
        raise Refused(said("A training may take {most} minutes at most here. Ask for fewer.", most=most))
    if going_on >= limits.trainings_waiting:
        raise Refused(
            counted(
                "You have {count} training running or waiting already. Let it end, or stop it: `/queue`.",
                "You have {count} trainings running or waiting already. Let one end, or stop it: `/queue`.",
                going_on,
            )
        )


def check_pictures(count: int, limits: Limits) -> None:
    """Raises `Refused` unless a training can learn from so many pictures."""
    if count < MIN_TRAINING_PICTURES:
        if not count:
            none = "A training needs {least} pictures at least, and none of them can be used. Add more."
            raise Refused(said(none, least=MIN_TRAINING_PICTURES))
        raise Refused(
            said(
                "A training needs {least} pictures at least, and {count} of them can be used. Add more.",
                least=MIN_TRAINING_PICTURES,
                count=count,
            )
        )
    most = min(limits.training_pictures_max, MAX_TRAINING_PICTURES)
    if count > most:
        text = "A training takes {most} pictures at most here, and these are {count}. Leave some out."
        raise Refused(said(text, most=f"{most:,}", count=f"{count:,}"))


# --- how much -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quota:
    """So many of `what` in any stretch of time as long as `per`."""

    what: str
    limit: float
    per: timedelta

    def since(self, now: datetime) -> datetime:
        """From when on uses count at `now`."""
        return now - self.per

    def left(self, used: float) -> float:
        """How much may still be used; never negative."""
        return max(0.0, self.limit - used)

    def fits(self, used: float, amount: float = 1.0) -> bool:
        """Whether `amount` more stays within the limit. Nothing more always does, even when the limit was lowered."""
        return amount <= 0 or used + amount <= self.limit

    @property
    def sentence(self) -> str:
        """What a member reads who has used up what there is."""
        if self.what == RENDERS:
            words = "That was {most} requests within {time}, the most a member may make. Wait a moment."
        else:
            words = "You have started {most} trainings within {time}, the most a member may. Come back later."
        return said(words, most=f"{self.limit:g}", time=_span(self.per))


RENDERS, TRAININGS = "renders", "trainings"


def render_quota(limits: Limits) -> Quota:
    return Quota(RENDERS, limits.renders_per_minute, timedelta(minutes=1))


def training_quota(limits: Limits) -> Quota:
    return Quota(TRAININGS, limits.trainings_per_day, timedelta(days=1))


def _span(per: timedelta) -> str:
    seconds = per.total_seconds()
    if seconds >= 86_400:
        return counted("a day", "{count} days", round(seconds / 86_400))
    if seconds >= 3_600:
        return counted("an hour", "{count} hours", round(seconds / 3_600))
    if seconds >= 60:
        return counted("a minute", "{count} minutes", round(seconds / 60))
    return counted("a second", "{count} seconds", round(seconds))
