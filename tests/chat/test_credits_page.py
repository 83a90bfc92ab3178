"""The page of credits: exact shares, or nearest works that are named as such."""

from __future__ import annotations

import json

from bot.chat.studio_pages import credits_page
from bot.stories import CreditsView


def words(**more: object) -> str:
    told = {"output_id": 7, "maker_id": 1, "model_title": "Dots", "made_at": 0.0, "steps": ("a new picture",)}
    panel = credits_page(CreditsView.model_validate({**told, **more}))
    return json.dumps(panel.view.to_components(), ensure_ascii=False)


def test_nearest_works_are_never_told_as_shares() -> None:
    near = words(shares=("frog, by Ada (CC BY 4.0)",), nearest=True, exact=False, copied="Ada's frog")
    assert "The works it looks most like" in near
    assert "Nearest works, not shares" in near
    assert "it looks like a copy of Ada's frog" in near
    assert "exact" not in near


def test_exact_shares_say_so() -> None:
    shown = words(shares=("41 % · frog, by Ada",))
    assert "The shares are exact" in shown
    assert "looks most like" not in shown
    assert "a copy" not in shown
