"""The sections of the settings that say how much is allowed; `bot.settings` reads them with all others."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

PositiveInt = Annotated[int, Field(ge=1)]
PositiveFloat = Annotated[float, Field(gt=0)]


def env(name: str, default: Any, why: str) -> Any:
    """A field that the environment variable `name` sets."""
    return Field(default, description=why, json_schema_extra={"env": name})


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(Section):
    """How much members may do"""

    renders_per_minute: PositiveInt = env(
        "ARTEL_RENDERS_PER_MINUTE",
        240,
        "Requests for pictures by one member in a minute: four a second is more than a hand presses and less than a "
        "script does.",
    )
    server_renders_per_minute: PositiveInt = env(
        "ARTEL_SERVER_RENDERS_PER_MINUTE",
        3_600,
        "Requests for pictures of one server in a minute: sixty a second, as in a busy contest, and no more than a "
        "machine of two cores can draw.",
    )
    all_renders_per_minute: PositiveInt = env(
        "ARTEL_ALL_RENDERS_PER_MINUTE",
        12_000,
        "Requests for pictures of everyone in a minute: what four such machines draw.",
    )
    trainings_per_day: PositiveInt = env(
        "ARTEL_TRAININGS_PER_DAY",
        20,
        "Trainings by one member in 24 hours. At the usual 3 minutes that is an hour of the machine.",
    )
    server_trainings_per_day: PositiveInt = env(
        "ARTEL_SERVER_TRAININGS_PER_DAY", 100, "Trainings of one server in 24 hours: five members at their own limit."
    )
    all_trainings_per_day: PositiveInt = env(
        "ARTEL_ALL_TRAININGS_PER_DAY", 480, "Trainings of everyone in 24 hours: at 3 minutes each they fill the day."
    )
    training_minutes_per_day: PositiveFloat = env(
        "ARTEL_TRAINING_MINUTES_PER_DAY",
        120.0,
        "Minutes of training by one member in 24 hours: four of the longest. What is stopped early counts as used.",
    )
    server_training_minutes_per_day: PositiveFloat = env(
        "ARTEL_SERVER_TRAINING_MINUTES_PER_DAY",
        480.0,
        "Minutes of training of one server in 24 hours: a third of a machine's day, so that other servers have theirs.",
    )
    all_training_minutes_per_day: PositiveFloat = env(
        "ARTEL_ALL_TRAINING_MINUTES_PER_DAY",
        1_440.0,
        "Minutes of training of everyone in 24 hours: what one machine can do. Raise it with the number of machines.",
    )
    disk_mib: PositiveInt = env(
        "ARTEL_DISK_MIB",
        2_048,
        "MiB that the models of one member and the pictures they learned from may take at the worker: about 40 models "
        "of 200 pictures each. It is free again once a model is gone.",
    )
    server_disk_mib: PositiveInt = env(
        "ARTEL_SERVER_DISK_MIB", 8_192, "The same for one server, in MiB: four members at their own limit."
    )
    all_disk_mib: PositiveInt = env(
        "ARTEL_ALL_DISK_MIB",
        32_768,
        "The same for everyone, in MiB. Set it to what the worker's disk has free, less a tenth.",
    )
    training_minutes: PositiveFloat = env(
        "ARTEL_TRAINING_MINUTES",
        3.0,
        "Minutes a training takes when the member names none: a small set is usable by then on two cores.",
    )
    training_minutes_max: PositiveFloat = env(
        "ARTEL_TRAINING_MINUTES_MAX",
        30.0,
        "Longest training a member may ask for, in minutes; others wait in the queue meanwhile.",
    )
    trainings_waiting: PositiveInt = env(
        "ARTEL_TRAININGS_WAITING",
        2,
        "Trainings of one member that may run or wait at the same time, so that nobody fills the queue alone.",
    )
    trainings_at_worker: PositiveInt = env(
        "ARTEL_TRAININGS_AT_WORKER",
        2,
        "Trainings sent to the worker at the same time; the others wait here, where servers and members take turns. "
        "Two: one that learns, and one that follows at once. Raise it with the worker's own ARTEL_WORKER_TRAININGS.",
    )
    training_pictures_max: Annotated[int, Field(ge=8, le=10_000)] = env(
        "ARTEL_TRAINING_PICTURES_MAX",
        3_000,
        "Pictures in one training; the family `anchored` is made for sets up to a few thousand.",
    )
    blocked_words: str = env(
        "ARTEL_BLOCKED_WORDS",
        "",
        "Words that no title, name or prompt may hold, with commas between; accents, look-alike letters and gaps do "
        "not hide them. Servers add their own with /settings.",
    )
    anyone_may_train: bool = env(
        "ARTEL_ANYONE_MAY_TRAIN",
        True,
        "Whether every member may train. false: only those with Manage Server or Manage Messages.",
    )


class Intake(Section):
    """Uploaded pictures"""

    file_mib: PositiveInt = env(
        "ARTEL_FILE_MIB", 20, "Largest file taken, in MiB: Discord's own limit for an upload without a subscription."
    )
    megapixels: PositiveInt = env(
        "ARTEL_MEGAPIXELS",
        25,
        "Largest picture taken, in million pixels: what a phone's camera makes, and what decodes in two seconds and "
        "half a gigabyte, whatever is in it.",
    )
    smallest_side: PositiveInt = env(
        "ARTEL_SMALLEST_SIDE", 16, "Smallest side taken, in pixels; below it there is nothing to learn."
    )
    kept_side: Annotated[int, Field(ge=64, le=1024)] = env(
        "ARTEL_KEPT_SIDE",
        512,
        "Pictures are kept as squares with at most this side, in pixels: twice the largest size that is trained.",
    )
    decode_seconds: PositiveFloat = env(
        "ARTEL_DECODE_SECONDS", 8.0, "Seconds that one picture may take to decode; the largest allowed needs about two."
    )
    decode_mib: Annotated[int, Field(ge=256)] = env(
        "ARTEL_DECODE_MIB",
        1024,
        "Memory (address space) of the process that decodes, in MiB: the largest allowed picture twice over, and the "
        "libraries.",
    )
