"""What is shown concerning order: the review queue, the settings, what one may do oneself, contests."""

from __future__ import annotations

from typing import Literal

from pydantic import Base64Bytes

from bot.rights import Right, Rules
from bot.views import Pick, Plain


class ReviewView(Plain):
    """What waits for review: one picture, with what was said against it."""

    kind: Literal["review"] = "review"
    done: str = ""
    """What was just decided."""
    report_id: int | None = None
    """None: nothing waits."""
    waiting: int = 0
    what: Literal["report", "upload", "output"] = "report"
    pictures: tuple[Base64Bytes, ...] = ()
    """What it is about, small; nothing where it cannot be drawn any more."""
    numbers: tuple[int, ...] = ()
    reason: str = ""
    maker_id: int = 0
    maker: str = ""
    reporter_id: int | None = None
    at: float = 0.0
    link: str = ""
    blocked: bool = False
    """The maker is blocked already."""
    audit: tuple[str, ...] = ()
    """The newest lines of the log, newest first."""


class SettingsView(Plain):
    """All that a server may settle, in one message."""

    kind: Literal["settings"] = "settings"
    rules: Rules
    limits: tuple[str, ...]
    blocked: tuple[tuple[int, str], ...] = ()
    gate: Literal["off", "up", "down"] = "off"
    """The operator's classifier."""
    hashes: Literal["off", "up", "down"] = "off"
    """The operator's list of pictures."""


class MeView(Plain):
    """What one may do here, and how much of it is left."""

    rights: tuple[tuple[Right, str], ...]
    """Why not, in a sentence; empty where one may."""
    limits: tuple[str, ...]


class ContestView(Plain):
    """A contest as its channel sees it."""

    kind: Literal["contest"] = "contest"
    contest_id: int
    theme: str
    closes_at: float
    entries: tuple[Pick, ...] = ()
    """The entrant's id in the place of the picture's."""
    numbers: tuple[int, ...] = ()
    """The pictures' own numbers, in the same order."""
    note: str = ""


ModerationMessage = ReviewView | SettingsView | ContestView
