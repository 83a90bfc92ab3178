"""Short texts that the stories put into views; whatever is only drawn is worded by the chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gan.contract import Credit, Estimate, Figures

NUMBERS = {1: "A new picture", 4: "Four new pictures", 9: "Nine new pictures"}
LEAST_SHARE = 0.01
"""Shares below one percent are not worth a line."""


def credit_lines(shares: Iterable[Credit | Mapping[str, Any]]) -> tuple[str, ...]:
    """Lines such as `Ada's fox 41 %`, largest share first."""
    read = [Credit.model_validate(one) for one in shares]
    return tuple(f"{credit_name(one)} {one.weight:.0%}".replace("%", " %") for one in read if one.weight >= LEAST_SHARE)


def credit_name(credit: Credit) -> str:
    """`Ada's fox`, or as much of it as is known."""
    title = credit.title or f"work {credit.work[:8]}"
    return f"{credit.artist}'s {title}" if credit.artist else title


def figures_line(figures: Figures, estimate: Estimate | None = None) -> str:
    """What came of a training in a member's words, the experts' figure last; empty when nothing was measured.

    With the estimate that was made beforehand it says how that held.
    """
    parts = []
    if figures.copies is not None:
        parts.append(f"{of_hundred(1 - figures.copies)} sample pictures are new")
    if figures.coverage_k5 is not None:
        parts.append(f"{of_hundred(figures.coverage_k5)} works have their like")
    elif figures.coverage is not None:
        parts.append(f"coverage {figures.coverage:.0%}".replace("%", " %"))
    if figures.kid_x1000 is not None:
        before = figures.base_kid_x1000
        parts.append(f"KID {figures.kid_x1000:.0f}" + (f" (the base: {before:.0f})" if before is not None else ""))
        if estimate is not None and estimate.kid_x1000 is not None:
            low, high = estimate.kid_x1000
            held = "better than" if figures.kid_x1000 < low else "worse than" if figures.kid_x1000 > high else "as"
            parts.append(f"{held} expected")
    return " · ".join(parts)


def expected_line(estimate: Estimate | None) -> str:
    """What a training will probably come to, and what would help; empty where nobody can say."""
    if estimate is None:
        return ""
    minutes = max(1, round(estimate.seconds / 60))
    parts = [f"about {plural(minutes, 'minute')} from its start to pictures"]
    if estimate.coverage_k5 is not None:
        low, high = (round(100 * share) for share in estimate.coverage_k5)
        several = f"{low}" if low == high else f"{low} to {high}"
        parts.append(f"{several} of 100 works should then have their like")
    return " · ".join(parts) + (f". {estimate.advice}" if estimate.advice else "")


def of_hundred(share: float) -> str:
    """A share as one says it: `83 of 100`; never all or none of them when it is not quite so."""
    nearest = round(100 * share)
    if nearest in (0, 100) and share not in (0.0, 1.0):
        nearest = 1 if nearest == 0 else 99
    return f"{nearest} of 100"


def seeds_line(seeds: Iterable[int | None]) -> str:
    """`seed 7`, or `seeds 7 to 10` for a row of them; empty where no number makes the pictures."""
    known = [seed for seed in seeds if seed is not None]
    if not known:
        return ""
    if len(known) == 1:
        return f"seed {known[0]}"
    return f"seeds {known[0]} to {known[-1]}"


def milliseconds(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 picture`, `2 pictures`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
