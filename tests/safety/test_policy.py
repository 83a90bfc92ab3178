"""Who may do what, and how much."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import policy
from bot.errors import Refused
from bot.settings import Limits
from bot.stories import Origin

LIMITS = Limits()


def origin(member: int = 1, *, moderator: bool = False, guild: int | None = 9) -> Origin:
    return Origin(
        interaction_id=5,
        application_id=6,
        token="t",
        at=0.0,
        guild_id=guild,
        channel_id=7,
        member_id=member,
        member_name="Ada",
        moderator=moderator,
    )


@given(st.integers(1, 3), st.integers(1, 3), st.booleans(), st.sampled_from([None, 9]))
def test_only_owners_and_moderators_of_a_server_change_things(
    asker: int, owner: int, moderator: bool, guild: int | None
) -> None:
    asked = origin(asker, moderator=moderator, guild=guild)
    may = asker == owner or (moderator and guild is not None)
    assert policy.may_change(asked, owner) is may
    for check in (policy.check_delete, policy.check_steer):
        if may:
            check(asked, owner)
        else:
            with pytest.raises(Refused, match="or a moderator"):
                check(asked, owner)


def test_only_moderators_choose_the_default_and_only_in_a_server() -> None:
    policy.check_default_model(origin(moderator=True))
    with pytest.raises(Refused, match="Manage Server"):
        policy.check_default_model(origin())
    with pytest.raises(Refused, match="belongs to a server"):
        policy.check_default_model(origin(moderator=True, guild=None))


def training(**changes: Any) -> None:
    facts: dict[str, Any] = {"name": "Foxes", "minutes": 3.0, "limits": LIMITS, "going_on": 0, "taken": ("Owls",)}
    asker = changes.pop("asker", origin())
    policy.check_training(asker, **{**facts, **changes})


def test_a_usual_training_is_allowed() -> None:
    training()
    training(minutes=LIMITS.training_minutes_max, going_on=LIMITS.trainings_waiting - 1, name="x" * 60)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 61}, "60 characters"),
        ({"name": " oWLS "}, "already"),
        ({"minutes": LIMITS.training_minutes_max + 1}, "30 minutes at most"),
        ({"minutes": 0.0}, "quarter of a minute"),
        ({"minutes": -3.0}, "quarter of a minute"),
        ({"minutes": math.nan}, "quarter of a minute"),
        ({"minutes": math.inf}, "at most"),
        ({"going_on": 2}, "2 trainings running or waiting"),
        ({"limits": Limits(anyone_may_train=False)}, "Only moderators"),
    ],
)
def test_a_training_that_cannot_be_is_refused_with_what_to_do(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        training(**changes)


def test_moderators_train_where_others_may_not() -> None:
    training(asker=origin(moderator=True), limits=Limits(anyone_may_train=False))


@given(st.integers(0, 20_000))
def test_pictures_fit_or_the_sentence_names_the_limit(count: int) -> None:
    if 8 <= count <= LIMITS.training_pictures_max:
        policy.check_pictures(count, LIMITS)
    else:
        with pytest.raises(Refused, match="8 pictures at least" if count < 8 else "3,000 pictures at most"):
            policy.check_pictures(count, LIMITS)


@given(st.datetimes(), st.datetimes())
def test_what_counts_lies_in_the_window(one: datetime, other: datetime) -> None:
    quota = policy.training_quotas(LIMITS, 3.0)[0]
    early, late = sorted((one.replace(tzinfo=UTC), other.replace(tzinfo=UTC)))
    if early.year < 2:
        return
    since = quota.since(late)
    assert since is not None
    assert (early >= since) == (late - early <= timedelta(days=1))


def test_everything_is_held_to_the_member_the_server_and_all_together() -> None:
    quotas = (
        *policy.render_quotas(LIMITS),
        *policy.training_quotas(LIMITS, 3.0),
        *policy.disk_quotas(LIMITS, 10 * 2**20),
    )
    assert {quota.what for quota in quotas} == set(policy.KINDS_OF_USE)
    for what in policy.KINDS_OF_USE:
        theirs = [quota for quota in quotas if quota.what == what]
        assert [quota.whose for quota in theirs] == ["member", "server", "all"]
        assert [quota.limit for quota in theirs] == sorted(quota.limit for quota in theirs)
        for quota in theirs:
            words = policy.used_up(what, quota.whose, quota.limit)
            assert f"{quota.limit:g}" in words.replace(",", "")
            assert words.endswith(".")


def test_room_is_that_of_the_pictures_and_of_what_a_training_leaves() -> None:
    assert {quota.amount for quota in policy.disk_quotas(LIMITS, 10 * 2**20)} == {10 + policy.MODEL_MIB}
    assert {quota.since(datetime.now(UTC)) for quota in policy.disk_quotas(LIMITS, 1)} == {None}
