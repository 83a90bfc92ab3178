"""Who may do what, and how much of it: pure functions over plain facts, each refusal a sentence that says what to do.

The chat asks here before it shows a button's effect, the stories ask again before anything is changed: a button may be
older than the rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

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

RENDERS, TRAININGS, MINUTES, DISK = "renders", "trainings", "training_minutes", "disk_mib"
KINDS_OF_USE = (RENDERS, TRAININGS, MINUTES, DISK)
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
MODEL_MIB = 40.0
"""What a training leaves at the worker besides its pictures: the model, its saved state, and samples."""

Whose = Literal["member", "server", "all"]


@dataclass(frozen=True)
class Quota:
    """So many of `what` in any stretch of time as long as `per`, by those who are counted together."""

    what: str
    limit: float
    per: timedelta | None
    """None: all that stands, for what takes up room."""
    whose: Whose = "member"
    amount: float = 1.0
    """How many of them this request needs."""

    def since(self, now: datetime) -> datetime | None:
        """From when on uses count at `now`."""
        return None if self.per is None else now - self.per


def render_quotas(limits: Limits) -> tuple[Quota, ...]:
    """What a request for pictures is held to."""
    return (
        Quota(RENDERS, limits.renders_per_minute, A_MINUTE),
        Quota(RENDERS, limits.server_renders_per_minute, A_MINUTE, "server"),
        Quota(RENDERS, limits.all_renders_per_minute, A_MINUTE, "all"),
    )


def training_quotas(limits: Limits, minutes: float) -> tuple[Quota, ...]:
    """What a training of so many minutes is held to."""
    return (
        Quota(TRAININGS, limits.trainings_per_day, A_DAY),
        Quota(TRAININGS, limits.server_trainings_per_day, A_DAY, "server"),
        Quota(TRAININGS, limits.all_trainings_per_day, A_DAY, "all"),
        Quota(MINUTES, limits.training_minutes_per_day, A_DAY, "member", minutes),
        Quota(MINUTES, limits.server_training_minutes_per_day, A_DAY, "server", minutes),
        Quota(MINUTES, limits.all_training_minutes_per_day, A_DAY, "all", minutes),
    )


def disk_quotas(limits: Limits, picture_bytes: int) -> tuple[Quota, ...]:
    """What a training is held to once its pictures are known."""
    mib = round(picture_bytes / 2**20 + MODEL_MIB, 1)
    return (
        Quota(DISK, limits.disk_mib, None, "member", mib),
        Quota(DISK, limits.server_disk_mib, None, "server", mib),
        Quota(DISK, limits.all_disk_mib, None, "all", mib),
    )


def used_up(what: str, whose: Whose, limit: float) -> str:
    """What a member reads who asks for more than there is."""
    who = {"member": said("a member"), "server": said("a server"), "all": said("everyone together")}[whose]
    match what:
        case "renders":
            words = "That was {most} requests within a minute, the most that {who} may make. Wait a moment."
        case "trainings":
            words = "{most} trainings within a day are the most that {who} may start. Come back later."
        case "training_minutes":
            words = (
                "That would be more than {most} minutes of training within a day, the most that {who} may use. "
                "Ask for fewer minutes, or come back later."
            )
        case "disk_mib":
            words = (
                "With this one the models would take more than {most} MiB, the room that {who} may use. "
                "Ask a moderator to remove a model that nobody needs any more."
            )
        case _:
            raise ValueError(f"nobody counts {what!r}")
    return said(words, most=f"{limit:,g}", who=who)
