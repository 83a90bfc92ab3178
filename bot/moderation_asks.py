"""What is asked concerning order: to report, to decide, to settle who may do what, and contests. A part of the seam
`bot.stories`."""

from __future__ import annotations

from typing import Literal

from bot.rights import Right
from bot.views import Plain

Switch = Literal["upload_gate", "output_gate", "hold_copies", "badge", "reports"]
Verdict = Literal["approve", "remove", "block", "unblock"]


class ReportPicture(Plain):
    """Tell the moderators of a picture of ours, or of all that stand on a message."""

    kind: Literal["report"] = "report"
    outputs: tuple[int, ...] = ()
    """By the names of its files; empty for whatever the record knows of the message."""
    message_id: int | None = None
    reason: str


class Decide(Plain):
    """A moderator's word on what waits for review."""

    kind: Literal["decide"] = "decide"
    report_id: int
    verdict: Verdict


class SetRule(Plain):
    """Change one thing of the server's rules."""

    kind: Literal["set_rule"] = "set_rule"
    right: Right | None = None
    """Whose roles are set to `ids`; None sets the channels where pictures are made."""
    ids: tuple[int, ...] = ()
    switch: Switch | None = None
    """Turned around instead."""
    words: tuple[str, ...] | None = None
    """The blocked words instead."""


class StartContest(Plain):
    kind: Literal["start_contest"] = "start_contest"
    theme: str
    hours: float = 168.0


class EnterContest(Plain):
    kind: Literal["enter_contest"] = "enter_contest"
    output_id: int


class Vote(Plain):
    """A member's one vote; an earlier one moves."""

    kind: Literal["vote"] = "vote"
    contest_id: int
    entrant_id: int


class CloseContest(Plain):
    """Its time is over: count, breed the winners, post the result. Asked by the clock, or by a moderator."""

    kind: Literal["close_contest"] = "close_contest"
    contest_id: int


ModerationAsk = ReportPicture | Decide | SetRule | StartContest | EnterContest | Vote | CloseContest
