"""Shares of works in words: the largest by themselves, the others together, and nothing of the whole lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.workflows.recounting import MOST_SHARES, OTHER_WORKS, told_shares
from gan.contract import Credit

FEW = tuple(Credit(work=f"{n:064x}", title=f"work {n}", weight=0.125) for n in range(8))


def test_as_many_as_there_is_room_for_are_told_one_by_one() -> None:
    assert told_shares(FEW) == tuple(f"12 % · work {n}" for n in range(8))
    assert told_shares(()) == ()


def test_what_finds_no_room_is_told_together() -> None:
    many = (*(one.model_copy(update={"weight": 0.1}) for one in FEW), *FEW[:2])
    assert told_shares(many)[-1] == f"{0.1 + 0.125 * 2:.0%}".replace("%", " %") + f" · {OTHER_WORKS}"
    assert len(told_shares(many)) == MOST_SHARES


@given(st.lists(st.floats(0.0001, 1), min_size=1, max_size=64))
def test_the_lines_are_few_and_none_says_nothing(weights: list[float]) -> None:
    whole = sum(weights)
    shares = sorted((weight / whole for weight in weights), reverse=True)
    told = told_shares([Credit(work=f"{n:064x}", title=f"work {n}", weight=one) for n, one in enumerate(shares)])
    assert 1 <= len(told) <= MOST_SHARES
    assert OTHER_WORKS in told[-1] or len(told) == len(shares)
