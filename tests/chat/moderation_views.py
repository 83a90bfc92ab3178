"""Views of the review queue, the settings and contests, as the stories give them."""

from __future__ import annotations

from base64 import b64encode

from bot.moderation_views import ContestView, ReviewView, SettingsView
from bot.rights import Rules
from tests.chat.views import picks, png


def review_view(report_id: int = 1, done: str = "") -> ReviewView:
    return ReviewView(
        done=done,
        report_id=report_id,
        waiting=2,
        pictures=(b64encode(png()),),
        numbers=(7,),
        reason="not *nice* @everyone",
        maker_id=30,
        maker="Ada",
        reporter_id=31,
        at=1_767_225_600.0,
        link="https://discord.com/channels/1/2/3",
        audit=("<t:1767225600:R> <@32> removed report 3",),
    )


def settings_view(rules: Rules | None = None) -> SettingsView:
    limits = ("pictures a minute: 4 of 3,600",)
    return SettingsView(rules=rules or Rules(), limits=limits, blocked=((30, "Ada"),))


def contest_view(theme: str = "frogs at night") -> ContestView:
    entries = picks(3)
    return ContestView(contest_id=5, theme=theme, closes_at=1_767_225_600.0, entries=entries, numbers=(11, 12, 13))
