"""Short texts that the stories put into views; whatever is only drawn is worded by the chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.attribution import attribution
from bot.copy_bar import copies_its_works, too_close
from bot.language import counted, said
from gan.contract import Credit, Estimate, Figures, NearWork

NUMBERS = {1: "A new picture", 4: "Four new pictures", 9: "Nine new pictures"}
MOST_NAMED = 4
"""Lines of attribution beside pictures; the manifest and the credits have all of them."""
LEAST_SHARE = 0.01
"""Shares below one percent are not worth a line."""


def new_pictures(count: int) -> str:
    """`Four new pictures`."""
    return said(NUMBERS[count]) if count in NUMBERS else counted("{count} new picture", "{count} new pictures", count)


def percent(share: float) -> str:
    """`41 %`."""
    return f"{share:.0%}".replace("%", " %")


def credit_lines(shares: Iterable[Credit | Mapping[str, Any]]) -> tuple[str, ...]:
    """Lines such as `Ada's fox 41 %`, largest share first."""
    read = [Credit.model_validate(one) for one in shares]
    return tuple(f"{credit_name(one)} {percent(one.weight)}" for one in read if one.weight >= LEAST_SHARE)


def credit_name(credit: Credit) -> str:
    """`Ada's fox`, or as much of it as is known."""
    title = credit.title or said("work {work}", work=credit.work[:8])
    return said("{artist}'s {title}", artist=credit.artist, title=title) if credit.artist else title


def near_name(work: NearWork) -> str:
    """The same of a work that a picture looks like."""
    return credit_name(Credit(work=work.work, weight=0.0, title=work.title, artist=work.artist))


def owed(
    output_ids: Sequence[int],
    credits_: Sequence[Sequence[Credit | Mapping[str, Any]]],
    figures: Mapping[str, Any],
) -> tuple[str, ...]:
    """What has to be said beside pictures: which of them is close to a copy, that the model copies, and the works whose
    licences want to be named."""
    lines = []
    for output_id, shares in zip(output_ids, credits_, strict=True):
        if (work := too_close(shares)) is not None:
            told = {"picture": output_id, "share": percent(work.weight), "work": credit_name(work)}
            lines.append(said("⚠️ #{picture} is close to a copy: {share} of it is {work}", **told))
    if copies_its_works(figures):
        lines.append(said("⚠️ this model has learned its works by heart: what it draws may be copies of them"))
    named = list(dict.fromkeys(line for shares in credits_ for line in attribution(shares)))
    lines += named[:MOST_NAMED]
    if len(named) > MOST_NAMED:
        lines.append(said("and {count} more works to be named: 📜 Credits", count=len(named) - MOST_NAMED))
    return tuple(lines)


def figures_line(figures: Figures, estimate: Estimate | None = None) -> str:
    """What came of a training in a member's words, the experts' figure last; empty when nothing was measured.

    With the estimate that was made beforehand it says how that held.
    """
    parts = []
    if figures.copies is not None:
        parts.append(said("{share} sample pictures are new", share=of_hundred(1 - figures.copies)))
    if figures.coverage_k5 is not None:
        parts.append(said("{share} works have their like", share=of_hundred(figures.coverage_k5)))
    elif figures.coverage is not None:
        parts.append(said("coverage {share}", share=percent(figures.coverage)))
    if figures.kid_x1000 is not None:
        before = figures.base_kid_x1000
        kid = f"KID {figures.kid_x1000:.0f}"
        parts.append(kid if before is None else said("{kid} (the base: {before})", kid=kid, before=f"{before:.0f}"))
        if estimate is not None and estimate.kid_x1000 is not None:
            low, high = estimate.kid_x1000
            better, worse = figures.kid_x1000 < low, figures.kid_x1000 > high
            parts.append(said("better than expected" if better else "worse than expected" if worse else "as expected"))
    return " · ".join(parts)


def expected_line(estimate: Estimate | None) -> str:
    """What a training will probably come to, and what would help; empty where nobody can say."""
    if estimate is None:
        return ""
    minutes = max(1, round(estimate.seconds / 60))
    parts = [
        counted(
            "about {count} minute from its start to pictures",
            "about {count} minutes from its start to pictures",
            minutes,
        )
    ]
    if estimate.coverage_k5 is not None:
        low, high = (round(100 * share) for share in estimate.coverage_k5)
        several = f"{low}" if low == high else said("{low} to {high}", low=low, high=high)
        parts.append(said("{several} of 100 works should then have their like", several=several))
    return " · ".join(parts) + (f". {said(estimate.advice)}" if estimate.advice else "")


def of_hundred(share: float) -> str:
    """A share as one says it: `83 of 100`; never all or none of them when it is not quite so."""
    nearest = round(100 * share)
    if nearest in (0, 100) and share not in (0.0, 1.0):
        nearest = 1 if nearest == 0 else 99
    return said("{share} of 100", share=nearest)


def seeds_line(seeds: Iterable[int | None]) -> str:
    """`seed 7`, or `seeds 7 to 10` for a row of them; empty where no number makes the pictures."""
    known = [seed for seed in seeds if seed is not None]
    if not known:
        return ""
    if len(known) == 1:
        return said("seed {seed}", seed=known[0])
    return said("seeds {first} to {last}", first=known[0], last=known[-1])


def milliseconds(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 picture`, `2 pictures`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
